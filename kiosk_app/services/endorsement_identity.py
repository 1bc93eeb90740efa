"""Is it the holder? The face compared with the document's picture, or the holder's own identity card.

Rules. A face is compared only with consent, and declining leads on: the resident identity card, as machines of before
did it (``domain.md`` 4.3), or the counter for who has none here. The card is also the way where no face can be compared
(no camera, one that fails, no picture at central), and for who cannot make the gestures. Which ways suffice is the
signed catalogue's word.
Whatever came of it, central hears it (IdentityChecked): way, result, time and versions, no picture, number or name.
"""

from datetime import date
from functools import partial

from kiosk_app.contract import Body
from kiosk_app.contract.exit_entry import Holder, IdentityCheck, IdentityChecked, Sameness, owner_of
from kiosk_app.desk import Desk, Held
from kiosk_app.devices import CardKind, IdentityCard, Permit
from kiosk_app.local_time import LOCAL
from kiosk_app.services.steps.consent import consent_to_face_check
from kiosk_app.services.steps.counter import to_counter
from kiosk_app.services.steps.face_check import FaceCheck, FaceResult, check_face
from kiosk_app.services.steps.identify import place_card
from kiosk_app.services.steps.permit import return_permit
from kiosk_app.views import Steps, text

FACE, CARD, DECLINED = "face", "id_card", "declined"
KIND, STREAM = "identity", "audit"
SAID = {
    FaceResult.SAME: Sameness.SAME,
    FaceResult.NOT_SAME: Sameness.NOT_SAME,
    FaceResult.STAFF: Sameness.STAFF,
    FaceResult.NOT_ALIVE: Sameness.STAFF,
    FaceResult.UNAVAILABLE: Sameness.STAFF,
}
"""What is told of a face check; who turned back goes another way, and that is told instead."""
OTHERWISE = frozenset({FaceResult.DECLINED, FaceResult.UNAVAILABLE, FaceResult.NOT_ALIVE})
"""After these the identity card is asked for: not everybody can make the gestures, and who declines need not. After the
others a person looks."""


async def check_identity(
    desk: Desk, held: Held, permit: Permit, holder: Holder, *, owner: IdentityCard | None, steps: Steps
) -> IdentityCheck | None:
    """The check that found the holder. None: it did not, and the citizen has been told where to go, or went back.

    ``owner``: an identity card that was laid down before, and is the holder's. Raises Left, WalkedAway, StoreError.
    """
    while True:
        can_compare = _can_compare(desk, holder)
        if can_compare and await consent_to_face_check(desk, text("endorsement.face.purpose"), steps):
            told = partial(_of_face, holder, held)
            face = await check_face(desk, holder.portrait, steps, reports=told, slip=False)
            if face.passed:
                return by_face(face)
            if face.result not in OTHERWISE:
                await _to_counter(desk, held, f"counter.{face.result.value}", steps, reference=face.reference)
                return None
        card = owner or await _laid_down(desk, steps)
        if card is not None or not can_compare:
            break
    if isinstance(card, IdentityCard):
        return await _by_card(desk, held, permit, holder, card=card, steps=steps)
    if card is not None:
        await _declined(desk, held, holder, card, steps)
    return None


def _can_compare(desk: Desk, holder: Holder) -> bool:
    booth = desk.booth
    there = booth is not None and booth.camera.condition.serves and booth.face.condition.serves
    return there and bool(holder.portrait) and desk.prices.suffices(FACE)


async def _laid_down(desk: Desk, steps: Steps) -> IdentityCard | str | None:
    """The identity card, why there is none (a sentence of the counter's), or None for "back"."""
    if not desk.prices.suffices(CARD) or not desk.id_card_reader.condition.serves:
        return "counter.declined"
    answer = await place_card(desk, steps, other=text("identify.other_counter"))
    return answer if isinstance(answer, IdentityCard) or answer is None else "counter.no_card"


async def _declined(desk: Desk, held: Held, holder: Holder, why: str, steps: Steps) -> None:
    tell(desk, held, holder, IdentityCheck(way=DECLINED, result=Sameness.STAFF, at=desk.clock.now()))
    await _to_counter(desk, held, why, steps)


async def _to_counter(desk: Desk, held: Held, why: str, steps: Steps, *, reference: str = "") -> None:
    """The card first: nobody looks for one while reading."""
    await return_permit(desk, held, steps=steps)
    await to_counter(desk, text(why), steps, reference=reference or held.stay.reference)


async def _by_card(
    desk: Desk, held: Held, permit: Permit, holder: Holder, *, card: IdentityCard, steps: Steps
) -> IdentityCheck | None:
    now = desk.clock.now()
    result = compared(card, permit, holder, today=now.astimezone(LOCAL).date())
    check = IdentityCheck(way=CARD, result=result, at=now)
    tell(desk, held, holder, check)
    if result is Sameness.SAME:
        return check
    why = "counter.not_holder" if result is Sameness.NOT_SAME else "counter.card_unfit"
    await _to_counter(desk, held, why, steps)
    return None


def compared(card: IdentityCard, permit: Permit, holder: Holder, *, today: date) -> Sameness:
    """Whether it is the permit holder's: full name and birth. Staff decides on another kind of card, or an old one."""
    if card.kind is not CardKind.RESIDENT or (card.valid_to is not None and card.valid_to < today):
        return Sameness.STAFF
    same = card.birth == permit.birth and owner_of(holder.token, card.name) == holder.owner
    return Sameness.SAME if same else Sameness.NOT_SAME


def by_face(face: FaceCheck) -> IdentityCheck:
    """A face check for central."""
    return IdentityCheck(
        way=FACE,
        result=SAID[face.result],
        at=face.at,
        score=face.score or 0.0,
        threshold=face.threshold,
        versions=dict(face.models),
    )


def _of_face(holder: Holder, held: Held, face: FaceCheck) -> list[tuple[str, Body]]:
    return [_report(holder, held, by_face(face))] if face.result in SAID else []


def tell(desk: Desk, held: Held, holder: Holder, check: IdentityCheck) -> None:
    """Write it down, with its report. Raises StoreError: what is not on record was not checked."""
    kept = {"way": check.way}
    desk.journal.append(held.stay.reference, KIND, check.result.value, kept, reports=[_report(holder, held, check)])


def _report(holder: Holder, held: Held, check: IdentityCheck) -> tuple[str, Body]:
    return STREAM, IdentityChecked(token=holder.token, request=held.stay.reference, check=check)
