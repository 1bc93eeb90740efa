"""The box around the devices: cabinet and power supply."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from kiosk_app.devices.base import Device


class Lamp(StrEnum):
    """What the lamp at a slot shows: nothing, "it is here", "do it now"."""

    OFF = "off"
    ON = "on"
    BLINK = "blink"


Slot = Literal[
    "id_card_reader",
    "chip_card_reader",
    "card_terminal",
    "permit_unit",
    "receipt_printer",
    "document_printer",
    "document_camera",
    "code_scanner",
]
"""Where a citizen lays, inserts or takes something: the roles that can have a lamp."""


class Cabinet(Device, Protocol):
    """Doors, shock sensor, thermometer and the lamps at the slots. It reports; who opened a door it cannot know.

    Condition: FRAUD_ATTEMPT ``tamper``, USER_ERROR ``door_open``, HARDWARE_ERROR ``too_hot``, in this order;
    its supplies name every door and the temperature. What was last seen is forgotten when the line is lost.
    """

    @property
    def doors(self) -> Mapping[str, bool | None]:
        """Every door by name: whether it is open; None when nobody knows."""

    @property
    def tampered(self) -> bool | None:
        """Whether somebody struck or tilted the machine since :meth:`forget_tamper`, also while it was off."""

    @property
    def temperature(self) -> float | None:
        """Inside, in degrees Celsius."""

    def lamp(self, slot: str, lamp: Lamp) -> None:
        """What the lamp at ``slot`` (a role) shows from now on, also after a reconnect. Never waits or fails."""

    async def forget_tamper(self) -> None:
        """A technician has looked: clear what the board remembers. Raises DeviceOffline, DeviceFault."""


@dataclass(frozen=True)
class UpsReading:
    """What the UPS says. None is "it does not say", never "all is well". ``runtime`` in seconds.

    ``low``: the UPS itself calls its battery low; ``forced``: whoever owns the UPS has ordered the shutdown.
    """

    on_mains: bool | None
    charge: int | None = None
    runtime: int | None = None
    low: bool = False
    forced: bool = False
    replace_battery: bool = False


class Ups(Device, Protocol):
    """The uninterruptible power supply. It only reads; what follows from it is decided in ``power.py``."""

    @property
    def reading(self) -> UpsReading | None:
        """What it said last; None when it cannot be asked (any more), which is not "on mains"."""
