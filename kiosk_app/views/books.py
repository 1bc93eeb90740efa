"""What a department's books say, as rows or as a picture."""

from dataclasses import dataclass

from kiosk_app.money.amounts import Fen
from kiosk_app.views.base import View
from kiosk_app.views.words import Text


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
