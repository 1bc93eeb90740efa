"""The other way: a slip that says for what, why, when and what to bring, and the choice of another service.

And the numbers that people read.
"""

from collections.abc import Sequence
from contextlib import suppress

from kiosk_app.contract.guide import GuideEntry, OpeningRule
from kiosk_app.desk import Desk
from kiosk_app.errors import StoreError
from kiosk_app.ids import new_reference, this_second
from kiosk_app.papers.counter import counter_slip
from kiosk_app.services.steps.shown import both, open_when
from kiosk_app.views import Chosen, Sorry, Steps, Text, text

REQUEST = "request"
"""Kind of the journal's entries that use up the number of a question to central."""


def number_now(desk: Desk) -> str:
    """A number for people that the journal has never had (``docs/decisions/0007``); where there is none, of now."""
    try:
        return new_reference(desk.site.machine, desk.clock, desk.journal)
    except StoreError:
        return this_second(desk.site.machine, desk.clock)


def request_now(desk: Desk, what: str) -> str:
    """The number of a question that is done once, and that a slip may have to say: used up before it is asked.

    A store in trouble cannot say which numbers there were: then it goes on with digits that are drawn.
    """
    number = number_now(desk)
    with suppress(StoreError):
        desk.journal.append(number, REQUEST, "asked", {"what": what})
        return number
    drawn = int(desk.new_id()[-8:], 16) % 10**8
    return f"{number}{drawn:08d}"


async def to_counter(desk: Desk, why: Text, steps: Steps, *, reference: str = "") -> bool:
    """Print the slip for the counter and show what it says; True if the citizen wants another service.

    ``why``: one sentence, in the citizen's words (of those in ``papers/counter.py``). Raises Left when they go,
    WalkedAway when they do not answer.
    """
    number = reference or number_now(desk)
    entry, opening = _in_the_guide(desk)
    async with desk.working(text("work.printing_receipt"), text("work.waits.printer"), usually=3, steps=steps):
        slip = counter_slip(
            why.id,
            number,
            desk.clock.now(),
            site=desk.site.name,
            hotline=desk.site.hotline,
            what=entry.title if entry is not None else None,
            opening=opening,
        )
        outcome = await desk.print_slip(number, slip)
    view = Sorry(
        title=text("counter.title"),
        detail=why,
        facts=(
            text("counter.printed" if outcome is not None else "counter.not_printed"),
            *((text("counter.for", what=both(entry.title)),) if entry is not None else ()),
            *(text("counter.open", hours=open_when(rule)) for rule in opening),
            text("counter.reference", reference=number),
            text("sorry.phone", phone=desk.site.hotline),
        ),
        actions=(("other", text("sorry.action.other")),),
        steps=steps,
    )
    return await desk.ask(view) == Chosen("other")


def _in_the_guide(desk: Desk) -> tuple[GuideEntry | None, Sequence[OpeningRule]]:
    """What the guide says of the service under way, and when its counters are open: nobody goes there at night."""
    guide = desk.prices.guide
    entry = next((one for one in guide.entries if one.service == desk.serving), None) if guide is not None else None
    return entry, guide.hours(entry.family) if guide is not None and entry is not None else ()
