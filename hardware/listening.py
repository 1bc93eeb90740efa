"""For devices that speak unasked: frames are taken the moment they are complete, and nothing queues up.

A :class:`~hardware.link.Link` keeps frames until somebody receives them, which suits a conversation. A scanner or a
keypad is never asked anything: what it says while nobody listens must be gone, not wait for the next person.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from hardware.link import Codec

Frame = TypeVar("Frame")


class Listening(Generic[Frame]):
    """``codec`` whose frames go to ``take`` at once; the link gets none."""

    def __init__(self, codec: Codec[Frame], take: Callable[[Frame], None]) -> None:
        self._codec, self._take = codec, take

    def feed(self, data: bytes) -> list[Frame]:
        """Take what ``data`` completed."""
        for frame in self._codec.feed(data):
            self._take(frame)
        return []
