"""Wall time, injected, so that a story can turn it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time, injected."""

    def now(self) -> datetime:
        """The time now: aware, UTC."""
