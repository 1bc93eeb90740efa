"""An input device of Linux as a channel: bytes of events, and questions to the kernel about its state.

Only reading is needed, also for the grab. A channel on which the kernel knows no such question (a pseudo-terminal
with a simulator behind it) says so with None or False, so that the driver can name what is missing.
"""

import errno
import fcntl
import os
import termios
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from hardware.channel import Channel, ChannelClosed, FdChannel, said
from hardware.protocols import evdev

Ioctl = Callable[[int, int | bytes], int | bytes]
"""Puts a question by its number; an answer of bytes comes back for bytes given. Raises OSError."""
_UNKNOWN = frozenset({errno.ENOTTY, errno.EINVAL, errno.ENOSYS})


class EvdevChannel:
    """``channel`` with ``ask`` beside it."""

    def __init__(self, channel: Channel, ask: Ioctl) -> None:
        self._channel, self._ask = channel, ask

    async def read(self) -> bytes:
        return await self._channel.read()

    async def write(self, data: bytes) -> None:
        await self._channel.write(data)

    async def close(self) -> None:
        await self._channel.close()

    def grab(self) -> bool:
        """Keep the events to ourselves; False if this line cannot. Raises ChannelClosed: another program has them."""
        return self._answer(evdev.GRAB, 1) is not None

    def state(self, kind: int) -> frozenset[int] | None:
        """Which keys are down (EV_KEY) or switches on (EV_SW); None if this line cannot tell. Raises ChannelClosed."""
        return self._codes(evdev.STATE[kind])

    def codes(self, kind: int) -> frozenset[int] | None:
        """Which the device has at all; None if this line cannot tell. Raises ChannelClosed."""
        return self._codes(evdev.CODES[kind])

    def _codes(self, question: int) -> frozenset[int] | None:
        answer = self._answer(question, bytes(evdev.STATE_SIZE))
        return evdev.codes_in(answer) if isinstance(answer, bytes) else None

    def _answer(self, question: int, given: int | bytes) -> int | bytes | None:
        try:
            return self._ask(question, given)
        except OSError as error:
            if error.errno in _UNKNOWN:
                return None
            raise ChannelClosed(error.strerror or str(error)) from error


EvdevOpener = Callable[[], Awaitable[EvdevChannel]]


async def open_evdev(path: Path) -> EvdevChannel:
    """The input device at ``path``. Raises ChannelClosed if it is not there or may not be read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise ChannelClosed(f"{path}: {said(error)}") from error
    if not os.isatty(fd) and not _is_input(fd):
        os.close(fd)
        raise ChannelClosed(f"{path}: it is no input device")
    with suppress(termios.error):  # a pseudo-terminal may still hold half an event from before; a device never does
        termios.tcflush(fd, termios.TCIFLUSH)
    return EvdevChannel(FdChannel(fd, partial(os.close, fd)), partial(fcntl.ioctl, fd))


def _is_input(fd: int) -> bool:
    """Whether the kernel knows our questions on this line."""
    try:
        fcntl.ioctl(fd, evdev.CODES[evdev.EV_KEY], bytes(evdev.STATE_SIZE))
    except OSError as error:
        return error.errno not in _UNKNOWN
    return True
