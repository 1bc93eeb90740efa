"""Who is insured? The identity card on its reader or the social-security card in its slot, whichever is shown.

Rules. Nothing is asked that a card says. When both are shown they are compared: two cards of two persons identify
nobody. A card that was in before, or that cannot be read, is not a second card; a reader that is broken leaves the
other one. A number that cannot be true (GB 11643) is refused as a card that the reader does not know (``domain.md``
3.3).
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from kiosk_app.contract.social import InsuredKey, InsuredQuestion
from kiosk_app.desk import Desk
from kiosk_app.devices import IdentityCard, SocialSecurityCard
from kiosk_app.errors import CardRefused, CardsDiffer, ChipCardRefused, CitizenError, DeviceError, DeviceOffline
from kiosk_app.id_numbers import BadIdNumber, check
from kiosk_app.local_time import LOCAL
from kiosk_app.services.steps.look_up import NOTHING_DONE, look_up
from kiosk_app.views import Back, PlaceCard, Steps, Text, text

SECOND_CARD = 3.0
"""Seconds in which a card that is there too must have been read."""

Card = IdentityCard | SocialSecurityCard
Reply = TypeVar("Reply")


@dataclass(frozen=True)
class InsuredPerson:
    """Who stands here, as their cards say. The name is for their own papers, and for nothing that stays."""

    key: InsuredKey = field(repr=False)
    name: str = field(repr=False)


async def show_card(desk: Desk, steps: Steps) -> InsuredPerson | None:
    """The person, or None for "back". Raises Left, WalkedAway; DeviceError when no reader is left."""
    chip = desk.chip_card_reader
    either = chip is not None and chip.condition.serves
    view = PlaceCard(
        title=text("insured.title.either" if either else "identify.title"), seconds=desk.patience.card, steps=steps
    )
    if either and not desk.id_card_reader.condition.serves:
        view = replace(view, title=text("insured.title.chip"), slot="chip_card_reader")
    while True:
        try:
            answer = await desk.ask_or(view, _shown(desk), within=desk.patience.card)
        except CitizenError as error:
            view = replace(view, problem=text(error.citizen))
        else:
            if isinstance(answer, InsuredPerson):
                return answer
            if isinstance(answer, Back):
                return None


async def ask_about_insured(
    desk: Desk, question: type[InsuredQuestion], reply: type[Reply], steps: Steps, *, detail: Text = NOTHING_DONE
) -> tuple[InsuredPerson, Reply] | None:
    """Whose card is shown, and what the department answers about them; None for "back". Raises as both steps do."""
    person = await show_card(desk, steps)
    if person is None:
        return None
    answer = await look_up(desk, question(person=person.key), reply, steps, detail=detail)
    return None if answer is None else (person, answer)


async def _shown(desk: Desk) -> InsuredPerson:
    """The first card, and the other one if it is there too."""
    first = await _first(desk)
    second = await _other(desk, first)
    if second is not None and second.number != first.number:
        raise CardsDiffer("two numbers")
    chip = next((card for card in (first, second) if isinstance(card, SocialSecurityCard)), None)
    return InsuredPerson(InsuredKey(number=first.number, card=chip.card_number if chip else ""), first.name)


async def _first(desk: Desk) -> Card:
    """The card that is read first. Raises what its reader says; of a broken reader only when it was the last one."""
    waiting: list[asyncio.Task[Card]] = [asyncio.create_task(reading) for reading in _readings(desk)]
    try:
        while waiting:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in waiting if task in done]:
                waiting.remove(task)
                if waiting and isinstance(task.exception(), DeviceError):
                    continue
                return task.result()
        raise DeviceOffline("id_card_reader", "no reader serves")
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _readings(desk: Desk) -> list[Coroutine[Any, Any, Card]]:
    chip = desk.chip_card_reader
    readings: list[Coroutine[Any, Any, Card]] = []
    if desk.id_card_reader.condition.serves:
        readings.append(_identity_card(desk))
    if chip is not None and chip.condition.serves:
        readings.append(_chip_card(desk))
    return readings


async def _other(desk: Desk, first: Card) -> Card | None:
    """The card in the other reader, if there is one that can be read."""
    chip = desk.chip_card_reader
    reader = chip if isinstance(first, IdentityCard) else desk.id_card_reader
    if reader is None or not reader.condition.serves or not await reader.card_present():
        return None
    with suppress(CitizenError, DeviceError, TimeoutError):
        async with asyncio.timeout(SECOND_CARD):
            return await (_chip_card(desk) if isinstance(first, IdentityCard) else _identity_card(desk))
    return None


async def _identity_card(desk: Desk) -> IdentityCard:
    card = await desk.id_card_reader.wait_card()
    if reason := _untrue(desk, card.number):
        raise CardRefused(f"number: {reason}")
    return card


async def _chip_card(desk: Desk) -> SocialSecurityCard:
    chip = desk.chip_card_reader
    if chip is None:
        raise DeviceOffline("chip_card_reader", "this machine has none")
    card = await chip.wait_card()
    if reason := _untrue(desk, card.number):
        raise ChipCardRefused(f"number: {reason}")
    return card


def _untrue(desk: Desk, number: str) -> str:
    """Why the number cannot be true, or nothing."""
    try:
        check(number, today=desk.clock.now().astimezone(LOCAL).date())
    except BadIdNumber as error:
        return error.reason
    return ""
