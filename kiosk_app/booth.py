"""The booth: camera and face analyst as the steps use them, with the chance that draws gestures and the limits in use.

A machine has one or it has none; a service that needs one is closed without (``health.py``).
"""

from dataclasses import dataclass
from random import Random

from kiosk_app.devices import Backdrop, Camera, FaceAnalyst
from kiosk_app.errors import DeviceOffline
from kiosk_app.portrait.match import Thresholds
from kiosk_app.ports import NewId


@dataclass(frozen=True)
class Booth:
    """``chance`` must not be foreseeable in the field (``random.SystemRandom``): it draws the order of gestures."""

    camera: Camera
    face: FaceAnalyst
    chance: Random
    new_id: NewId
    thresholds: Thresholds = Thresholds()
    backdrop: Backdrop = Backdrop.KEEP


def fitted(booth: Booth | None) -> Booth:
    """The booth of this machine. Raises DeviceOffline when it has none."""
    if booth is None:
        raise DeviceOffline("camera", "this machine has no booth")
    return booth
