"""Which procedure a tile of the menu begins. What the tile needs and says stands in ``health.py``, by the same key."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from kiosk_app.desk import Desk
from kiosk_app.services.appointment import make_appointment
from kiosk_app.services.complaint import take_feedback
from kiosk_app.services.contribution import pay_contribution
from kiosk_app.services.endorsement import endorse
from kiosk_app.services.guide import show_guide
from kiosk_app.services.id_photo import take_id_photo
from kiosk_app.services.insured_certificate import print_certificate
from kiosk_app.services.living_verification import verify_living
from kiosk_app.services.medical_account import show_medical_account
from kiosk_app.services.my_cases import show_cases
from kiosk_app.services.pension_payments import show_pensions
from kiosk_app.services.places import show_places
from kiosk_app.services.progress import show_progress
from kiosk_app.services.reprint import reprint
from kiosk_app.services.rights_record import show_rights_record
from kiosk_app.services.social_card import serve_card
from kiosk_app.services.social_state import show_benefits
from kiosk_app.services.traffic_fines import pay_traffic_fines
from kiosk_app.views import MenuItem

Service = Callable[[Desk], Awaitable[bool]]
Services = Mapping[str, Service]


def services(*, card_first: bool, menu: Callable[[], tuple[MenuItem, ...]]) -> Services:
    """Every service by its key. ``card_first``: what is shown first to who comes for an endorsement."""
    return {
        "traffic_fines": pay_traffic_fines,
        "progress": show_progress,
        "id_photo": take_id_photo,
        "rights_record": show_rights_record,
        "insured_certificate": print_certificate,
        "living_verification": verify_living,
        "social_card": serve_card,
        "contribution": pay_contribution,
        "pension_payments": show_pensions,
        "medical_account": show_medical_account,
        "social_state": show_benefits,
        "complaint": take_feedback,
        "my_cases": show_cases,
        "reprint": reprint,
        "places": show_places,
        "appointment": make_appointment,
        "endorsement": partial(endorse, card_first=card_first),
        "guide": partial(show_guide, menu=menu),
    }
