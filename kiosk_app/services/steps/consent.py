"""Separate consent to a face check: what happens to the face, in plain words, and two ways that are equally easy.

Measures for the security of facial recognition (2025), arts. 5-10 (``domain.md`` 9.1): told before, who, what for, how,
how long, why it is needed and which rights one has; consent is voluntary, explicit and given for this alone; who
declines gets a reasonable other way. So it is a view of its own, nothing is chosen beforehand, both buttons look the
same, and "no" leads on to the counter with a slip, not to the end of the visit.
"""

from kiosk_app.desk import Desk
from kiosk_app.views import Steps, Text


async def consent_to_face_check(desk: Desk, purpose: Text, steps: Steps) -> bool:
    """Whether the citizen agrees to a face check for ``purpose`` (a sentence: "to see that the permit is yours").

    False is a choice: the caller goes the other way (:func:`kiosk_app.services.steps.counter.to_counter`). Raises
    Left, WalkedAway.
    """
    raise NotImplementedError
