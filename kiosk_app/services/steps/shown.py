"""How values are shown to a citizen: Shanghai time, masked cards."""

from collections.abc import Sequence
from datetime import date, datetime

from kiosk_app.contract.case_papers import LackingPaper
from kiosk_app.contract.guide import OpeningRule, Said
from kiosk_app.contract.hall import Centre
from kiosk_app.local_time import LOCAL
from kiosk_app.views import Text, text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def moment(at: datetime) -> str:
    """``2026-11-02 08:14``, local."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def short_time(at: datetime) -> str:
    """``14:33``, local."""
    return f"{at.astimezone(LOCAL):%H:%M}"


def day(on: date) -> str:
    """``2026-11-02``."""
    return on.isoformat()


def long_day(on: date) -> Text:
    """``2026 年 11 月 2 日``, as one says it, where a citizen must remember it."""
    return text("named", zh=f"{on.year} 年 {on.month} 月 {on.day} 日", en=day(on))


def card_text(name: str, masked: str) -> str:
    """``银联 **** 4412``: the network's name and the last four digits."""
    return f"{name} **** {masked[-4:]}".strip()


def period(number: int) -> str:
    """``202611`` as ``2026-11``, ``2026`` as it is."""
    return f"{number // 100}-{number % 100:02d}" if number > 9999 else str(number)


def both(said: Said) -> Text:
    """Data in two languages as a sentence."""
    return text("plain.both", zh=said.zh, en=said.en)


def weekday(number: int) -> Text:
    """1 is Monday."""
    return text(f"guide.day.{WEEKDAYS[number - 1]}")


def open_when(rule: OpeningRule) -> Text:
    """On which days and at what hours a counter is open."""
    days = text("guide.days", first=weekday(rule.days[0]), last=weekday(rule.days[-1]))
    return text("guide.hours", days=days, opens=rule.opens, closes=rule.closes)


def distance(metres: int | None) -> Text:
    """``1.4 km``; not known is said."""
    return text("places.unknown") if metres is None else text("places.km", km=f"{metres / 1000:.1f}")


def queue(centre: Centre) -> Text:
    """How long one waits there now."""
    if not centre.open:
        return text("places.shut", opens=centre.opens, closes=centre.closes)
    if not centre.waiting:
        return text("places.no_queue")
    return text("places.queue", count=centre.waiting, minutes=centre.minutes)


def paper_name(paper: LackingPaper) -> Text:
    """A paper that a counter asks for."""
    return paper_names([paper])


def paper_names(papers: Sequence[LackingPaper]) -> Text:
    """Several of them."""
    return both(Said(zh="、".join(one.name for one in papers), en=", ".join(one.name_en for one in papers)))
