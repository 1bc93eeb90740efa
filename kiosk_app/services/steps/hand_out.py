"""One A4 paper into the citizen's hands, as often as they want it, and what became of it: "sent" is not "printed"."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from kiosk_app.desk import Desk
from kiosk_app.errors import Left
from kiosk_app.services.steps.counter import number_now
from kiosk_app.services.steps.deliver import show_while_taking, still_inside
from kiosk_app.views import Chosen, Done, Steps, Text, text


async def hand_out(
    desk: Desk,
    what: str,
    make: Callable[[], bytes],
    view: Done,
    said: Callable[[str], Text],
    *,
    number: str = "",
    out: Callable[[], None] = lambda: None,
) -> bool:
    """Print and show ``view``; True for another service. Raises Left.

    ``what`` names the job, and nobody. ``said``: the sentence for what became of it (``printed``, ``sent``,
    ``unknown``, ``failed``). Made once, beside the loop that the screen lives on. ``number``: the paper's own, if it
    has one; ``out`` is called when paper may have come out for the first time.
    """
    steps = view.steps or Steps((), 0)
    pdf: bytes | None = None
    told = False
    while True:
        job = number or number_now(desk)
        async with desk.working(text("work.printing_document"), text("work.waits.printer"), usually=15, steps=steps):
            if pdf is None:
                pdf = await desk.aside(make)
            outcome = await desk.print_document(job, pdf, f"{what} {job}")
        if outcome is not None and not told:
            told = True
            out()
        title = said(outcome.value if outcome is not None else "failed")
        shown = _shown(desk, view, title, came=outcome is not None)
        match await show_while_taking(desk, shown, partial(_as_it_is, desk)):
            case Chosen("document"):
                continue
            case Chosen("other"):
                return True
            case _:
                raise Left


async def _as_it_is(desk: Desk, view: Done) -> Done:
    return replace(view, take=await still_inside(desk))


def _shown(desk: Desk, view: Done, title: Text, *, came: bool) -> Done:
    return replace(
        view,
        title=title,
        papers=("document_printer",) if came else (),
        actions=(("document", text("hand_out.again")), ("other", text("done.action.other"))),
        seconds=desk.patience.done,
        faces=True,
    )
