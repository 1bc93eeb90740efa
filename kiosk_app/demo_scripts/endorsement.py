"""A sample citizen with a travel permit: a new endorsement by face or by identity card, the counter, the progress."""

from typing import Any

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import begin, gone, leave
from kiosk_app.demo_scripts.facing import obey
from kiosk_app.demo_scripts.paying import pay_by_card
from kiosk_app.demo_world import ANYBODY

PERMIT, FAMILY = "li", "border"
DESTINATION, PURPOSE, OFFER = "HK", "G", "HK.G.3m1"
PRINT_WITHIN = 90.0


def unit(bench: dict[str, Any]) -> dict[str, Any]:
    """The permit unit as the bench shows it."""
    state: dict[str, Any] = bench["permit_unit"]["state"]
    return state


async def endorsement(citizen: Citizen) -> None:
    """Put the permit in, let the face be checked, choose, pay, take the card with its new endorsement."""
    await citizen.hand("camera", "stand", who=ANYBODY)
    await _insert(citizen, "endorsement")
    await citizen.see("Consent", target="agree")
    await citizen.picture("consent")
    await citizen.moment("inside")
    await citizen.touch("Consent", "agree")
    await _obey(citizen)
    await _choose_and_pay(citizen)


async def endorsement_by_identity_card(citizen: Citizen) -> None:
    """The same without the face: decline, and lay the identity card down."""
    await _insert(citizen, "endorsement")
    await citizen.touch("Consent", "decline")
    await citizen.see("PlaceCard", target="other")
    await citizen.picture("identity-card")
    await citizen.hand("id_card_reader", "lay", card=PERMIT)
    await _choose_and_pay(citizen)


async def endorsement_declines_face(citizen: Citizen) -> None:
    """Say no to the face check and have no identity card: the permit, and the slip for the counter."""
    await _insert(citizen, "endorsement")
    await citizen.see("Consent", target="decline")
    await citizen.picture("consent")
    await citizen.moment("inside")
    await declines(citizen)
    await _take(citizen)
    await citizen.see("Sorry", target="other", within=30)
    await citizen.picture("counter")
    await take_papers(citizen)
    await leave(citizen, "Sorry")


async def declines(citizen: Citizen) -> None:
    """No face, no identity card."""
    await citizen.touch("Consent", "decline")
    await citizen.touch("PlaceCard", "other")


async def progress(citizen: Citizen) -> None:
    """Get an endorsement, come back another day, put the permit in and read how far everything is."""
    await endorsement_by_identity_card(citizen)
    await _insert(citizen, "progress")
    await citizen.see("ChooseOne", target="back")
    await citizen.picture("progress")
    await citizen.moment("inside")
    await citizen.touch("ChooseOne", "leave")
    await _take(citizen)
    await gone(citizen)


async def _insert(citizen: Citizen, service: str) -> None:
    await begin(citizen, service, FAMILY)
    await citizen.see("PlaceCard")
    await citizen.picture("insert")
    await citizen.on_bench(lambda bench: unit(bench)["shutter"] == "open", "the shutter to open")
    await citizen.hand("permit_unit", "insert", card=PERMIT)


async def _obey(citizen: Citizen) -> None:
    """Pass the face check; twice too slow: the identity card, like any other citizen."""
    if await obey(citizen, "ChooseMany", "PlaceCard") == "PlaceCard":
        await citizen.picture("identity-card")
        await citizen.hand("id_card_reader", "lay", card=PERMIT)


async def _choose_and_pay(citizen: Citizen) -> None:
    await citizen.see("ChooseMany", target=DESTINATION, within=30)
    await citizen.picture("destination")
    await citizen.touch("ChooseMany", DESTINATION)
    await citizen.touch("ChooseMany", "go")
    await citizen.answer("ChooseOne", PURPOSE, picture="purpose")
    await citizen.answer("ChooseOne", OFFER, picture="option")
    await citizen.see("ChooseMany", target=OFFER)
    await citizen.picture("confirm")
    await citizen.touch("ChooseMany", "go")
    await pay_by_card(citizen)
    await citizen.on_bench(lambda bench: unit(bench)["position"] == "PRINTING", "the print to begin", within=30)
    await citizen.picture("printing")
    await citizen.moment("printing")
    await citizen.see("Done", within=PRINT_WITHIN)
    await citizen.picture("done")
    await _take(citizen)
    await citizen.hand("id_card_reader", "lift")
    await leave(citizen, "Done")


async def _take(citizen: Citizen) -> None:
    await citizen.on_bench(lambda bench: unit(bench)["position"] == "EXIT", "the permit to come out", within=30)
    await citizen.picture("take")
    await citizen.hand("permit_unit", "take")
    await take_papers(citizen)
