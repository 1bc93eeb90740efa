"""Views and intents: what a screen shows and what a citizen answers, as frozen values.

A view is a name and its data, never a widget; a sentence is a :class:`Text`, an id of the catalogues in
``screens/texts`` with its arguments, so that the language can change at any moment without asking again.
An intent is what a touch meant. Flows await intents, never touches (``architecture.md`` section 4).
"""

from dataclasses import dataclass, field
from typing import Protocol

from kiosk_app.devices.camera import Frame
from kiosk_app.money.amounts import ZERO, Fen


@dataclass(frozen=True)
class Text:
    """A sentence by id. ``args`` fill its ``{placeholders}``; an argument that is itself a Text is translated first."""

    id: str
    args: tuple[tuple[str, "str | int | Text"], ...] = ()


def text(name: str, /, **args: "str | int | Text") -> Text:
    """``text("fines.title", count=3)``."""
    return Text(name, tuple(sorted(args.items())))


# --- intents ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """One thing was chosen: a service, a way on, a button, by its key."""

    key: str


@dataclass(frozen=True)
class Marked:
    """Several things were chosen and confirmed, by their keys, in the order shown."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """Something was typed and confirmed."""

    value: str


@dataclass(frozen=True)
class Back:
    """To the question before."""


@dataclass(frozen=True)
class Leave:
    """End the visit."""


@dataclass(frozen=True)
class Rated:
    """End the visit, and this is how it was: 1 (not at all satisfied) to 5 (very)."""

    score: int


Intent = Chosen | Marked | Typed | Back | Leave | Rated


# --- views -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steps:
    """Where am I, how much is left: the names of all steps, and the index of the present one."""

    names: tuple[Text, ...]
    at: int


@dataclass(frozen=True, kw_only=True)
class View:
    """What every view may carry. ``steps`` is None outside a service."""

    steps: Steps | None = None


@dataclass(frozen=True, kw_only=True)
class Attract(View):
    """Nobody is here: what the machine is for, and "touch to begin". Intent: Chosen("begin")."""

    services: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """A service on the menu: ``key``, its ``family`` (social, border, road) and, if closed, why."""

    key: str
    family: str
    title: Text
    detail: Text
    closed: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Menu(View):
    """Board 01. ``notes``: what does not work today though services are open. Intents: Chosen(key), Leave.

    At home (``family`` empty) a family of several services is one tile, Chosen(its name); else the view shows the
    services of that family, and Back leads home.
    """

    items: tuple[MenuItem, ...]
    notes: tuple[Text, ...] = ()
    family: str = ""


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


class Live(Protocol):
    """What the screen needs of ``devices.Preview``: the newest picture, without waiting."""

    def latest(self) -> Frame | None:
        """None before the first, and when there is none now."""


@dataclass(frozen=True, kw_only=True)
class LivePortrait(View):
    """Board 05: the person in a mirror, and one sentence at a time. ``live`` is read until another view comes.

    ``checks``: names, each right, wrong, or None when there is nobody to check. ``gesture``: one to show how to make
    (``liveness.Gesture``), with ``done`` of ``gestures`` made; ``seconds`` left for it, counted down by the screen.
    ``right``: all is right, the shutter goes in a moment. Intents: Chosen("release") if ``release`` names it, Back,
    Leave.
    """

    title: Text
    live: Live = field(repr=False)
    say: Text
    right: bool = False
    checks: tuple[tuple[Text, bool | None], ...] = ()
    gesture: str = ""
    done: int = 0
    gestures: int = 0
    seconds: int = 0
    release: Text | None = None


@dataclass(frozen=True, kw_only=True)
class PortraitReview(View):
    """The finished photo as it will be used. ``reasons``: why it cannot be; ``advice``: what a person should look at.

    ``picture``: a JPEG of ``size`` pixels. Intents: Chosen("use") if ``use`` names it, Chosen("again") likewise, Back,
    Leave.
    """

    title: Text
    picture: bytes = field(repr=False)
    size: tuple[int, int]
    reasons: tuple[Text, ...] = ()
    advice: tuple[Text, ...] = ()
    facts: tuple[Text, ...] = ()
    use: Text | None = None
    again: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """Of a table: its heading, its ``share`` of the width, and whether it holds amounts, which stand at the right."""

    title: Text
    share: float = 1.0
    number: bool = False


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row. With a ``key`` it can be touched."""

    cells: tuple[Text | str, ...]
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Table(View):
    """What the books say, in rows. Intents: Chosen(key of a tab, a row or an action), Back, Leave.

    ``tabs`` are other things to look at, ``tab`` the present one. ``facts`` stand above the rows; of ``actions`` the
    last is the primary one. ``empty`` is said where there are no rows.
    """

    title: Text
    subtitle: Text | None = None
    tabs: tuple[tuple[str, Text], ...] = ()
    tab: str = ""
    facts: tuple[Text, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[TableRow, ...] = ()
    empty: Text | None = None
    actions: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a picture: its name below it, and the amounts that are stacked in it, from the bottom."""

    name: str
    parts: tuple[Fen, ...]


@dataclass(frozen=True, kw_only=True)
class Bars(View):
    """The same as a picture: amounts per year, side by side. Intents as of a Table. ``legend`` names the parts."""

    title: Text
    subtitle: Text | None = None
    tabs: tuple[tuple[str, Text], ...] = ()
    tab: str = ""
    bars: tuple[Bar, ...] = ()
    legend: tuple[Text, ...] = ()
    empty: Text | None = None
    actions: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, kw_only=True)
class EnterNumber(View):
    """A number pad. Takes ``lengths`` digits (any of them), grouped by four. Intents: Typed, Back, Leave.

    ``secret``: what is typed is shown as so many marks, and never as digits. ``letters``: the keys also name the
    letters that stand on those of a telephone.
    """

    title: Text
    hint: Text
    lengths: tuple[int, ...]
    problem: Text | None = None
    value: str = ""
    secret: bool = False
    letters: bool = False


@dataclass(frozen=True, kw_only=True)
class PayWay(View):
    """How to pay ``amount``: by card, or with which telephone app. Intents: Chosen(one of ``ways``), Leave.

    ``ways`` are ``card``, ``wechat``, ``alipay`` ...: each has a name ``pay.way.<key>``.
    """

    title: Text
    amount: Fen
    purpose: Text
    ways: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PayCode(View):
    """The code to scan with the app ``channel``, and for how many ``seconds`` it can be paid, counted by the screen.

    ``code`` is the QR's text, empty before it is there and when it may no longer be paid. Intent: Leave (cancel the
    payment) while ``cancellable``.
    """

    title: Text
    amount: Fen
    purpose: Text
    channel: str
    reference: str = ""
    code: str = ""
    seconds: int = 0
    cancellable: bool = True


@dataclass(frozen=True, kw_only=True)
class Pay(View):
    """Board 04: the amount and what the terminal says. ``stage`` 0..3: card, PIN, bank, done.

    ``pin``: digits typed, and of how many, while a PIN pad without a display is typed on; else None.

    Intent: Leave (cancel the payment) while ``cancellable``.
    """

    title: Text
    amount: Fen
    purpose: Text
    reference: str
    stage: int = 0
    pin: tuple[int, int] | None = None
    cancellable: bool = True


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
