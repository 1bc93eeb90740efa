"""A paper under the document camera, page by page: lay it down, take it, look at it large, keep it or take it again.

The live picture says one thing at a time that is to be mended, and nothing is taken by itself: who lays the second page
down shall not find the first one taken twice. A page that breaks a rule of the camera (``kiosk_app/devices/camera.py``)
is never shown as taken. Pictures are here and nowhere else on this machine: they go with the visit's frames.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace

from kiosk_app.contract.case_papers import MOST_PAGE, LackingPaper
from kiosk_app.desk import Desk
from kiosk_app.devices import DocumentCamera
from kiosk_app.errors import CitizenError, DeviceError
from kiosk_app.services.steps.choose import one_of
from kiosk_app.services.steps.face_check import BACKSTOP
from kiosk_app.services.steps.looking import LONGEST_LOOK, Deserted, still_there
from kiosk_app.services.steps.shown import paper_name
from kiosk_app.views import Back, Choice, ChooseOne, Chosen, LivePage, PortraitReview, Steps, Text, text

TAKE, USE = Chosen("take"), Chosen("use")
NEXT = "next"
AGAIN_EVERY = 0.5
"""Seconds between two looks at what lies there."""
TAKES = 4.0
"""Seconds in which a page that was just touched comes to rest."""
WAITING, READY = "page.say.lay", "page.say.ready"


@dataclass(frozen=True)
class Shot:
    """One page: a JPEG of ``size`` pixels."""

    data: bytes = field(repr=False)
    size: tuple[int, int]

    @property
    def digest(self) -> str:
        """Names it: what was looked at is what is sent."""
        return hashlib.sha256(self.data).hexdigest()


async def photograph(desk: Desk, camera: DocumentCamera, paper: LackingPaper, steps: Steps) -> tuple[Shot, ...]:
    """The pages of ``paper`` that the citizen found good; none for "back" before the first.

    Raises Left, WalkedAway; DeviceError when the camera does not come back.
    """
    shots: list[Shot] = []
    while len(shots) < paper.pages:
        shot = await _one_page(desk, camera, paper, len(shots) + 1, steps)
        if shot is None:
            break
        shots.append(shot)
        if len(shots) < paper.pages:
            more = await _another(desk, paper, len(shots), steps)
            if more is None:  # back to the page before
                shots.pop()
            elif not more:
                break
    return tuple(shots)


async def _another(desk: Desk, paper: LackingPaper, count: int, steps: Steps) -> bool | None:
    """Whether there is one page more; None for "back"."""
    view = ChooseOne(
        title=text("page.more.title", paper=paper_name(paper), count=count),
        rows=(
            Choice(key="whole", name=text("page.more.whole")),
            Choice(key=NEXT, name=text("page.more.next"), lines=(text("page.more.most", count=paper.pages),)),
        ),
        steps=steps,
    )
    key = await one_of(desk, view)
    return None if key is None else key == NEXT


async def _one_page(desk: Desk, camera: DocumentCamera, paper: LackingPaper, number: int, steps: Steps) -> Shot | None:
    """A page that the citizen looked at and found good; None for "back"."""
    title = text("page.title.of", paper=paper_name(paper), number=number)
    if paper.pages == 1:
        title = text("page.title", paper=paper_name(paper))
    while True:
        shot = await _take(desk, camera, title, steps)
        if shot is None:
            return None
        review = PortraitReview(
            title=text("page.review.title"),
            picture=shot.data,
            size=shot.size,
            large=True,
            use=text("page.use"),
            again=text("page.again"),
            steps=steps,
        )
        if await desk.ask(review) == USE:
            return shot


async def _take(desk: Desk, camera: DocumentCamera, title: Text, steps: Steps) -> Shot | None:
    """One good picture at a touch; None for "back"."""
    async with camera.preview() as preview:
        features = camera.features
        shape = features.preview if features is not None else (4, 3)
        view = LivePage(title=title, live=preview, shape=shape, say=text(WAITING), take=text("page.take"), steps=steps)
        while True:
            answer = await desk.ask_or(view, _guided(desk, camera, view), within=BACKSTOP)
            if isinstance(answer, Back):
                return None
            if isinstance(answer, Deserted):
                await still_there(desk)
            elif answer == TAKE:
                try:
                    async with desk.working(text("work.page"), text("work.waits.page"), usually=2, steps=steps):
                        page = await camera.capture_page(within=TAKES, most=MOST_PAGE)
                    return Shot(page.picture.data, (page.picture.width, page.picture.height))
                except (CitizenError, DeviceError) as error:
                    view = replace(view, say=text(error.citizen))


async def _guided(desk: Desk, camera: DocumentCamera, view: LivePage) -> Deserted:
    """Say what is to be mended, look after look, until nobody is there."""
    now = asyncio.get_running_loop().time
    began = changed = now()
    shown = view
    while True:
        await asyncio.sleep(AGAIN_EVERY)
        seen = await _looked(camera, view)
        if seen != shown:
            shown, changed = seen, now()
            desk.screen.put(shown)
        touched = desk.screen.touched
        if now() - max(changed, touched) > desk.patience.card or now() - max(began, touched) > LONGEST_LOOK:
            return Deserted()


async def _looked(camera: DocumentCamera, view: LivePage) -> LivePage:
    """The view as it must be for what lies there now."""
    try:
        await camera.capture_page(within=0.0, most=MOST_PAGE)
    except (CitizenError, DeviceError) as error:
        return replace(view, say=text(error.citizen), right=False)
    return replace(view, say=text(READY), right=True)
