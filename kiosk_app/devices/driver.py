"""A driver that ``kiosk.toml`` can name: what stands behind an entry point of the group ``yimen_kiosk.drivers``.

Our own drivers and those of other makers come the same way in: ``[devices.<role>] driver = "<name>"`` looks for the
entry point ``<role>.<name>``, checks the rest of the section against :attr:`Driver.settings` and calls
:attr:`Driver.build`. Nothing else of the kiosk has to know that a driver exists (``docs/add-a-device.md``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from kiosk_app.devices.base import Device

GROUP = "yimen_kiosk.drivers"

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
