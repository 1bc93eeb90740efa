"""One of several, as often as it is asked wrongly: what cannot be chosen is no answer."""

from kiosk_app.desk import Desk
from kiosk_app.views import Back, ChooseOne, Chosen, EnterNumber, Typed


async def one_of(desk: Desk, view: ChooseOne) -> str | None:
    """The key of a row that can be chosen; None for "back". Raises Left, WalkedAway."""
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return None
        if isinstance(answer, Chosen) and answer.key in {row.key for row in view.rows if row.refused is None}:
            return answer.key


async def typed(desk: Desk, view: EnterNumber) -> str | None:
    """What was typed; None for "back". Raises Left, WalkedAway."""
    while True:
        answer = await desk.ask(view)
        if isinstance(answer, Back):
            return None
        if isinstance(answer, Typed):
            return answer.value
