"""Paying penalty decisions of the traffic police. Administrative Penalty Law, art. 67-72; ``domain.md`` 5.

The counter's procedure: who is it, or which decision; what is open, with late fees as the department computes
them; which of them; the money; the report to the department, which may refuse; the proof. Camera records that
were not handled yet are shown and cannot be paid: handling assigns penalty points and needs the driver at the
traffic police (art. 41; domain.md 5.2). Points are never changed here.
"""

from kiosk_app.contract import AskDecisions, Decision, Decisions, FinesPaid, PaidItem, Verdict
from kiosk_app.desk import Charge, Desk
from kiosk_app.devices import IdentityCard
from kiosk_app.errors import CentralRefused
from kiosk_app.money.amounts import Fen, total, yuan
from kiosk_app.papers.proof import PaidFine, PaidFines
from kiosk_app.papers.slips import fines_receipt
from kiosk_app.papers.voucher import fines_voucher
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.identify import place_card
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.paid import to_prove, to_read, to_report
from kiosk_app.services.steps.shown import day, moment, short_time
from kiosk_app.views import Back, Choice, ChooseMany, Done, EnterNumber, Marked, Steps, Text, Typed, text

STEPS = tuple(text(f"fines.step.{name}") for name in ("identify", "choose", "pay", "proof"))
NUMBER_LENGTHS = (15, 16)
WRONG_NUMBER = {"unknown-decision": "fines.number.unknown", "wrong-check": "fines.number.wrong_check"}

Found = tuple[IdentityCard | None, list[Decision]]


async def pay_traffic_fines(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    while True:
        found = await find_decisions(desk)
        if found is None:
            return True
        citizen, decisions = found
        if chosen := await choose(desk, citizen, decisions):
            break
    amount = total(Fen(decision.due) for decision in chosen)
    purpose = text("pay.purpose", count=len(chosen))
    async with (
        desk.charge(amount, purpose, Steps(STEPS, 2)) as charge,
        desk.working(text("work.reporting"), text("work.waits.police"), usually=2, steps=Steps(STEPS, 2)),
    ):
        verdict = await desk.central.report(charge, claim(charge, chosen))
    paid = proof(desk, charge, chosen, verdict, citizen)
    papers = Papers(
        reference=paid.reference,
        slip=fines_receipt(paid),
        document=lambda: fines_voucher(paid),
        title=f"voucher {paid.reference}",
        what="cases.what.fines",
        holder=citizen.number if citizen else "",
    )
    return await deliver(desk, done_view(paid), papers, Steps(STEPS, 3))


async def find_decisions(desk: Desk) -> Found | None:
    """Who and what is open; None for "back"."""
    steps = Steps(STEPS, 0)
    while desk.id_card_reader.condition.serves:
        card = await place_card(desk, steps, other=text("identify.other_number"))
        if card is None:
            return None
        if isinstance(card, IdentityCard):
            decisions = await open_decisions(desk, AskDecisions(id_number=card.number))
            return None if decisions is None else (card, decisions)
        if found := await by_number(desk, steps):
            return found
    return await by_number(desk, steps)


async def by_number(desk: Desk, steps: Steps) -> Found | None:
    """A typed decision number, asked again until it exists; 15 digits are completed by the department."""
    view = EnterNumber(
        title=text("fines.number.title"), hint=text("fines.number.hint"), lengths=NUMBER_LENGTHS, steps=steps
    )
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return None
        if not isinstance(answer, Typed):
            continue
        try:
            decisions = await open_decisions(desk, AskDecisions(number=answer.value))
            return None if decisions is None else (None, decisions)
        except CentralRefused as error:
            if error.code not in WRONG_NUMBER:
                raise
            view = EnterNumber(
                title=view.title,
                hint=view.hint,
                lengths=view.lengths,
                problem=text(WRONG_NUMBER[error.code]),
                value=answer.value,
                steps=steps,
            )


async def open_decisions(desk: Desk, question: AskDecisions) -> list[Decision] | None:
    """What the department has; None for "back". Raises CentralRefused."""
    work, waits = text("work.looking_up_fines"), text("work.waits.police")
    nothing = text("pay.nothing_taken")
    found = await look_up(desk, question, Decisions, Steps(STEPS, 0), work=work, waits=waits, detail=nothing)
    return None if found is None else found.decisions


async def choose(desk: Desk, citizen: IdentityCard | None, decisions: list[Decision]) -> list[Decision]:
    """What the citizen wants to pay now; empty for "back"."""
    payable = [decision for decision in decisions if not decision.refused]
    view = ChooseMany(
        title=_title(citizen, payable),
        subtitle=text("fines.choose.subtitle"),
        rows=tuple(row(decision, numbered=citizen is None) for decision in decisions),
        marked=tuple(decision.number for decision in payable),
        action=text("fines.choose.action"),
        summary=text("fines.choose.selected"),
        steps=Steps(STEPS, 1),
    )
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return []
        if isinstance(answer, Marked):
            chosen = [decision for decision in payable if decision.number in answer.keys]
            if chosen:
                return chosen


def _title(citizen: IdentityCard | None, payable: list[Decision]) -> Text:
    if citizen is None:
        return text("fines.choose.title_number")
    if not payable:
        return text("fines.choose.none", name=citizen.masked_name)
    return text("fines.choose.title", name=citizen.masked_name, count=len(payable))


def row(decision: Decision, *, numbered: bool = False) -> Choice:
    """One decision as a row; what cannot be paid says why and where to go. ``numbered``: to compare with the paper."""
    return Choice(
        key=decision.number,
        title=decision.what,
        title_en=decision.what_en,
        lines=(
            *((text("done.fact.decision", number=decision.number),) if numbered else ()),
            text("fines.row.when_where", when=moment(decision.at), place=decision.place),
            text("fines.row.plate_points", plate=decision.plate, points=decision.points),
            *((text("fines.row.pay_by", date=day(decision.pay_by)),) if decision.pay_by else ()),
        ),
        amount=Fen(decision.due),
        badge=text("fines.row.late_fee", amount=yuan(Fen(decision.late_fee))) if decision.late_fee else None,
        refused=text(f"fines.refused.{decision.refused}") if decision.refused else None,
    )


def claim(charge: Charge, chosen: list[Decision]) -> FinesPaid:
    """The report to the department: these decisions are paid by this payment."""
    return FinesPaid(
        reference=charge.reference,
        amount=charge.amount,
        items=[PaidItem(number=d.number, fine=d.fine, late_fee=d.late_fee) for d in chosen],
        paid_at=charge.approved_at,
        **to_report(charge),
    )


def proof(
    desk: Desk, charge: Charge, chosen: list[Decision], verdict: Verdict | None, citizen: IdentityCard | None
) -> PaidFines:
    """Everything the papers and the last view say."""
    return PaidFines(
        reference=charge.reference,
        amount=charge.amount,
        items=tuple(PaidFine(d.number, d.what, Fen(d.fine), Fen(d.late_fee)) for d in chosen),
        paid_at=charge.approved_at,
        by=to_prove(charge),
        voucher=verdict.voucher if verdict else None,
        payer=citizen.masked_name if citizen else "",
        site=desk.site.name,
        hotline=desk.site.hotline,
        proof_url=f"{desk.site.proof_url}/{charge.reference}" if desk.site.proof_url else "",
    )


def done_view(paid: PaidFines) -> Done:
    """Board 06: what was paid, by what, and how it was reported."""
    reported = (
        text("done.fact.reported", time=short_time(paid.paid_at)) if paid.voucher else text("done.fact.reported_later")
    )
    return Done(
        title=text("done.title.paid" if paid.payer else "done.title.paid_by_number"),
        amount=paid.amount,
        paid_by=to_read(paid.by),
        facts=(
            *(text("done.fact.decision", number=item.number) for item in paid.items),
            text("done.fact.reference", reference=paid.reference),
            reported,
        ),
        qr=paid.proof_url,
        qr_note=text("done.qr_note") if paid.proof_url else None,
        steps=Steps(STEPS, 3),
    )
