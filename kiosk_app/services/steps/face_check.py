"""Is the person alive, and the one of the document? Gestures before the live picture, then one comparison.

Call it only after :func:`kiosk_app.services.steps.consent.consent_to_face_check`. What failed is offered once more with
another order of gestures; in the end the citizen gets the slip for the counter: that has been shown and printed when
this returns. What is kept is a :class:`FaceCheck`, journaled; picture and embeddings are overwritten before that, how
ever it ends (``docs/face-check.md``).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from statistics import fmean

import structlog

from kiosk_app.booth import Booth
from kiosk_app.contract import Body
from kiosk_app.desk import Desk
from kiosk_app.devices import Preview
from kiosk_app.errors import CitizenError, DeviceError, FaceVisitLost, StoreError
from kiosk_app.portrait.guidance import misplaced
from kiosk_app.portrait.liveness import WITHIN, Challenge, Outcome, draw
from kiosk_app.portrait.match import Match
from kiosk_app.services.steps.counter import number_now, to_counter
from kiosk_app.services.steps.looking import LONGEST_LOOK, Deserted, Looking, still_there
from kiosk_app.views import Back, Chosen, LivePortrait, Sorry, Steps, Text, text

log = structlog.get_logger()

KIND = "face_check"
TRIES = 2
BACKSTOP = 2 * LONGEST_LOOK
"""Seconds after which a look ends whatever happens; everything in it ends long before."""


class FaceResult(StrEnum):
    """What came of it. Only SAME lets the procedure go on; DECLINED is "back", the others have ended at the slip."""

    SAME = "same"
    STAFF = "staff"
    NOT_SAME = "not_same"
    NOT_ALIVE = "not_alive"
    UNAVAILABLE = "unavailable"
    DECLINED = "declined"


@dataclass(frozen=True)
class FaceCheck:
    """All that is kept of a check. ``score``: the mean distance (0 is identical), None when nothing was compared.

    ``threshold``: up to which it is the same person; ``models``: each network's file and its SHA-256; ``reference``
    stands on the slip.
    """

    reference: str
    result: FaceResult
    at: datetime
    score: float | None = None
    threshold: float = 0.0
    tries: int = 0
    models: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the procedure may go on."""
        return self.result is FaceResult.SAME


Reports = Callable[[FaceCheck], list[tuple[str, Body]]]


async def check_face(
    desk: Desk, document_picture: bytes, steps: Steps, *, reports: Reports = lambda _: [], slip: bool = True
) -> FaceCheck:
    """Compare the person before the camera with ``document_picture`` (a JPEG). Journaled before it is told, with its
    ``reports`` to central. Whoever does not pass gets the ``slip`` for the counter, unless the caller has a better way.

    Raises Left, WalkedAway; trouble of camera or analyst is the result UNAVAILABLE.
    """
    check = FaceCheck(number_now(desk), FaceResult.UNAVAILABLE, desk.clock.now())
    booth = desk.booth
    if booth is not None and document_picture:
        check = replace(check, threshold=booth.thresholds.same, models=dict(booth.face.models))
        try:
            check = await _tried(desk, booth, document_picture, steps, check)
        except (DeviceError, CitizenError) as error:
            log.warning("no face check", error=type(error).__name__, detail=error.detail)
        finally:
            await booth.face.forget()
    _keep(desk, check, reports(check))
    if slip and check.result not in {FaceResult.SAME, FaceResult.DECLINED}:
        await to_counter(desk, text(f"counter.{check.result.value}"), steps, reference=check.reference)
    return check


def _keep(desk: Desk, check: FaceCheck, reports: list[tuple[str, Body]]) -> None:
    """Score, time, versions and result, and nothing else; a store in trouble closes paying, not this."""
    kept = {"score": check.score, "threshold": check.threshold, "tries": check.tries, "models": dict(check.models)}
    with suppress(StoreError):
        desk.journal.append(check.reference, KIND, check.result.value, kept, reports=reports)


async def _tried(desk: Desk, booth: Booth, picture: bytes, steps: Steps, check: FaceCheck) -> FaceCheck:
    """Up to :data:`TRIES` times. Raises DeviceError, CitizenError (the document's picture is unusable)."""
    for tries in range(1, TRIES + 1):
        await booth.face.forget()
        outcome = await _challenge(desk, booth, steps)
        if outcome is None:
            return replace(check, result=FaceResult.DECLINED, tries=tries)
        if outcome is Outcome.ALIVE:
            async with desk.working(text("work.comparing"), text("work.waits.comparing"), usually=1, steps=steps):
                matched = booth.thresholds.judge(await booth.face.same(picture))
            check = replace(check, result=FaceResult(matched.result.value), score=matched.score, tries=tries)
            if matched.result is not Match.NOT_SAME:
                return check
            why = text("face.failed.not_same")
        else:
            check = replace(check, result=FaceResult.NOT_ALIVE, tries=tries)
            why = text(f"face.failed.{outcome.value}")
        if tries == TRIES or not await _again(desk, why, steps):
            break
    return check


async def _again(desk: Desk, why: Text, steps: Steps) -> bool:
    """Whether the citizen wants to try again, rather than go to a counter."""
    actions = (("counter", text("face.counter")), ("again", text("face.again")))
    view = Sorry(title=why, detail=text("face.failed.detail"), actions=actions, steps=steps)
    return await desk.ask(view) == Chosen("again")


async def _challenge(desk: Desk, booth: Booth, steps: Steps) -> Outcome | None:
    """The gestures; None for "back". Raises Left, WalkedAway, DeviceError."""
    order = draw(booth.chance)
    async with booth.camera.preview() as preview:
        view = _view(preview, steps, len(order))
        while True:
            unhurried = 2 * WITHIN if desk.screen.large else WITHIN
            live = _followed(desk, booth, Challenge(order, within=unhurried), preview, view)
            answer = await desk.ask_or(view, live, within=BACKSTOP)
            if isinstance(answer, Outcome):
                return answer
            if isinstance(answer, Back):
                return None
            if isinstance(answer, Deserted):
                await still_there(desk)
                await booth.face.forget()


def _view(preview: Preview, steps: Steps, gestures: int) -> LivePortrait:
    say = text("face.say.look")
    return LivePortrait(title=text("face.title"), live=preview, say=say, gestures=gestures, steps=steps)


async def _followed(
    desk: Desk, booth: Booth, challenge: Challenge, preview: Preview, view: LivePortrait
) -> Outcome | Deserted:
    """Frame after frame until it is over, the screen saying what is to be done."""
    looking, shown = Looking(desk, booth.face, preview), view
    while challenge.outcome is Outcome.GOING:
        try:
            facts = await looking.next(track=challenge.wants_track)
        except FaceVisitLost:  # the first face is forgotten: with whom should the others be compared?
            return Outcome.LOST
        if isinstance(facts, DeviceError):
            now = replace(view, say=text(facts.citizen), done=challenge.done)
        else:
            challenge = challenge.after(facts)
            now = _as_it_stands(view, challenge)
        if challenge.rest is None and looking.deserted:
            return Deserted()
        if now != shown:
            shown = now
            desk.screen.put(shown)
    if looking.presence:  # advisory: it is in the log for whoever looks into a case, and decides nothing
        log.info("presence", advisory=round(fmean(looking.presence), 3), of=len(looking.presence))
    return challenge.outcome


def _as_it_stands(view: LivePortrait, challenge: Challenge) -> LivePortrait:
    """One sentence: the gesture, to look straight again, or how to stand."""
    asks, last = challenge.asks, challenge.last
    if asks is not None:
        say, seconds = text(f"face.gesture.{asks.value}"), round(challenge.within)
        return replace(view, say=say, gesture=asks.value, done=challenge.done, seconds=seconds)
    if challenge.done:
        words = "face.say.compare" if challenge.done == len(challenge.order) else "face.say.rest"
        return replace(view, say=text(words), done=challenge.done, right=True)
    place = misplaced(last.face, last.size) if last is not None and last.face is not None else ""
    if last is None:
        place = "photo.say.nobody"
    return replace(view, say=text(place or "face.say.look"))
