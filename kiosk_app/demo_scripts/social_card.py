"""Sample citizens with a social-security card: lost, found again, new, and with a PIN that nobody remembers."""

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_scripts.coming import show_card, type_digits
from kiosk_app.demo_scripts.facing import obey
from kiosk_app.demo_scripts.social import EMPLOYED, FAMILY, FLEXIBLE, RETURNED, goodbye
from kiosk_app.demo_world import ANYBODY

NEW_CARD, LOST_CARD = FLEXIBLE, RETURNED
NEW_PIN = "408162"
"""Of the sample citizen, and kept nowhere."""


async def card_loss(citizen: Citizen) -> None:
    """Report the card as lost."""
    await _choose(citizen, EMPLOYED, "report_loss")
    await citizen.answer("Consent", "report", picture="sure")
    await goodbye(citizen, "reported")


async def card_found(citizen: Citizen) -> None:
    """It was in the other coat: take the report back, by face."""
    await _choose(citizen, LOST_CARD, "lift_loss")
    await _prove(citizen, "Done")
    await goodbye(citizen, "works-again")


async def card_activation(citizen: Citizen) -> None:
    """A card that came by post is switched on, by face."""
    await _choose(citizen, NEW_CARD, "activate")
    await _prove(citizen, "Done")
    await goodbye(citizen, "active")


async def card_pin(citizen: Citizen) -> None:
    """A new PIN, by face, typed twice."""
    await _choose(citizen, EMPLOYED, "reset_pin")
    await _prove(citizen, "EnterNumber")
    first = await citizen.see("EnterNumber")
    await type_digits(citizen, NEW_PIN, "pin")
    await citizen.turned(first)
    await type_digits(citizen, NEW_PIN, "pin-again")
    await goodbye(citizen, "new-pin")


async def _choose(citizen: Citizen, person: str, act: str) -> None:
    await show_card(citizen, "social_card", person, FAMILY)
    await citizen.answer("ChooseOne", act, picture="card")


async def _prove(citizen: Citizen, leads_to: str) -> None:
    """Agree to the face check, and pass it."""
    await citizen.hand("camera", "stand", who=ANYBODY)
    await citizen.see("Consent", target="agree")
    await citizen.picture("consent")
    await citizen.moment("inside")
    await citizen.touch("Consent", "agree")
    await obey(citizen, leads_to)
