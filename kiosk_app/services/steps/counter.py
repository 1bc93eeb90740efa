"""The other way: a slip that says why and what to bring, and the choice of another service."""

from kiosk_app.desk import Desk
from kiosk_app.local_time import LOCAL
from kiosk_app.papers.counter import counter_slip
from kiosk_app.views import Chosen, Sorry, Steps, Text, text


def reference_now(desk: Desk) -> str:
    """A number for people: the machine's and the local time. One citizen at a time makes it unique."""
    return f"{desk.site.machine}{desk.clock.now().astimezone(LOCAL):%m%d%H%M%S}"


async def to_counter(desk: Desk, why: Text, steps: Steps, *, reference: str = "") -> bool:
    """Print the slip for the counter and show what it says; True if the citizen wants another service.

    ``why``: one sentence, in the citizen's words (of those in ``papers/counter.py``). Raises Left when they go,
    WalkedAway when they do not answer.
    """
    number = reference or reference_now(desk)
    async with desk.working(text("work.printing_receipt"), text("work.waits.printer"), usually=3, steps=steps):
        slip = counter_slip(why.id, number, desk.clock.now(), site=desk.site.name, hotline=desk.site.hotline)
        outcome = await desk.print_slip(number, slip)
    view = Sorry(
        title=text("counter.title"),
        detail=why,
        facts=(
            text("counter.printed" if outcome is not None else "counter.not_printed"),
            text("counter.reference", reference=number),
            text("sorry.phone", phone=desk.site.hotline),
        ),
        actions=(("other", text("sorry.action.other")),),
        steps=steps,
    )
    return await desk.ask(view) == Chosen("other")
