"""Photos for documents: for which one, the picture by that document's own specification, a sheet to cut out.

``domain.md`` 7. The specifications are data (``portrait/specs.toml``). The photo leaves the machine on paper only:
central has no place where it could wait under a pick-up code, so none is promised. Nothing is compared with
anything, so this is no face recognition; picture and master are dropped with the visit.
"""

from kiosk_app.desk import Desk
from kiosk_app.devices import PrintOutcome
from kiosk_app.errors import Left
from kiosk_app.papers.photo_sheet import COPIES, photo_sheet
from kiosk_app.portrait.spec import PhotoSpec, specs
from kiosk_app.services.steps.counter import reference_now
from kiosk_app.services.steps.portrait import Portrait, take_portrait
from kiosk_app.views import Back, Choice, ChooseOne, Chosen, Done, Steps, text

STEPS = tuple(text(f"id_photo.step.{name}") for name in ("document", "photo", "print"))


async def take_id_photo(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    while True:
        spec = await choose_document(desk)
        if spec is None:
            return True
        if photo := await take_portrait(desk, spec, Steps(STEPS, 1)):
            return await hand_out(desk, photo, spec)


async def choose_document(desk: Desk) -> PhotoSpec | None:
    """For which document; None for "back"."""
    view = ChooseOne(
        title=text("id_photo.title"),
        subtitle=text("id_photo.subtitle"),
        rows=tuple(
            Choice(
                key=key,
                title=spec.title,
                title_en=spec.title_en,
                lines=(text("id_photo.row", width=f"{spec.paper[0]:g}", height=f"{spec.paper[1]:g}"),),
            )
            for key, spec in specs().items()
        ),
        steps=Steps(STEPS, 0),
    )
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return None
        if isinstance(answer, Chosen) and answer.key in specs():
            return specs()[answer.key]


async def hand_out(desk: Desk, photo: Portrait, spec: PhotoSpec) -> bool:
    """Print the sheet, as often as the citizen wants; True for another service. Raises Left."""
    steps, sheet = Steps(STEPS, 2), photo_sheet(photo.master, spec, site=desk.site.name)
    while True:
        reference = reference_now(desk)
        async with desk.working(text("work.printing_document"), text("work.waits.printer"), usually=15, steps=steps):
            outcome = await desk.print_document(reference, sheet, f"photos {reference}")
        match await desk.last_view(_done(desk, outcome, spec, steps), desk.patience.done):
            case Chosen("document"):
                continue
            case Chosen("other"):
                return True
            case _:
                raise Left


def _done(desk: Desk, outcome: PrintOutcome | None, spec: PhotoSpec, steps: Steps) -> Done:
    word = outcome.value if outcome is not None else "failed"
    return Done(
        title=text(f"id_photo.done.{word}"),
        facts=(
            text(
                "photo.review.size",
                title=text("plain", words=spec.title),
                width=spec.form.width,
                height=spec.form.height,
            ),
            text("id_photo.copies", count=COPIES),
        ),
        papers=("document_printer",) if outcome is not None else (),
        actions=(("document", text("id_photo.again")), ("other", text("done.action.other"))),
        seconds=desk.patience.done,
        steps=steps,
    )
