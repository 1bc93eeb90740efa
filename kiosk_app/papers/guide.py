"""A page of the service guide to take along: what to bring, how long, what it costs, where. Nothing of a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk_app.contract.guide import FormRule, GuideEntry, OpeningRule, Said
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.papers.slips import RULE, moment

FEES: Final[Mapping[str, tuple[str, str]]] = {
    "free": ("不收费", "No fee"),
    "decision": ("以处罚决定书为准", "As the penalty decision says"),
    "counter": ("以窗口公示为准", "As the counter shows"),
}
"""What is said of a fee that this document does not know as an amount."""
DAYS: Final = "一二三四五六日"


@dataclass(frozen=True)
class Printed:
    """``fee``: the lowest and the highest amount, None where it is no amount. ``version``: of the catalogue."""

    entry: GuideEntry
    forms: tuple[FormRule, ...]
    hours: tuple[OpeningRule, ...]
    fee: tuple[Fen, Fen] | None
    version: int
    at: datetime
    site: str
    hotline: str


def guide_slip(guide: Printed) -> Slip:
    """Chinese first, English below it."""
    entry = guide.entry
    things = [*entry.bring, *(form.title for form in guide.forms)]
    return Slip(
        (
            SlipLine("办事指南", style="title"),
            SlipLine("Service guide"),
            RULE,
            SlipLine(entry.title.zh, style="strong"),
            SlipLine(entry.title.en),
            SlipLine("请携带 Please bring", style="strong"),
            *(line for thing in things for line in _both(thing)),
            *_long(entry),
            *_fee(guide),
            *((SlipLine("办理地点 Where", style="strong"), *_both(entry.where)) if entry.where is not None else ()),
            *(line for rule in guide.hours for line in hours(rule)),
            RULE,
            SlipLine(f"目录版本 Version {guide.version}"),
            SlipLine("时间 Time", moment(guide.at)),
            SlipLine(guide.site),
            SlipLine("咨询电话 Help", guide.hotline),
        )
    )


def _both(said: Said) -> tuple[SlipLine, SlipLine]:
    return SlipLine(f"· {said.zh}"), SlipLine(f"  {said.en}")


def _long(entry: GuideEntry) -> Iterator[SlipLine]:
    yield SlipLine("办理约需 Takes about", f"{entry.minutes} 分钟 min")
    if entry.days:
        yield SlipLine("出结果 Result in", f"{entry.days} 个工作日 working days")


def _fee(guide: Printed) -> Iterator[SlipLine]:
    if guide.fee is None:
        chinese, english = FEES.get(guide.entry.fee, FEES["counter"])
        yield SlipLine("费用 Fee", chinese)
        yield SlipLine(english)
        return
    low, high = guide.fee
    yield SlipLine("费用 Fee", f"¥{yuan(low)}" if low == high else f"¥{yuan(low)} - {yuan(high)}")


def hours(rule: OpeningRule) -> Iterator[SlipLine]:
    """When a counter is open."""
    days = f"周{DAYS[rule.days[0] - 1]}至周{DAYS[rule.days[-1] - 1]}"
    yield SlipLine("窗口时间 Counters", f"{days} {rule.opens}-{rule.closes}")
