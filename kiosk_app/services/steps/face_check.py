"""Is the person alive, and the one of the document? The challenge with a live picture, then one comparison.

Call it only after :func:`kiosk_app.services.steps.consent.consent_to_face_check`. What failed is offered again; in the
end the citizen gets a slip for the counter: this step has shown and printed it when it returns.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk_app.desk import Desk
from kiosk_app.views import Steps


class FaceResult(StrEnum):
    """What came of it. Only SAME lets the procedure go on; all others end with the counter's slip."""

    SAME = "same"
    STAFF = "staff"
    NOT_SAME = "not_same"
    NOT_ALIVE = "not_alive"
    DECLINED = "declined"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class FaceCheck:
    """All that is kept of a check. ``score``: the mean distance (0 is identical), None when nothing was compared.

    ``models``: the first digits of the SHA-256 of each network; ``reference`` stands on the slip.
    """

    reference: str
    result: FaceResult
    at: datetime
    score: float | None = None
    models: str = ""

    @property
    def passed(self) -> bool:
        """Whether the procedure may go on."""
        return self.result is FaceResult.SAME


async def check_face(desk: Desk, document_picture: bytes, steps: Steps) -> FaceCheck:
    """Compare the person before the camera with ``document_picture`` (JPEG). Journaled before it returns.

    Raises Left, WalkedAway; trouble of camera or analysis is the result UNAVAILABLE.
    """
    raise NotImplementedError
