"""Sample cases at sample counters: invented, of sample citizens, each of which lacks something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from central.departments.counter import tables
from central.departments.hall.samples import HUANSHI, XINHUI
from central.departments.rules import CHINA
from central.departments.samples import LI, ZHANG, Person

BOOKLET: Final = ("hukou", "户口簿", "Household register", 3)
MARRIAGE: Final = ("marriage", "结婚证", "Marriage certificate", 1)
BANK: Final = ("bank", "银行卡复印件", "Copy of the bank card", 1)
LEASE: Final = ("lease", "租赁合同", "Rental contract", 5)
"""key, name, English name, pages at most."""
ENGLISH: Final = {HUANSHI: "Sample Huanshi Street Service Centre", XINHUI: "Sample Xinhui District Service Centre"}


@dataclass(frozen=True)
class Sample:
    """One case, opened six days ago; papers are taken so many days from now."""

    number: str
    person: Person
    title: str
    title_en: str
    centre: str
    papers: Sequence[tuple[str, str, str, int]]
    until: int = 24


SAMPLES: Final = (
    Sample("C4407260018", ZHANG, "生育津贴申领（样本）", "Maternity pay (sample)", HUANSHI, (BOOKLET, MARRIAGE, BANK)),
    Sample("C4407260027", ZHANG, "住房公积金提取（样本）", "Housing fund (sample)", XINHUI, (LEASE,), until=9),
    Sample("C4407260036", LI, "高龄津贴申领（样本）", "Old-age allowance (sample)", HUANSHI, (BANK,)),
)


def load(connection: sa.Connection, today: date) -> None:
    """All of them; ``today`` in China."""
    for sample in SAMPLES:
        case = {
            "number": sample.number,
            "id_number": sample.person.id_number,
            "title": sample.title,
            "title_en": sample.title_en,
            "centre": sample.centre,
            "centre_en": ENGLISH[sample.centre],
            "opened_at": datetime.combine(today - timedelta(days=6), time(10), CHINA),
            "until": today + timedelta(days=sample.until),
            "owner": "",
        }
        connection.execute(tables.case.insert().values(case))
        for place, (key, name, name_en, pages) in enumerate(sample.papers, 1):
            asked = {"case": sample.number, "key": key, "place": place, "pages": pages}
            connection.execute(tables.wanted.insert().values(asked | {"name": name, "name_en": name_en}))


def load_once(connection: sa.Connection, today: date) -> None:
    """The same, unless there is a case already."""
    if connection.execute(sa.select(sa.func.count()).select_from(tables.case)).scalar() == 0:
        load(connection, today)
