"""What every device says of itself: XFS states, conditions, supplies (CEN XFS / XFS4IoT)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class DeviceState(StrEnum):
    """XFS device states. ``USER_ERROR``: a person is in the way; ``POTENTIAL_FRAUD``: may go on serving."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    NO_DEVICE = "no device"
    HARDWARE_ERROR = "hardware error"
    USER_ERROR = "user error"
    BUSY = "busy"
    FRAUD_ATTEMPT = "fraud attempt"
    POTENTIAL_FRAUD = "potential fraud"


SERVING = frozenset({DeviceState.ONLINE, DeviceState.BUSY, DeviceState.POTENTIAL_FRAUD})


@dataclass(frozen=True)
class Condition:
    """How a device is: its state, why (a stable key such as ``paper_out``) and its supplies (``paper: low``).

    ``levels``: of those supplies that the device measures, per cent left (``toner: 63``). ``detail``: what exactly is
    wrong, in words for the technician (``/dev/ttyUSB0: there is no such device``), never personal; other words for the
    same are no news.
    """

    state: DeviceState
    reason: str = ""
    supplies: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    detail: str = field(default="", compare=False)

    @property
    def serves(self) -> bool:
        """Whether a citizen can use the device now."""
        return self.state in SERVING


class Device(Protocol):
    """A device keeps itself connected while :meth:`run` runs and always knows its condition."""

    @property
    def role(self) -> str:
        """The role's name, as in the configuration: ``id_card_reader``, ``card_terminal``, ..."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What this device can do, in a few words like those of XFS: ``presenter``, ``duplex``, ``presence``.

        Only what is so; it may grow when the device has been asked.
        """

    @property
    def condition(self) -> Condition:
        """The last known condition; never waits."""

    def watch(self, listener: Callable[[Condition], None]) -> None:
        """Call ``listener`` after every change of condition."""

    async def run(self) -> None:
        """Connect, ask what is true, serve, reconnect with back-off. Ends only by cancellation."""
