"""IPP's printer-state-reasons (RFC 8011 5.4.12, PWG 5100.9) in our words: what is wrong, and what runs low.

A reason is a keyword with an optional severity (``-report``, ``-warning``, ``-error``). Printers disagree about the
severity (out of paper is a "report" on an idle printer and a "warning" on a busy one), so the keyword decides
and the severity only for keywords we do not know. A kiosk's printer has one tray: an empty one is out of paper.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hardware.protocols.ipp import facts
from kiosk_app.errors import CoverOpen, DeviceError, DeviceFault, DeviceOffline, PaperJam, PaperOut

_FAULTS: tuple[tuple[type[DeviceError], frozenset[str]], ...] = (
    (CoverOpen, frozenset({"cover-open", "door-open", "interlock-open"})),
    (PaperJam, frozenset({"media-jam", "media-path-jam", "output-area-full"})),
    (PaperOut, frozenset({"media-empty", "media-needed", "input-tray-missing"})),
    (DeviceOffline, frozenset({"offline", "shutdown", "timed-out", "connecting-to-device"})),
    (
        DeviceFault,
        frozenset(
            {"toner-empty", "marker-supply-empty", "marker-waste-full", "fuser-over-temp", "fuser-under-temp"}
            | {"developer-empty", "opc-life-over", "interpreter-resource-unavailable"}
        ),
    ),
)
_MARKER_LOW = frozenset({"toner-low", "marker-supply-low", "developer-low"})
_MARKER_OUT = frozenset({"toner-empty", "marker-supply-empty", "developer-empty"})
_SEVERITIES = ("-report", "-warning", "-error")


def trouble(role: str, reasons: Iterable[str]) -> DeviceError | None:
    """The fault that ``reasons`` mean; the one a person mends first comes first."""
    reasons = list(reasons)
    words = {_keyword(reason) for reason in reasons}
    for kind, keywords in _FAULTS:
        if found := words & keywords:
            return kind(role, ",".join(sorted(found)))
    unknown = [reason for reason in reasons if reason.endswith("-error")]
    return DeviceFault(role, ",".join(unknown)) if unknown else None


def supplies_of(status: Mapping[str, Any]) -> dict[str, str]:
    """``paper`` and ``toner``: ok, low or out, from the printer's reasons and marker levels."""
    said = status["device"] or status["queue"]
    words = {_keyword(reason) for reason in said["reasons"]}
    paper = "out" if words & {"media-empty", "media-needed"} else "low" if "media-low" in words else "ok"
    levels = [level for level in said.get("marker_levels", ()) if level >= 0]
    floors = said.get("marker_low_levels", ())
    low = any(level <= floor for level, floor in zip(levels, floors, strict=False))
    toner = "out" if words & _MARKER_OUT else "low" if low or words & _MARKER_LOW else "ok"
    return {"paper": paper, "toner": toner}


def levels_of(status: Mapping[str, Any]) -> dict[str, int]:
    """``paper`` and ``toner`` in per cent, where the printer says: all its trays together, its emptiest marker.

    Negative levels are "unknown" and "some" (PWG 5100.13); a waste box (``waste-toner``, ``wasteToner``) is filled.
    """
    said = status["device"] or status["queue"]
    trays = [_counted(tray) for tray in said.get("trays", ()) if not facts(tray).get("type", "").endswith("Manual")]
    known = [(level, room) for level, room in trays if room > 0 and level >= 0]
    room = sum(room for _, room in known)
    markers = _markers(said)
    paper = {"paper": round(100 * sum(level for level, _ in known) / room)} if room else {}
    return paper | ({"toner": min(markers)} if markers else {})


def _markers(said: Mapping[str, Any]) -> list[int]:
    levels = said.get("marker_levels", ())
    types = said.get("marker_types") or [""] * len(levels)
    told = [level for level, kind in zip(levels, types, strict=False) if "aste" not in kind and level >= 0]
    if told:
        return told
    supplies = [_counted(each) for each in said.get("supplies", ()) if "aste" not in facts(each).get("type", "")]
    return [min(100, round(100 * level / most)) for level, most in supplies if most > 0 and level >= 0]


def _counted(words: str) -> tuple[int, int]:
    """Level and capacity of a tray or a supply; -2 for what it does not say."""
    told = facts(words)
    return _number(told.get("level", "")), _number(told.get("maxcapacity", ""))


def _number(word: str) -> int:
    try:
        return int(word[:9])
    except ValueError:
        return -2


def _keyword(reason: str) -> str:
    for severity in _SEVERITIES:
        reason = reason.removesuffix(severity)
    return reason
