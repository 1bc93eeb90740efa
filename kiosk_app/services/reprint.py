"""A proof once more (补打), by identity card or by the number on the slip that was left over.

The counter's procedure: who is it, or which slip; what there is; which one; the paper, marked as a reprint.
What this machine handed out is printed also when central is away; what was done elsewhere, only central knows, and a
list that is short for that reason says so. A slip with a name behind it needs its holder's card; one of somebody who
never showed a card needs its number and its sum, which only the slip says. Of A4 papers nothing is kept here: central
has them made anew (:mod:`kiosk_app.services.steps.papers`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from kiosk_app.contract.cases import Cases, MyCase, ask_cases
from kiosk_app.contract.papers import AskPapers, IssuedPaper, Papers
from kiosk_app.desk import Desk
from kiosk_app.devices import IdentityCard, PrintOutcome, Slip
from kiosk_app.errors import CentralError, Left
from kiosk_app.money.amounts import Fen
from kiosk_app.papers.reprint import department_slip
from kiosk_app.reprints import KeptProof
from kiosk_app.services.steps.cases import away, business
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.deliver import still_inside
from kiosk_app.services.steps.identify import OTHER, place_card
from kiosk_app.services.steps.look_up import WAITS, WORK
from kiosk_app.services.steps.papers import paper_row, print_paper
from kiosk_app.services.steps.shown import moment
from kiosk_app.views import Choice, ChooseOne, Chosen, Done, EnterNumber, Sorry, Steps, Text, text

log = structlog.get_logger()

STEPS = tuple(text(f"reprint.step.{name}") for name in ("which", "choose", "print"))
WHICH, CHOOSE, PRINT = (Steps(STEPS, at) for at in range(3))
REFERENCE = (20,)
"""Digits of the numbers on our slips (``docs/decisions/0007``)."""
SUM = tuple(range(1, 10))
TRIES = 3
"""So often the sum of one slip may be typed wrong on one day: numbers of slips can be guessed, and fines are round."""
PROVEN = frozenset({"accepted", "done", "paid", "printing", "printed"})
"""States of which there is something to prove."""


@dataclass(frozen=True)
class Proof:
    """One that can be printed: a slip, or an A4 ``paper``; ``row`` is how it is shown."""

    reference: str
    row: Choice
    slip: Slip | None = field(default=None, repr=False)
    paper: IssuedPaper | None = None


async def reprint(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    number = ""
    if desk.id_card_reader.condition.serves:
        card = await place_card(desk, WHICH, other=text("reprint.by_number"))
        if card is None:
            return True
    else:
        card = OTHER
    if card == OTHER:
        wanted = await type_digits(desk, "number", REFERENCE)
        if wanted is None:
            return True
        number = wanted
        proof = desk.reprints.of_slip(number)
        if proof is not None:
            return await by_slip(desk, proof)
        card = await place_card(desk, WHICH)
    if not isinstance(card, IdentityCard):
        return True if card is None else await nothing(desk, (text("reprint.needs_card"),))
    chosen = await choose(desk, card, number)
    return await once_more(desk, card, chosen) if isinstance(chosen, Proof) else chosen is not False


async def once_more(desk: Desk, card: IdentityCard, proof: Proof) -> bool:
    """What was chosen; True for another service."""
    if proof.paper is not None:
        return await print_paper(desk, card, proof.paper, PRINT)
    return await print_it(desk, proof.reference, proof.slip or Slip(()))


async def type_digits(desk: Desk, what: str, lengths: tuple[int, ...], problem: Text | None = None) -> str | None:
    """What the citizen reads from the slip; None for "back"."""
    title, hint = text(f"reprint.{what}.title"), text(f"reprint.{what}.hint")
    view = EnterNumber(title=title, hint=hint, lengths=lengths, problem=problem, steps=WHICH)
    return await typed(desk, view)


async def by_slip(desk: Desk, proof: KeptProof) -> bool:
    """Nobody was identified then: who knows the sum holds the slip."""
    problem = None
    while desk.reprints.wrong_today(proof.reference) < TRIES:
        fen = await type_digits(desk, "sum", SUM, problem)
        if fen is None:
            return True
        if int(fen) == proof.amount:
            return await print_it(desk, proof.reference, proof.slip)
        desk.reprints.guessed(proof.reference)
        problem = text("reprint.sum.wrong")
    return await nothing(desk, (text("reprint.sum.over"),))


async def choose(desk: Desk, card: IdentityCard, number: str) -> Proof | bool | None:
    """The proof wanted, None for "back", or True for another service after hearing that there is none."""
    own = [of_shelf(proof) for proof in desk.reprints.of_holder(card.number)]
    proofs = [proof for proof in own if number in {"", proof.reference}]
    missing: tuple[Text, ...] = ()
    if not (number and proofs):
        there, missing = await elsewhere(desk, card)
        known = {proof.reference for proof in own}
        proofs += [proof for proof in there if proof.reference not in known and number in {"", proof.reference}]
    if not proofs:
        return await nothing(desk, missing or (text("reprint.none.detail"),))
    view = ChooseOne(
        title=text("reprint.choose.title", name=card.masked_name),
        subtitle=missing[0] if missing else text("reprint.choose.subtitle"),
        rows=tuple(proof.row for proof in proofs),
        steps=CHOOSE,
    )
    there_are = {proof.reference: proof for proof in proofs}
    chosen = await one_of(desk, view)
    return None if chosen is None else there_are[chosen]


async def elsewhere(desk: Desk, card: IdentityCard) -> tuple[list[Proof], tuple[Text, ...]]:
    """What the departments know of, and what could not be asked: that keeps nothing back that is here."""
    try:
        async with desk.working(WORK, WAITS, usually=2, steps=WHICH):
            cases = await desk.central.ask(ask_cases(card.number), Cases)
            papers = await _on_a4(desk, card)
    except CentralError as error:
        log.warning("cases not known", error=type(error).__name__)
        return [], (text("reprint.only_here"),)
    there = papers.papers if papers is not None else []
    on_a4 = [Proof(paper.number, paper_row(desk, paper), paper=paper) for paper in there]
    found = [case for office in cases.offices for case in office.cases if case.state in PROVEN]
    found.sort(key=lambda case: case.at, reverse=True)
    missing = away(cases)
    if papers is None:
        missing = (text("reprint.no_a4"), *missing)
    elif papers.away and not missing:
        missing = (text("cases.away.social"),)
    return [*on_a4, *(of_department(desk, case) for case in found)], missing


async def _on_a4(desk: Desk, card: IdentityCard) -> Papers | None:
    """Which there are; None from a central that does not say, as one of the release before: the cases are known."""
    try:
        return await desk.central.ask(AskPapers(number=card.number), Papers)
    except CentralError as error:
        log.warning("papers not known", error=type(error).__name__)
        return None


async def nothing(desk: Desk, why: Sequence[Text]) -> bool:
    """Say that there is nothing to print, and why; True if the citizen wants another service."""
    view = Sorry(
        title=text("reprint.none.title"),
        detail=why[0],
        facts=(*why[1:], text("sorry.phone", phone=desk.site.hotline)),
        actions=(("other", text("sorry.action.other")),),
        steps=WHICH,
    )
    return await desk.ask(view) == Chosen("other")


async def print_it(desk: Desk, reference: str, original: Slip) -> bool:
    """Number it, print it, as often as the citizen wants it; True for another service. Raises Left, StoreError."""
    while True:
        number, slip = desk.reprints.marked(reference, original)
        async with desk.working(text("work.printing_receipt"), text("work.waits.printer"), usually=3, steps=PRINT):
            outcome = await desk.print_slip(reference, slip)
        view = replace(done_view(reference, number, outcome), take=await still_inside(desk), seconds=desk.patience.done)
        match await desk.last_view(view, desk.patience.done):
            case Chosen("again"):
                continue
            case Chosen("other"):
                return True
            case _:
                raise Left


def done_view(reference: str, number: int, outcome: PrintOutcome | None) -> Done:
    """Which paper it was, and what became of it: "sent" is not "printed"."""
    return Done(
        title=text(f"reprint.done.{outcome.value if outcome is not None else 'failed'}"),
        facts=(
            text("reprint.done.marked", number=number),
            text("done.fact.reference", reference=reference),
        ),
        papers=("receipt_printer",) if outcome in {PrintOutcome.PRINTED, PrintOutcome.SENT} else (),
        actions=(("again", text("done.action.again")), ("other", text("done.action.other"))),
        faces=True,
        steps=PRINT,
    )


def of_shelf(proof: KeptProof) -> Proof:
    """One that this machine handed out."""
    lines = (text("reprint.row.here", at=moment(proof.at)), text("done.fact.reference", reference=proof.reference))
    row = Choice(key=proof.reference, name=text(proof.what), lines=lines, amount=Fen(proof.amount))
    return Proof(proof.reference, row, proof.slip)


def of_department(desk: Desk, case: MyCase) -> Proof:
    """One of something that was done elsewhere."""
    reference = case.reference or case.number
    lines = (text("reprint.row.there", at=moment(case.at)), text("done.fact.reference", reference=reference))
    slip = department_slip(case, site=desk.site.name, hotline=desk.site.hotline)
    return Proof(reference, Choice(key=reference, name=business(case), lines=lines, amount=Fen(case.amount)), slip)
