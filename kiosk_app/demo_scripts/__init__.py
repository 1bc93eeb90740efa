"""What scripted citizens do, one file per service. A script is an async function of a :class:`Citizen`.

It reads like what a person does, names its moments (``await citizen.moment("approved")``) so that faults can
strike there, and keeps a picture of every screen. It judges nothing: the verdict does.
"""

from collections.abc import Awaitable, Callable, Mapping

from kiosk_app.demo_citizen import Citizen
from kiosk_app.demo_scripts.as_data import file_transfer, record_copies
from kiosk_app.demo_scripts.endorsement import (
    endorsement,
    endorsement_by_identity_card,
    endorsement_declines_face,
    progress,
)
from kiosk_app.demo_scripts.hall import appointment, complaint, complaint_by_card, guide, places
from kiosk_app.demo_scripts.papers import case_papers
from kiosk_app.demo_scripts.photos import id_photo
from kiosk_app.demo_scripts.reprinting import my_cases, reprint, reprint_record
from kiosk_app.demo_scripts.social import (
    contribution,
    contribution_family,
    contribution_history,
    insured_certificate,
    living_verification,
    living_verification_declines_face,
    medical_account,
    pension_payments,
    rights_record,
    social_state,
)
from kiosk_app.demo_scripts.social_card import card_activation, card_found, card_loss, card_pin
from kiosk_app.demo_scripts.traffic_fines import (
    traffic_fines,
    traffic_fines_by_code,
    traffic_fines_by_number,
)

SCRIPTS: Mapping[str, Callable[[Citizen], Awaitable[None]]] = {
    "traffic_fines": traffic_fines,
    "traffic_fines_by_number": traffic_fines_by_number,
    "traffic_fines_by_code": traffic_fines_by_code,
    "endorsement": endorsement,
    "endorsement_by_identity_card": endorsement_by_identity_card,
    "endorsement_declines_face": endorsement_declines_face,
    "progress": progress,
    "id_photo": id_photo,
    "rights_record": rights_record,
    "contribution_history": contribution_history,
    "insured_certificate": insured_certificate,
    "living_verification": living_verification,
    "living_verification_declines_face": living_verification_declines_face,
    "card_loss": card_loss,
    "card_found": card_found,
    "card_activation": card_activation,
    "card_pin": card_pin,
    "contribution": contribution,
    "contribution_family": contribution_family,
    "pension_payments": pension_payments,
    "medical_account": medical_account,
    "social_state": social_state,
    "reprint": reprint,
    "reprint_record": reprint_record,
    "my_cases": my_cases,
    "guide": guide,
    "complaint": complaint,
    "complaint_by_card": complaint_by_card,
    "places": places,
    "appointment": appointment,
    "record_copies": record_copies,
    "file_transfer": file_transfer,
    "case_papers": case_papers,
}
