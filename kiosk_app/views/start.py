"""Before a service: nobody is here, and the menu."""

from dataclasses import dataclass

from kiosk_app.views.base import View
from kiosk_app.views.words import Text

FAMILIES = ("social", "border", "road", "hall")
"""In this order they are named everywhere, board 01's; any other comes after them."""


def rank(family: str) -> int:
    """By what to sort families."""
    return FAMILIES.index(family) if family in FAMILIES else len(FAMILIES)


@dataclass(frozen=True, kw_only=True)
class Attract(View):
    """Nobody is here: what the machine is for, and "touch to begin". Intent: Chosen("begin").

    ``warnings`` and ``notices``: what everybody should know before.
    """

    services: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()
    notices: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """A service on the menu: ``key``, its ``family`` (social, border, road) and, if closed, why.

    ``picture``: by name, of a service that the screen does not know by its key.
    """

    key: str
    family: str
    title: Text
    detail: Text
    closed: Text | None = None
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class Menu(View):
    """Board 01. ``notes``: what does not work today though services are open. Intents: Chosen(key), Leave.

    At home (``family`` empty) a family of several services is one tile, Chosen(its name); else the view shows the
    services of that family, and Back leads home.
    """

    items: tuple[MenuItem, ...]
    notes: tuple[Text, ...] = ()
    family: str = ""
