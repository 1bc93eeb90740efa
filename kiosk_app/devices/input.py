"""What a person puts in without touching the screen: codes shown to a scanner, keys of a keypad, headphones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kiosk_app.devices.base import Device


class CodeKind(StrEnum):
    """What a code is, by its form alone (``domain.md`` 8.8): whether it is good, only the payment service knows.

    ``REFERENCE``: one of ours, bare or as the address printed on a proof.
    """

    WECHAT = "wechat"
    ALIPAY = "alipay"
    UNIONPAY = "unionpay"
    REFERENCE = "reference"
    OTHER = "other"


@dataclass(frozen=True)
class ScannedCode:
    """A code as it was read. A payment code is money: the text shows neither in ``repr`` nor in any log."""

    kind: CodeKind
    text: str = field(repr=False)


class CodeScanner(Device, Protocol):
    """A 1D/2D scanner. What is shown while nobody waits is dropped; a code held on is one code."""

    async def wait_code(self) -> ScannedCode:
        """Wait until a code is shown.

        Raises CodeNotRead (what was read is not text: show it again), DeviceOffline, DeviceFault.
        """


class KeypadKey(StrEnum):
    """What the keys of a keypad mean. The first four operate every view; the others are a convenience."""

    PREVIOUS = "previous"
    NEXT = "next"
    SELECT = "select"
    BACK = "back"
    ERASE = "erase"
    HELP = "help"
    LOUDER = "louder"
    QUIETER = "quieter"
    DIGIT_0 = "0"
    DIGIT_1 = "1"
    DIGIT_2 = "2"
    DIGIT_3 = "3"
    DIGIT_4 = "4"
    DIGIT_5 = "5"
    DIGIT_6 = "6"
    DIGIT_7 = "7"
    DIGIT_8 = "8"
    DIGIT_9 = "9"


class KeyStroke(StrEnum):
    """``LOST``: the key is up and nobody knows whether that was meant (the keypad was pulled): it must not act."""

    DOWN = "down"
    UP = "up"
    LOST = "lost"


KeyListener = Callable[[KeypadKey, KeyStroke], None]


class Keypad(Device, Protocol):
    """Keys with which everything can be done that touch does. A key held down is one press, never a row of them."""

    def watch_keys(self, listener: KeyListener) -> None:
        """Call ``listener`` for every stroke. After each DOWN of a key comes one UP or LOST of it."""

    @property
    def missing(self) -> frozenset[str]:
        """What this line cannot do: ``grab`` (keep the keys to ourselves), ``state`` (ask which are down)."""


class Headphones(Device, Protocol):
    """The jack for private listening."""

    @property
    def plugged(self) -> bool | None:
        """Whether something is in the jack; None when nobody knows."""

    def watch_plug(self, listener: Callable[[bool | None], None]) -> None:
        """Call ``listener`` whenever :attr:`plugged` changes."""
