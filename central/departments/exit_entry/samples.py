"""Sample holders of travel permits: one for each rule. No authority ever issued them; names say that they are samples.

The first five are the cards of the permit unit's simulator. Dates are relative to a given day where a rule counts
days. Pictures come from a folder that whoever starts central names (portraits of public persons, at a demo):
``<key>.jpg``, or ``anybody.jpg`` for all; without one central holds no picture and staff decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa

from central.departments.exit_entry.tables import case as cases
from central.departments.exit_entry.tables import endorsement as endorsements
from central.departments.exit_entry.tables import holder as holders
from central.departments.exit_entry.tables import registration as registrations
from central.departments.rules import CHINA
from central.departments.samples import LI, ZHANG
from kiosk_app.contract.catalogue import months_after
from kiosk_app.contract.exit_entry import ApprovedItem, CaseState, PermitKey

ADULT: Final = date(1990, 3, 7)


@dataclass(frozen=True)
class Past:
    """An endorsement issued ``days`` ago; ``left`` entries of ``entries`` are unused."""

    destination: str
    purpose: str
    days: int
    months: int = 3
    entries: int = 1
    left: int = 1


@dataclass(frozen=True)
class Sample:
    """One holder. ``expires_in`` (days) and ``age`` where it must be relative.

    ``registered``: (destination, purpose, for how many days).
    """

    key: str
    number: str
    name: str
    kind: str = "CS"
    birth: date = ADULT
    expiry: date = date(2034, 1, 1)
    expires_in: int | None = None
    household: str = "440703"
    residence: str = ""
    barred: str = ""
    lost: bool = False
    endorsed: int = 1
    age: int | None = None
    past: Sequence[Past] = ()
    registered: Sequence[tuple[str, str, int]] = ()
    id_number: str = ""

    @property
    def token(self) -> str:
        """What stands for it outside the department."""
        return f"sample-{self.key}"

    def permit(self, today: date) -> PermitKey:
        """What its line says."""
        return PermitKey(
            kind="CD" if self.kind == "CD" else "CS",
            number=self.number,
            expiry=self.expiry if self.expires_in is None else today + timedelta(days=self.expires_in),
            birth=self.birth if self.age is None else months_after(today, -12 * self.age),
        )


YEARS: Final = 365
SAMPLES: Final = {
    sample.key: sample
    for sample in (
        Sample("zhang", "CA1234567", "张样本", id_number=ZHANG.id_number, past=[Past("HK", "G", 20)],
               registered=[("HK", "S", 2 * YEARS)]),
        Sample("li", "C00000001", "李样本", birth=date(1955, 1, 1), expiry=date(2033, 5, 18), id_number=LI.id_number,
               past=[Past("MO", "G", 30, left=0)]),
        Sample("wang_expired", "C00000002", "王样本", birth=date(1949, 12, 31), expiry=date(2024, 4, 20)),
        Sample("zhang_taiwan", "L00000001", "张样本", kind="CD", expiry=date(2032, 8, 19)),
        Sample("full", "C00000003", "张样本", endorsed=255),
        Sample("other_province", "C00000004", "赵样本", household="340524"),
        Sample("resident", "C00000005", "钱样本", household="340524", residence="440703"),
        Sample("expiring", "C00000006", "孙样本", expires_in=150, registered=[("HK", "S", 2 * YEARS)]),
        Sample("expiring_soon", "C00000013", "周样本", expires_in=20),
        Sample("official", "C00000007", "吴样本", barred="state_employee"),
        Sample("soldier", "C00000008", "郑样本", barred="military"),
        Sample("exit_ban", "C00000009", "冯样本", barred="exit_ban"),
        Sample("child", "C00000010", "陈小样", age=12),
        Sample("lost", "C00000011", "褚样本", lost=True),
        Sample("trader", "C00000012", "卫样本", registered=[("HK", "S", 4 * YEARS), ("MO", "S", 200)]),
        Sample("patient", "C00000014", "蒋样本", registered=[("MO", "Q", YEARS), ("HK", "Q", YEARS)]),
        Sample("student", "C00000015", "沈样本", registered=[("HK", "D", 420)]),
        Sample("talent", "C00000016", "韩样本", registered=[("HK", "R", 6 * YEARS), ("MO", "R", 6 * YEARS)]),
        Sample("relative", "C00000017", "杨样本", registered=[("HK", "T", 2 * YEARS)]),
        Sample("shenzhen", "C00000018", "朱样本", household="440305"),
        Sample("zhuhai", "C00000019", "秦样本", household="440402"),
        Sample("crowded", "C00000020", "尤样本",
               registered=[(to, what, 4 * YEARS) for to in ("HK", "MO") for what in "TSQDR"],
               past=[Past(to, what, 10, 12, 0, 0) for to in ("HK", "MO") for what in "TSDR"]),
        Sample("applied", "C00000021", "许样本"),
        Sample("expired_back", "C00000022", "何样本", past=[Past("HK", "G", 200), Past("MO", "L", 5)]),
    )
}  # fmt: skip


def load(connection: sa.Connection, today: date, portraits: Path | None = None) -> None:
    """Put the samples into the department's tables; ``today`` in China."""
    connection.execute(holders.insert(), [_holder(sample, today, portraits) for sample in SAMPLES.values()])
    connection.execute(
        registrations.insert(),
        [
            {"holder": s.token, "destination": to, "purpose": what, "until": today + timedelta(days=days)}
            for s in SAMPLES.values()
            for to, what, days in s.registered
        ],
    )
    connection.execute(
        endorsements.insert(),
        [_past(s, at, past, today) for s in SAMPLES.values() for at, past in enumerate(s.past, start=1)],
    )
    connection.execute(cases.insert().values(_at_counter(SAMPLES["applied"], today)))


def load_once(connection: sa.Connection, today: date, portraits: Path | None = None) -> None:
    """The same, unless the department already has somebody."""
    if connection.execute(sa.select(sa.func.count()).select_from(holders)).scalar() == 0:
        load(connection, today, portraits)


def _holder(sample: Sample, today: date, portraits: Path | None) -> dict[str, object]:
    permit = sample.permit(today)
    pictures = [portraits / f"{name}.jpg" for name in (sample.key, "anybody")] if portraits else []
    return {
        "token": sample.token,
        "kind": permit.kind,
        "number": permit.number,
        "expiry": permit.expiry,
        "birth": permit.birth,
        "name": sample.name,
        "household": sample.household,
        "residence": sample.residence,
        "barred": sample.barred,
        "lost": sample.lost,
        "endorsed": sample.endorsed,
        "id_number": sample.id_number,
        "portrait": next((path.read_bytes() for path in pictures if path.exists()), b""),
    }


def _past(sample: Sample, at: int, past: Past, today: date) -> dict[str, object]:
    issued = today - timedelta(days=past.days)
    return {
        "number": f"S{sample.number}-{at}",
        "holder": sample.token,
        "destination": past.destination,
        "purpose": past.purpose,
        "entries": past.entries,
        "left": past.left,
        "weekly": False,
        "stay": 14 if past.purpose in "SQT" else 7,
        "issued_on": issued,
        "valid_until": months_after(issued, past.months),
        "replaced": False,
    }


def _at_counter(sample: Sample, today: date) -> dict[str, object]:
    """An application handed in at a counter the day before, not decided yet."""
    permit = sample.permit(today)
    item = ApprovedItem(
        number="S-applied-1",
        offer="HK.G.1y2",
        destination="HK",
        purpose="G",
        entries=2,
        stay=7,
        fee=3000,
        starts=today,
        valid_until=min(months_after(today, 12), permit.expiry),
    )
    at = datetime.combine(today - timedelta(days=1), time(10), CHINA)
    return {
        "approval": "S-applied",
        "kiosk": "",
        "request": "S-applied",
        "digest": "",
        "holder": sample.token,
        "state": CaseState.APPLIED,
        "fee": item.fee,
        "items": msgspec.json.encode([item]),
        "replaces": b"[]",
        "catalogue": 0,
        "at": at,
        "pay_until": at,
        "reference": "",
        "since": at,
        "spoiled": False,
        "trouble": "",
        "owner": "",
    }
