"""Sample citizens at services that are data: copies that are paid for, an application that is free and on paper."""

from datetime import datetime, timedelta

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import begin
from kiosk_app.demo_scripts.hall import PHONE
from kiosk_app.demo_scripts.paying import OPEN_AGAIN, pay_by_card
from kiosk_app.local_time import LOCAL

FAMILY, PERSON = "social", "zhao"


async def record_copies(citizen: Citizen) -> None:
    """Two certified copies of the years of work, a number to be told, the fee by card."""
    await _comes(citizen, "record_copies")
    await _choose(citizen, "years", "paper")
    await _choose(citizen, "certified", "form")
    await _type(citizen, "2", "copies")
    await _choose(citizen, "yes", "notify")
    await _type(citizen, PHONE, "phone")
    await citizen.see("Table", target="confirm")
    await citizen.picture("check")
    await citizen.moment("chosen")
    await citizen.touch("Table", "confirm")
    await pay_by_card(citizen)
    await _goes(citizen)


async def file_transfer(citizen: Citizen) -> None:
    """Have the file moved to another town within sixty days; the form comes out with the slip."""
    await _comes(citizen, "file_transfer")
    await _choose(citizen, "agency", "place")
    await _type(citizen, f"{datetime.now(LOCAL) + timedelta(days=60):%Y%m%d}", "day")
    await citizen.see("Table", target="confirm")
    await citizen.picture("check")
    await citizen.touch("Table", "confirm")
    await citizen.on_bench(lambda bench: bench["document_printer"]["papers"], "the form", within=30)
    await _goes(citizen)


async def _comes(citizen: Citizen, service: str) -> None:
    await begin(citizen, service, FAMILY)
    await citizen.see("Table", target="begin")
    await citizen.picture("about")
    await citizen.touch("Table", "begin")
    await citizen.see("PlaceCard")
    await citizen.picture("place-card")
    await citizen.hand("id_card_reader", "lay", card=PERSON)


async def _choose(citizen: Citizen, key: str, picture: str) -> None:
    await citizen.see("ChooseOne", target=key)
    await citizen.picture(picture)
    await citizen.touch("ChooseOne", key)


async def _type(citizen: Citizen, digits: str, picture: str) -> None:
    for digit in digits:
        await citizen.touch("EnterNumber", digit)
    await citizen.picture(picture)
    await citizen.touch("EnterNumber", "go")


async def _goes(citizen: Citizen) -> None:
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture("done")
    await take_papers(citizen)
    await citizen.hand("id_card_reader", "lift")
    await citizen.moment("goodbye")
    await citizen.touch("Done", "leave")
    await citizen.see("Attract", within=OPEN_AGAIN)
    await citizen.picture("goodbye")
