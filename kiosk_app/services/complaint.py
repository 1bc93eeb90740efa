"""A complaint, a praise or a suggestion, with a number.

The counter's procedure: what it is; what about; how the answer shall come (by the number alone, by a call, or with the
identity card); a slip with the number under which it is kept. Nobody has to be identified. It is written down here at
once and goes to central by itself, also when central is away now. A telephone number is in that report and nowhere
else, not on the slip, not in the journal; of a card a salted digest is there, and the card itself finds it again.
"""

from dataclasses import dataclass, field

from kiosk_app.contract.feedback import FEEDBACK, KINDS, PHONE_DIGITS, TOPICS, FeedbackGiven, whose_digest
from kiosk_app.desk import Desk
from kiosk_app.devices import IdentityCard
from kiosk_app.ids import new_reference
from kiosk_app.papers.feedback import feedback_slip
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.identify import place_card
from kiosk_app.views import Choice, ChooseOne, Chosen, Consent, Done, EnterNumber, Steps, Text, text

STEPS = tuple(text(f"complaint.step.{name}") for name in ("what", "about", "call", "number"))
WHAT, ABOUT, CALL, NUMBER = (Steps(STEPS, at) for at in range(4))
WAYS = ("silent", "call", "card")
POINTS = ("why", "who", "kept")


@dataclass(frozen=True)
class Answered:
    """How the answer comes: a telephone number to call, or the digest of a card; neither: by the matter's number."""

    phone: str = field(default="", repr=False)
    whose: str = ""


async def take_feedback(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    topic = answered = None
    while answered is None:
        while topic is None:
            kind = await _choose(desk, "kind", KINDS, WHAT)
            if kind is None:
                return True
            topic = await _choose(desk, "topic", TOPICS, ABOUT)
        answered = await how_answered(desk)
        if answered is None:
            topic = None
    given = keep(desk, kind or KINDS[0], topic or TOPICS[0], answered)
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


async def how_answered(desk: Desk) -> Answered | None:
    """How the answer shall come; None for "back" out of giving a number or a card."""
    ways = [way for way in WAYS if way != "card" or desk.id_card_reader.condition.serves]
    view = Consent(
        title=text("complaint.call.title"),
        points=tuple((text(f"complaint.call.about.{of}"), text(f"complaint.call.said.{of}")) for of in POINTS),
        ways=tuple((way, text(f"complaint.call.way.{way}"), text(f"complaint.call.note.{way}")) for way in ways),
        steps=CALL,
    )
    while True:
        answer = await desk.ask(view)
        if answer == Chosen("silent"):
            return Answered()
        if answer == Chosen("call") and (phone := await _phone(desk)) is not None:
            return Answered(phone=phone)
        if answer == Chosen("card") and isinstance(card := await place_card(desk, CALL), IdentityCard):
            salt = desk.new_id().replace("-", "")
            return Answered(whose=whose_digest(salt, card.number))


async def _phone(desk: Desk) -> str | None:
    view = EnterNumber(
        title=text("complaint.phone.title"), hint=text("complaint.phone.hint"), lengths=PHONE_DIGITS, steps=CALL
    )
    return await typed(desk, view)


def keep(desk: Desk, kind: str, topic: str, answered: Answered) -> FeedbackGiven:
    """Written down, and on its way. Raises StoreError: then there is no number, and the citizen is told."""
    reference = new_reference(desk.site.machine, desk.clock, desk.journal)
    given = FeedbackGiven(
        reference=reference,
        kind=kind,  # type: ignore[arg-type] # one of KINDS
        topic=topic,
        phone=answered.phone,
        whose=answered.whose,
        at=desk.clock.now(),
    )
    desk.journal.append(reference, FEEDBACK, "given", {"kind": kind, "topic": topic}, reports=[(FEEDBACK, given)])
    desk.central.kick()
    return given


def done(desk: Desk, given: FeedbackGiven) -> Done:
    """The number, and what happens now."""
    return Done(
        title=text(f"complaint.done.{given.kind}"),
        facts=(
            text("complaint.fact.number", number=given.reference),
            _answered(given),
            text("complaint.fact.sent" if desk.central.online else "complaint.fact.queued"),
        ),
        steps=NUMBER,
    )


def _answered(given: FeedbackGiven) -> Text:
    """How the answer comes."""
    if given.phone:
        return text("complaint.fact.call")
    return text("complaint.fact.card" if given.whose else "complaint.fact.no_call")
