"""A complaint, a praise or a suggestion, with a number.

The counter's procedure: what it is; what about; whether somebody may call back, and at which number; a slip with the
number under which it is kept. Nobody is identified. It is written down here at once and goes to central by itself, also
when central is away now. The telephone number is in that report and nowhere else: not on the slip, not in the journal.
"""

from kiosk_app.contract.feedback import FEEDBACK, KINDS, PHONE_DIGITS, TOPICS, FeedbackGiven
from kiosk_app.desk import Desk
from kiosk_app.ids import new_reference
from kiosk_app.papers.feedback import feedback_slip
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.views import Choice, ChooseOne, Chosen, Consent, Done, EnterNumber, Steps, text

STEPS = tuple(text(f"complaint.step.{name}") for name in ("what", "about", "call", "number"))
WHAT, ABOUT, CALL, NUMBER = (Steps(STEPS, at) for at in range(4))
WAYS = ("silent", "call")
POINTS = ("why", "who", "kept")


async def take_feedback(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    topic = phone = None
    while phone is None:
        while topic is None:
            kind = await _choose(desk, "kind", KINDS, WHAT)
            if kind is None:
                return True
            topic = await _choose(desk, "topic", TOPICS, ABOUT)
        phone = await may_call(desk)
        if phone is None:
            topic = None
    given = keep(desk, kind or KINDS[0], topic or TOPICS[0], phone)
    slip = feedback_slip(given, site=desk.site.name, hotline=desk.site.hotline)
    return await deliver(desk, done(desk, given), Papers(given.reference, slip), NUMBER)


async def _choose(desk: Desk, what: str, keys: tuple[str, ...], steps: Steps) -> str | None:
    """One of the keys; None for "back"."""
    view = ChooseOne(
        title=text(f"complaint.{what}.title"),
        rows=tuple(Choice(key=key, name=text(f"complaint.{what}.{key}")) for key in keys),
        steps=steps,
    )
    return await one_of(desk, view)


async def may_call(desk: Desk) -> str | None:
    """The number to call back, empty for none; None for "back" out of typing it."""
    view = Consent(
        title=text("complaint.call.title"),
        points=tuple((text(f"complaint.call.about.{of}"), text(f"complaint.call.said.{of}")) for of in POINTS),
        ways=tuple((way, text(f"complaint.call.way.{way}"), text(f"complaint.call.note.{way}")) for way in WAYS),
        steps=CALL,
    )
    while True:
        answer = await desk.ask(view)
        if answer == Chosen("silent"):
            return ""
        if answer == Chosen("call") and (phone := await _phone(desk)) is not None:
            return phone


async def _phone(desk: Desk) -> str | None:
    view = EnterNumber(
        title=text("complaint.phone.title"), hint=text("complaint.phone.hint"), lengths=PHONE_DIGITS, steps=CALL
    )
    return await typed(desk, view)


def keep(desk: Desk, kind: str, topic: str, phone: str) -> FeedbackGiven:
    """Written down, and on its way. Raises StoreError: then there is no number, and the citizen is told."""
    reference = new_reference(desk.site.machine, desk.clock, desk.journal)
    given = FeedbackGiven(reference=reference, kind=kind, topic=topic, phone=phone, at=desk.clock.now())  # type: ignore[arg-type] # one of KINDS
    desk.journal.append(reference, FEEDBACK, "given", {"kind": kind, "topic": topic}, reports=[(FEEDBACK, given)])
    desk.central.kick()
    return given


def done(desk: Desk, given: FeedbackGiven) -> Done:
    """The number, and what happens now."""
    return Done(
        title=text(f"complaint.done.{given.kind}"),
        facts=(
            text("complaint.fact.number", number=given.reference),
            text("complaint.fact.call" if given.phone else "complaint.fact.no_call"),
            text("complaint.fact.sent" if desk.central.online else "complaint.fact.queued"),
        ),
        steps=NUMBER,
    )
