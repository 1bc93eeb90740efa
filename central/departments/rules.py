"""Numbers, days and names for all departments, and the law of traffic penalties: pure functions (``domain.md`` 5).

Decision numbers have 15 digits and a check digit that differs by province; only Guangdong's rule is certain
enough to enforce. Late fee: Administrative Penalty Law (2021) art. 72, 3 % of the fine per day after 15 days,
never more than the fine. The day of the decision does not count; a term that ends on a day off ends on the
next working day. Days are China's days, whatever the server's zone.
"""

import re
from collections.abc import Set
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one zone without summer time since 1991."""
TERM = timedelta(days=15)
DAY = timedelta(days=1)
GUANGDONG = "44"
_DIGITS = re.compile(r"[0-9]{15,16}", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class WrongCheckError(ValueError):
    """The check digit does not fit: a digit was mistyped."""


def check_digit(base: str) -> str:
    """Guangdong's check digit of 15 digits: the sum of the serial's eight, modulo 8."""
    return str(sum(map(int, base[7:15])) % 8)


def decision_base(number: str) -> str:
    """The first 15 digits of a typed number. Raises ValueError for another shape, WrongCheckError for a wrong check."""
    if not _DIGITS.fullmatch(number):
        raise ValueError("15 or 16 digits")
    base, check = number[:15], number[15:]
    if check and base.startswith(GUANGDONG) and check != check_digit(base):
        raise WrongCheckError
    return base


def is_id_number(text: str) -> bool:
    """An 18-character ID number whose check character fits (GB 11643, ISO 7064 MOD 11-2), or a foreigner's of 2017."""
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", text, re.ASCII):
        return True
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text, re.ASCII):
        return False
    return "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, text, strict=False)) % 11] == text[17]


def china_day(at: datetime) -> date:
    """The day in China at this time."""
    return at.astimezone(CHINA).date()


def pay_by(decided_on: date, days_off: Set[date]) -> date:
    """The last day without late fee."""
    last = decided_on + TERM
    while last in days_off:
        last += DAY
    return last


def late_fee(fine: int, last: date, today: date) -> int:
    """3 % of the fine for each day after ``last``, at most the fine; in fen, rounded down."""
    return min(fine, fine * 3 * max(0, (today - last).days) // 100)


def masked_name(name: str) -> str:
    """The first character: its owner knows the rest. A name of one is not shown whole either: somebody asks back."""
    return name[:1] + "*" * max(len(name) - 1, 1)
