"""Sample citizens who want to know or to say something: the guide, a complaint, the places around, an appointment."""

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import begin, leave, type_digits
from kiosk_app.demo_scripts.traffic_fines import PERSON

FAMILY, CENTRE = "hall", "huanshi"
PHONE = "13900001234"
"""Of the sample citizen; nothing of it may be found after the goodbye, save in the encrypted store."""


async def guide(citizen: Citizen) -> None:
    """Find a thing by its first letters, read what to bring, print the page."""
    await begin(citizen, "guide", FAMILY)
    await citizen.answer("ChooseOne", "search", picture="topics")
    await type_digits(citizen, "725", "letters")
    await citizen.answer("ChooseOne", "card", picture="found")
    await citizen.answer("Table", "print", picture="entry")
    printing = await citizen.see("Working")
    await citizen.on_bench(lambda bench: bench["receipt_printer"]["papers"], "the page", within=30)
    await citizen.turned(printing, within=30)
    await citizen.picture("printed")
    await take_papers(citizen)
    await leave(citizen, "Table")


async def complaint(citizen: Citizen) -> None:
    """Complain about waiting, leave a number to call, take the slip, go with a face."""
    await begin(citizen, "complaint", FAMILY)
    await citizen.answer("ChooseOne", "complaint", picture="kind")
    await citizen.answer("ChooseOne", "waiting", picture="topic")
    await citizen.answer("Consent", "call", picture="call")
    await type_digits(citizen, PHONE, "phone")
    await citizen.see("Done", target="face3", within=30)
    await citizen.picture("number")
    await take_papers(citizen)
    await leave(citizen, "Done", "face3")


async def complaint_by_card(citizen: Citizen) -> None:
    """Praise the staff, lay the card to read the answer with it, come back and look how far it is."""
    await begin(citizen, "complaint", FAMILY)
    await citizen.touch("ChooseOne", "praise")
    await citizen.see("ChooseOne", target="staff")
    await citizen.touch("ChooseOne", "staff")
    await citizen.see("Consent", target="card")
    await citizen.touch("Consent", "card")
    await citizen.see("PlaceCard")
    await citizen.picture("lay-card")
    await citizen.hand("id_card_reader", "lay", card=PERSON)
    await citizen.see("Done", target="face5", within=30)
    await citizen.picture("number")
    await take_papers(citizen)
    await citizen.hand("id_card_reader", "lift")
    await leave(citizen, "Done", "face5")
    await begin(citizen, "my_cases", FAMILY)
    await citizen.see("PlaceCard", target="other")
    await citizen.picture("by-card-or-number")
    await citizen.hand("id_card_reader", "lay", card=PERSON)
    sight = await citizen.see("Table", target="back")
    await citizen.picture("cases")
    [matter] = [key for key in sight.targets if key.isdigit()]
    await citizen.touch("Table", matter)
    await citizen.gone(matter)
    await citizen.see("Table", target="back")
    await citizen.picture("answer")
    await citizen.hand("id_card_reader", "lift")
    await leave(citizen, "Table")


async def places(citizen: Citizen) -> None:
    """Look where else one is served, and how long the centres make one wait."""
    await begin(citizen, "places", FAMILY)
    await citizen.answer("Table", "machines", picture="centres")
    await citizen.see("Table", target="centres")
    await citizen.picture("machines")
    await leave(citizen, "Table")


async def appointment(citizen: Citizen) -> None:
    """Take the first time of the first day at a centre, and the slip."""
    await begin(citizen, "appointment", FAMILY)
    await citizen.answer("ChooseOne", "social", picture="what")
    await citizen.answer("ChooseOne", CENTRE, picture="where")
    await _first(citizen, "-", "day")
    await _first(citizen, ":", "time")
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture("number")
    await take_papers(citizen)
    await leave(citizen, "Done")


async def _first(citizen: Citizen, mark: str, picture: str) -> None:
    """Touch the first row whose key has this mark, as days and times of the clock have."""
    keys: list[str] = []
    while not keys:
        sight = await citizen.see("ChooseOne", target="back")
        keys = sorted(key for key in sight.targets if mark in key)
    await citizen.picture(picture)
    await citizen.touch("ChooseOne", keys[0])
