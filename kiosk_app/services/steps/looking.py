"""Looking at the person before the camera: frame after frame as facts, and whether anybody is still there.

Trouble of camera or analyst is not the end: both recover by themselves within seconds. So what went wrong is told like
a frame, for the screen to say, and raised only when it lasts :data:`LONGEST_TROUBLE` seconds. Whoever stands before the
camera is not idle though nothing is touched; nobody in view for the usual patience, or nothing done at all for
:data:`LONGEST_LOOK` seconds (a poster on the wall), is asked for like anywhere else.
"""

import asyncio
from dataclasses import dataclass

from kiosk_app.desk import Desk
from kiosk_app.devices import FaceAnalyst, FrameFacts, Preview
from kiosk_app.errors import DeviceError, FaceVisitLost, Left, WalkedAway
from kiosk_app.views import Chosen, IdleWarning, Leave

LONGEST_TROUBLE, LONGEST_LOOK = 10.0, 120.0
WALL_EVERY = 5
"""The wall is measured in every fifth frame: it is the slow part, and walls stay."""


class Looking:
    """One look, from beginning to end."""

    def __init__(self, desk: Desk, face: FaceAnalyst, preview: Preview) -> None:
        self._desk, self._face, self._preview = desk, face, preview
        self._count = self._than = 0
        self._began = self._seen = asyncio.get_running_loop().time()
        self._trouble_since: float | None = None
        self.presence: list[float] = []
        """What the optional network said of the frames it looked at: 1 is a person, 0 a print or a screen. Advisory."""

    async def next(self, *, track: bool = False) -> FrameFacts | DeviceError:
        """What the next frame says, or what is wrong just now. Raises FaceVisitLost, and DeviceError when it stays."""
        now = asyncio.get_running_loop().time
        try:
            wall = self._count % WALL_EVERY == 0
            facts = await self._face.look(self._preview, than=self._than, wall=wall, track=track)
        except FaceVisitLost:
            raise
        except DeviceError as error:
            self._trouble_since = now() if self._trouble_since is None else self._trouble_since
            if now() - self._trouble_since > LONGEST_TROUBLE:
                raise
            await asyncio.sleep(0.1)  # a device that refuses at once must not keep the loop
            return error
        self._trouble_since = None
        self._count += 1
        self._than = facts.sequence
        if facts.face is not None:
            self._seen = now()
            self.presence += [facts.face.measures["live"]] if "live" in facts.face.measures else []
        return facts

    @property
    def deserted(self) -> bool:
        """Whether it is time to ask if somebody is there."""
        now, touched = asyncio.get_running_loop().time(), self._desk.screen.touched
        unseen, untouched = now - max(self._seen, touched), now - max(self._began, touched)
        return unseen > self._desk.patience.idle or untouched > LONGEST_LOOK


@dataclass(frozen=True)
class Deserted:
    """Nobody is before the camera."""


async def still_there(desk: Desk) -> None:
    """Ask. Raises WalkedAway when nobody answers, Left when they are done."""
    answer = await desk.last_view(IdleWarning(seconds=desk.patience.countdown), desk.patience.countdown)
    if isinstance(answer, Leave):
        raise Left
    if answer != Chosen("more_time"):
        raise WalkedAway
