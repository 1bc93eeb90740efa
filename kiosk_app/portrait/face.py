"""What the face host says of a frame and of a photo: the values that rules, guidance and liveness judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FaceLook:
    """One face in one frame; the measures' meanings and units are in ``hardware/hosts/face/look.py``.

    ``box``: x, y, width, height in pixels of the frame; ``right_eye`` is the person's own.
    """

    box: tuple[float, float, float, float]
    right_eye: tuple[float, float]
    left_eye: tuple[float, float]
    chin: tuple[float, float]
    measures: Mapping[str, float]

    @property
    def tall(self) -> float:
        """Pixels from the eyes to the chin."""
        eyes = (self.right_eye[1] + self.left_eye[1]) / 2
        return abs(self.chin[1] - eyes)

    @property
    def middle(self) -> tuple[float, float]:
        """Between the eyes."""
        return (self.right_eye[0] + self.left_eye[0]) / 2, (self.right_eye[1] + self.left_eye[1]) / 2


@dataclass(frozen=True)
class FrameFacts:
    """One frame of the preview: ``size`` width and height, ``at`` seconds of the loop's clock.

    ``faces`` found, ``rival``: the second face's area as a share of the first's, ``drift``: distance of this face to
    the first one tracked (None: not compared in this frame), ``wall``: the backdrop, when it was measured.
    """

    sequence: int
    at: float
    size: tuple[int, int]
    faces: int
    rival: float = 0.0
    face: FaceLook | None = None
    drift: float | None = None
    wall: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PhotoFacts:
    """A finished photo and what was measured on the decoded file."""

    data: bytes = field(repr=False)
    measures: Mapping[str, float]
