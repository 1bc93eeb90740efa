"""Views of social security with sample data: tables, pictures, a secret number, the menu by families."""

from kiosk_app.money.amounts import Fen
from kiosk_app.views import Bar, Bars, Column, EnterNumber, Menu, MenuItem, Steps, Table, TableRow, View, text

READ = Steps(tuple(text(f"rights.step.{name}") for name in ("identify", "read", "print")), 1)
TABS = tuple(
    (kind, text(f"rights.insurance.{kind}")) for kind in ("pension", "medical", "unemployment", "injury", "maternity")
)
YEARS = tuple(range(2026, 2015, -1))
MONTHS = {2026: "1", 2016: "4"}
OWN = (49747, 574042, 551962, 530736, 510317, 490694, 321869, 436378, 419635, 403430, 193920)


def item(key: str, family: str, closed: str = "") -> MenuItem:
    """One service of the menu."""
    return MenuItem(
        key=key,
        family=family,
        title=text(f"menu.{key}.title"),
        detail=text(f"menu.{key}.detail"),
        closed=text(closed) if closed else None,
    )


SERVICES = (
    item("traffic_fines", "road"),
    item("endorsement", "border"),
    item("progress", "border"),
    item("id_photo", "border"),
    item("living_verification", "social"),
    item("pension_payments", "social"),
    item("medical_account", "social"),
    item("social_card", "social"),
    item("contribution", "social", "menu.closed.card_terminal"),
    item("insured_certificate", "social"),
    item("rights_record", "social"),
    item("social_state", "social"),
    item("guide", "hall"),
    item("places", "hall"),
    item("appointment", "hall"),
    item("complaint", "hall"),
    item("my_cases", "hall"),
    item("reprint", "hall"),
)


def heads(*names: str, first: int = 1) -> tuple[Column, ...]:
    """Columns, of which those after the ``first`` hold amounts."""
    return tuple(Column(title=text(f"rights.column.{name}"), number=at >= first) for at, name in enumerate(names))


def money(fen: int) -> str:
    """As a page says it."""
    return f"{fen // 100}.{fen % 100:02d}"


BOOKS: dict[str, View] = {
    "menu_families": Menu(items=SERVICES),
    "menu_social": Menu(items=tuple(one for one in SERVICES if one.family == "social"), family="social"),
    "table_years": Table(
        title=text("rights.title", name="张**"), subtitle=text("rights.as_of", date="2026-01-31"), tabs=TABS,
        tab="pension",
        facts=(
            text("rights.standing", state=text("rights.state.paying"), months=113, since="2016-09"),
            text("rights.account", money="58213.44"),
        ),
        columns=heads("year", "months", "own", "employers"),
        rows=tuple(
            TableRow(key=str(year), cells=(str(year), MONTHS.get(year, "12"), money(own), money(2 * own)))
            for year, own in zip(YEARS, OWN, strict=True)
        ),
        actions=(("picture", text("rights.action.picture")), ("print", text("rights.action.print"))), steps=READ,
    ),
    "table_months": Table(
        title=text("rights.year.title", year=2025, insurance=text("rights.insurance.pension")),
        facts=(text("rights.employer", name="蓬江样本科技有限公司", first="2025-01", last="2025-12"),),
        columns=heads("month", "base", "own", "employers"),
        rows=tuple(
            TableRow(cells=(f"2025-{month:02d}", "6900.00", "552.00", "1104.00"))
            for month in range(1, 13)
        ),
        actions=(("print", text("rights.action.print")),), steps=READ,
    ),
    "table_empty": Table(
        title=text("rights.title", name="林**"), tabs=TABS, tab="injury", columns=heads("year", "months"),
        empty=text("rights.empty"), steps=READ,
    ),
    "bars": Bars(
        title=text("rights.title", name="张**"), subtitle=text("rights.picture"), tabs=TABS, tab="pension",
        bars=tuple(
            Bar(name=str(year), parts=(Fen(own), Fen(2 * own)))
            for year, own in zip(YEARS[::-1], OWN[::-1], strict=True)
        ),
        legend=(text("rights.column.own"), text("rights.column.employers")),
        actions=(("list", text("rights.action.list")), ("print", text("rights.action.print"))), steps=READ,
    ),
    "enter_secret": EnterNumber(
        title=text("social_card.pin.title"), hint=text("social_card.pin.hint", count=6), lengths=(6,), value="7391",
        secret=True, steps=Steps(READ.names, 1),
    ),
}  # fmt: skip
"""By the name of the sample."""
