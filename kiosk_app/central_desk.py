"""Central as a service sees it: ask a department, report a payment. No retries, no sequence numbers, no bytes."""

from typing import TypeVar

import msgspec

from kiosk_app.contract import Body, Verdict, decode
from kiosk_app.contract.common import Question
from kiosk_app.errors import CentralRefused, CentralUnreachable
from kiosk_app.money.charge import Charge
from kiosk_app.ports import Transport
from kiosk_app.reporting import Reporting

Reply = TypeVar("Reply")

ASK_DEADLINE = 10.0
VERDICT_PATIENCE = 8.0
"""Seconds a payment (and the terminal) is held while central decides; later it stands, and a refusal gives it back."""


class CentralDesk:
    """Asks and reports in the name of a service."""

    def __init__(self, transport: Transport, reporting: Reporting) -> None:
        self._transport, self._reporting = transport, reporting

    async def ask(self, question: Question, reply: type[Reply], *, deadline: float = ASK_DEADLINE) -> Reply:
        """The department's answer. Raises CentralUnreachable, CentralRefused."""
        try:
            body = await self._transport.post(question.path, msgspec.json.encode(question), deadline=deadline)
        except CentralUnreachable:
            self._reporting.changed()  # ask for a heartbeat: the menu should know before the next citizen
            raise
        try:
            return decode(body, reply)
        except msgspec.DecodeError as error:
            raise CentralUnreachable(f"unreadable answer: {error}") from error

    @property
    def online(self) -> bool:
        """Whether central answered last."""
        return self._reporting.online

    def kick(self) -> None:
        """Something that owes nobody an answer is in the outbox: it leaves as soon as the line allows."""
        self._reporting.kick()

    async def report(self, charge: Charge, body: Body) -> Verdict | None:
        """Report what ``charge`` paid for: in the outbox first, then on the wire.

        None when central did not decide in time: the report stays on its way. Raises CentralRefused with the
        department's code, StoreError.
        """
        charge.fulfil(body)
        self._reporting.kick()
        verdict = await self._reporting.wait_verdict(charge.reference, patience=VERDICT_PATIENCE)
        if verdict is not None and not verdict.accepted:
            raise CentralRefused(verdict.code)
        return verdict
