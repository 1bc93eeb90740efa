"""A sample citizen with a travel permit: declines the face check and goes to a counter, or asks how far it is."""

from typing import Any

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import begin
from kiosk_app.demo_scripts.paying import OPEN_AGAIN

PERMIT, FAMILY = "li", "border"


def unit(bench: dict[str, Any]) -> dict[str, Any]:
    """The permit unit as the bench shows it."""
    state: dict[str, Any] = bench["permit_unit"]["state"]
    return state


async def endorsement_declines_face(citizen: Citizen) -> None:
    """Put the permit in, say no to the face check, take the counter's slip and the permit."""
    await _insert(citizen, "endorsement")
    await citizen.see("Consent", target="decline")
    await citizen.picture("consent")
    await citizen.moment("inside")
    await citizen.touch("Consent", "decline")
    await _take(citizen)
    await citizen.see("Sorry", target="other", within=30)
    await citizen.picture("counter")
    await take_papers(citizen)
    await citizen.touch("Sorry", "leave")
    await _goodbye(citizen)


async def progress(citizen: Citizen) -> None:
    """Put the permit in and read how far everything is."""
    await _insert(citizen, "progress")
    await citizen.see("ChooseOne", target="back")
    await citizen.picture("progress")
    await citizen.moment("inside")
    await citizen.touch("ChooseOne", "leave")
    await _take(citizen)
    await _goodbye(citizen)


async def _insert(citizen: Citizen, service: str) -> None:
    await begin(citizen, service, FAMILY)
    await citizen.see("PlaceCard")
    await citizen.picture("insert")
    await citizen.on_bench(lambda bench: unit(bench)["shutter"] == "open", "the shutter to open")
    await citizen.hand("permit_unit", "insert", card=PERMIT)


async def _take(citizen: Citizen) -> None:
    await citizen.on_bench(lambda bench: unit(bench)["position"] == "EXIT", "the permit to come out", within=30)
    await citizen.picture("take")
    await citizen.hand("permit_unit", "take")
    await take_papers(citizen)


async def _goodbye(citizen: Citizen) -> None:
    await citizen.see("Attract", within=OPEN_AGAIN)
    await citizen.picture("goodbye")
