"""A document photo: the live picture with one sentence at a time, the shutter by itself, and a look at the result."""

from dataclasses import dataclass, field

from kiosk_app.desk import Desk
from kiosk_app.portrait.rules import Finding
from kiosk_app.portrait.spec import PhotoSpec
from kiosk_app.views import Steps


@dataclass(frozen=True)
class Portrait:
    """The finished JPEG, a master twice as large, and every rule with its value."""

    data: bytes = field(repr=False)
    master: bytes = field(repr=False)
    findings: tuple[Finding, ...] = ()


async def take_portrait(desk: Desk, spec: PhotoSpec, steps: Steps) -> Portrait | None:
    """The photo the citizen chose to use; None for "back" or when no try gave one that may be used.

    Raises Left, WalkedAway; DeviceError when camera or analysis do not come back.
    """
    raise NotImplementedError
