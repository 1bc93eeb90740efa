"""Sample citizens who come back: for a proof or a paper that they lost, and to see how far everything is."""

from kiosk_app.demo_citizen import Citizen, Sight
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import leave_with_card, show_card
from kiosk_app.demo_scripts.social import rights_record
from kiosk_app.demo_scripts.traffic_fines import PERSON, traffic_fines

FAMILY = "hall"
REFERENCE = 20
"""Digits of a reference: what a proof is listed under."""


def _latest(sight: Sight) -> str:
    """Of the proofs that are listed; a reference begins with the machine and the time."""
    return max(key for key in sight.targets if key.isdigit() and len(key) == REFERENCE)


async def reprint(citizen: Citizen) -> None:
    """Pay fines, go, come back without the slip, and have it printed again by the identity card."""
    await traffic_fines(citizen)
    await show_card(citizen, "reprint", PERSON, FAMILY)
    sight = await citizen.see("ChooseOne", target="back")
    await citizen.picture("proofs")
    await citizen.touch("ChooseOne", _latest(sight))
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture("reprinted")
    await take_papers(citizen)
    await leave_with_card(citizen, "Done")


async def reprint_record(citizen: Citizen) -> None:
    """Print the rights record, go, come back without it, and have its copy by the identity card."""
    await rights_record(citizen)
    await show_card(citizen, "reprint", PERSON, FAMILY)
    sight = await citizen.see("ChooseOne", target="back")
    await citizen.picture("papers")
    await citizen.touch("ChooseOne", _latest(sight))
    await citizen.on_bench(lambda bench: bench["document_printer"]["papers"], "the copy", within=30)
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture("copy")
    await take_papers(citizen)
    await leave_with_card(citizen, "Done")


async def my_cases(citizen: Citizen) -> None:
    """Pay fines, and see them in the list of everything."""
    await traffic_fines(citizen)
    await show_card(citizen, "my_cases", PERSON, FAMILY)
    await citizen.see("Table", target="back")
    await citizen.picture("cases")
    await leave_with_card(citizen, "Table")
