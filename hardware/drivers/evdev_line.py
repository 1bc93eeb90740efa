"""What keypad and headphones share: an input device that speaks unasked, and is asked for its state on every connect.

Rules. The device is opened by a path that names the device and not its number (``/dev/input/by-id/...``), again and
again, so that it may be pulled and come back as another ``event`` number. On connect it must have what it is for (the
wrong path is a fault that names itself), it is grabbed if wanted, and its state is asked; so after lost events.
What the line cannot do is in ``missing`` and in the condition's supplies, never passed over in silence. A device
that froze cannot be told from one that nobody touches: it is never asked anything it could fail to answer.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from hardware.channel import Channel, ChannelClosed
from hardware.evdev import EvdevChannel, EvdevOpener
from hardware.link import Link, Watched, condition_of
from hardware.listening import Listening
from hardware.protocols.evdev import Change, Events, Overrun, Said
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import DeviceError, DeviceOffline


class EvdevDevice(Watched, ABC):
    """``kind``: EV_KEY or EV_SW. ``size`` of an event, if it is not this machine's."""

    kind: int
    grabs = False

    def __init__(self, opener: EvdevOpener, *, role: str, size: int | None = None) -> None:
        super().__init__(role)
        self._opener, self._size = opener, size
        self._channel: EvdevChannel | None = None
        self._link: Link[Said] = Link(role, self._open, self._new_codec)
        self._missing: frozenset[str] = frozenset()

    @property
    def missing(self) -> frozenset[str]:
        """What this line cannot do: ``grab``, ``state``."""
        return self._missing

    async def run(self) -> None:
        await self._link.run(self._greet, self.lost)

    def lost(self, error: DeviceError) -> None:
        """Nothing is known of it any more."""
        self._channel = None
        self.settle(None)
        self.become(condition_of(error))

    # --- to fill in ---

    @abstractmethod
    def check(self, codes: frozenset[int]) -> None:
        """Raise DeviceFault if a device with these codes is not what it should be."""

    @abstractmethod
    def settle(self, state: frozenset[int] | None) -> None:
        """This is the state now; None: nobody knows."""

    @abstractmethod
    def change(self, code: int, value: int) -> None:
        """One key or switch of our kind changed."""

    def supplies(self) -> Mapping[str, str]:
        """What the condition tells beside what is missing."""
        return {}

    # --- the line ---

    async def _open(self) -> Channel:
        self._channel = await self._opener()
        return self._channel

    def _new_codec(self) -> Listening[Said]:
        return Listening(Events() if self._size is None else Events(self._size), self._hear)

    async def _greet(self) -> None:
        channel = self._channel
        if channel is None:
            raise DeviceOffline(self.role, "line lost")
        try:
            if (codes := channel.codes(self.kind)) is not None:
                self.check(codes)
            grabbed = not self.grabs or channel.grab()
            state = channel.state(self.kind)
        except ChannelClosed as error:
            raise DeviceOffline(self.role, str(error)) from error
        self._missing = frozenset(name for name, able in (("grab", grabbed), ("state", state is not None)) if not able)
        self.settle(state)
        self.tell()

    def tell(self) -> None:
        """It serves, and this is how it is."""
        self.become(Condition(DeviceState.ONLINE, "", {**self.supplies(), **dict.fromkeys(self._missing, "missing")}))

    def _hear(self, said: Said) -> None:
        match said:
            case Change(kind, code, value):
                if kind == self.kind:
                    self.change(code, value)
            case Overrun():
                self._ask_again()
            case _:
                self._link.lose()

    def _ask_again(self) -> None:
        try:
            self.settle(self._channel.state(self.kind) if self._channel is not None else None)
        except ChannelClosed:  # the read that comes next will say so
            self.settle(None)
