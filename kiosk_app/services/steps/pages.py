"""Pages of books that are only read: one view after the other, until the citizen goes back or to something else."""

from collections.abc import Callable

from kiosk_app.desk import Desk
from kiosk_app.views import Back, Bars, Chosen, Table

Page = Table | Bars


async def read_page(desk: Desk, page: Page) -> str | None:
    """What was touched: the key of a tab, a row or an action; None for "back". Raises Left, WalkedAway."""
    known = keys_of(page)
    while True:
        answer = await desk.ask(page)
        if isinstance(answer, Back):
            return None
        if isinstance(answer, Chosen) and answer.key in known:
            return answer.key


def keys_of(page: Page) -> frozenset[str]:
    """Everything on it that can be touched."""
    rows = page.rows if isinstance(page, Table) else ()
    return frozenset({key for key, _ in (*page.tabs, *page.actions)} | {row.key for row in rows if row.key})


async def read_tabs(desk: Desk, first: str, page_of: Callable[[str], Page]) -> None:
    """Pages with tabs and nothing else, until "back"."""
    tab: str | None = first
    while tab is not None:
        tab = await read_page(desk, page_of(tab))
