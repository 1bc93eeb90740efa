"""The camera above a desk: the wire of the other camera, and hands that lay a page down, push it or spoil it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from hardware.simulators.base import OneOf, hand
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.camera_papers import PAPERS
from hardware.simulators.camera_pictures import Scene, on_desk, page_corners

EXPOSURE = Scene((1, 1), None).exposure


class DocumentCameraSimulator(CameraSimulator):
    """The camera above a desk; at first the desk is empty."""

    role = "document_camera"

    def __init__(
        self, *, seed: int = 0, size: tuple[int, int] = (2048, 1536), rate: float = 15.0, grain: float = 3.0
    ) -> None:
        super().__init__(seed=seed, size=size, rate=rate, grain=grain)
        self.scene = Scene(size, None, noise=0.0, seed=seed)
        self._shift = (0.0, 0.0)
        self._turn = 2.0
        self._set()

    def state(self) -> Mapping[str, Any]:
        return {**super().state(), "page": self.scene.page if self.scene.corners else None}

    def _set(self, **changes: Any) -> None:
        scene = self.scene = replace(self.scene, **changes)
        self._change(str(scene), lambda: iter([on_desk(scene)]))

    def _lie(self, **changes: Any) -> None:
        self._set(corners=page_corners(self.size, fill=0.86, turn=self._turn, tilt=0.04, shift=self._shift), **changes)

    @hand("lay a page down")
    def lay(self, number: int = 1) -> None:
        """Sample page ``number``, nearly straight, in the middle."""
        self._lay(int(number))

    @hand("lay a paper down")
    def lay_paper(self, paper: Annotated[str, OneOf(PAPERS)] = PAPERS[0]) -> None:
        """One that a counter asks for. Raises ValueError for what was never drawn."""
        if paper not in PAPERS:
            raise ValueError(f"no paper {paper!r}; there are: {', '.join(PAPERS)}")
        self._lay(paper)

    def _lay(self, page: int | str) -> None:
        self._shift, self._turn = (0.0, 0.0), 2.0
        self._lie(page=page, blur=0.6, glare=0.0, shadow=0.0, exposure=EXPOSURE)

    @hand("take the page away")
    def take_away(self) -> None:
        """The empty desk."""
        self._set(corners=None)

    @hand("shift the page")
    def shift(self, right: int = 30, down: int = 0) -> None:
        """By percent of the picture; far enough, and it is cut off."""
        self._shift = (int(right) / 100, int(down) / 100)
        self._lie()

    @hand("turn the page")
    def turn(self, degrees: int = 10) -> None:
        """On the desk, clockwise; 180 is upside down."""
        self._turn = float(degrees)
        self._lie()

    @hand("push the page about")
    def push(self) -> None:
        """It is elsewhere in every picture, until it is laid down again."""
        scenes = [
            replace(self.scene, corners=page_corners(self.size, fill=0.8, shift=(step / 40, 0.0))) for step in range(4)
        ]
        self._change("a page that moves", lambda: map(on_desk, scenes), hurried=True)

    @hand("put the page out of focus")
    def blur(self, pixels: int = 6) -> None:
        """A folded page, or a lens that does not find its focus; 0 is sharp again."""
        self._set(blur=float(pixels) or 0.6)

    @hand("reflect a lamp")
    def reflect(self, percent: int = 80) -> None:
        """On the page; 0 takes it away."""
        self._set(glare=int(percent) / 100)

    @hand("throw a shadow")
    def shade(self, percent: int = 40) -> None:
        """Of a hand; 0 takes it away."""
        self._set(shadow=int(percent) / 100)

    @hand("dim the light")
    def dim(self, percent: int = 75) -> None:
        """Of the hall; 0 is full light again."""
        self._set(exposure=EXPOSURE * (1 - int(percent) / 100))
