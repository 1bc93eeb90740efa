"""Living verification of pensioners (养老待遇资格认证): once in twelve months, by a live face (``domain.md`` 6.1).

The counter's procedure: who is it, and is anything to be verified; separate consent to a face check, and the check
against the picture that the department holds; the confirmation; a slip that says until when it is good. Who declines,
or is not found the same, gets a slip for the counter, where a person looks: nobody loses a pension over a camera.
"""

from datetime import date

from kiosk_app.contract.social import Act, AskLiving, ConfirmLiving, Living
from kiosk_app.desk import Desk
from kiosk_app.papers.insured_slips import living_slip
from kiosk_app.services.steps.counter import reference_now, to_counter
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.insured import ask_about_insured
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.prove import prove_face
from kiosk_app.services.steps.shown import day
from kiosk_app.views import Chosen, Done, Sorry, Steps, Text, text

STEPS = tuple(text(f"living.step.{name}") for name in ("identify", "face", "result"))
CARD, FACE, RESULT = (Steps(STEPS, at) for at in range(3))


async def verify_living(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    found = await ask_about_insured(desk, AskLiving, Living, CARD)
    if found is None:
        return True
    person, living = found
    if living.refused:
        return await nothing_to_do(desk, living)
    check = await prove_face(desk, living.portrait, text("living.purpose"), FACE)
    if isinstance(check, bool):
        return check
    confirm = ConfirmLiving(request=reference_now(desk), person=person.key, check=check)
    act = await look_up(desk, confirm, Act, FACE, work=text("living.confirming"), detail=text("look_up.again"))
    if act is None:  # nobody knows whether it arrived
        return await to_counter(desk, text("counter.unsent"), FACE, reference=confirm.request)
    slip = living_slip(living.name, act, site=desk.site.name, hotline=desk.site.hotline)
    papers = Papers(act.number, slip, what="cases.what.living", holder=person.key.number)
    return await deliver(desk, done_view(act), papers, RESULT)


async def nothing_to_do(desk: Desk, living: Living) -> bool:
    """Say why, and until when all is good; True if the citizen wants another service."""
    view = Sorry(
        title=text(f"living.refused.{living.refused}"),
        detail=_good_until(living.until) if living.until else text("living.no_pension"),
        facts=(text("sorry.phone", phone=desk.site.hotline),),
        actions=(("other", text("sorry.action.other")),),
        steps=CARD,
    )
    return await desk.ask(view) == Chosen("other")


def done_view(act: Act) -> Done:
    """What was verified, and until when it is good."""
    until = (_good_until(act.until),) if act.until else ()
    return Done(
        title=text("living.done.title"),
        facts=(*until, text("insured.fact.number", number=act.number)),
        steps=RESULT,
    )


def _good_until(until: date) -> Text:
    return text("living.until", date=day(until))
