"""The social-security card: activate it, report its loss, lift the report, set a new PIN (``domain.md`` 3.4, 6.1).

The counter's procedure: whose card, and how it is; what is to be done, of what can be done; who it is, by face after
separate consent, except that a loss is reported at once, since every minute counts; the change; a slip. A new PIN is
typed twice, shown as marks, sent once and kept nowhere; the department refuses one that anybody would try. The card's
other password, the bank's, is changed at the bank only.
"""

from kiosk_app.contract.exit_entry import IdentityCheck
from kiosk_app.contract.social import Act, AskCard, CardAct, ChangeCard, SocialCard
from kiosk_app.desk import Desk
from kiosk_app.errors import CentralRefused
from kiosk_app.papers.insured_slips import card_slip
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.counter import reference_now, to_counter
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.insured import InsuredPerson, ask_about_insured
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.prove import prove_face
from kiosk_app.services.steps.shown import day
from kiosk_app.views import Choice, ChooseOne, Chosen, Consent, Done, EnterNumber, Steps, Text, text

STEPS = tuple(text(f"social_card.step.{name}") for name in ("identify", "choose", "prove", "result"))
CARD, CHOOSE, PROVE, RESULT = (Steps(STEPS, at) for at in range(4))
WEAK = "weak-pin"
WAYS = ("keep", "report")


async def serve_card(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    found = await ask_about_insured(desk, AskCard, SocialCard, CARD)
    if found is None:
        return True
    person, card = found
    act = await choose_act(desk, card)
    if act is None or (act is CardAct.REPORT_LOSS and not await sure_of_loss(desk, card)):
        return True
    check = await prove_face(desk, card.portrait, text("social_card.purpose"), PROVE) if act in card.checked else None
    if isinstance(check, bool):
        return check
    return await change(desk, person, card, act, check)


async def choose_act(desk: Desk, card: SocialCard) -> CardAct | None:
    """What is to be done; None for "back". What needs a face check says so where this machine cannot make one."""
    view = ChooseOne(
        title=text(f"social_card.state.{card.state.value}", ending=card.ending)
        if card.may
        else text("social_card.none"),
        subtitle=text("social_card.lapses", date=day(card.lapses_on)) if card.lapses_on else None,
        rows=tuple(_row(act, possible=desk.booth is not None or act not in card.checked) for act in card.may),
        steps=CHOOSE,
    )
    act = await one_of(desk, view)
    return None if act is None else CardAct(act)


def _row(act: CardAct, *, possible: bool) -> Choice:
    return Choice(
        key=act.value,
        name=text(f"social_card.act.{act.value}"),
        lines=(text(f"social_card.about.{act.value}"),),
        refused=None if possible else text("social_card.no_booth"),
    )


async def sure_of_loss(desk: Desk, card: SocialCard) -> bool:
    """What reporting a loss means, and two ways that look the same; keeping the card stands first."""
    view = Consent(
        title=text("social_card.loss.title", ending=card.ending),
        points=tuple(
            (text(f"social_card.loss.about.{about}"), text(f"social_card.loss.{about}"))
            for about in ("now", "ends", "back")
        ),
        ways=tuple((way, text(f"social_card.loss.way.{way}"), text(f"social_card.loss.note.{way}")) for way in WAYS),
        steps=PROVE,
    )
    while (answer := await desk.ask(view)) not in {Chosen("keep"), Chosen("report")}:
        pass
    return answer == Chosen("report")


async def change(
    desk: Desk, person: InsuredPerson, card: SocialCard, act: CardAct, check: IdentityCheck | None
) -> bool:
    """Do it, once; a PIN that is refused as weak is asked for again. True for another service."""
    request, problem = reference_now(desk), None
    while True:
        pin = ""
        if act is CardAct.RESET_PIN:
            typed = await new_pin(desk, card.pin_digits, problem)
            if typed is None:
                return True
            pin = typed
        asked = ChangeCard(request=request, person=person.key, act=act, check=check, pin=pin)
        try:
            done = await look_up(
                desk, asked, Act, PROVE, work=text("social_card.changing"), detail=text("look_up.again")
            )
        except CentralRefused as error:
            if error.code != WEAK:
                raise
            problem = text("social_card.pin.weak")
            continue
        if done is None:  # nobody knows whether it arrived
            return await to_counter(desk, text("counter.unsent"), PROVE, reference=request)
        slip = card_slip(card.name, act, done, site=desk.site.name, hotline=desk.site.hotline)
        papers = Papers(done.number, slip, what=f"cases.what.{act.value}", holder=person.key.number)
        return await deliver(desk, done_view(act, done), papers, RESULT)


async def new_pin(desk: Desk, digits: int, problem: Text | None) -> str | None:
    """A new PIN, typed twice alike; None for "back"."""
    while True:
        first = await _typed(desk, "social_card.pin.title", digits, problem)
        if first is None:
            return None
        second = await _typed(desk, "social_card.pin.again", digits, None)
        if second == first:
            return first
        problem = None if second is None else text("social_card.pin.differ")


async def _typed(desk: Desk, title: str, digits: int, problem: Text | None) -> str | None:
    hint = text("social_card.pin.hint", count=digits)
    view = EnterNumber(title=text(title), hint=hint, lengths=(digits,), problem=problem, secret=True, steps=PROVE)
    return await typed(desk, view)


def done_view(act: CardAct, done: Act) -> Done:
    """What was done, and until when it holds."""
    until = (text("social_card.lapses", date=day(done.until)),) if done.until else ()
    return Done(
        title=text(f"social_card.done.{act.value}"),
        facts=(*until, text("insured.fact.number", number=done.number)),
        steps=RESULT,
    )
