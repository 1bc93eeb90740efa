"""The person in a mirror, and the photo that came of it."""

from dataclasses import dataclass, field
from typing import Protocol

from kiosk_app.devices.camera import Frame
from kiosk_app.views.base import View
from kiosk_app.views.words import Text


class Live(Protocol):
    """What the screen needs of ``devices.Preview``: the newest picture, without waiting."""

    def latest(self) -> Frame | None:
        """None before the first, and when there is none now."""


@dataclass(frozen=True, kw_only=True)
class LivePortrait(View):
    """Board 05: the person in a mirror, and one sentence at a time. ``live`` is read until another view comes.

    ``checks``: names, each right, wrong, or None when there is nobody to check. ``gesture``: one to show how to make
    (``liveness.Gesture``), with ``done`` of ``gestures`` made; ``seconds`` left for it, counted down by the screen.
    ``right``: all is right, the shutter goes in a moment. Intents: Chosen("release") if ``release`` names it, Back,
    Leave.
    """

    title: Text
    live: Live = field(repr=False)
    say: Text
    right: bool = False
    checks: tuple[tuple[Text, bool | None], ...] = ()
    gesture: str = ""
    done: int = 0
    gestures: int = 0
    seconds: int = 0
    release: Text | None = None


@dataclass(frozen=True, kw_only=True)
class PortraitReview(View):
    """The finished photo as it will be used. ``reasons``: why it cannot be; ``advice``: what a person should look at.

    ``picture``: a JPEG of ``size`` pixels. Intents: Chosen("use") if ``use`` names it, Chosen("again") likewise, Back,
    Leave.
    """

    title: Text
    picture: bytes = field(repr=False)
    size: tuple[int, int]
    reasons: tuple[Text, ...] = ()
    advice: tuple[Text, ...] = ()
    facts: tuple[Text, ...] = ()
    use: Text | None = None
    again: Text | None = None
