"""The face analyst: what one live picture says of a face, a finished photo, how far two faces are apart.

Rules. It measures and never judges: limits, sentences and thresholds are data of :mod:`kiosk_app.portrait`. No picture
crosses this port but a finished photo, and no embedding ever does. What belongs to a visit lies in the analyst's own
memory until :meth:`FaceAnalyst.forget`, which overwrites it; if that memory is lost in between, the next question
raises FaceVisitLost once, so that no step goes on as if its good frames were still there.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from kiosk_app.devices.base import Device
from kiosk_app.devices.camera import Preview
from kiosk_app.portrait.face import FaceLook, FrameFacts, PhotoFacts
from kiosk_app.portrait.spec import PhotoSpec

__all__ = ["Backdrop", "FaceAnalyst", "FaceLook", "FrameFacts", "PhotoFacts", "PhotoSpec"]


class Backdrop(StrEnum):
    """What happens to the wall behind the person. The person is never altered; which one was used is logged."""

    KEEP = "keep"
    WHITEN = "whiten"
    REPLACE = "replace"


class FaceAnalyst(Device, Protocol):
    """One visit at a time. HARDWARE_ERROR ``models_missing`` until set-up has put every network in place.

    Any method raises DeviceOffline (no host now), DeviceFault (it answers nonsense), ModelsMissing, FaceVisitLost.
    """

    @property
    def models(self) -> Mapping[str, str]:
        """The networks in use, file by SHA-256: what a result was found with. Empty before the first connect."""

    async def look(self, view: Preview, *, than: int = 0, wall: bool = False, track: bool = False) -> FrameFacts:
        """The newest frame of ``view`` whose sequence is above ``than``, as numbers; about 15 ms after it was there.

        ``wall`` also measures the backdrop (and asks the optional network whether it sees a screen or a print: measure
        ``live``, advisory): a few times a second is enough. ``track`` compares the face with the first one tracked in
        this visit. Raises DeviceOffline (role ``camera``) when no newer frame comes for a second: ask again.
        """

    async def keep(self) -> int:
        """The frame looked at last is a good one; how many are kept: the newest few. Raises FaceNotSeen without a face."""

    async def finish(self, spec: PhotoSpec, policy: Backdrop, still: bytes | None = None) -> PhotoFacts:
        """The photo of the best kept frame, or of a ``still`` file, with what was measured on the encoded file.

        Raises FaceNotSeen, FaceNotAlone, FaceOutside (it would go beyond the frame), PhotoTooLarge.
        """

    async def master(self) -> bytes:
        """The last finished photo as a larger file, from which other formats can be made. Raises FaceNotSeen."""

    async def same(self, document: bytes) -> tuple[float, ...]:
        """How far the live faces are from the one in the ``document``'s picture (a file): one distance per frame.

        Of the best kept frames, without those of the tracked ones. Raises FaceNotSeen when there are none either, and
        DocumentPictureUnusable when the file cannot be read or shows no single face.
        """

    async def forget(self) -> None:
        """Overwrite all that was kept: pixels, embeddings, photos. Never raises: a host that does not say so is ended."""
