"""What the face host may answer, and a frame in the words of the port. It decodes pictures of strangers: hostile bytes.

Numbers are finite, as with the camera's host (:mod:`hardware.drivers.camera_answers`): what is "not a number" would lie
neither inside nor outside of any limit.
"""

import msgspec

from hardware.drivers.camera_answers import Natural, Nothing, Real, Seconds, Size
from kiosk_app.devices import FaceLook, FrameFacts

__all__ = ["Compared", "Finished", "Hello", "Kept", "Looked", "Nothing", "facts_of"]

Point = tuple[Real, Real]


class Hello(msgspec.Struct, frozen=True):
    """The networks, file by digest."""

    models: dict[str, str]


class Kept(msgspec.Struct, frozen=True):
    """How many frames are kept."""

    kept: Natural


class Finished(msgspec.Struct, frozen=True):
    """What was measured on the photo in the body."""

    measures: dict[str, Real]


class Compared(msgspec.Struct, frozen=True):
    """How far the live faces are from the document's."""

    distances: list[Seconds]


class Placed(msgspec.Struct, frozen=True):
    """Where a face is; what else is said of it are measures."""

    box: tuple[Real, Real, Real, Real]
    right_eye: Point
    left_eye: Point
    chin: Point


class Looked(msgspec.Struct, frozen=True):
    """One frame. ``look``: the places of :class:`Placed`, and measures."""

    sequence: Natural
    captured: Seconds
    size: tuple[Size, Size]
    faces: Natural
    rival: Seconds
    look: dict[str, Real | list[Real]] | None
    wall: dict[str, Real] | None
    live: Real | None
    drift: Seconds | None

    def __post_init__(self) -> None:
        if self.look is not None:
            msgspec.convert(self.look, Placed)


def facts_of(said: Looked) -> FrameFacts:
    """The frame."""
    return FrameFacts(
        sequence=said.sequence,
        at=said.captured,
        size=said.size,
        faces=said.faces,
        rival=said.rival,
        face=None if said.look is None else _face(said.look, said.live),
        drift=said.drift,
        wall=said.wall or {},
    )


def _face(look: dict[str, float | list[float]], live: float | None) -> FaceLook:
    at = msgspec.convert(look, Placed)
    measures = {name: value for name, value in look.items() if isinstance(value, float)}
    return FaceLook(at.box, at.right_eye, at.left_eye, at.chin, measures | ({} if live is None else {"live": live}))
