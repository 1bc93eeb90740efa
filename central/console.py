"""What operators see, on the loopback only: kiosks, payments, orders, cases, what was set aside; the proof page.

Rules. Pages are whole without any other resource and refresh by themselves. No personal data: an ID number is
never in an event, and the proof of a payment shows a decision's number masked, to whoever holds the reference.
Colour is never the only sign. (The proof page is public in real life; here it shares the listener.)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec
import sqlalchemy as sa
from litestar import Litestar, MediaType, Response, get
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.params import FromPath

from central import feedback as said
from central.books import Books, Line, books
from central.certificates import public
from central.departments import requests
from central.departments.rules import CHINA, china_day
from central.front import Front
from central.payments import telephone
from central.payments.simulated import SimulatedProvider
from central.photo_page import handlers as photo_page
from central.tables import alarm as alarms
from central.tables import event as events
from central.tables import fork as forks
from central.tables import kiosk as kiosks
from central.tables import presence
from kiosk_app.contract import Heartbeat

LATE: Final = timedelta(seconds=150)
"""Two heartbeats and a half: a kiosk silent for longer is said to be silent."""
SHOWN: Final = 50
MONTH: Final = timedelta(days=30)
CHANNELS: Final = {"wechat": "微信支付 WeChat Pay", "alipay": "支付宝 Alipay"}


@dataclass(frozen=True)
class Row:
    """One kiosk as the page shows it."""

    id: str
    site: str
    word: str
    age: str
    beat: Heartbeat | None
    alarms: tuple[Any, ...]


# --- what is read ---


def kiosk_rows(connection: sa.Connection, now: datetime) -> list[Row]:
    """Every kiosk, those that need somebody first."""
    raised: dict[str, list[Any]] = {}
    for alarm in connection.execute(sa.select(alarms).order_by(alarms.c.since)):
        raised.setdefault(alarm.kiosk, []).append(alarm)
    joined = sa.select(kiosks, presence.c.seen_at, presence.c.report).join(
        presence, presence.c.kiosk == kiosks.c.id, isouter=True
    )
    found = [_row(row, tuple(raised.get(row.id, ())), now) for row in connection.execute(joined)]
    return sorted(found, key=lambda row: (not _needs_somebody(row), row.site, row.id))


def _needs_somebody(row: Row) -> bool:
    issues = row.beat.issues if row.beat and row.word != "revoked" else []
    return row.word not in {"open", "revoked"} or bool(row.alarms or issues)


def _row(row: sa.Row[Any], raised: tuple[Any, ...], now: datetime) -> Row:
    beat = msgspec.json.decode(row.report, type=Heartbeat) if row.report else None
    if row.revoked_at:
        word = "revoked"
    elif beat is None:
        word = "never seen"
    else:
        word = "silent" if now - row.seen_at > LATE else beat.state
    return Row(row.id, row.site, word, _age(now - row.seen_at) if row.seen_at else "", beat, raised)


def _age(since: timedelta) -> str:
    seconds = max(0, int(since.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def set_aside(connection: sa.Connection) -> list[Any]:
    """Quarantined events and forks, newest first."""
    columns = ("kiosk", "stream", "seq", "received_at")
    poisoned = sa.select(*(events.c[name] for name in columns), events.c.quarantine.label("code")).where(
        events.c.quarantine != ""
    )
    forked = sa.select(*(forks.c[name] for name in columns), sa.literal("chain-fork").label("code"))
    both = sa.union_all(poisoned, forked).subquery()
    return list(connection.execute(sa.select(both).order_by(both.c.received_at.desc()).limit(SHOWN)))


def proof(kept: Books, reference: str) -> Line | None:
    """The payment a receipt claims; None unless it was accepted and not given back."""
    line = kept.line(reference)
    return line if line is not None and line.held else None


def masked(number: str) -> str:
    """A decision number that its owner recognises and nobody else can use."""
    return f"{number[:6]}{'*' * 6}{number[-4:]}"


# --- pages ---


@lru_cache(maxsize=1)  # the templates are files of this package
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["yuan"] = lambda fen: f"{fen // 100:,}.{fen % 100:02d}"
    environment.filters["china"] = lambda at: at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    environment.filters["masked"] = masked
    environment.filters["channel"] = lambda name: CHANNELS.get(name, name)
    return environment


def page(front: Front) -> str:
    """The operators' page."""
    now = front.clock.now()
    with front.store.read() as connection:
        kept, rows, aside = books(connection, now), kiosk_rows(connection, now), set_aside(connection)
        spoken = {
            "feedback": said.lines(connection),
            "ending": said.ending(connection, now - front.periods.open + front.periods.warning),
            "scores": said.scores(connection, china_day(now) - MONTH),
        }
        asked = requests.lines(connection)
        late = {row.number for row in requests.waiting(connection, now - front.periods.open + front.periods.warning)}
    given = spoken | {
        "requests": asked,
        "late": late,
        "now": now,
        "books": kept,
        "kiosks": rows,
        "aside": aside,
        "shown": SHOWN,
        "night": front.last_night,
        "forgetting": front.last_forgetting,
        "open_days": front.periods.open.days,
    }
    return _templates().get_template("console.html").render(given)


def proof_page(front: Front, reference: str) -> tuple[int, str]:
    """Status and page for one reference."""
    line = proof(front.books(), reference)
    return 200 if line else 404, _templates().get_template("proof.html").render(line=line)


def console_app(front: Front, port: int, provider: SimulatedProvider | None = None) -> Litestar:
    """The loopback listener; another host name in a request is a browser that was led here from elsewhere.

    With a simulated ``provider`` it also has its payer's telephone, at ``/phone``.
    """

    @get("/", media_type=MediaType.HTML, sync_to_thread=True)
    def overview() -> str:
        return page(front)

    @get("/books", sync_to_thread=True)
    def accounts() -> Response[bytes]:
        return Response(msgspec.json.encode(front.books()), media_type=MediaType.JSON)

    @get("/proof/{reference:str}", sync_to_thread=True)
    def prove(reference: FromPath[str]) -> Response[str]:
        status, text = proof_page(front, reference)
        return Response(text, status_code=status, media_type=MediaType.HTML)

    return Litestar(
        [
            overview,
            accounts,
            prove,
            *photo_page(front),
            *([telephone.router(provider)] if provider else []),
            public.router(front.certificates, front.clock, _templates()),
        ],
        openapi_config=None,
        logging_config=None,
        allowed_hosts=AllowedHostsConfig([f"{name}:{port}" for name in ("localhost", "127.0.0.1")], www_redirect=False),
    )
