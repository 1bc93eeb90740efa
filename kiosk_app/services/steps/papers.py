"""A4 papers once more: how one is shown in a list, and its copy out of the printer.

Rules. Nothing of an A4 paper stays on the machine: central says which there are and gives each copy, numbered for all
machines. A certificate is printed as it comes, sealed and marked; a record is put on paper from what stood on the first
one, with the name that the card says, and marked. Every print of a copy is another copy, with another number.
"""

from dataclasses import replace
from functools import partial

from kiosk_app.contract.papers import AskCopy, Copy, IssuedPaper, PaperKind
from kiosk_app.desk import Desk
from kiosk_app.devices import IdentityCard, PrintOutcome
from kiosk_app.errors import Left
from kiosk_app.papers.rights import Holder, Issue, contribution_history, rights_record
from kiosk_app.services.steps.counter import number_now
from kiosk_app.services.steps.deliver import still_inside
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.shown import moment
from kiosk_app.views import Choice, Chosen, Done, Steps, Text, text

REFUSED = frozenset({"revoked"})


def paper_row(desk: Desk, paper: IssuedPaper) -> Choice:
    """What it is, when it came out, and why it cannot be had again here, if so."""
    refused = None
    if paper.refused:
        refused = text(f"reprint.paper.{paper.refused if paper.refused in REFUSED else 'refused'}")
    elif not desk.document_printer.condition.serves:
        refused = text("reprint.paper.no_printer")
    lines = (text("reprint.paper.at", at=moment(paper.at)), _numbered(paper))
    return Choice(key=paper.number, name=_named(paper), lines=lines, refused=refused)


def _named(paper: IssuedPaper) -> Text:
    if paper.what is PaperKind.HISTORY and paper.insurance is not None:
        insurance = text(f"rights.insurance.{paper.insurance.value}")
        return text("reprint.paper.history", year=paper.year, insurance=insurance)
    return text(f"reprint.paper.{paper.what.value}")


def _numbered(paper: IssuedPaper) -> Text:
    if paper.what is PaperKind.CERTIFICATE:
        return text("certificate.code", code=paper.number)
    return text("done.fact.reference", reference=paper.number)


async def print_paper(desk: Desk, card: IdentityCard, paper: IssuedPaper, steps: Steps) -> bool:
    """As often as the citizen wants it; True for another service. Raises Left, CentralRefused, NameUnprintable."""
    while True:
        ask = AskCopy(request=desk.new_id(), number=card.number, paper=paper.number)
        copy = await look_up(
            desk, ask, Copy, steps, work=text("reprint.paper.making"), detail=text("look_up.nothing_done")
        )
        if copy is None:
            return True
        async with desk.working(text("work.printing_document"), text("work.waits.printer"), usually=15, steps=steps):
            pdf = copy.pdf or await desk.aside(partial(_on_paper, desk, card, paper, copy))
            job = number_now(desk)
            outcome = await desk.print_document(job, pdf, f"copy {job}")
        view = replace(_done(paper, copy, outcome), take=await still_inside(desk), seconds=desk.patience.done)
        match await desk.last_view(replace(view, steps=steps), desk.patience.done):
            case Chosen("again"):
                continue
            case Chosen("other"):
                return True
            case _:
                raise Left


def _on_paper(desk: Desk, card: IdentityCard, paper: IssuedPaper, copy: Copy) -> bytes:
    """The record as it was printed first, marked."""
    assert copy.record is not None  # a copy is one of the two
    holder = Holder(card.name, card.number)
    first = Issue(copy.site or desk.site.name, desk.site.hotline, paper.number, copy.printed_at)
    issue = first.again(copy.n, copy.at, desk.site.name)
    if copy.insurance is None:
        return rights_record(holder, copy.record, issue)
    return contribution_history(holder, copy.record, copy.insurance, copy.year, issue)


def _done(paper: IssuedPaper, copy: Copy, outcome: PrintOutcome | None) -> Done:
    return Done(
        title=text(f"reprint.done.{outcome.value if outcome is not None else 'failed'}"),
        facts=(
            text("reprint.paper.marked", number=copy.n),
            _numbered(paper),
        ),
        papers=("document_printer",) if outcome is not None else (),
        actions=(("again", text("hand_out.again")), ("other", text("done.action.other"))),
        faces=True,
    )
