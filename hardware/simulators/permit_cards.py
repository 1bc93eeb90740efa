"""Sample travel permits: cards that no authority ever issued, held by the sample citizens of :mod:`.samples`.

The lines obey every rule (``hardware/protocols/mrz.py``). Numbers are the published specimens' or count up from
them (C0000000x, L0000000x); births are the sample citizens' own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from hardware.protocols.mrz import PermitLine
from hardware.simulators.samples import LI, WANG, ZHANG

MOST_ENDORSEMENTS = 255
OLD_BACK = ("样本 SAMPLE", "香港 个人旅游(G) 一次", "逗留不超过7天")


@dataclass
class PermitCard:
    """One card as a thing: the line printed at the factory, the rewritable back, and how often it was rewritten."""

    key: str
    line: str
    back: tuple[str, ...] = OLD_BACK
    endorsed: int = 1
    upside_down: bool = False


def _line(kind: str, number: str, expiry: date, birth: date) -> str:
    return str(PermitLine(kind, number, expiry, birth))


LINES: Mapping[str, str] = MappingProxyType(
    {
        "zhang": _line("CS", "CA1234567", date(2034, 1, 1), ZHANG.birth),
        "li": _line("CS", "C00000001", date(2033, 5, 18), LI.birth),
        "wang_expired": _line("CS", "C00000002", date(2024, 4, 20), WANG.birth),
        "zhang_taiwan": _line("CD", "L00000001", date(2032, 8, 19), ZHANG.birth),
        "full": _line("CS", "C00000003", date(2034, 1, 1), ZHANG.birth),
        "home_return": "CRH1234567830002212119F8108038",
        "bank_card": "",
    }
)
"""By the key a hand inserts it with. The last two are no permits: a 回乡证 specimen, and a card without a line."""


def sample_cards() -> dict[str, PermitCard]:
    """A fresh set of cards, all with their citizens."""
    cards = {key: PermitCard(key, line) for key, line in LINES.items()}
    cards["full"].endorsed = MOST_ENDORSEMENTS
    return cards
