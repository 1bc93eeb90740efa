"""Rows and columns: what the books say. A row that leads on can be touched; the heads stay while rows move."""

from collections.abc import Sequence
from typing import Any

from kiosk_app.views import Column as Head
from kiosk_app.views import TableRow, Text
from screens.widgets.element import Row, load
from screens.widgets.frame import Buttons, Key
from screens.widgets.say import Say
from screens.widgets.target import PushButton, Tile
from screens.widgets.work import Work

BLANK = "\u2003"
"""In a cell without a word: it keeps its place, and what stands beside it its column."""


class Line(Tile):
    """One row."""

    def fill_in(self, row: TableRow, heads: Sequence[Head]) -> None:
        """Take the data of one row; only one with a key can be touched."""
        self.key, self.enabled = row.key, bool(row.key)
        self.fill = "muted" if row.key else "none"
        self.pad = [20, 22 if row.key else 12]
        for cell, head in zip(row.cells, heads, strict=True):
            self.add_widget(_cell(cell, head, 32))


class Heads(Row):
    """The names of the columns."""


class Tabs(Buttons):
    """Other things to look at; the present one is filled."""

    def fill_in(self, work: Work, tabs: Sequence[tuple[str, Text]], tab: str) -> None:
        """One button for each."""
        self.hidden = not tabs
        for key, words in tabs:
            button = PushButton(key=key, words=words, kind="go" if key == tab else "second", letters=34)
            button.bind(on_tap=lambda tapped: work.choose(tapped.key))
            self.add_widget(button)


def action_keys(work: Work, actions: Sequence[tuple[str, Text]]) -> list[Key]:
    """The buttons of the bar; the last is the primary one."""
    kinds = [*(["second"] * (len(actions) - 1)), "go"]
    return [
        Key(key, words, lambda key=key: work.choose(key), kind=kind, share=1.4 if kind == "go" else 1)  # type: ignore[misc] # a default argument binds the key of each turn
        for (key, words), kind in zip(actions, kinds, strict=False)
    ]


def _cell(words: Text | str, head: Head, letters: int) -> Say:
    cell = Say(
        letters=letters, single=head.number, balance=True, share=head.share, align="right" if head.number else "left"
    )
    if isinstance(words, str):
        cell.plain = words or BLANK
    else:
        cell.words = words
    return cell


def _alike(cells: Sequence[Say]) -> None:
    """Where one amount must be written smaller, all are: a larger letter would say that its amount is another thing."""
    sizes = [cell.set_in(cell.width)[0] for cell in cells]
    least = min(sizes, default=0)
    for cell, size in zip(cells, sizes, strict=True):
        if size > least:
            cell.most = least
            cell.place(cell.x, cell.y, cell.width, cell.height)


class Table(Work):
    """The rows."""

    def fill(self, view: Any) -> None:
        self.subtitle = view.subtitle
        ids = self.ids
        ids.tabs.fill_in(self, view.tabs, view.tab)
        for fact in view.facts:
            ids.facts.add_widget(Say(words=fact, letters=34, bold=True, balance=True))
        ids.facts.hidden = not view.facts
        for head in view.columns if view.rows else ():
            cell = _cell(head.title, head, 28)
            cell.ink, cell.bold = "ink2", True
            ids.heads.add_widget(cell)
        ids.heads.hidden = not view.rows
        for row in view.rows:
            line = Line()
            line.fill_in(row, view.columns)
            line.bind(on_tap=lambda tapped: self.choose(tapped.key))
            ids.rows.add_widget(line)
        ids.empty.words = None if view.rows else view.empty

    def place(self, x: float, y: float, width: float, height: float) -> None:
        numbers = [cell for line in self.ids.rows.parts() for cell in line.parts() if cell.single]
        for cell in numbers:
            cell.most = 0
        super().place(x, y, width, height)
        _alike(numbers)
        heads, rows = self.ids.heads, self.ids.rows
        if not heads.hidden:  # as wide as the rows, which make room for what moves them
            heads.place(heads.x, heads.y, rows.width, heads.height)

    def keys(self) -> Sequence[Key]:
        return (self.back_key(), self.leave_key(), *action_keys(self, self.view.actions))


load(__file__)
