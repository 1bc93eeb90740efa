"""The insured certificate (参保证明): the paper that is asked for most, with a seal and a code to verify it.

The counter's procedure (``domain.md`` 6.1): who is it; the department's certificate; the print. Central makes and seals
the paper from the department's books, and the kiosk prints what it is given, byte for byte: nothing that a kiosk says
stands on it. A second print is the same certificate.
"""

from kiosk_app.contract.certificates import AskCertificate, Certificate
from kiosk_app.desk import Desk
from kiosk_app.services.steps.hand_out import hand_out
from kiosk_app.services.steps.insured import show_card
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.shown import long_day
from kiosk_app.views import Done, Steps, text

STEPS = tuple(text(f"certificate.step.{name}") for name in ("identify", "print"))
CARD, PAPER = (Steps(STEPS, at) for at in range(2))


async def print_certificate(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    person = await show_card(desk, CARD)
    if person is None:
        return True
    ask = AskCertificate(request=desk.new_id(), number=person.key.number, card=person.key.card)
    certificate = await look_up(
        desk, ask, Certificate, PAPER, work=text("certificate.sealing"), detail=text("look_up.again")
    )
    if certificate is None:
        return True
    pdf = certificate.pdf
    return await hand_out(
        desk, "certificate", lambda: pdf, done_view(certificate), lambda outcome: text(f"certificate.done.{outcome}")
    )


def done_view(certificate: Certificate) -> Done:
    """How whoever receives it can verify it, and until when."""
    return Done(
        title=text("certificate.done.printed"),
        facts=(
            text("certificate.code", code=certificate.code),
            text("certificate.until", date=long_day(certificate.valid_until)),
            text("certificate.verify"),
        ),
        steps=PAPER,
    )
