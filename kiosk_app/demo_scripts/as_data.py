"""Sample citizens at services that are data: copies that are paid for, an application that is free and on paper."""

from datetime import datetime, timedelta

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import begin, leave, type_digits
from kiosk_app.demo_scripts.hall import PHONE
from kiosk_app.demo_scripts.paying import pay_by_card
from kiosk_app.local_time import LOCAL

FAMILY, PERSON = "social", "zhao"


async def record_copies(citizen: Citizen) -> None:
    """Two certified copies of the years of work, a number to be told, the fee by card."""
    await _comes(citizen, "record_copies")
    await citizen.answer("ChooseOne", "years", picture="paper")
    await citizen.answer("ChooseOne", "certified", picture="form")
    await type_digits(citizen, "2", "copies")
    await citizen.answer("ChooseOne", "yes", picture="notify")
    await type_digits(citizen, PHONE, "phone")
    await citizen.answer("Table", "confirm", picture="check")
    await pay_by_card(citizen)
    await _goes(citizen)


async def file_transfer(citizen: Citizen) -> None:
    """Have the file moved to another town within sixty days; the form comes out with the slip."""
    await _comes(citizen, "file_transfer")
    await citizen.answer("ChooseOne", "agency", picture="place")
    await type_digits(citizen, f"{datetime.now(LOCAL) + timedelta(days=60):%Y%m%d}", "day")
    await citizen.answer("Table", "confirm", picture="check")
    await citizen.on_bench(lambda bench: bench["document_printer"]["papers"], "the form", within=30)
    await _goes(citizen)


async def _comes(citizen: Citizen, service: str) -> None:
    await begin(citizen, service, FAMILY)
    await citizen.answer("Table", "begin", picture="about")
    await citizen.see("PlaceCard")
    await citizen.picture("place-card")
    await citizen.hand("id_card_reader", "lay", card=PERSON)


async def _goes(citizen: Citizen) -> None:
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture("done")
    await take_papers(citizen)
    await citizen.hand("id_card_reader", "lift")
    await citizen.moment("goodbye")
    await leave(citizen, "Done")
