"""A document photo: the live picture with one sentence at a time, the shutter by itself, and a look at the result.

The shutter goes when all has been right for a moment, or when the citizen touches it: then whatever the camera sees is
taken in full size, and the rules judge it all the same. Every rule is checked on the finished file. What breaks one
cannot be used, and is said in the citizen's words; an advisory rule (a heuristic) is said too, and refuses nothing.
"""

from dataclasses import dataclass, field, replace

import structlog

from kiosk_app.booth import Booth
from kiosk_app.desk import Desk
from kiosk_app.devices import Preview
from kiosk_app.errors import CitizenError, DeviceError, DeviceOffline, FaceVisitLost
from kiosk_app.portrait.guidance import CHECKS, NOBODY, READY, Guidance
from kiosk_app.portrait.rules import Finding, advice, judge, reasons
from kiosk_app.portrait.spec import PhotoSpec
from kiosk_app.services.steps.face_check import BACKSTOP
from kiosk_app.services.steps.looking import Deserted, Looking, still_there
from kiosk_app.views import Back, Chosen, LivePortrait, PortraitReview, Sorry, Steps, Text, text

log = structlog.get_logger()

TRIES = 5
RELEASE, USE = Chosen("release"), Chosen("use")


@dataclass(frozen=True)
class Portrait:
    """The finished JPEG, a master twice as large, and every rule with its value."""

    data: bytes = field(repr=False)
    master: bytes = field(repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether no rule refuses it."""
        return not reasons(self.findings)


@dataclass(frozen=True)
class Released:
    """The shutter went by itself: good frames are kept."""


async def take_portrait(desk: Desk, spec: PhotoSpec, steps: Steps) -> Portrait | None:
    """The photo the citizen chose to use; None for "back", and when none of :data:`TRIES` could be used.

    Raises Left, WalkedAway; DeviceError when camera or analyst do not come back.
    """
    booth = desk.booth
    if booth is None:
        raise DeviceOffline("camera", "this machine has no booth")
    try:
        for left in reversed(range(TRIES)):
            await booth.face.forget()
            photo = await _photograph(desk, booth, spec, steps)
            if photo is None:
                return None
            if isinstance(photo, CitizenError):
                answer = await desk.ask(_failed(photo, steps, left))
            else:
                _log(spec, booth, photo.findings)
                answer = await desk.ask(_review(photo, spec, steps, left))
                if answer == USE and photo.usable:
                    return photo
            if isinstance(answer, Back):
                return None
        return None
    finally:
        await booth.face.forget()


def _log(spec: PhotoSpec, booth: Booth, findings: tuple[Finding, ...]) -> None:
    """What was done to the picture and which rules it breaks; nothing of the person."""
    broken = [finding.rule.measure for finding in findings if not finding.holds]
    log.info("portrait", spec=spec.title, backdrop=booth.backdrop.value, broken=broken)


async def _photograph(desk: Desk, booth: Booth, spec: PhotoSpec, steps: Steps) -> Portrait | CitizenError | None:
    """One finished photo, or why there is none; None for "back". Raises Left, WalkedAway, DeviceError."""
    async with booth.camera.preview() as preview:
        view = LivePortrait(
            title=text("photo.title"),
            live=preview,
            say=text(NOBODY),
            checks=_checks(None),
            release=text("photo.release"),
            steps=steps,
        )
        while True:
            answer = await desk.ask_or(view, _guided(desk, booth, preview, view), within=BACKSTOP)
            if isinstance(answer, Back):
                return None
            if isinstance(answer, Deserted):
                await still_there(desk)
            elif isinstance(answer, Released) or answer == RELEASE:
                try:
                    async with desk.working(text("work.photo"), text("work.waits.photo"), usually=1, steps=steps):
                        still = None if isinstance(answer, Released) else (await booth.camera.still()).data
                        photo = await booth.face.finish(spec, booth.backdrop, still)
                        return Portrait(photo.data, await booth.face.master(), judge(photo.measures, spec))
                except CitizenError as error:
                    return error
                except FaceVisitLost:  # the good frames went with the analyst: look again
                    await booth.face.forget()


async def _guided(desk: Desk, booth: Booth, preview: Preview, view: LivePortrait) -> Released | Deserted:
    """Frame after frame, the screen saying what is to be mended, until the shutter goes or nobody is there."""
    looking, guidance, shown = Looking(desk, booth.face, preview), Guidance(), view
    while not looking.deserted:
        try:
            facts = await looking.next()
            if isinstance(facts, DeviceError):
                guidance, now = Guidance(), replace(view, say=text(facts.citizen))
            else:
                guidance = guidance.after(facts)
                now = replace(view, say=text(guidance.say), right=guidance.say == READY, checks=_checks(guidance.wrong))
                if guidance.right:
                    await booth.face.keep()
                if guidance.releases(facts.at):
                    return Released()
        except FaceVisitLost:
            guidance, now = Guidance(), view
        if now != shown:
            shown = now
            desk.screen.put(shown)
    return Deserted()


def _checks(wrong: frozenset[str] | None) -> tuple[tuple[Text, bool | None], ...]:
    return tuple((text(f"photo.check.{check}"), None if wrong is None else check not in wrong) for check in CHECKS)


def spec_name(spec: PhotoSpec) -> Text:
    """What kind of photo it is, in both languages."""
    return text("named", zh=spec.title, en=spec.title_en)


def _review(photo: Portrait, spec: PhotoSpec, steps: Steps, left: int) -> PortraitReview:
    """The photo as it will be, and what breaks a rule: with a reason it cannot be used."""
    refused, advised = reasons(photo.findings), advice(photo.findings)
    title = "good" if not (refused or advised) else "advice" if not refused else "unusable" if left else "last"
    form = spec.form
    size = text("photo.review.size", title=spec_name(spec), width=form.width, height=form.height)
    return PortraitReview(
        title=text(f"photo.review.{title}"),
        picture=photo.data,
        size=(form.width, form.height),
        reasons=tuple(text(sentence) for sentence in refused),
        advice=tuple(text(sentence) for sentence in advised),
        facts=(size, *((text("photo.review.left", count=left),) if left else ())),
        use=None if refused else text("photo.use"),
        again=text("photo.again") if left else None,
        steps=steps,
    )


def _failed(error: CitizenError, steps: Steps, left: int) -> Sorry:
    """No photo could be made of what was seen."""
    actions = (("again", text("photo.again")),) if left else (("back", text("sorry.action.back")),)
    return Sorry(title=text(error.citizen), detail=text("photo.review.left", count=left), actions=actions, steps=steps)
