"""What the camera host may answer, by operation. The host decodes pictures of strangers: its words are hostile bytes.

:func:`read` makes one answer a type or raises :class:`Nonsense`; whoever gets that ends the host. Numbers are finite
and in their range, because a picture that is "not a number" of seconds old would be neither too old nor new enough.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

Natural = Annotated[int, Meta(ge=0)]
Size = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(ge=0, le=1e12)]
Real = Annotated[float, Meta(ge=-1e12, le=1e12)]


class Nonsense(ValueError):
    """An answer that is of no known form."""


class Nothing(msgspec.Struct, frozen=True):
    """It is done."""


class Present(msgspec.Struct, frozen=True):
    """Whether the device is there."""

    present: bool


class Facts(msgspec.Struct, frozen=True):
    """How an open camera is: pictures so far, seconds since the last, equal ones in a row, seconds of darkness."""

    sequence: Natural
    age: Seconds
    same: Natural
    dark: Seconds
    ended: str


class State(msgspec.Struct, frozen=True):
    """Of one control."""

    value: Real
    automatic: bool | None


class Opened(msgspec.Struct, frozen=True):
    """What the camera says of itself when it is opened."""

    still: tuple[Size, Size]
    preview: tuple[Size, Size]
    controls: dict[str, State]


class About(msgspec.Struct, frozen=True):
    """The picture in the body."""

    width: Size
    height: Size
    sequence: Natural
    captured: Seconds


class Still(Facts, frozen=True):
    """A picture, and how the camera was when it was taken."""

    picture: About


class Measured(msgspec.Struct, frozen=True):
    """How good a page is, as far as it was looked at."""

    dpi: Natural = 0
    sharpness: Seconds | None = None
    glare: Annotated[float, Meta(ge=0, le=1)] = 0.0


class Page(Facts, frozen=True):
    """What became of looking for a page. A good one has everything."""

    verdict: Literal["good", "missing", "cut", "moving", "dark", "blurred", "glare"]
    facts: Measured
    corners: Annotated[list[tuple[Real, Real]], Meta(max_length=4)]
    picture: About | None = None

    def __post_init__(self) -> None:
        if self.verdict == "good" and (self.picture is None or len(self.corners) != 4 or not self.facts.dpi):
            raise ValueError("a good page has a picture, corners and dots")


Answer = TypeVar("Answer", bound=msgspec.Struct)


def read(head: Mapping[str, Any], kind: type[Answer]) -> Answer:
    """The answer in ``head``; words nobody asked for are passed over. Raises Nonsense."""
    try:
        return msgspec.convert(head, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Nonsense(str(error)) from error
