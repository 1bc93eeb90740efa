"""Prove that it is you: a face check after separate consent, and the counter as a way that is equally open.

Measures for the security of facial recognition (2025; ``domain.md`` 9.1): where the face is not wanted, or not found,
another way leads to the same end. Both are printed on one slip.
"""

from kiosk_app.contract.exit_entry import IdentityCheck, Sameness
from kiosk_app.desk import Desk
from kiosk_app.services.steps.consent import consent_to_face_check
from kiosk_app.services.steps.counter import to_counter
from kiosk_app.services.steps.face_check import FaceCheck, FaceResult, check_face
from kiosk_app.views import Steps, Text, text


async def prove_face(desk: Desk, portrait: bytes, purpose: Text, steps: Steps) -> IdentityCheck | bool:
    """The check that was passed; or, after the counter's slip, whether the citizen wants another service.

    Raises Left, WalkedAway.
    """
    if not await consent_to_face_check(desk, purpose, steps, counter=True):
        return await to_counter(desk, text("counter.declined"), steps)
    face = await check_face(desk, portrait, steps)
    if face.result is FaceResult.DECLINED:
        return await to_counter(desk, text("counter.declined"), steps, reference=face.reference)
    return passed(face) if face.passed else True  # else the step has shown where to go, and printed it


def passed(face: FaceCheck) -> IdentityCheck:
    """A check that found the same person, as a department is told of it."""
    return IdentityCheck(
        way="face",
        result=Sameness.SAME,
        at=face.at,
        score=face.score or 0.0,
        threshold=face.threshold,
        versions=dict(face.models),
    )
