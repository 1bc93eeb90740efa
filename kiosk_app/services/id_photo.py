"""Photos for documents: for which one, the picture by that document's own specification, a sheet to cut out.

``domain.md`` 7. The specifications are data (``portrait/specs.toml``). The photo leaves the machine on paper only:
central has no place where it could wait under a pick-up code, so none is promised. Nothing is compared with
anything, so this is no face recognition; picture and master are dropped with the visit.
"""

from functools import partial

from kiosk_app.desk import Desk
from kiosk_app.papers.photo_sheet import COPIES, photo_sheet
from kiosk_app.portrait.spec import PhotoSpec, specs
from kiosk_app.services.steps.hand_out import hand_out
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
            return await print_sheet(desk, photo, spec)


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


async def print_sheet(desk: Desk, photo: Portrait, spec: PhotoSpec) -> bool:
    """Print the sheet, as often as the citizen wants; True for another service. Raises Left."""
    size = text(
        "photo.review.size", title=text("plain", words=spec.title), width=spec.form.width, height=spec.form.height
    )
    view = Done(
        title=text("id_photo.done.printed"),
        facts=(size, text("id_photo.copies", count=COPIES)),
        steps=Steps(STEPS, 2),
    )
    sheet = partial(photo_sheet, photo.master, spec, site=desk.site.name)
    return await hand_out(desk, "photos", sheet, view, lambda outcome: text(f"id_photo.done.{outcome}"))
