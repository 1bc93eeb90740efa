"""The rights record and the contribution history on A4: what the contract says, put on the house's paper.

For the holder's own use: without a seal, and the paper says so. The name is the one on the card that was shown; one
with a character that the typeface lacks is not printed with a hole in it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

import msgspec

from kiosk_app.contract import social as contract
from kiosk_app.errors import NameUnprintable
from stationery import social as paper
from stationery.imprint import Copied, Imprint
from stationery.typeface import Unprintable

Value = TypeVar("Value")

DEPARTMENT = "社会保险经办机构"


@dataclass(frozen=True)
class Holder:
    """Whose paper it is, as their card says."""

    name: str = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True)
class Issue:
    """Where, when and under which number of ours a paper comes out; as a copy, where the first one did."""

    site: str
    hotline: str
    reference: str
    at: datetime
    copied: Copied | None = None

    def again(self, number: int, at: datetime, site: str) -> "Issue":
        """The same paper, coming out as its how-manieth copy."""
        return replace(self, copied=Copied(number, at, site))


def rights_record(holder: Holder, record: contract.Record, issue: Issue) -> bytes:
    """The whole record by year. Raises NameUnprintable."""
    imprint = _imprint("社会保险个人权益记录单", "Social insurance record", issue)
    try:
        return paper.rights_record(_insured(holder), _record(record), imprint)
    except Unprintable as error:
        raise NameUnprintable(str(error)) from None


def contribution_history(
    holder: Holder, record: contract.Record, insurance: contract.Insurance, year: int, issue: Issue
) -> bytes:
    """One year of one insurance, month by month. Raises NameUnprintable."""
    imprint = _imprint("社会保险个人缴费明细", "Contributions by month", issue)
    first, last = year * 100 + 1, year * 100 + 12
    try:
        return paper.contribution_history(
            _insured(holder), _record(record), imprint, insurances=[insurance.value], first=first, last=last
        )
    except Unprintable as error:
        raise NameUnprintable(str(error)) from None


def _imprint(title: str, english: str, issue: Issue) -> Imprint:
    return Imprint(
        title=title,
        english=english,
        department=DEPARTMENT,
        site=issue.site,
        reference=issue.reference,
        made_at=issue.at,
        hotline=issue.hotline,
        copied=issue.copied,
    )


def _insured(holder: Holder) -> paper.Insured:
    return paper.Insured(holder.name, holder.number)


def _record(record: contract.Record) -> paper.Record:
    return paper.Record(
        standings=[_same(one, paper.Standing) for one in record.standings],
        months=[_same(one, paper.Month) for one in record.months],
        account=[_same(one, paper.AccountYear) for one in record.account],
        as_of=record.as_of,
    )


def _same(one: msgspec.Struct, kind: type[Value]) -> Value:
    """A value of the contract as the paper's own, which has the same fields."""
    return kind(**{name: getattr(one, name) for name in one.__struct_fields__})
