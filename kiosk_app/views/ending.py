"""What is under way and what became of it: the wait, the proof, the apology, the countdown."""

from dataclasses import dataclass, field

from kiosk_app.money.amounts import Fen
from kiosk_app.views.base import View
from kiosk_app.views.words import Text


@dataclass(frozen=True, kw_only=True)
class Working(View):
    """Something takes a while: what it waits for, and how long that usually takes (seconds)."""

    title: Text
    waits_for: Text
    usually: int = 5


@dataclass(frozen=True, kw_only=True)
class Printing(View):
    """Something is printed that says how far it is: ``percent``, and how long the whole usually takes (seconds)."""

    title: Text
    detail: Text
    percent: int = 0
    usually: int = 40


@dataclass(frozen=True, kw_only=True)
class Done(View):
    """Board 06. ``facts`` are the lines of the proof; ``take`` what must still be taken (card, receipt, document).

    Intents: Chosen(key of an action), Leave. ``warnings`` are said before anything else. ``seconds`` to the end.
    ``papers``: printers from which paper came that nobody can see being taken. ``faces``: five faces, each of which
    ends the visit like Leave and says how it was (Rated).
    """

    title: Text
    amount: Fen | None = None
    paid_by: Text | None = None
    facts: tuple[Text, ...] = ()
    qr: str = ""
    qr_note: Text | None = None
    warnings: tuple[Text, ...] = ()
    take: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    actions: tuple[tuple[str, Text], ...] = ()
    seconds: int = 20
    faces: bool = False


@dataclass(frozen=True, kw_only=True)
class Sorry(View):
    """Board 07: what is broken, what still works, where else to go. ``reference`` if the citizen needs it later.

    Intents: Chosen(key of an action), Leave. With no actions and ``leave`` False the machine is closed.
    """

    title: Text
    detail: Text
    facts: tuple[Text, ...] = ()
    cards: tuple[tuple[Text, tuple[Text, ...]], ...] = field(default=())
    actions: tuple[tuple[str, Text], ...] = ()
    leave: bool = True


@dataclass(frozen=True, kw_only=True)
class IdleWarning(View):
    """Large countdown of ``seconds``. Intents: Chosen("more_time"), Leave."""

    seconds: int
