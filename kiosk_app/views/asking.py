"""Questions: which, how many, whether, a number, and the card that says who asks."""

from dataclasses import dataclass, field

from kiosk_app.money.amounts import ZERO, Fen
from kiosk_app.views.base import View
from kiosk_app.views.words import Text


@dataclass(frozen=True, kw_only=True)
class PlaceCard(View):
    """Board 02: lay the card on the reader. ``other`` names another way (Chosen("other")). Intents: Back, Leave.

    ``slot``: the role at which the card is awaited.
    """

    title: Text
    problem: Text | None = None
    other: Text | None = None
    seconds: int = 60
    slot: str = "id_card_reader"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A row of a list to choose from. ``refused`` says why it cannot be chosen and where to go; it is shown anyway.

    ``done``: it cannot be chosen because all is well, and must not look like a warning. Its title is data in two
    languages, or a sentence: ``name``.
    """

    key: str
    title: str = ""
    title_en: str = ""
    name: Text | None = None
    lines: tuple[Text, ...] = ()
    amount: Fen = ZERO
    badge: Text | None = None
    refused: Text | None = None
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class ChooseMany(View):
    """Board 03: choose some of ``rows``; the sum stays visible. Intents: Marked(keys), Back, Leave.

    ``marked`` are the keys chosen at first. With no row that can be chosen there is no primary action. The screen
    itself gives ``action`` its ``{amount}`` and ``summary`` its ``{count}``, as marks come and go; where nothing costs
    anything it shows no amounts at all.
    """

    title: Text
    subtitle: Text
    rows: tuple[Choice, ...]
    marked: tuple[str, ...] = ()
    action: Text
    summary: Text = field(default=Text("choose.selected"))


@dataclass(frozen=True, kw_only=True)
class ChooseOne(View):
    """One of ``rows``: touching it is the answer. Intents: Chosen(key), Back, Leave.

    An ``amount`` of zero is not shown; a row that is ``refused`` is shown and cannot be touched.
    """

    title: Text
    subtitle: Text | None = None
    rows: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class Consent(View):
    """A notice in plain words and ways that look the same. Intents: Chosen(key of a way), Leave.

    ``points``: what it is about, and what is said of it. ``ways``: key, what one chooses, and where that leads.
    """

    title: Text
    points: tuple[tuple[Text, Text], ...]
    ways: tuple[tuple[str, Text, Text], ...]


@dataclass(frozen=True, kw_only=True)
class EnterNumber(View):
    """A number pad. Takes ``lengths`` digits (any of them). Intents: Typed, Back, Leave.

    ``groups``: how many digits stand together, where one says them so (a day 4, 2, 2); else four and four.

    ``secret``: what is typed is shown as so many marks, and never as digits. ``letters``: the keys also name the
    letters that stand on those of a telephone. ``action``: what the primary button says, where it is no number of a
    paper.
    """

    title: Text
    hint: Text
    lengths: tuple[int, ...]
    problem: Text | None = None
    value: str = ""
    secret: bool = False
    letters: bool = False
    action: Text | None = None
    groups: tuple[int, ...] = ()
