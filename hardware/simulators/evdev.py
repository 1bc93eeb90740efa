"""Input devices with hands: a keypad and a headphone jack, as the kernel shows them.

The events go onto whatever line there is (a pseudo-terminal under the name that by-id would have, since a process
cannot make real input devices without ``/dev/uinput``). What the kernel would answer to questions is
:meth:`EvdevSimulator.ask`; a line in memory passes them on, a pseudo-terminal does not know them.
"""

import asyncio
import errno
import os
from collections.abc import Mapping
from typing import Any

from hardware.protocols import evdev
from hardware.protocols.evdev import EV_KEY, EV_SW, EV_SYN, PRESSED, RELEASED, SW_HEADPHONE_INSERT, SYN_DROPPED, Change
from hardware.protocols.evdev_keys import NAMES
from hardware.simulators.base import hand
from hardware.simulators.unasked import UnaskedSimulator


class EvdevSimulator(UnaskedSimulator):
    """``codes``: what it has; ``on``: which keys are down or switches on."""

    kind = EV_KEY
    codes: frozenset[int] = frozenset()

    def __init__(self, *, seed: int = 0, size: int = evdev.SIZE) -> None:
        super().__init__(seed=seed)
        self.size = size
        self.on: frozenset[int] = frozenset()
        self.grabbed = self.taken = False

    def ask(self, question: int, given: int | bytes) -> int | bytes:
        """What the kernel answers. Raises OSError."""
        if not self.plugged:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        match question:
            case evdev.GRAB if self.taken:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            case evdev.GRAB:
                self.grabbed = bool(given)
                return 0
            case _ if question == evdev.STATE[self.kind]:
                return evdev.bits_of(self.on)
            case _ if question == evdev.CODES[self.kind]:
                return evdev.bits_of(self.codes)
            case _:
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    async def turn(self, code: int, value: int) -> None:
        """A key or switch changes, and the kernel says so."""
        self.on = self.on | {code} if value else self.on - {code}
        await self.tell(Change(self.kind, code, value))

    async def tell(self, *changes: Change) -> None:
        """One packet of events."""
        await self.say(evdev.encode(*changes, at=asyncio.get_running_loop().time(), size=self.size))

    @hand("lose events")
    async def overrun(self) -> None:
        """The reader was too slow: the kernel dropped what it could not keep, and says so."""
        await self.tell(Change(EV_SYN, SYN_DROPPED, 0))

    @hand("another program takes the keys")
    def take(self) -> None:
        """It has grabbed the device; on the next connect nobody else can."""
        self.taken = True

    @hand("the other program lets go")
    def let_be(self) -> None:
        """The device can be grabbed again."""
        self.taken = False


BUTTONS: Mapping[str, int] = {
    "previous": NAMES["KEY_UP"],
    "next": NAMES["KEY_DOWN"],
    "select": NAMES["KEY_ENTER"],
    "back": NAMES["KEY_BACK"],
    "erase": NAMES["KEY_BACKSPACE"],
    "help": NAMES["KEY_HELP"],
    "louder": NAMES["KEY_VOLUMEUP"],
    "quieter": NAMES["KEY_VOLUMEDOWN"],
    **{digit: NAMES[f"KEY_KP{digit}"] for digit in "0123456789"},
}


class KeypadSimulator(EvdevSimulator):
    """The pad beside the screen. Buttons by the names in :data:`BUTTONS`."""

    role = "keypad"
    codes = frozenset(BUTTONS.values())

    def state(self) -> Mapping[str, Any]:
        held = [name for name, code in BUTTONS.items() if code in self.on]
        return {**super().state(), "held": held, "grabbed": self.grabbed, "buttons": list(BUTTONS)}

    @hand("press a button")
    async def press(self, button: str) -> None:
        """Down and up."""
        await self.hold(button)
        await self.let_go(button)

    @hand("hold a button down")
    async def hold(self, button: str) -> None:
        """Down, and it stays down."""
        await self.turn(_button(button), PRESSED)

    @hand("let a button go")
    async def let_go(self, button: str) -> None:
        """Up."""
        await self.turn(_button(button), RELEASED)

    @hand("repeat as a keyboard does")
    async def repeat(self, button: str) -> None:
        """The kernel's own repeat of a key that is held."""
        await self.tell(Change(EV_KEY, _button(button), evdev.REPEATED))


def _button(name: str) -> int:
    if name not in BUTTONS:
        raise ValueError(f"a button is one of {', '.join(BUTTONS)}")
    return BUTTONS[name]


class HeadphonesSimulator(EvdevSimulator):
    """The jack."""

    role = "headphones"
    kind = EV_SW
    codes = frozenset({SW_HEADPHONE_INSERT})

    def state(self) -> Mapping[str, Any]:
        return {**super().state(), "in": SW_HEADPHONE_INSERT in self.on}

    @hand("plug headphones in")
    async def insert(self) -> None:
        """Somebody wants to listen."""
        await self.turn(SW_HEADPHONE_INSERT, 1)

    @hand("pull headphones out")
    async def pull(self) -> None:
        """Nobody listens any more."""
        await self.turn(SW_HEADPHONE_INSERT, 0)
