"""What may go wrong in a world, drawn from its seed: to simulators, the network and people, never to our code."""

from tests.worlds.faults.anywhere import FAULTS, RARE
from tests.worlds.faults.codes import OF_CODES
from tests.worlds.faults.pages import OF_PAGES
from tests.worlds.faults.permits import OF_PERMITS
from tests.worlds.faults.plan import AFTERWARDS, WHO, Plan, draw

EVERY = FAULTS | OF_PAGES | OF_CODES | OF_PERMITS | RARE

__all__ = ["AFTERWARDS", "EVERY", "WHO", "Plan", "draw"]
