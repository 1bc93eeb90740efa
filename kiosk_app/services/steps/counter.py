"""The other way: a slip that says which counter, what to bring and what was tried, and the choice of another service."""

from kiosk_app.desk import Desk
from kiosk_app.views import Steps, Text


async def to_counter(desk: Desk, why: Text, steps: Steps, *, reference: str = "") -> bool:
    """Print the slip for the counter and show what it says; True if the citizen wants another service.

    ``why``: one sentence, in the citizen's words. Raises Left when they go or do not answer.
    """
    raise NotImplementedError
