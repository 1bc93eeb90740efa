"""Who is it? The identity card on the reader, or another way if the service knows one.

Nothing is asked that the card says. The name is shown masked; the card stays the citizen's: it is only read. A card
whose number cannot be true is refused as one that the reader does not know.
"""

import asyncio
from dataclasses import replace

from kiosk_app.desk import Desk
from kiosk_app.devices import IdentityCard
from kiosk_app.errors import CardRefused, CitizenError, DeviceError
from kiosk_app.id_numbers import BadIdNumber, check
from kiosk_app.local_time import LOCAL
from kiosk_app.views import Back, Chosen, PlaceCard, Steps, Text, text

OTHER = Chosen("other")
LOOK_EVERY = 0.3
"""Seconds between looks whether the last card was taken up."""


async def place_card(
    desk: Desk, steps: Steps, *, other: Text | None = None, title: Text | None = None, another: bool = False
) -> IdentityCard | Chosen | None:
    """The card, OTHER if the citizen takes the other way, None for "back". Raises Left, WalkedAway.

    ``another``: not the one that lies there: it is not called unreadable while it is not yet taken up.
    """
    view = PlaceCard(title=title or text("identify.title"), other=other, seconds=desk.patience.card, steps=steps)
    while True:
        try:
            answer = await desk.ask_or(view, _card(desk, another=another), within=desk.patience.card)
        except CitizenError as error:
            view = replace(view, problem=text(error.citizen))
        except DeviceError:
            return OTHER
        else:
            if isinstance(answer, IdentityCard):
                return answer
            if answer == OTHER:
                return OTHER
            if isinstance(answer, Back):
                return None


async def _card(desk: Desk, *, another: bool) -> IdentityCard:
    while another and await desk.id_card_reader.card_present():  # noqa: ASYNC110 - no bell rings
        await asyncio.sleep(LOOK_EVERY)
    card = await desk.id_card_reader.wait_card()
    try:
        check(card.number, today=desk.clock.now().astimezone(LOCAL).date())
    except BadIdNumber as error:
        raise CardRefused(f"number: {error.reason}") from error
    return card
