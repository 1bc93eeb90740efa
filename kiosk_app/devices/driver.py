"""A driver that ``kiosk.toml`` can name: what stands behind an entry point of the group ``yimen_kiosk.drivers``.

Our own drivers and those of other makers come the same way in: ``[devices.<role>] driver = "<name>"`` looks for the
entry point ``<role>.<name>``, checks the rest of the section against :attr:`Driver.settings` and calls
:attr:`Driver.build`. Nothing else of the kiosk has to know that a driver exists (``docs/add-a-device.md``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

import msgspec

from kiosk_app.devices.base import Device

GROUP = "yimen_kiosk.drivers"

_NUMBER = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
Port = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(tcp://[^:/\s]+:{_NUMBER}|(?!\w+:/)(?![^/]*:[0-9]+$).+)$",
        description='a serial device ("/dev/...") or "tcp://host:port"',
    ),
]
"""Where a device is, for settings: the word ``hardware.channel.opener_of`` takes."""
Baud = Literal[9600, 19200, 38400, 57600, 115200]

Settings = TypeVar("Settings", bound=msgspec.Struct)


@dataclass(frozen=True)
class Driver(Generic[Settings]):
    """One way to drive a role.

    ``settings``: a frozen msgspec struct with ``forbid_unknown_fields``; its keys are the section's. ``build`` gets it
    and the folder of ``kiosk.toml``, to which paths are relative, and returns the device without touching it.
    """

    role: str
    name: str
    settings: type[Settings]
    build: Callable[[Settings, Path], Device]
