"""The wallet: sample persons, what each carries, and where on the bench each thing can be put.

Everything comes from the simulators' own samples; here is only who carries what, and what a hand can do with it. A
thing fits where a person could push it, also where it does not belong: a bank card lies on the identity card
reader as well as anywhere. No authority and no bank ever issued any of these.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import msgspec

from hardware.protocols.sdt_text import CardText, Layout
from hardware.simulators import card_terminal_ledger, chip_card, permit_cards, samples


class Use(msgspec.Struct, frozen=True):
    """Putting the thing into ``role`` by ``hand``; it is there while the state's ``field`` is ``value``."""

    role: str
    hand: str
    given: Mapping[str, str]
    field: str
    value: str


class Thing(msgspec.Struct, frozen=True):
    """One card. ``kind`` decides how it is drawn, ``lines`` stand on it, ``note`` says what is special about it.

    ``note`` and ``english`` are English; the page has the Chinese of them, as of the hands' labels.
    """

    id: str
    kind: str
    title: str
    english: str
    lines: tuple[str, ...]
    note: str
    uses: tuple[Use, ...]


class Person(msgspec.Struct, frozen=True):
    """A sample person; the last is nobody: found cards."""

    key: str
    name: str
    note: str
    things: tuple[Thing, ...]


_CARRIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "zhang": ("bank sample", "chip zhang", "permit zhang", "permit zhang_taiwan"),
        "li": ("bank sample-empty", "chip li", "permit li"),
        "wang": ("bank sample-expired", "chip wang", "chip wang blocked", "permit wang_expired"),
        "chan": ("permit home_return",),
        "lin": (),
        "foreigner_2017": (),
        "foreigner_2023": ("bank sample",),
        "": (
            "chip zhang by tag",
            "chip zhang by number",
            "chip wrong way round",
            "chip bank card",
            "permit full",
        ),
    }
)
"""Beside the identity card of the same name."""
_LAYOUTS = {
    Layout.RESIDENT: ("居民身份证", "Resident identity card"),
    Layout.HK_MACAU_TAIWAN: ("港澳台居民居住证", "Hong Kong, Macau, Taiwan residence card"),
    Layout.FOREIGNER_2017: ("外国人永久居留证", "Permanent residence card, 2017"),
    Layout.FOREIGNER_2023: ("外国人永久居留证", "Permanent residence card, 2023"),
}
_PERMITS = {
    "CS": ("往来港澳通行证", "Travel permit, Hong Kong and Macau"),
    "CD": ("往来台湾通行证", "Travel permit, Taiwan"),
    "CR": ("港澳居民来往内地通行证", "Mainland travel permit"),
}
_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "id li": "moved: newer address",
        "bank sample": "PIN 123456",
        "bank sample-empty": "declined: not enough money",
        "bank sample-expired": "declined: expired",
        "chip li": "long name",
        "chip wang": "version 3",
        "chip wang blocked": "PIN blocked",
        "chip zhang by tag": "reads by tag only",
        "chip zhang by number": "reads by number only",
        "chip wrong way round": "wrong way round",
        "chip bank card": "no social-security card",
        "permit wang_expired": "expired",
        "permit full": "back is worn out",
        "permit home_return": "not for this machine",
        "permit zhang_taiwan": "for Taiwan",
    }
)


def wallet(roles: Collection[str]) -> Sequence[Person]:
    """All persons with their things; uses are those that the ``roles`` on this bench allow."""
    return [_person(key, carries, roles) for key, carries in _CARRIES.items()]


def _person(key: str, carries: Sequence[str], roles: Collection[str]) -> Person:
    things = [_identity_card(key)] if key else []
    things += [_thing(key, *name.split(" ", 1)) for name in carries]
    here = [
        msgspec.structs.replace(thing, uses=tuple(use for use in thing.uses if use.role in roles)) for thing in things
    ]
    text = samples.CARDS[key].text if key else None
    name = (text.name or text.english_name) if text else "拾到的卡"
    return Person(key, name, text.english_name if text else "found cards", tuple(here))


def _identity_card(key: str) -> Thing:
    text = samples.CARDS[key].text
    title, english = _LAYOUTS[text.layout]
    until = "长期" if text.valid_to is None else _day(text.valid_to)
    lines = (text.name or text.english_name, text.number, *_born(text), f"有效期至 {until}")
    use = Use("id_card_reader", "lay", {"card": key}, "card", key)
    return Thing(f"id {key}", text.layout.name.lower(), title, english, lines, _NOTES.get(f"id {key}", ""), (use,))


def _born(text: CardText) -> Iterator[str]:
    sex = {"1": "男 M", "2": "女 F"}.get(text.sex, text.sex)
    yield f"{sex}  {_day(text.birth)}" if text.birth else sex


def _day(day: date) -> str:
    return f"{day:%Y.%m.%d}"


def _thing(owner: str, kind: str, name: str) -> Thing:
    make = {"bank": _bank_card, "chip": _chip_card, "permit": _permit}[kind]
    return make(owner, name)


def _bank_card(owner: str, name: str) -> Thing:
    card = card_terminal_ledger.CARDS[name]
    number = card.number.replace("E", "*")
    number = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    uses = (
        Use("card_terminal", "insert", {"card": name}, "card", name),
        Use("card_terminal", "tap", {"card": name}, "tapped", name),
        *_strays(),
    )
    title = card.name.removesuffix(" SAMPLE")
    return Thing(f"bank {name} {owner}", "bank", title, "Bank card", (number,), _NOTES[f"bank {name}"], uses)


def _strays() -> Iterator[Use]:
    """Where a bank card does not belong and yet can be put."""
    yield Use("id_card_reader", "lay_foreign_card", {}, "card", "foreign card")
    yield Use("chip_card_reader", "insert", {"card": "bank card"}, "sample", "bank card")
    yield Use("permit_unit", "insert_foreign_card", {}, "card.key", "bank_card")


def _chip_card(_: str, name: str) -> Thing:
    card = chip_card.SAMPLES[name]
    use = Use("chip_card_reader", "insert", {"card": name}, "sample", name)
    title = "社会保障卡" if card.files else "芯片卡"
    holder = name.partition(" ")[0]
    holders_name = samples.CARDS[holder].text.name if holder in samples.CARDS else ""
    english = "Social-security card" if card.files else "Chip card"
    note = _NOTES.get(f"chip {name}", f"PIN {card.pin}")
    return Thing(f"chip {name}", "social" if card.files else "chip", title, english, (holders_name,), note, (use,))


def _permit(_: str, name: str) -> Thing:
    line = permit_cards.LINES[name]
    uses = (
        Use("permit_unit", "insert", {"card": name}, "card.key", name),
        Use("permit_unit", "insert_upside_down", {"card": name}, "card.key", name),
    )
    title, english = _PERMITS[line[:2]]
    return Thing(f"permit {name}", "permit", title, english, (line,), _NOTES.get(f"permit {name}", ""), uses)
