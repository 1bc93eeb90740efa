"""What a document photo must be, as data: size, file, limits per measure, and in whose words a breach is told.

The numbers stand in ``specs.toml`` beside this file with their sources; where sources disagree the window is
the wider one and says so. A rule is an interval for one measure of the finished file; an *advisory* rule is a heuristic
without a network behind it: it is told, and a person at a counter decides.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from kiosk_app.errors import ConfigError

SPECS = Path(__file__).with_name("specs.toml")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``measure`` must lie between ``low`` and ``high``; outside of it the citizen hears ``sentence`` (an id)."""

    measure: str
    low: float = float("-inf")
    high: float = float("inf")
    sentence: str
    advisory: bool = False


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The picture in pixels, and what the crop aims at (``hardware/hosts/face/crop.py``)."""

    width: int
    height: int
    head: float = 0.0
    face_width: float = 0.0
    crown: float = 0.0
    eyes_to_bottom: float = 0.0


class File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bytes and dots per inch."""

    smallest: int
    largest: int
    dpi: int


class PhotoSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of document photo. ``paper``: millimetres of the print, width and height."""

    title: str
    title_en: str
    source: str
    paper: tuple[float, float]
    form: Form
    file: File
    rules: Annotated[list[Rule], msgspec.Meta(min_length=1)]


@cache
def specs() -> Mapping[str, PhotoSpec]:
    """Every specification by its key. Raises ConfigError when the data are wrong."""
    return parse(SPECS.read_text("utf-8"), str(SPECS))


def parse(text: str, name: str = "specs.toml") -> Mapping[str, PhotoSpec]:
    """The specifications of a TOML text: rules of ``[common]`` hold for all. Raises ConfigError."""
    try:
        raw = tomllib.loads(text)
        common = raw.pop("common", {}).get("rules", [])
        merged = {key: {**one, "rules": [*common, *one.get("rules", [])]} for key, one in raw.items()}
        return msgspec.convert(merged, dict[str, PhotoSpec])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, AttributeError, TypeError) as error:
        raise ConfigError(name, "photo specifications", str(error)) from error
