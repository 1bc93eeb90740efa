"""Numbers of identity documents: what they say about themselves, and whether they can be true.

Pure rules of GB 11643 (18 digits, ISO 7064 MOD 11-2; the old 15), of the residence permits for Hong Kong, Macau
and Taiwan residents, and of the foreigners' permanent residence card (18 digits since 2023; 15 before). A region
is not checked: abolished codes stay in old numbers. Source: ``domain.md`` section 2; the foreigners' rules rest
on one source and the published specimens.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENT_18 = re.compile(r"[0-9]{17}[0-9X]")
_RESIDENT_15 = re.compile(r"[0-9]{15}")
_FOREIGNER_15 = re.compile(r"[A-Z]{3}[0-9]{12}")


class NumberKind(StrEnum):
    """Whose number it is."""

    RESIDENT = "resident"
    RESIDENT_15 = "resident_15"
    HONG_KONG = "hong_kong"
    MACAU = "macau"
    TAIWAN = "taiwan"
    FOREIGNER = "foreigner"
    FOREIGNER_15 = "foreigner_15"


class Sex(StrEnum):
    """What the sequence digit says."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class IdNumber:
    """A number that passed every rule; ``number`` is in capitals without spaces around it."""

    number: str
    kind: NumberKind
    birth: date
    sex: Sex


class BadIdNumber(ValueError):
    """``reason`` is ``format``, ``date`` (none such, or to come) or ``check`` (the check digit)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(number: str, *, today: date) -> IdNumber:
    """What ``number`` says. Raises BadIdNumber."""
    number = number.strip().upper()
    if _RESIDENT_18.fullmatch(number):
        return _eighteen(number, today)
    if _RESIDENT_15.fullmatch(number):
        birth = _birth("19" + number[6:12], today)
        return IdNumber(number, NumberKind.RESIDENT_15, birth, _sex(number[14]))
    if _FOREIGNER_15.fullmatch(number):
        return _old_foreigner(number, today)
    raise BadIdNumber("format")


def check_digit(seventeen: str) -> str:
    """The 18th character (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True)) % 11]


def eighteen_of(fifteen: str) -> str:
    """An old resident number in its present form."""
    seventeen = f"{fifteen[:6]}19{fifteen[6:]}"
    return seventeen + check_digit(seventeen)


def _eighteen(number: str, today: date) -> IdNumber:
    if check_digit(number[:17]) != number[17]:
        raise BadIdNumber("check")
    birth = _birth(number[6:14], today)
    prefixes = {"810000": NumberKind.HONG_KONG, "820000": NumberKind.MACAU, "830000": NumberKind.TAIWAN}
    resident = NumberKind.FOREIGNER if number[0] == "9" else NumberKind.RESIDENT
    return IdNumber(number, prefixes.get(number[:6], resident), birth, _sex(number[16]))


def _old_foreigner(number: str, today: date) -> IdNumber:
    """KAZ 1100 901231 0 5: no century is written; it is the last one that has already been."""
    values = [int(character, 36) for character in number[:14]]
    if sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10 != int(number[14]):
        raise BadIdNumber("check")
    try:
        birth = _birth("20" + number[7:13], today)
    except BadIdNumber:
        birth = _birth("19" + number[7:13], today)
    return IdNumber(number, NumberKind.FOREIGNER_15, birth, _sex(number[13]))


def _birth(digits: str, today: date) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise BadIdNumber("date") from error
    if birth > today:
        raise BadIdNumber("date")
    return birth


def _sex(digit: str) -> Sex:
    return Sex.MALE if int(digit) % 2 else Sex.FEMALE
