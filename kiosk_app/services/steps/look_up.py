"""Ask a department, as often as the citizen wants to; the same question again does nothing twice."""

from typing import TypeVar

from kiosk_app.contract.common import Question
from kiosk_app.desk import Desk
from kiosk_app.errors import CentralUnreachable
from kiosk_app.views import Chosen, Sorry, Steps, Text, text

Reply = TypeVar("Reply")

WORK, WAITS = text("work.looking_up"), text("work.waits.central")
NOTHING_DONE = text("look_up.nothing_done")
AGAIN = (("back", text("sorry.action.back")), ("again", text("sorry.action.again")))


async def look_up(
    desk: Desk,
    question: Question,
    reply: type[Reply],
    steps: Steps,
    *,
    work: Text = WORK,
    waits: Text = WAITS,
    detail: Text = NOTHING_DONE,
) -> Reply | None:
    """The answer, or None for "back". ``detail``: what is true while central cannot be reached.

    ``work`` and ``waits``: what is said of a wait.

    Raises CentralRefused, Left, WalkedAway.
    """
    while True:
        try:
            async with desk.working(work, waits, usually=2, steps=steps):
                return await desk.central.ask(question, reply)
        except CentralUnreachable as error:
            sorry = Sorry(title=text(error.citizen), detail=detail, actions=AGAIN, steps=steps)
        if await desk.ask(sorry) != Chosen("again"):
            return None
