"""In place of a store that cannot be opened: nothing is known, nothing can be written, nothing is taken.

The machine runs on so that it can say so, on the screen and to central; the damaged file stays as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from kiosk_app.contract import Body, Event, OutboxReport, StreamAck, Verdict
from kiosk_app.contract.catalogue import SignedCatalogue
from kiosk_app.errors import StoreError
from kiosk_app.ports import Entry, KeptProof, Seen


class NoStore:
    """Implements every port of records by refusing with the error that closed the store."""

    def __init__(self, error: StoreError) -> None:
        self._error = error

    def append(
        self,
        reference: str,  # noqa: ARG002
        kind: str,  # noqa: ARG002
        state: str,  # noqa: ARG002
        body: Mapping[str, Any] | None = None,  # noqa: ARG002
        *,
        reports: Sequence[tuple[str, Body]] = (),  # noqa: ARG002
    ) -> Entry:
        self.ready()

    def entries(
        self,
        *,
        reference: str | None = None,  # noqa: ARG002
        kind: str | None = None,  # noqa: ARG002
        after: int = 0,  # noqa: ARG002
    ) -> list[Entry]:
        return []

    def latest(self, kind: str, *, leaving_out: Collection[str] = ()) -> list[Entry]:  # noqa: ARG002
        return []

    def newest(self, kind: str) -> Entry | None:  # noqa: ARG002
        return None

    def ready(self) -> NoReturn:
        raise type(self._error)(self._error.detail)

    def pending(self, limit: int) -> list[Event]:  # noqa: ARG002
        return []

    def acknowledge(self, stream: str, ack: StreamAck) -> list[Verdict]:  # noqa: ARG002
        return []

    def verdict(self, reference: str) -> Verdict | None:  # noqa: ARG002
        return None

    def report(self) -> OutboxReport:
        return OutboxReport(count=0)

    def note(self, supply: str, seen: Seen) -> None:  # noqa: ARG002
        self.ready()

    def current(self) -> None:
        return None

    def take(self, signed: SignedCatalogue) -> NoReturn:  # noqa: ARG002
        self.ready()

    def histories(self) -> dict[str, list[Seen]]:
        return {}

    def keep(self, proof: KeptProof, number: str) -> None:  # noqa: ARG002
        self.ready()

    def of_holder(self, number: str) -> list[KeptProof]:  # noqa: ARG002
        return []

    def of_nobody(self, reference: str) -> None:  # noqa: ARG002
        return None

    def held(self, reference: str) -> bool:  # noqa: ARG002
        return False
