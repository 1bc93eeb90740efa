"""What a kiosk may ask of social security and of medical insurance, and which of the two offices answers."""

from central.calls import Call
from central.departments import MedicalInsuranceOffice, SocialSecurityOffice
from kiosk_app.contract.social import (
    AskBenefits,
    AskCard,
    AskDues,
    AskLiving,
    AskMedical,
    AskPensions,
    AskRecord,
    ChangeCard,
    ConfirmLiving,
)


def calls(social: SocialSecurityOffice, medical: MedicalInsuranceOffice) -> tuple[Call, ...]:
    """The rows of both."""
    return (
        Call(AskRecord, lambda db, _, *rest: social.record(db, *rest)),
        Call(AskPensions, lambda db, _, *rest: social.pensions(db, *rest)),
        Call(AskBenefits, lambda db, _, *rest: social.benefits(db, *rest)),
        Call(AskLiving, lambda db, _, *rest: social.living(db, *rest)),
        Call(AskCard, lambda db, _, *rest: social.card(db, *rest)),
        Call(AskDues, lambda db, _, *rest: social.dues(db, *rest)),
        Call(AskMedical, lambda db, _, *rest: medical.account(db, *rest)),
        Call(ConfirmLiving, lambda db, kiosk, *rest: social.confirm_living(db, kiosk.id, *rest), writes=True),
        Call(ChangeCard, lambda db, kiosk, *rest: social.change_card(db, kiosk.id, *rest), writes=True),
    )
