"""How far is it? By the permit itself, or by the number on a slip; what is paid and not printed is printed here.

A number says whose it is to nobody: what it shows is the state and what it is about (``central``'s rule too). Printing
needs the card, which central knows; it costs nothing and asks nothing again, since everything was decided and paid.
"""

from kiosk_app.contract.exit_entry import AskProgress, Case, CaseState, Progress
from kiosk_app.desk import Desk
from kiosk_app.devices import Permit
from kiosk_app.papers.permits import destination, entries, purpose
from kiosk_app.services.endorsement_print import print_owed
from kiosk_app.services.steps.choose import typed
from kiosk_app.services.steps.permit import OTHER, insert_permit, key_of, permit_held
from kiosk_app.services.steps.shown import moment
from kiosk_app.views import Back, Choice, ChooseOne, Chosen, EnterNumber, Steps, Text, text

STEPS = tuple(text(f"progress.step.{name}") for name in ("which", "state", "print"))
WHICH, STATE, PRINT = (Steps(STEPS, at) for at in range(3))
REFERENCE = (20,)
"""Digits of the numbers on our slips (``docs/decisions/0007``)."""


async def show_progress(desk: Desk) -> bool:
    """The whole query; True if the citizen wants another service."""
    async with permit_held(desk) as held:
        permit = await insert_permit(desk, held, WHICH, other=text("progress.by_number"))
        question = AskProgress(permit=key_of(permit)) if isinstance(permit, Permit) else None
        if permit == OTHER:
            question = await _by_number(desk)
        if question is None:
            return True
        async with desk.working(text("work.looking_up"), text("work.waits.central"), usually=2, steps=WHICH):
            progress = await desk.central.ask(question, Progress)
        case = await _one_to_print(desk, progress)
        if case is not None and not isinstance(permit, Permit):
            permit = await insert_permit(desk, held, PRINT)
        if case is None or not isinstance(permit, Permit):
            return True
        return await print_owed(desk, held, permit, case, PRINT)


async def _by_number(desk: Desk) -> AskProgress | None:
    view = EnterNumber(
        title=text("progress.number.title"), hint=text("progress.number.hint"), lengths=REFERENCE, steps=WHICH
    )
    number = await typed(desk, view)
    return None if number is None else AskProgress(number=number)


async def _one_to_print(desk: Desk, progress: Progress) -> Case | None:
    """Everything that is known; the case that the citizen wants printed, None for "back"."""
    printable = {case.approval: case for case in progress.cases if case.state is CaseState.PAID}
    cards = tuple(
        Choice(
            key=card.slip,
            title=card.site,
            lines=(text("progress.retained", slip=card.slip),),
            refused=text("progress.fetch"),
        )
        for card in progress.retained
    )
    rows = (*(row(case, printable=case.approval in printable) for case in progress.cases), *cards)
    view = ChooseOne(title=text("progress.title" if rows else "progress.none"), rows=rows, steps=STATE)
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return None
        if isinstance(answer, Chosen) and answer.key in printable:
            return printable[answer.key]


def row(case: Case, *, printable: bool) -> Choice:
    """One application and how far it is; what cannot be printed here now is shown, and its state says why."""
    state = text(f"progress.state.{case.state.value}")
    names = [
        (*destination(item.destination), *purpose(item.purpose), *entries(item.entries, weekly=item.weekly))
        for item in case.items
    ]
    lines: tuple[Text, ...] = (text("progress.row.at", when=moment(case.at)),)
    return Choice(
        key=case.approval,
        title="；".join(f"{place} {what} {times}" for place, _, what, _, times, _ in names),
        title_en="; ".join(f"{place}, {what}, {times}" for _, place, _, what, _, times in names),
        lines=(*lines, *((state, text("progress.print")) if printable else ())),
        refused=None if printable else state,
        done=case.state is CaseState.PRINTED,
    )
