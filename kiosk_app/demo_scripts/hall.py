"""Sample citizens who want to know or to say something: the guide, a complaint, the places around, an appointment."""

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import begin
from kiosk_app.demo_scripts.paying import OPEN_AGAIN
from kiosk_app.demo_scripts.traffic_fines import PERSON

FAMILY, CENTRE = "hall", "huanshi"
PHONE = "13900001234"
"""Of the sample citizen; nothing of it may be found after the goodbye, save in the encrypted store."""


async def guide(citizen: Citizen) -> None:
    """Find a thing by its first letters, read what to bring, print the page."""
    await begin(citizen, "guide", FAMILY)
    await citizen.see("ChooseOne", target="search")
    await citizen.picture("topics")
    await citizen.touch("ChooseOne", "search")
    await _type(citizen, "725", "letters")
    await citizen.see("ChooseOne", target="card")
    await citizen.picture("found")
    await citizen.touch("ChooseOne", "card")
    await citizen.see("Table", target="print")
    await citizen.picture("entry")
    await citizen.touch("Table", "print")
    await citizen.on_bench(lambda bench: bench["receipt_printer"]["papers"], "the page", within=30)
    await citizen.see("Table", target="leave", within=30)
    await citizen.picture("printed")
    await take_papers(citizen)
    await citizen.touch("Table", "leave")
    await citizen.see("Attract", within=OPEN_AGAIN)


async def complaint(citizen: Citizen) -> None:
    """Complain about waiting, leave a number to call, take the slip, go with a face."""
    await begin(citizen, "complaint", FAMILY)
    await citizen.see("ChooseOne", target="complaint")
    await citizen.picture("kind")
    await citizen.touch("ChooseOne", "complaint")
    await citizen.see("ChooseOne", target="waiting")
    await citizen.picture("topic")
    await citizen.touch("ChooseOne", "waiting")
    await citizen.see("Consent", target="call")
    await citizen.picture("call")
    await citizen.touch("Consent", "call")
    await _type(citizen, PHONE, "phone")
    await citizen.see("Done", target="face3", within=30)
    await citizen.picture("number")
    await take_papers(citizen)
    await citizen.touch("Done", "face3")
    await citizen.see("Attract", within=OPEN_AGAIN)
    await citizen.picture("goodbye")


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
    await citizen.touch("Done", "face5")
    await citizen.see("Attract", within=OPEN_AGAIN)
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
    await citizen.touch("Table", "leave")
    await citizen.see("Attract", within=OPEN_AGAIN)


async def places(citizen: Citizen) -> None:
    """Look where else one is served, and how long the centres make one wait."""
    await begin(citizen, "places", FAMILY)
    await citizen.see("Table", target="machines")
    await citizen.picture("centres")
    await citizen.touch("Table", "machines")
    await citizen.see("Table", target="centres")
    await citizen.picture("machines")
    await citizen.touch("Table", "leave")
    await citizen.see("Attract", within=OPEN_AGAIN)


async def appointment(citizen: Citizen) -> None:
    """Take the first time of the first day at a centre, and the slip."""
    await begin(citizen, "appointment", FAMILY)
    await citizen.see("ChooseOne", target="social")
    await citizen.picture("what")
    await citizen.touch("ChooseOne", "social")
    await citizen.see("ChooseOne", target=CENTRE)
    await citizen.picture("where")
    await citizen.touch("ChooseOne", CENTRE)
    await _first(citizen, "-", "day")
    await _first(citizen, ":", "time")
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture("number")
    await take_papers(citizen)
    await citizen.touch("Done", "leave")
    await citizen.see("Attract", within=OPEN_AGAIN)


async def _first(citizen: Citizen, mark: str, picture: str) -> None:
    """Touch the first row whose key has this mark, as days and times of the clock have."""
    keys: list[str] = []
    while not keys:
        sight = await citizen.see("ChooseOne", target="back")
        keys = sorted(key for key in sight.targets if mark in key)
    await citizen.picture(picture)
    await citizen.touch("ChooseOne", keys[0])


async def _type(citizen: Citizen, digits: str, picture: str) -> None:
    for digit in digits:
        await citizen.touch("EnterNumber", digit)
    await citizen.picture(picture)
    await citizen.touch("EnterNumber", "go")
