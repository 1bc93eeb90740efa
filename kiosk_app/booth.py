"""The booth: camera and face analyst as the steps use them, with the chance that draws gestures and the limits in use.

A machine has one or it has none; a service that needs one is closed without (``health.py``).
"""

from dataclasses import dataclass, field
from random import Random

from kiosk_app.devices import Backdrop, Camera, FaceAnalyst
from kiosk_app.portrait.match import Thresholds


@dataclass(frozen=True)
class Booth:
    """``chance`` must not be foreseeable in the field (``random.SystemRandom``): it draws the order of gestures.

    ``backdrop``: what may be done to the wall behind the person; anything but KEEP is the operator's decision, since
    the photo rules forbid edited pictures (``docs/face-check.md``).
    """

    camera: Camera
    face: FaceAnalyst
    chance: Random
    thresholds: Thresholds = field(default_factory=Thresholds)
    backdrop: Backdrop = Backdrop.KEEP
