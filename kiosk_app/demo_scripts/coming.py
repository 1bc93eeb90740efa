"""How every visit begins and ends: the invitation, the menu, the service, the card; the way out."""

from kiosk_app.demo_citizen import Citizen

OPEN_AGAIN = 60.0
"""Seconds: after an outage the machine looks for central less and less often."""


async def begin(citizen: Citizen, service: str, family: str = "") -> None:
    """Choose a service; ``family``: on whose page it stands, empty when it is on the first."""
    await citizen.picture("attract")
    await citizen.touch("Attract", "begin")
    await citizen.see("Menu", target=family or service, within=30)
    await citizen.picture("menu")
    if family:
        await citizen.touch("Menu", family)
        await citizen.see("Menu", target=service)
        await citizen.picture("family")
    await citizen.touch("Menu", service)


async def show_card(citizen: Citizen, service: str, person: str, family: str = "") -> None:
    """Choose a service, and lay this person's identity card down."""
    await begin(citizen, service, family)
    await citizen.see("PlaceCard")
    await citizen.picture("place-card")
    await citizen.hand("id_card_reader", "lay", card=person)


async def type_digits(citizen: Citizen, digits: str, picture: str) -> None:
    """On the pad, and confirm."""
    await citizen.see("EnterNumber")
    for digit in digits:
        await citizen.touch("EnterNumber", digit)
    await citizen.picture(picture)
    await citizen.touch("EnterNumber", "go")


async def leave(citizen: Citizen, view: str, target: str = "leave") -> None:
    """Go, and see that the machine has forgotten."""
    await citizen.touch(view, target)
    await gone(citizen)


async def leave_with_card(citizen: Citizen, view: str) -> None:
    """The same, with the identity card from the reader."""
    await citizen.hand("id_card_reader", "lift")
    await leave(citizen, view)


async def gone(citizen: Citizen) -> None:
    """The invitation is there again."""
    await citizen.see("Attract", within=OPEN_AGAIN)
    await citizen.picture("goodbye")
