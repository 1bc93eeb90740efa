"""Dialects: what a recorder must know of a wire so that nothing personal is written down.

One per codec. A driver's dialect is found as its driver is, by an entry point: group ``yimen_kiosk.dialects``, name
``<role>.<driver>``. A wire without a dialect cannot be recorded: what we do not understand we cannot clean.
"""

from importlib.metadata import entry_points
from typing import Any

from hardware.dialects.base import Dialect, Said

__all__ = ["GROUP", "Dialect", "Said", "dialect_of"]

GROUP = "yimen_kiosk.dialects"


def dialect_of(role: str, driver: str, line: str) -> Dialect[Any] | None:
    """A new dialect for one recording; ``line`` is ``serial``, ``tcp`` or ``host``. None if the wire has none."""
    for entry in entry_points(group=GROUP, name=f"{role}.{driver}"):
        made: Dialect[Any] = entry.load()(line)
        return made
    return None
