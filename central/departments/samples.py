"""Sample citizens, vehicles and penalties, so that a demo and the worlds have something to pay.

Everything here is made up or a specimen of ``domain.md`` 2.1 and marked as a sample; no real person, vehicle or
decision. Dates are relative to a given day, so that the late fees are the same whenever it is loaded.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from central.departments.rules import CHINA, check_digit
from central.departments.traffic_tables import decision as decisions
from central.departments.traffic_tables import vehicle as vehicles


@dataclass(frozen=True)
class Person:
    """A sample citizen."""

    id_number: str
    name: str


@dataclass(frozen=True)
class Vehicle:
    """A sample vehicle and its owner's ID number."""

    plate: str
    kind: str
    owner: str


@dataclass(frozen=True)
class Violation:
    """A row of the table of codes (``domain.md`` 5.7): points of 2022, Guangdong's usual fine in yuan."""

    code: str
    what: str
    what_en: str
    points: int
    yuan: int


ZHANG: Final = Person("440703199003070013", "张样本")
LI: Final = Person("440703195501010023", "李样本")
WANG: Final = Person("11010519491231002X", "王样本")
ZHAO: Final = Person("34052419800101001X", "赵样本")
CHAN: Final = Person("810000199408230021", "陈样本")
LIN: Final = Person("830000199201300022", "林样本")
HO: Final = Person("820000199909090049", "何样本")
PERSONS: Final = (ZHANG, LI, WANG, ZHAO, CHAN, LIN, HO)

VEHICLES: Final = (
    Vehicle("粤J1A2B3", "02", ZHANG.id_number),
    Vehicle("粤JD00018", "52", ZHANG.id_number),
    Vehicle("粤J5K678", "02", LI.id_number),
    Vehicle("粤J9M01Q", "07", WANG.id_number),
    Vehicle("粤J00027D", "51", ZHAO.id_number),
    Vehicle("粤Z2C34港", "26", CHAN.id_number),
    Vehicle("粤J8H55T", "02", LIN.id_number),
    Vehicle("粤Z7E80澳", "27", HO.id_number),
)

_VIOLATIONS: Final = {
    v.code: v
    for v in (
        Violation("1039", "违反规定停放机动车", "Parking where it is not allowed", 0, 200),
        Violation("1042", "不按规定车道行驶", "Driving in the wrong lane", 0, 200),
        Violation("1101", "驾驶人未按规定使用安全带", "Driving without a seat belt", 1, 50),
        Violation("1204", "行经人行横道未减速行驶", "Not slowing down at a pedestrian crossing", 3, 200),
        Violation("1207", "驾驶摩托车未戴安全头盔", "Riding a motorcycle without a helmet", 1, 50),
        Violation("1208", "不按所需行进方向驶入导向车道", "Entering the wrong lane before a junction", 0, 100),
        Violation("1223", "驾驶时拨打接听手持电话", "Using a hand-held telephone while driving", 3, 200),
        Violation("1344", "违反禁令标志指示", "Disobeying a prohibition sign", 1, 200),
        Violation("1345", "违反禁止标线指示", "Crossing a prohibitory road marking", 1, 200),
        Violation("1625", "违反道路交通信号灯通行", "Passing a red light", 6, 200),
        Violation("1636", "小型车超速20%以上未达50%", "Speeding by 20 % to 50 %", 3, 200),
        Violation("1711", "饮酒后驾驶机动车", "Driving after drinking alcohol", 12, 2000),
    )
}

_PLACES: Final = {
    "440703": ("江门市蓬江区建设路与港口路交叉口", "江门市公安局交警支队蓬江大队"),
    "440704": ("江门市江海区五邑路与东海路交叉口", "江门市公安局交警支队江海大队"),
    "440705": ("江门市新会区冈州大道中", "江门市公安局交警支队新会大队"),
}


@dataclass(frozen=True)
class Sample:
    """A decision ``decided`` days ago by a unit, or (None) a camera record of the vehicle that nobody handled."""

    serial: int
    code: str
    vehicle: Vehicle
    decided: int | None
    unit: str = "440703"

    @property
    def base(self) -> str:
        """15 digits: unit, kind (1 on the spot, 7 camera record), serial."""
        return f"{self.unit}{1 if self.decided is not None else 7}{self.serial:08d}"

    @property
    def number(self) -> str:
        """16 digits."""
        return self.base + check_digit(self.base)


_CAR, _ELECTRIC, _LIS, _BIKE, _TRUCK, _HONG_KONG, _TAIWAN, _MACAU = VEHICLES
SAMPLES: Final = (
    Sample(18, "1039", _CAR, 5),
    Sample(27, "1345", _CAR, 22),  # a week late: 42 yuan
    Sample(36, "1208", _ELECTRIC, 3, "440704"),
    Sample(45, "1344", _ELECTRIC, 60),  # the late fee has reached the fine
    Sample(1, "1625", _CAR, None),
    Sample(2, "1636", _ELECTRIC, None, "440705"),
    Sample(54, "1223", _LIS, 15),  # the last day in time
    Sample(63, "1101", _LIS, 16),  # the first day late: 1.50 yuan
    Sample(72, "1207", _BIKE, 1),
    Sample(81, "1711", _TRUCK, 10),  # licence measures: not payable at a machine
    Sample(90, "1204", _TRUCK, 30, "440705"),
    Sample(99, "1042", _HONG_KONG, 8),
    Sample(108, "1039", _TAIWAN, 12, "440704"),
    Sample(3, "1344", _TAIWAN, None),
    Sample(117, "1208", _MACAU, 40),
)


def load(connection: sa.Connection, today: date) -> None:
    """Put the samples into the department's tables; ``today`` in China."""
    connection.execute(
        vehicles.insert(), [{"plate": v.plate, "plate_kind": v.kind, "owner": v.owner} for v in VEHICLES]
    )
    connection.execute(decisions.insert(), [_row(sample, today) for sample in SAMPLES])


def load_once(connection: sa.Connection, today: date) -> None:
    """The same, unless the department already has something."""
    if connection.execute(sa.select(sa.func.count()).select_from(decisions)).scalar() == 0:
        load(connection, today)


def _row(sample: Sample, today: date) -> dict[str, object]:
    violation, (place, unit) = _VIOLATIONS[sample.code], _PLACES[sample.unit]
    decided_on = None if sample.decided is None else today - timedelta(days=sample.decided)
    happened = today - timedelta(days=4 + sample.serial % 3) if decided_on is None else decided_on
    return {
        "base": sample.base,
        "number": sample.number,
        "id_number": "" if decided_on is None else sample.vehicle.owner,
        "at": datetime.combine(happened, time(8, sample.serial % 60), CHINA),
        "place": place,
        "plate": sample.vehicle.plate,
        "plate_kind": sample.vehicle.kind,
        "code": violation.code,
        "what": violation.what,
        "what_en": violation.what_en,
        "points": violation.points,
        "fine": violation.yuan * 100,
        "unit": unit,
        "decided_on": decided_on,
        "licence_measures": violation.points == 12,
        "voucher": "",
    }
