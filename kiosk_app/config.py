"""``kiosk.toml``: frozen structs; every error names the file, the key and what is allowed.

Paths in the file are relative to the file. What enrolment gave the machine (its id, number, site) comes from
``identity.json`` in ``[central] folder`` and fills what the file leaves out.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from kiosk_app.errors import ConfigError

Port = Annotated[
    str,
    msgspec.Meta(
        pattern="^(tcp://[^:/]+:[0-9]{1,5}|(?!tcp:).+)$",
        description='a serial device ("/dev/...") or "tcp://host:port"',
    ),
]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]
Pixels = Annotated[int, msgspec.Meta(ge=320, le=8192)]


class SdtReader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="sdt", tag_field="driver"):
    """Resident ID reader. ``presence``: how to tell that a card was forgotten (see the driver)."""

    port: Port
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200
    presence: Literal["reset", "none"] = "reset"


class ZvtTerminal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="zvt", tag_field="driver"):
    """Bank-card terminal: ``tcp://host:port`` (bare APDUs) or a serial device."""

    port: Port
    password: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", description='six digits in quotes, like "000000"')] = (
        "000000"  # noqa: S105 - the vendor's default
    )
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 9600


class EscposPrinter(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="escpos", tag_field="driver"
):
    """Receipt printer. ``presenter``: it holds the slip until it is taken, and can tell."""

    port: Port
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200
    presenter: bool = False


class CupsPrinter(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="cups", tag_field="driver"
):
    """A4 printer behind a CUPS queue; ``socket`` names a cupsd other than the machine's own."""

    queue: Annotated[str, msgspec.Meta(min_length=1)]
    socket: str = ""


class Devices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One driver per role."""

    id_card_reader: SdtReader
    card_terminal: ZvtTerminal
    receipt_printer: EscposPrinter
    document_printer: CupsPrinter


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
    """The panel in pixels. ``targets``: a file that names what can be touched (for scripted citizens only)."""

    width: Pixels = 1080
    height: Pixels = 1920
    fullscreen: bool = True
    targets: str = ""


class SessionSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds of patience, see ``desk.Patience``; ``day_end``: local hour at which the terminal's batch is closed."""

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


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    site: SiteSection = SiteSection()
    devices: Devices
    central: CentralSection
    screen: ScreenSection = ScreenSection()
    session: SessionSection = SessionSection()
    store: StoreSection = StoreSection()


def read_config(path: Path) -> Config:
    """Read and check the file. Raises ConfigError."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(str(path), "the file", error.strerror or "cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), "the file", f"is not TOML: {error}") from error
    try:
        return msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise _named(path, str(error)) from error


def _named(path: Path, message: str) -> ConfigError:
    """msgspec says ``Expected `int`, got `str` - at `$.devices.x.baud```: turn it round, key first."""
    found = re.fullmatch(r"(?P<what>.*?)(?: - at `\$\.?(?P<key>.*)`)?", message, re.DOTALL)
    key, what = (found["key"] or "the file", found["what"]) if found else ("the file", message)
    field = re.search(r"(?:required|unknown) field `(\w+)`", what)
    if field:
        key = field[1] if key == "the file" else f"{key}.{field[1]}"
    what = re.sub(r"^Expected `str` matching regex .*", "Not written as it must be", what)
    return ConfigError(str(path), key, f"{what}. {_allowed(key)}".strip())


def _allowed(key: str) -> str:
    """What may stand at ``key``, from the structs themselves."""
    kind: type = Config
    for part in key.split("."):
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        if part not in fields:
            return f"Allowed here: {', '.join([*_tag(kind), *fields])}."
        declared = fields[part].type
        if not (isinstance(declared, type) and issubclass(declared, msgspec.Struct)):
            return f"Allowed: {_words(declared)}."
        kind = declared
    return f"Allowed here: {', '.join([*_tag(kind), *(field.name for field in msgspec.structs.fields(kind))])}."


def _tag(kind: type) -> list[str]:
    config = msgspec.inspect.type_info(kind)
    tag = getattr(config, "tag", None)
    return [f'driver = "{tag}"'] if tag else []


def _words(declared: object) -> str:
    """A type in words a technician reads."""
    info = msgspec.inspect.type_info(declared)
    match info:
        case msgspec.inspect.Metadata(extra_json_schema={"description": str(said)}):
            return said
        case msgspec.inspect.LiteralType():
            return ", ".join(repr(value) for value in info.values)
        case msgspec.inspect.IntType():
            return f"a whole number from {info.ge} to {info.le}"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.ListType():
            return "a list of texts"
        case _:
            return "text"
