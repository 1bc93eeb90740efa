"""Sample citizens at social security: read their records, get a certificate, be verified, pay a contribution."""

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_papers import take_papers
from kiosk_app.demo_scripts.coming import leave_with_card, show_card, type_digits
from kiosk_app.demo_scripts.facing import obey
from kiosk_app.demo_scripts.paying import pay_by_card
from kiosk_app.demo_world import ANYBODY

FAMILY = "social"
EMPLOYED, FLEXIBLE, PENSIONER, RETURNED = "zhang", "zhao", "li", "chan"
RELATIVE = "820000199909090049"
"""The number of a sample resident."""


async def rights_record(citizen: Citizen) -> None:
    """Look at ten years as a table and as a picture, and print them."""
    await show_card(citizen, "rights_record", EMPLOYED, FAMILY)
    await citizen.see("Table", target="print")
    await citizen.picture("years")
    await citizen.touch("Table", "medical")
    await citizen.see("Table", target="picture")
    await citizen.touch("Table", "picture")
    await citizen.see("Bars", target="print")
    await citizen.picture("picture")
    await citizen.moment("shown")
    await citizen.touch("Bars", "print")
    await _paper(citizen)


async def contribution_history(citizen: Citizen) -> None:
    """Look at one year month by month, and print that."""
    await show_card(citizen, "rights_record", EMPLOYED, FAMILY)
    years = await citizen.see("Table", target="print")
    await citizen.touch("Table", max(key for key in years.targets if key.isdigit()))
    await citizen.turned(years)
    await citizen.answer("Table", "print", picture="months")
    await _paper(citizen)


async def insured_certificate(citizen: Citizen) -> None:
    """Have the certificate printed that central seals."""
    await show_card(citizen, "insured_certificate", EMPLOYED, FAMILY)
    await _paper(citizen)


async def pension_payments(citizen: Citizen) -> None:
    """A pensioner reads what was paid, month by month."""
    await _read(citizen, "pension_payments", PENSIONER)


async def medical_account(citizen: Citizen) -> None:
    """Read the balance of the medical account, and what it was spent on."""
    await _read(citizen, "medical_account", EMPLOYED)


async def social_state(citizen: Citizen) -> None:
    """Read how unemployment pay stands, and on the other page an injury at work."""
    await _read(citizen, "social_state", RETURNED, "injury")


async def living_verification(citizen: Citizen) -> None:
    """A pensioner agrees to a face check, does what the picture asks, and takes the result home."""
    await citizen.hand("camera", "stand", who=ANYBODY)
    await show_card(citizen, "living_verification", PENSIONER, FAMILY)
    await citizen.see("Consent", target="agree")
    await citizen.picture("consent")
    await citizen.moment("inside")
    await citizen.touch("Consent", "agree")
    await obey(citizen, "Done")
    await goodbye(citizen, "verified")


async def living_verification_declines_face(citizen: Citizen) -> None:
    """A pensioner says no to the face check and takes the counter's slip."""
    await show_card(citizen, "living_verification", PENSIONER, FAMILY)
    await citizen.answer("Consent", "decline", picture="consent")
    await citizen.see("Sorry", target="other", within=30)
    await citizen.picture("counter")
    await take_papers(citizen)
    await leave_with_card(citizen, "Sorry")


async def contribution(citizen: Citizen) -> None:
    """Choose a base, pay this month's pension insurance by card."""
    await show_card(citizen, "contribution", FLEXIBLE, FAMILY)
    await citizen.answer("ChooseOne", "flexible_pension", picture="schemes")
    await citizen.see("ChooseOne", target="60")
    await citizen.picture("bases")
    await citizen.moment("chosen")
    await citizen.touch("ChooseOne", "60")
    await pay_by_card(citizen)
    await goodbye(citizen, "done")


async def goodbye(citizen: Citizen, picture: str) -> None:
    """Read what was done, take the papers and the card, and go."""
    await citizen.see("Done", target="leave", within=30)
    await citizen.picture(picture)
    await take_papers(citizen)
    await citizen.moment("goodbye")
    await leave_with_card(citizen, "Done")


async def _read(citizen: Citizen, service: str, person: str, *tabs: str) -> None:
    """A service that only shows: its page, and those behind its tabs."""
    await show_card(citizen, service, person, FAMILY)
    await citizen.see("Table", target="back")
    await citizen.picture("page")
    for tab in tabs:
        await citizen.touch("Table", tab)
        await citizen.picture(tab)
    await leave_with_card(citizen, "Table")


async def contribution_family(citizen: Citizen) -> None:
    """Pay a relative's yearly pension contribution by their number; the masked name is asked back."""
    await show_card(citizen, "contribution", EMPLOYED, FAMILY)
    await citizen.see("ChooseOne", target="family")
    await citizen.picture("own-and-family")
    await citizen.touch("ChooseOne", "family")
    await citizen.see("PlaceCard", target="other")
    await citizen.picture("their-card")
    await citizen.touch("PlaceCard", "other")
    await type_digits(citizen, RELATIVE, "number")
    await citizen.see("Consent", target="pay")
    await citizen.picture("is-it-them")
    await citizen.touch("Consent", "pay")
    await citizen.see("ChooseOne", target="resident_pension")
    await citizen.picture("theirs")
    await citizen.touch("ChooseOne", "resident_pension")
    await citizen.see("ChooseOne", target="360")
    await citizen.touch("ChooseOne", "360")
    await pay_by_card(citizen)
    await goodbye(citizen, "done")


async def _paper(citizen: Citizen) -> None:
    await citizen.on_bench(lambda bench: bench["document_printer"]["papers"], "the paper", within=30)
    await goodbye(citizen, "printed")
