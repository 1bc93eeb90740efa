"""What the machine stands in: the box around the program, and what a world puts in its place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from random import Random, SystemRandom

from kiosk_app.desk import Aside, at_once
from kiosk_app.devices import Backdrop
from kiosk_app.portrait.match import Thresholds
from kiosk_app.power import Limits


@dataclass(frozen=True)
class Surroundings:
    """What tells the heartbeat about the box around the program."""

    software: str = ""
    disk_free_mb: Callable[[], int] = lambda: 0
    clock_quality: Callable[[], str] = lambda: "unknown"
    day_end: time = time(23, 30)
    """Local hour at which the terminal's batch is closed."""
    chance: Random = field(default_factory=SystemRandom)
    """Draws the order of gestures: nobody may foresee it."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    backdrop: Backdrop = Backdrop.KEEP
    limits: Limits = field(default_factory=Limits)
    """When the battery's end is near."""
    aside: Aside = at_once
