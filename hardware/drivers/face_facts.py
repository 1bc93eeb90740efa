"""The face host's answers in the words of the port. What it says is data of a foreign process.

Everything here raises KeyError, TypeError, ValueError or AttributeError for an answer that is not as it should be.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kiosk_app.devices import FaceLook, FrameFacts


def models_of(said: Mapping[str, Any]) -> Mapping[str, str]:
    """The networks, file by digest."""
    return {str(name): str(digest) for name, digest in said["models"].items()}


def numbers(measures: Mapping[str, Any]) -> dict[str, float]:
    """Measures that are numbers; a host has no others to give."""
    return {str(name): float(value) for name, value in measures.items() if isinstance(value, (int, float))}


def facts_of(said: Mapping[str, Any]) -> FrameFacts:
    """One frame."""
    width, height = said["size"]
    return FrameFacts(
        sequence=int(said["sequence"]),
        at=float(said["captured"]),
        size=(int(width), int(height)),
        faces=int(said["faces"]),
        rival=float(said["rival"]),
        face=None if said["look"] is None else _face(said["look"], said["live"]),
        drift=None if said["drift"] is None else float(said["drift"]),
        wall=numbers(said["wall"] or {}),
    )


def _face(look: Mapping[str, Any], live: float | None) -> FaceLook:
    x, y, width, height = map(float, look["box"])
    right, left, chin = (_point(look[name]) for name in ("right_eye", "left_eye", "chin"))
    measures = numbers(look) | ({} if live is None else {"live": float(live)})
    return FaceLook((x, y, width, height), right, left, chin, measures)


def _point(place: Sequence[Any]) -> tuple[float, float]:
    x, y = map(float, place)
    return x, y
