"""``kiosk.toml``: frozen structs; every error names the file, the key and what is allowed.

Devices come by entry points (:mod:`kiosk_app.drivers`): nothing here knows a driver. Paths in the file are relative
to the file. What enrolment gave the machine (its id, number, site) comes from ``identity.json`` in
``[central] folder`` and fills what the file leaves out.
"""

import tomllib
from collections import UserDict
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kiosk_app.checked import checked
from kiosk_app.devices import Backdrop
from kiosk_app.drivers import Section, section_of
from kiosk_app.errors import ConfigError
from kiosk_app.fitted import REQUIRED, ROLES
from kiosk_app.portrait.match import Thresholds

Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]
Pixels = Annotated[int, msgspec.Meta(ge=320, le=8192)]


class Sections(UserDict[str, Section]):
    """``[devices.*]`` by role, each with its driver found and its settings checked."""


class SiteSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the machine stands. ``machine``: the eight digits that begin every reference."""

    name: str = ""
    name_en: str = ""
    hotline: Annotated[str, msgspec.Meta(max_length=32)] = ""
    machine: Annotated[
        str, msgspec.Meta(pattern="^([0-9]{8})?$", description='eight digits in quotes, like "44070301"')
    ] = ""
    nearest: list[str] = []
    proof_url: str = ""


class ScreenSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The panel in pixels. ``targets``: a file that names what can be touched (for scripted citizens only).

    ``keyboard``: whether an ordinary keyboard acts as the keypad. Off, since anybody can plug one into a machine.
    """

    width: Pixels = 1080
    height: Pixels = 1920
    fullscreen: bool = True
    targets: str = ""
    keyboard: bool = False


class SessionSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds of patience (``patience.py``); ``day_end``: local hour at which the terminal's batch is closed."""

    idle: Seconds = 30
    countdown: Seconds = 15
    card: Seconds = 60
    done: Seconds = 20
    take_card: Seconds = 60
    day_end: Annotated[
        str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description='a time of day, like "23:30"')
    ] = "23:30"


class StoreSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The encrypted file and the file with its key."""

    path: str = "kiosk.store"
    key: str = "kiosk.key"


class CentralSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where central is, and the folder that enrolment filled."""

    url: Annotated[str, msgspec.Meta(pattern="^https://[^/]", description='"https://host:port"')]
    folder: str = "identity"


class PowerSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``shutdown``: the command that ends the system when the battery does; empty, and only the kiosk ends."""

    shutdown: tuple[str, ...] = ("systemctl", "poweroff")


class FaceSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Distances up to which a face is the document's (``same``), and up to which staff decides; see ``portrait.match``.

    ``backdrop``: what may be done to the wall on a photo; the photo rules forbid edited pictures, so it is ``keep``.
    """

    same: Annotated[float, msgspec.Meta(gt=0, le=2)] = 0.5
    staff: Annotated[float, msgspec.Meta(gt=0, le=2)] = 0.62
    backdrop: Backdrop = Backdrop.KEEP

    def __post_init__(self) -> None:
        Thresholds(self.same, self.staff)  # raises ValueError, which msgspec makes an error of the file

    @property
    def thresholds(self) -> Thresholds:
        """Both."""
        return Thresholds(self.same, self.staff)


class EndorsementSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``card_first``: the identity card is read before the permit, and must be the same person's."""

    card_first: bool = False


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    site: SiteSection = SiteSection()
    devices: Sections
    central: CentralSection
    screen: ScreenSection = ScreenSection()
    session: SessionSection = SessionSection()
    store: StoreSection = StoreSection()
    power: PowerSection = PowerSection()
    endorsement: EndorsementSection = EndorsementSection()
    face: FaceSection = FaceSection()


def read_config(path: Path) -> Config:
    """Read and check the file. Raises ConfigError."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(str(path), "the file", error.strerror or "cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), "the file", f"is not TOML: {error}") from error
    if "devices" in raw:
        raw["devices"] = _sections(path, raw["devices"])
    return checked(raw, Config, file=str(path))


def _sections(path: Path, raw: object) -> Sections:
    """Every device of the file. Raises ConfigError for an unknown role, a missing one, and whatever is in them."""
    given = checked(raw, dict[str, Any], file=str(path), under="devices")
    if unknown := [role for role in given if role not in ROLES]:
        raise ConfigError(str(path), f"devices.{unknown[0]}", f"is no role. Allowed here: {', '.join(ROLES)}.")
    if missing := [role for role in REQUIRED if role not in given]:
        said = f"is missing. Every machine has {', '.join(REQUIRED)}."
        raise ConfigError(str(path), f"devices.{missing[0]}", said)
    return Sections({role: section_of(path, role, section) for role, section in given.items()})
