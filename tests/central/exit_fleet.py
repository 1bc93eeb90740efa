"""The small fleet at the exit-entry office: holders, applications, payments and prints in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from central.authority import Authority, DocumentSigner
from central.departments.exit_entry import ExitEntry
from central.departments.exit_entry import samples as exit_samples
from central.departments.exit_entry.samples import SAMPLES
from central.departments.rules import china_day
from kiosk_app.contract import PaymentMoved, Problem, Verdict
from kiosk_app.contract.catalogue import PURPOSE, PURPOSE_OID
from kiosk_app.contract.exit_entry import (
    Apply,
    Approval,
    AskHolder,
    AskPrint,
    AskProgress,
    EndorsementFee,
    EndorsementPrinted,
    EndorsementsPaid,
    Holder,
    IdentityCheck,
    Offer,
    PermitKey,
    PermitRetained,
    PrintResult,
    PrintRight,
    Progress,
    Sameness,
)
from provisioning.device_key import DeviceKey
from tests.central.fleet import Fleet, HandClock, Machine, fleet

OTHER = "0198c0de-0000-7000-8000-000000000002"


class RefusedError(Exception):
    """Central's no: status and code."""

    @property
    def code(self) -> str:
        return str(self.args[1])


@dataclass
class Hall:
    """Two machines before one office. ``at`` is the machine that speaks."""

    fleet: Fleet
    machines: dict[str, Machine] = field(default_factory=dict)
    made: int = 0

    @property
    def office(self) -> ExitEntry:
        office = self.fleet.front.exit_entry
        assert isinstance(office, ExitEntry)
        return office

    def permit(self, key: str) -> PermitKey:
        return SAMPLES[key].permit(china_day(self.fleet.clock.now()))

    # --- questions ---

    def post(self, question: Any, kiosk: str = "") -> bytes:
        status, body = self.fleet.front.post(kiosk or self.fleet.kiosk.id, question.path, msgspec.json.encode(question))
        if status != 200:
            raise RefusedError(status, msgspec.json.decode(body, type=Problem).type)
        return body

    def holder(self, key: str, **changes: Any) -> Holder:
        return msgspec.json.decode(self.post(AskHolder(permit=self.permit(key), **changes)), type=Holder)

    def offers(self, key: str) -> dict[str, Offer]:
        return {offer.id: offer for offer in self.holder(key).offers}

    def may_have(self, key: str) -> set[str]:
        return {offer.id for offer in self.holder(key).offers if not offer.refused}

    def why_not(self, key: str, offer: str) -> str:
        return self.offers(key)[offer].refused

    def application(self, key: str, *ids: str, **changes: Any) -> Apply:
        self.made += 1
        chosen = [offer for offer in self.holder(key).offers if offer.id in ids]
        ask = Apply(
            request=f"request-{self.made}",
            permit=self.permit(key),
            offers=list(ids),
            replaces=sorted({number for offer in chosen for number in offer.replaces}),
            fee=sum(offer.fee for offer in chosen),
            catalogue=1,
            check=IdentityCheck(way="face", result=Sameness.SAME, at=self.fleet.clock.now(), score=0.3),
        )
        return msgspec.structs.replace(ask, **changes)

    def apply(self, key: str, *ids: str, kiosk: str = "", **changes: Any) -> Approval:
        return self.approve(self.application(key, *ids, **changes), kiosk)

    def approve(self, ask: Apply, kiosk: str = "") -> Approval:
        return msgspec.json.decode(self.post(ask, kiosk), type=Approval)

    def progress(self, **asked: Any) -> Progress:
        return msgspec.json.decode(self.post(AskProgress(**asked)), type=Progress)

    def state(self, key: str) -> str:
        return self.states(key)[0]

    def states(self, key: str) -> list[str]:
        return [case.state.value for case in self.progress(permit=self.permit(key)).cases]

    def right(
        self, key: str, approval: str, job: str = "J1", *, endorsed: int = 1, kiosk: str = "", paying: str = ""
    ) -> PrintRight:
        ask = AskPrint(approval=approval, permit=self.permit(key), job=job, endorsed=endorsed, paying=paying)
        return msgspec.json.decode(self.post(ask, kiosk), type=PrintRight)

    # --- reports ---

    def report(self, approval: Approval, reference: str = "R1", **changes: Any) -> EndorsementsPaid:
        paid = EndorsementsPaid(
            reference=reference,
            approval=approval.approval,
            amount=approval.fee,
            items=[EndorsementFee(number=item.number, fee=item.fee) for item in approval.items],
            paid_at=self.fleet.clock.now(),
            trace=7,
            receipt_no=7,
            terminal_id="12345678",
        )
        return msgspec.structs.replace(paid, **changes)

    def pay(self, approval: Approval, reference: str = "R1", **changes: Any) -> Verdict:
        [verdict] = self.fleet.say(self.report(approval, reference, **changes))
        return verdict

    def paid(self, key: str, *ids: str) -> Approval:
        """Applied for and paid, and the kiosk has said that the money stays."""
        approval = self.apply(key, *ids)
        assert self.pay(approval, f"R{self.made}").accepted
        self.settle(approval, f"R{self.made}")
        return approval

    def settle(self, approval: Approval, reference: str = "R1") -> None:
        self.fleet.say(PaymentMoved(reference=reference, state="settled", amount=approval.fee))

    def tell(
        self, approval: str, outcome: PrintResult = PrintResult.PRINTED, job: str = "J1", *, kiosk: str = ""
    ) -> None:
        machine = self.machines[kiosk] if kiosk else self.fleet.kiosk
        told = EndorsementPrinted(reference="R1", approval=approval, job=job, outcome=outcome)
        self.send(machine, told)

    def retain(self, **told: Any) -> None:
        self.send(self.fleet.kiosk, PermitRetained(at=self.fleet.clock.now(), **told), "audit")

    def send(self, machine: Machine, body: Any, stream: str = "pay") -> None:
        batch = {"events": [machine.event(body, stream)]}
        status, answer = self.fleet.front.post(machine.id, "/tx/batch", msgspec.json.encode(batch))
        assert status == 200, answer

    def backs(self, key: str) -> list[str]:
        """What stands on the card by central's records, as (destination, purpose)."""
        return [f"{one.destination}.{one.purpose}" for one in self.holder(key).endorsements]


def hall(authority: Authority | None = None, **settings: Any) -> Hall:
    clock, signer = HandClock(), {}
    if authority is not None:
        signer = {"signer": DocumentSigner(authority, clock.now, PURPOSE, PURPOSE_OID)}
    made = fleet(**({"clock": clock} | signer | settings))
    with made.front.store.write() as connection:
        exit_samples.load(connection, china_day(made.clock.now()))
    other = Machine(OTHER, DeviceKey.from_number(4408), made.clock)
    made.front.register(other.id, other.key.public_pem, site="the other site")
    return Hall(made, {OTHER: other})


def ids(*parts: Sequence[str]) -> set[str]:
    """``ids(("HK", "MO"), "L", ("3m1", "1y1"))``: every combination."""
    found = [""]
    for part in parts:
        names = [part] if isinstance(part, str) else part
        found = [f"{left}.{name}" if left else name for left in found for name in names]
    return set(found)
