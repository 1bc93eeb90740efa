"""Photos for documents: for which one, the picture by that document's own specification, a sheet to cut out, a code.

``domain.md`` 7. The specifications are data (``portrait/specs.toml``). The photo leaves the machine on paper, and, if
the citizen chooses so after a notice, to central's shelf, where it waits some days behind a code that is on the sheet.
Central's silence costs the code, never the sheet. Nothing is compared with anything, so this is no face recognition;
picture and master are dropped with the visit.
"""

from functools import partial

import structlog

from kiosk_app.contract.photos import KeepPhoto, PhotoKept
from kiosk_app.desk import Desk
from kiosk_app.errors import CentralError, CentralUnreachable
from kiosk_app.papers.photo_sheet import COPIES, PickUp, photo_sheet
from kiosk_app.portrait.spec import PhotoSpec, specs
from kiosk_app.services.steps.choose import one_of
from kiosk_app.services.steps.counter import reference_now
from kiosk_app.services.steps.hand_out import hand_out
from kiosk_app.services.steps.portrait import Portrait, spec_name, take_portrait
from kiosk_app.services.steps.shown import moment
from kiosk_app.views import Choice, ChooseOne, Chosen, Consent, Done, Steps, Text, text

log = structlog.get_logger()

STEPS = tuple(text(f"id_photo.step.{name}") for name in ("document", "photo", "print"))
PAPER, CODE = Chosen("paper"), Chosen("code")
TOLD = ("what", "where", "kept", "who")
"""What is told before a photo goes to central."""


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
    chosen = await one_of(desk, view)
    return None if chosen is None else specs()[chosen]


async def print_sheet(desk: Desk, photo: Portrait, spec: PhotoSpec) -> bool:
    """Print the sheet, as often as the citizen wants; True for another service. Raises Left, WalkedAway."""
    steps = Steps(STEPS, 2)
    wanted = await wants_code(desk, steps)
    pickup = await keep(desk, photo, steps) if wanted else None
    missed = text("id_photo.code.failed") if wanted and pickup is None else None
    sheet = partial(photo_sheet, photo.master, spec, site=desk.site.name, pickup=pickup)
    view = _done(spec, pickup, missed, steps)
    return await hand_out(desk, "photos", sheet, view, lambda outcome: text(f"id_photo.done.{outcome}"))


async def wants_code(desk: Desk, steps: Steps) -> bool:
    """Whether the file shall wait at central; nothing is chosen beforehand. Raises Left, WalkedAway."""
    view = Consent(
        title=text("id_photo.code.title"),
        points=tuple((text(f"id_photo.code.about.{about}"), text(f"id_photo.code.said.{about}")) for about in TOLD),
        ways=tuple((way, text(f"id_photo.way.{way}"), text(f"id_photo.note.{way}")) for way in ("paper", "code")),
        steps=steps,
    )
    while (answer := await desk.ask(view)) not in {PAPER, CODE}:
        pass
    return answer == CODE


async def keep(desk: Desk, photo: Portrait, steps: Steps) -> PickUp | None:
    """Lay the finished file on central's shelf; None when central cannot.

    A lost answer is asked for once more: that gives a new code, and drops the file that nobody has a code for.
    """
    wish = KeepPhoto(request=reference_now(desk), photo=photo.data)
    try:
        async with desk.working(text("work.keeping_photo"), text("work.waits.central"), usually=2, steps=steps):
            try:
                kept = await desk.central.ask(wish, PhotoKept)
            except CentralUnreachable:
                kept = await desk.central.ask(wish, PhotoKept)
    except CentralError as error:
        log.warning("photo not kept", error=type(error).__name__, detail=error.detail)
        return None
    return PickUp(kept.code, moment(kept.until), kept.page)


def _done(spec: PhotoSpec, pickup: PickUp | None, missed: Text | None, steps: Steps) -> Done:
    form = spec.form
    size = text("photo.review.size", title=spec_name(spec), width=form.width, height=form.height)
    code = (text("id_photo.code", code=pickup.code), text("id_photo.code.until", until=pickup.until)) if pickup else ()
    return Done(
        title=text("id_photo.done.printed"),
        facts=(*code, size, text("id_photo.copies", count=COPIES)),
        qr=pickup.link if pickup else "",
        qr_note=text("id_photo.code.note") if pickup and pickup.link else None,
        warnings=(missed,) if missed else (),
        steps=steps,
    )
