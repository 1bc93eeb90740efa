"""The proof into the citizen's hands, and a reminder of everything that is still in the machine.

"Sent to the printer" is not "printed": each outcome has its own sentence. If the receipt cannot be printed,
the screen shows the reference and the code to photograph, and the A4 printer is offered in its place.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from kiosk_app.desk import Desk
from kiosk_app.devices import PrintOutcome, Slip
from kiosk_app.errors import DeviceError, Left, StoreError
from kiosk_app.money.amounts import ZERO
from kiosk_app.views import Chosen, Done, Leave, Steps, Text, text

log = structlog.get_logger()

LOOK_EVERY = 1.0
CARDS = ("card", "chip_card")
Fresh = Callable[[Done], Awaitable[Done]]
"""The view as the machine is now."""


@dataclass(frozen=True)
class Papers:
    """What can be printed as proof: a slip, and an A4 document (if there is one) made only if asked for.

    ``what``: the id of the sentence that says of what; ``holder``: the identity number of whose proof it is. With them
    it is kept for who loses it. ``both``: the document comes out after the slip without being asked for.
    """

    reference: str
    slip: Slip
    document: Callable[[], bytes] | None = None
    title: str = ""
    what: str = ""
    holder: str = field(default="", repr=False)
    both: bool = False


async def deliver(desk: Desk, view: Done, papers: Papers, steps: Steps) -> bool:
    """Print the slip, show ``view`` until the citizen is done; True if they want another service.

    Raises Left when they leave or do not answer.
    """
    if papers.what:
        desk.reprints.keep(papers.reference, papers.slip, papers.what, view.amount or ZERO, papers.holder)
    outcome = await _print_receipt(desk, papers, steps)
    came, paged = outcome is not None, False
    first = replace(view, seconds=desk.patience.done, faces=True)
    view = _after_receipt(desk, first, outcome, papers.reference)
    if papers.both and papers.document is not None:
        page = await _print_document(desk, papers, papers.document, steps)
        paged, papers_out = page is not None, (*view.papers, *_from("document_printer", page))
        view = replace(
            view, warnings=view.warnings + _document_words(page, paid=view.amount is not None), papers=papers_out
        )
    while True:
        fresh = partial(_as_it_is, desk, with_document=papers.document is not None and not paged)
        intent = await show_while_taking(desk, view, fresh)
        match intent:
            case Chosen("document") if papers.document is not None:
                outcome = await _print_document(desk, papers, papers.document, steps)
                papers_out = (*view.papers, *_from("document_printer", outcome))
                view = replace(view, warnings=_document_words(outcome, paid=view.amount is not None), papers=papers_out)
            case Chosen("again"):
                outcome = await _print_receipt(desk, _another(desk, papers) if came else papers, steps)
                came = came or outcome is not None
                view = _after_receipt(desk, first, outcome, papers.reference)
            case Chosen("other"):
                return True
            case _:
                raise Left


def _actions(desk: Desk, *, with_document: bool) -> tuple[tuple[str, Text], ...]:
    actions = []
    if with_document and desk.document_printer.condition.serves:
        actions.append(("document", text("done.action.document")))
    if desk.receipt_printer.condition.serves:
        actions.append(("again", text("done.action.again")))
    return (*actions, ("other", text("done.action.other")))


def _another(desk: Desk, papers: Papers) -> Papers:
    """One may be out: what comes now is no original, and says so, if need be without its number."""
    if not papers.what:
        return papers
    try:
        _, slip = desk.reprints.marked(papers.reference, papers.slip)
    except StoreError:  # it died in this visit, and must not keep the citizen's proof back
        slip = desk.reprints.unnumbered(papers.slip)
    return replace(papers, slip=slip)


async def _print_receipt(desk: Desk, papers: Papers, steps: Steps) -> PrintOutcome | None:
    async with desk.working(text("work.printing_receipt"), text("work.waits.printer"), usually=3, steps=steps):
        return await desk.print_slip(papers.reference, papers.slip)


def _after_receipt(desk: Desk, view: Done, outcome: PrintOutcome | None, reference: str) -> Done:
    """The view with what became of the receipt; without one there is more time to photograph the screen."""
    view = replace(
        view,
        warnings=view.warnings + _receipt_warnings(outcome, reference, paid=view.amount is not None),
        papers=_from("receipt_printer", outcome),
    )
    if outcome is None:
        title = view.title if view.amount is None else text("done.title.paid_no_receipt")
        view = replace(view, title=title, seconds=desk.patience.take_card)
    return view


def _from(printer: str, outcome: PrintOutcome | None) -> tuple[str, ...]:
    """The printer, if paper has come out of it."""
    return (printer,) if outcome in {PrintOutcome.PRINTED, PrintOutcome.SENT} else ()


def _receipt_warnings(outcome: PrintOutcome | None, reference: str, *, paid: bool) -> tuple[Text, ...]:
    if outcome is PrintOutcome.PRINTED:
        return ()
    if outcome is PrintOutcome.SENT:
        return (text("done.warning.receipt_sent"),)
    return (text("done.warning.receipt_failed" if paid else "done.warning.slip_failed", reference=reference),)


async def _print_document(desk: Desk, papers: Papers, make: Callable[[], bytes], steps: Steps) -> PrintOutcome | None:
    async with desk.working(text("work.printing_document"), text("work.waits.printer"), usually=15, steps=steps):
        try:
            pdf = await desk.aside(make)
        except Exception as error:  # a page that cannot be made must not take the sentence about the money with it
            log.error("bug", at="make document", error=type(error).__name__, reference=papers.reference)
            return None
        return await desk.print_document(papers.reference, pdf, papers.title)


def _document_words(outcome: PrintOutcome | None, *, paid: bool) -> tuple[Text, ...]:
    if outcome is PrintOutcome.PRINTED:  # named among what is to be taken
        return ()
    if not outcome and not paid:
        return (text("done.warning.page_failed"),)
    return (text("done.warning.document_sent" if outcome else "done.warning.document_failed"),)


async def show_while_taking(desk: Desk, view: Done, fresh: Fresh) -> Chosen | Leave | None:
    """The view with what must still be taken, looked at again and again, until an answer or its time is over."""
    view = await fresh(view)
    looking = asyncio.create_task(_keep_looking(desk, view, fresh), name="what is still inside")
    try:
        intent = await desk.last_view(view, view.seconds)
    finally:
        looking.cancel()
    return intent if isinstance(intent, Chosen | Leave) else None


async def _keep_looking(desk: Desk, view: Done, fresh: Fresh) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = await fresh(view)
        if now != view:
            view = now
            desk.screen.put(view)


async def _as_it_is(desk: Desk, view: Done, *, with_document: bool) -> Done:
    take = await still_inside(desk)
    seen = "receipt_printer" if "presenter" in desk.receipt_printer.capabilities else ""  # it says itself what is taken
    return replace(
        view,
        take=take,
        papers=tuple(p for p in view.papers if p != seen),
        actions=_actions(desk, with_document=with_document),
    )


async def still_inside(desk: Desk) -> tuple[str, ...]:
    """What the devices say is still in or on the machine; what they cannot tell is left to the reminder."""
    inside = []
    with suppress(DeviceError):
        if desk.id_card_reader.condition.serves and await desk.id_card_reader.card_present():
            inside.append("card")
    chip = desk.chip_card_reader
    if chip is not None and chip.condition.serves and await chip.card_present():
        inside.append("chip_card")
    with suppress(DeviceError):  # a printer that died after the payment must not cost the citizen the last view
        if desk.receipt_printer.condition.serves and await desk.receipt_printer.paper_taken() is False:
            inside.append("receipt")
    if desk.till.card_inside:
        inside.append("bank_card")
    if desk.custody is not None and desk.custody.at_exit:
        inside.append("permit")
    return tuple(inside)


async def remind_of_card(desk: Desk) -> None:
    """However the visit ended: a card that still lies on the reader is shown until it is taken, but not for ever."""
    left = float(desk.patience.take_card)
    while left > 0:
        cards = tuple(what for what in await still_inside(desk) if what in CARDS)
        if not cards:
            return
        reminder = Done(
            title=text("done.title.take_card" if "card" in cards else "done.title.take_chip_card"),
            take=cards,
            warnings=(text("done.warning.card_left"),),
            seconds=int(left),
        )
        if isinstance(await desk.last_view(reminder, LOOK_EVERY), Leave):
            return
        left -= LOOK_EVERY
