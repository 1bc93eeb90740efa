"""Services as data for the stories: a small one that has everything, and how a citizen walks through one."""

from typing import Any

import msgspec

from central.catalogue import SHIPPED_OFFERS, read_offers
from kiosk_app.contract.services import DataService, Offers
from kiosk_app.views import ChooseOne, Chosen, EnterNumber, PlaceCard, Table, Typed
from tests.stand import Stand

NAME = {"zh": "样本业务", "en": "Sample service"}


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def parking(**changes: Any) -> dict[str, Any]:
    """A service that nobody wrote code for: a permit to park, by kind of car and months, with a telephone."""
    return {
        "id": "parking_permit",
        "family": "road",
        "title": both("居民停车证", "Parking permit"),
        "initials": "jmtcz",
        "about": both("住在本街道的居民停车", "Parking for residents"),
        "who": both("本街道居民", "Residents"),
        "bring": [both("本人身份证", "Your identity card")],
        "minutes": 3,
        "identify": True,
        "questions": [
            {
                "kind": "choice",
                "id": "car",
                "ask": both("什么车？", "Which vehicle?"),
                "options": [
                    {"key": "small", "title": both("小型汽车", "Car")},
                    {"key": "motorcycle", "title": both("摩托车", "Motorcycle")},
                ],
            },
            {
                "kind": "count",
                "id": "months",
                "ask": both("要几个月？", "How many months?"),
                "least": 1,
                "most": 12,
                "unit": both("个月", "months"),
            },
            {
                "kind": "digits",
                "id": "phone",
                "ask": both("手机号码", "Mobile number"),
                "shapes": ["1##########"],
                "when": [{"question": "car", "among": ["small"]}],
            },
            {"kind": "day", "id": "begins", "ask": both("从哪天起？", "From which day?"), "earliest": 0, "latest": 30},
        ],
        "fee": {"kind": "answer", "question": "car", "fen": {"small": 3000, "motorcycle": 0}, "times": "months"},
        "slip": [
            both("{name}：{car}，{months}，从 {begins} 起", "{name}: {car}, {months}, from {begins}"),
            both("电话 {phone}，共 {sum}", "Telephone {phone}, in all {sum}"),
        ],
        "sheet": {
            "title": both("居民停车证", "Parking permit"),
            "office": both("样本街道办事处", "Sample street office"),
            "body": [both("{name} 的{car}可停放 {months}。", "{name} may park: {car}, {months}.")],
        },
        "after": {"days": 2, "where": both("街道办事处窗口", "the street office")},
    } | changes


def shipped() -> Offers:
    return read_offers(SHIPPED_OFFERS)


def offers(*rows: dict[str, Any]) -> Offers:
    """The shipped ones and these."""
    return Offers(services=[*shipped().services, *rows])


def service(row: dict[str, Any]) -> DataService:
    return msgspec.convert(row, DataService)


async def published(stand: Stand, *rows: dict[str, Any]) -> int:
    """Publish these beside the shipped ones; the machine has heard of it."""
    version = stand.front.catalogue.publish(offers(*rows))
    await heard(stand, version)
    return version


async def heard(stand: Stand, version: int) -> None:
    """The next heartbeat brings the version, and the machine fetches it."""
    stand.machine.reporting.changed()
    await stand.until(lambda: stand.machine.desk.prices.version >= version, within=200)


async def begins(stand: Stand, key: str) -> Table:
    """Come, choose the service; what it is."""
    await stand.until(lambda: stand.machine.parts().offered)
    menu = await stand.person.comes()
    assert {item.key: item.closed for item in menu.items}[key] is None
    stand.person.touches(Chosen(key))
    return await stand.person.sees(Table)


async def shows_card(stand: Stand, key: str, who: str = "zhao") -> None:
    """Read what it is, begin, lay the card down."""
    await begins(stand, key)
    stand.person.touches(Chosen("begin"))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay(who)


async def answers(stand: Stand, *said: str) -> Table:
    """Answer question by question; the last look."""
    for one in said:
        if one.isdigit():
            await stand.person.sees(EnterNumber)
            stand.person.touches(Typed(one))
        else:
            await stand.person.sees(ChooseOne)
            stand.person.touches(Chosen(one))
    return await stand.person.sees(Table)
