"""The installed drivers, ours and other makers' alike, and the one that a section of ``kiosk.toml`` names.

``[devices.<role>] driver = "<name>"`` is the entry point ``<role>.<name>`` of the group ``yimen_kiosk.drivers``
(:mod:`kiosk_app.devices.driver`). Only the drivers that the file names are imported. Whatever is wrong with another
maker's package (it cannot be imported, its object is no Driver, it builds something else) is an error that names
the package, since the person who reads it has to know whom to call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import msgspec

from kiosk_app.checked import checked
from kiosk_app.devices import GROUP, Device, Driver
from kiosk_app.errors import ConfigError


@dataclass(frozen=True)
class Section:
    """One ``[devices.<role>]`` of ``file``: its driver, by which package, and its settings, checked."""

    file: Path
    role: str
    package: str
    driver: Driver[Any]
    settings: msgspec.Struct

    def build(self) -> Device:
        """The device, not touched yet. Raises ConfigError."""
        try:
            device = self.driver.build(self.settings, self.file.absolute().parent)
        except ConfigError:
            raise
        except Exception as error:
            raise self._wrong(f"cannot build its device: {type(error).__name__}: {error}") from error
        if getattr(device, "role", None) != self.role:
            raise self._wrong(f"built a device that is no {self.role}")
        return device

    def _wrong(self, what: str) -> ConfigError:
        said = f"the driver {self.driver.name!r} of the package {self.package} {what}"
        return ConfigError(str(self.file), f"devices.{self.role}.driver", said)


def installed(role: str) -> Mapping[str, list[EntryPoint]]:
    """Every driver for ``role`` by name; more than one entry point where two packages use one name."""
    found: dict[str, list[EntryPoint]] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, package_of(point))):
        of_role, _, name = point.name.partition(".")
        if of_role == role:
            found.setdefault(name, []).append(point)
    return found


def package_of(point: EntryPoint) -> str:
    """The package that registered it."""
    return point.dist.name if point.dist else "unknown"


def section_of(file: Path, role: str, raw: object) -> Section:
    """The section of ``role``, checked against what its driver asks for. Raises ConfigError."""
    rest = checked(raw, dict[str, Any], file=str(file), under=f"devices.{role}")
    point = _named(file, role, rest.pop("driver", None))
    driver = _loaded(file, role, point)
    settings = checked(rest, driver.settings, file=str(file), under=f"devices.{role}", also=("driver",))
    return Section(file, role, package_of(point), driver, settings)


def _named(file: Path, role: str, name: object) -> EntryPoint:
    """The one entry point of this name."""
    drivers = installed(role)
    points = drivers.get(name, []) if isinstance(name, str) else []
    if len(points) == 1:
        return points[0]
    key, known = f"devices.{role}.driver", ", ".join(f'"{name}"' for name in drivers) or "none"
    if points:
        both = " and ".join(map(package_of, points))
        raise ConfigError(str(file), key, f'two packages install a driver "{name}": {both}. Remove one of them.')
    said = "is missing" if name is None else f"{name!r} is not installed"
    raise ConfigError(str(file), key, f"{said}. Drivers installed for this role: {known}.")


def _loaded(file: Path, role: str, point: EntryPoint) -> Driver[Any]:
    """What the entry point stands for."""
    key, package = f"devices.{role}.driver", package_of(point)
    try:
        driver = point.load()
    except Exception as error:
        said = f"the package {package} cannot be loaded: {type(error).__name__}: {error}"
        raise ConfigError(str(file), key, said) from error
    if not _is_driver(driver) or f"{driver.role}.{driver.name}" != point.name:
        said = f"the package {package} registers {point.value} as {point.name}, which is no such Driver"
        raise ConfigError(str(file), key, said)
    found: Driver[Any] = driver
    return found


def _is_driver(thing: object) -> bool:
    """A Driver whose settings refuse keys they do not know: a typing mistake must not pass in silence."""
    if not isinstance(thing, Driver) or not isinstance(thing.settings, type):
        return False
    return issubclass(thing.settings, msgspec.Struct) and thing.settings.__struct_config__.forbid_unknown_fields
