"""A person, a booth and a step: stories of face check and portrait on virtual time.

Desk, journal and receipt printer are those of a whole machine (:mod:`tests.stand`); before its camera is a
:class:`tests.faces.Scene`, and whoever stands there sees the views and may do what they ask.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

from kiosk_app.booth import Booth
from kiosk_app.desk import Desk
from kiosk_app.devices import Backdrop
from kiosk_app.portrait.liveness import Gesture
from kiosk_app.views import Intent, LivePortrait, Steps, View, text
from tests.faces import Scene, SceneAnalyst, SceneCamera
from tests.stand import Glass, Stand, story

Seen = TypeVar("Seen", bound=View)
STEPS = Steps((text("fines.step.identify"),), 0)


class BoothStand:
    """What stands before the camera, the camera, the analyst, the screen, and the desk that has them."""

    def __init__(self, stand: Stand) -> None:
        self.stand, self.scene, self.glass = stand, Scene(), Glass()
        self.camera, self.face = SceneCamera(self.scene), SceneAnalyst(self.scene)
        self.chance, self.backdrop = Random(11), Backdrop.KEEP
        self._looked = 0

    @property
    def desk(self) -> Desk:
        """The machine's, with a booth and a screen of its own."""
        booth = Booth(camera=self.camera, face=self.face, chance=self.chance, backdrop=self.backdrop)
        return replace(self.stand.machine.desk, booth=booth, screen=self.glass)

    def begin(self, step: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Let the step run while the story goes on."""
        return asyncio.create_task(step, name="step")

    async def sees(self, kind: type[Seen], title: str = "", *, within: float = 60.0) -> Seen:
        """The next view of this kind (and title id, or sentence id of a live picture); others are passed over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while True:
            for at in range(self._looked, len(self.glass.seen)):
                view = self.glass.seen[at][1]
                ids = {getattr(view, name).id for name in ("title", "say") if hasattr(view, name)}
                if isinstance(view, kind) and (not title or title in ids):
                    self._looked = at + 1
                    return view
            saw = [type(view).__name__ for _, view in self.glass.seen[self._looked :]]
            assert loop.time() < end, f"no {kind.__name__} {title}; saw {saw}"
            await asyncio.sleep(0.02)

    async def touches(self, intent: Intent) -> None:
        """As soon as somebody listens."""
        while not self.glass.listens:  # noqa: ASYNC110 - no bell rings
            await asyncio.sleep(0.02)
        self.glass.touch(intent)

    async def obeys(self, *, wrong: bool = False) -> None:
        """Do what the live picture asks for, until cancelled; ``wrong``: always something else."""
        asked: tuple[str, int] = ("", -1)
        while True:
            view = self.glass.view
            if isinstance(view, LivePortrait) and view.gesture and (view.gesture, view.done) != asked:
                asked = (view.gesture, view.done)
                await asyncio.sleep(0.6)
                gesture = Gesture(view.gesture)
                await self.scene.act(next(g for g in Gesture if g is not gesture) if wrong else gesture)
            await asyncio.sleep(0.02)

    def says(self) -> list[str]:
        """Every sentence of the live picture, each once as long as it stood."""
        said: list[str] = []
        for _, view in self.glass.seen:
            if isinstance(view, LivePortrait) and (not said or said[-1] != view.say.id):
                said.append(view.say.id)
        return said

    def forgotten(self) -> bool:
        """Whether nothing of the person is left at analyst and camera."""
        return not self.face.holds and not self.camera.open


def booth_story(tell: Callable[..., Awaitable[None]]) -> Any:
    """A story at a booth: whatever happens in it, nothing of the face is left."""

    @story
    async def test(stand: Stand) -> None:
        await stand.until(lambda: stand.machine.desk.receipt_printer.condition.serves)
        booth = BoothStand(stand)
        await tell(booth)
        assert booth.forgotten()

    test.__name__, test.__doc__ = tell.__name__, tell.__doc__
    return test
