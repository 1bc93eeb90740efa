"""Sample insured persons: one for each rule. No authority ever insured them; names and employers say "sample".

The first three are the samples of the chip-card reader's simulator too. Dates are relative to a given day, so that who
is due is due whenever it is loaded. Pictures come from a folder that whoever starts central names: ``<key>.jpg``, or
``anybody.jpg`` for all; without one central holds no picture and staff decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from central.departments.samples import CHAN, HO, LI, LIN, WANG, ZHANG, ZHAO, Person
from central.departments.social import tables
from central.departments.social.records import ONESELF
from kiosk_app.contract.catalogue import months_after
from kiosk_app.contract.social import CardState, Insurance

SHARES: Final[Mapping[Insurance, tuple[int, int]]] = {
    Insurance.PENSION: (800, 1600),
    Insurance.MEDICAL: (200, 550),
    Insurance.UNEMPLOYMENT: (20, 80),
    Insurance.INJURY: (0, 30),
    Insurance.MATERNITY: (0, 50),
}
"""Own and employer's share in ten-thousandths of the base (``domain.md`` 6.3)."""
FACTORY, WORKSHOP, SCHOOL = "江门样本制造有限公司", "蓬江样本科技有限公司", "新会样本学校"
YEARLY: Final = 104
"""Per cent of last year's base, each July."""


@dataclass(frozen=True)
class Stretch:
    """Months in one employment: from so many months ago to so many; ``base`` in fen at its beginning."""

    employer: str
    first: int
    last: int
    base: int
    insurances: Sequence[Insurance] = tuple(Insurance)


@dataclass(frozen=True)
class Sample:
    """One insured person. ``living``: verified so many days ago; ``lost``: reported so many days ago.

    ``pension``: months for which one is paid, and its parts in fen.
    """

    key: str
    person: Person
    way: str
    card: str = ""
    state: CardState = CardState.ACTIVE
    lost: int | None = None
    living: int | None = None
    stretches: Sequence[Stretch] = ()
    pension: int = 0
    parts: tuple[int, int, int] = (0, 0, 0)
    visits: int = 0

    @property
    def token(self) -> str:
        """What stands for it outside the department."""
        return f"insured-{self.key}"


FLEXIBLE = (Insurance.PENSION,)
SAMPLES: Final = {
    sample.key: sample
    for sample in (
        Sample("zhang", ZHANG, "employed", "A00000001", visits=18,
               stretches=[Stretch(FACTORY, 128, 66, 480_000), Stretch(WORKSHOP, 61, 1, 690_000)]),
        Sample("li", LI, "pensioner", "B00000002", living=340, visits=9, pension=36, parts=(182_400, 64_150, 12_000),
               stretches=[Stretch(SCHOOL, 260, 201, 150_000, (Insurance.PENSION, Insurance.MEDICAL))]),
        Sample("wang", WANG, "pensioner", "C00000003", living=60, pension=24, parts=(163_000, 41_500, 15_000)),
        Sample("zhao", ZHAO, "flexible", "D00000004", CardState.NOT_ACTIVATED,
               stretches=[Stretch(ONESELF, 30, 1, 477_500, FLEXIBLE)]),
        Sample("chan", CHAN, "employed", "E00000005", CardState.LOST, lost=3,
               stretches=[Stretch(WORKSHOP, 40, 3, 620_000)]),
        Sample("lin", LIN, "resident", "F00000006"),
        Sample("ho", HO, "resident"),
    )
}  # fmt: skip


def load(connection: sa.Connection, today: date, portraits: Path | None = None) -> None:
    """Put the samples into the tables; ``today`` in China."""
    connection.execute(tables.person.insert(), [_person(sample, today, portraits) for sample in SAMPLES.values()])
    connection.execute(tables.month.insert(), [row for s in SAMPLES.values() for row in _months(s, today)])
    connection.execute(tables.pension.insert(), [row for s in SAMPLES.values() for row in _payments(s, today)])
    connection.execute(tables.medical.insert(), [row for s in SAMPLES.values() for row in _moves(s, today)])
    gap, now = months_after(today, -65), months_after(today, -2)
    connection.execute(
        tables.unemployment.insert(),
        [
            {"person": SAMPLES["zhang"].token, "since": _period(gap), "months": 4, "left": 0, "monthly": 139_500},
            {"person": SAMPLES["chan"].token, "since": _period(now), "months": 6, "left": 4, "monthly": 171_000},
        ],
    )
    injured = {"on": months_after(today, -80), "employer": FACTORY, "state": "closed", "grade": 10}
    fresh = {"on": today - timedelta(days=150), "employer": WORKSHOP, "state": "recognised", "grade": 0}
    connection.execute(
        tables.injury.insert(),
        [
            {"number": "GS-SAMPLE-0001", "person": SAMPLES["zhang"].token} | injured,
            {"number": "GS-SAMPLE-0002", "person": SAMPLES["chan"].token} | fresh,
        ],
    )


def load_once(connection: sa.Connection, today: date, portraits: Path | None = None) -> None:
    """The same, unless the department already has somebody."""
    if connection.execute(sa.select(sa.func.count()).select_from(tables.person)).scalar() == 0:
        load(connection, today, portraits)


def _person(sample: Sample, today: date, portraits: Path | None) -> dict[str, Any]:
    pictures = [portraits / f"{name}.jpg" for name in (sample.key, "anybody")] if portraits else []
    return {
        "token": sample.token,
        "number": sample.person.id_number,
        "name": sample.person.name,
        "way": sample.way,
        "card": sample.card,
        "card_state": sample.state,
        "lost_on": None if sample.lost is None else today - timedelta(days=sample.lost),
        "pin": b"",
        "living_on": None if sample.living is None else today - timedelta(days=sample.living),
        "portrait": next((path.read_bytes() for path in pictures if path.exists()), b""),
    }


def _months(sample: Sample, today: date) -> Iterator[dict[str, Any]]:
    """Every month of every stretch; the base grows each July."""
    for stretch in sample.stretches:
        base = stretch.base
        for ago in range(stretch.first, stretch.last - 1, -1):
            day = months_after(today.replace(day=1), -ago)
            if day.month == 7 and ago != stretch.first:
                base = base * YEARLY // 10_000 * 100
            for insurance in stretch.insurances:
                yield _month(sample, stretch, _period(day), insurance, base)


def _month(sample: Sample, stretch: Stretch, period: int, insurance: Insurance, base: int) -> dict[str, Any]:
    own, employers = SHARES[insurance]
    if stretch.employer == ONESELF:
        own, employers = own + 1200, 0
    return {
        "person": sample.token,
        "period": period,
        "insurance": insurance,
        "employer": stretch.employer,
        "base": base,
        "own": base * own // 10_000,
        "employers": base * employers // 10_000,
        "account": base * SHARES[Insurance.PENSION][0] // 10_000 if insurance is Insurance.PENSION else 0,
    }


def _payments(sample: Sample, today: date) -> Iterator[dict[str, Any]]:
    basic, account, additions = sample.parts
    for ago in range(sample.pension):
        day = months_after(today.replace(day=1), -ago)
        raised = basic - basic * (ago // 12) * 3 // 100
        yield {
            "person": sample.token,
            "period": _period(day),
            "basic": raised,
            "account": account,
            "additions": additions,
            "bank": "0017",
            "paid_on": day.replace(day=10) if day.replace(day=10) <= today else day,
        }


PLACES = (
    ("pharmacy", "样本大药房", -4_850),
    ("clinic", "环市街样本卫生服务中心", -3_200),
    ("hospital", "江门样本医院", -26_700),
)


def _moves(sample: Sample, today: date) -> Iterator[dict[str, Any]]:
    """An opening balance, money in each month, and visits in between."""
    if not sample.visits:
        return
    rows = [("paid_in", "", 180_000, 30 * sample.visits + 15)]
    for visit in range(sample.visits):
        ago = 30 * (sample.visits - visit)
        rows += [("paid_in", "", 13_800, ago), (*PLACES[visit % len(PLACES)], ago - 12)]
    for n, (kind, place, amount, ago) in enumerate(rows):
        yield {
            "number": sample.person.id_number,
            "n": n,
            "name": sample.person.name,
            "on": today - timedelta(days=ago),
            "kind": kind,
            "place": place,
            "amount": amount,
        }


def _period(day: date) -> int:
    return day.year * 100 + day.month
