"""Who stands before the simulated camera, from clips that were drawn at set-up (``hardware/simulators/people``).

A person is still until asked to do something, does it once, and is still again, as a citizen at the machine. An
impostor's film does the gestures in an order of its own whatever is asked. Pictures are played as they lie on disk.
"""

from collections import deque
from collections.abc import Sequence
from pathlib import Path

from kiosk_app.devices import FACE_MODELS

CLIPS = FACE_MODELS.with_name("people")
"""``<who>/<scene>/<number>.jpg``, where set-up draws them."""
REST = "still"
ONCE = ("close_eyes", "turn_left", "turn_right", "open_mouth", "film")
"""Done once, from rest to rest."""
LASTING = (REST, "far", "close", "left_of_centre", "eyes_shut", "mouth_open", "turned", "photo", "nobody")
"""As long as nothing else is asked. ``photo``: a print held up and moved as a whole."""
SCENES = (*LASTING, *ONCE)
WHO = ("obama", "biden", "collins")
HELD = 2
"""Pictures of a camera at 30 a second for one of a clip."""


class Stand:
    """One place before the camera. Raises ValueError for somebody, or a scene, that was not drawn."""

    def __init__(self, who: str, clips: Path = CLIPS) -> None:
        self.who, self.does = who, REST
        self._folder = clips / who
        self._rest = self._read(REST)
        self._once: deque[bytes] = deque()
        self._count = 0

    @property
    def busy(self) -> bool:
        """Whether something that is done once is still going on."""
        return bool(self._once)

    def act(self, scene: str) -> None:
        """Do ``scene`` now."""
        pictures = self._read(scene)
        self.does = scene
        self._once.clear()
        if scene in ONCE:
            self._once.extend(picture for picture in pictures for _ in range(HELD))
        else:
            self._rest = pictures

    def picture(self, *, moves: bool = True) -> bytes:
        """The next picture, a JPEG file; the same one again if nothing ``moves``."""
        if self._once:
            return self._once.popleft() if moves else self._once[0]
        self._count += moves
        return self._rest[self._count // HELD % len(self._rest)]

    def _read(self, scene: str) -> Sequence[bytes]:
        pictures = [path.read_bytes() for path in sorted((self._folder / scene).glob("*.jpg"))]
        if not pictures:
            raise ValueError(f"{self.who} was not drawn doing {scene!r}: python -m hardware.simulators.people")
        return pictures
