"""A sample citizen pays traffic fines: with the identity card, or by the number of one decision."""

from collections.abc import Awaitable, Callable

from central.departments.samples import SAMPLES
from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_scripts.coming import begin, show_card, type_digits
from kiosk_app.demo_scripts.paying import pay_by_card, pay_by_code, take_everything

PERSON = "zhang"
LEFT_FOR_LATER = SAMPLES[1].number
"""The decision that is not paid today: a week late, so that the sum tells whether late fees are right."""
BY_NUMBER = SAMPLES[8].number


async def traffic_fines(citizen: Citizen) -> None:
    """Lay the card, choose all but one, pay, have the voucher printed, take everything."""
    await _all_but_one(citizen, pay_by_card)


async def traffic_fines_by_code(citizen: Citizen) -> None:
    """The same with a telephone instead of the bank card."""
    await _all_but_one(citizen, pay_by_code)


async def _all_but_one(citizen: Citizen, pay: Callable[[Citizen], Awaitable[None]]) -> None:
    await show_card(citizen, "traffic_fines", PERSON)
    await citizen.touch("ChooseMany", LEFT_FOR_LATER)
    await citizen.picture("choose")
    await citizen.moment("chosen")
    await citizen.touch("ChooseMany", "go")
    await pay(citizen)
    await take_everything(citizen)


async def traffic_fines_by_number(citizen: Citizen) -> None:
    """Type the number of a decision; no card, and nothing of a person."""
    await begin(citizen, "traffic_fines")
    await citizen.touch("PlaceCard", "other")
    await type_digits(citizen, BY_NUMBER, "enter-number")
    await citizen.see("ChooseMany", target="go")
    await citizen.picture("choose")
    await citizen.moment("chosen")
    await citizen.touch("ChooseMany", "go")
    await pay_by_card(citizen)
    await take_everything(citizen)
