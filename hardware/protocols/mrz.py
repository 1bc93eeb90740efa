"""The machine-readable line on the back of an electronic travel permit: ONE line of 30 characters.

    CS C00000000 4 < 240420 0 < 810803 8 < 6
    kind, number, check, filler, expiry YYMMDD, check, filler, birth YYMMDD, check, filler, overall check

Rules (``domain.md`` 4.6, both published specimens reproduce). A check digit is the sum of values times 7, 3, 1
repeating, modulo 10; digits count as they are, A = 10 to Z = 35, the filler 0 (ICAO 9303). The overall check is
taken over number, expiry and birth with their checks joined, without fillers and without the kind. Expiry is
always 20YY; a birth lies in the last hundred years before ``today``, which is injected. (Who is older than a
hundred is taken for a child: two digits cannot say more.)

What was read is never corrected. A letter that OCR likes to take for another is *told* (:func:`suspicions`), so
that a technician sees a dirty window; the card is read again, not the line improved.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

LENGTH = 30
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FILLER = "<"
NUMBER, EXPIRY, BIRTH = slice(2, 11), slice(13, 19), slice(21, 27)
NUMBER_CHECK, EXPIRY_CHECK, BIRTH_CHECK, OVERALL_CHECK = 11, 19, 27, 29
FILLERS = (12, 20, 28)
NUMBERS = {"CS": re.compile(r"C[0-9A-HJ-NP-Z][0-9]{7}"), "CD": re.compile(r"L[0-9A-HJ-NP-Z][0-9]{7}")}
"""The permitted numbers by kind (``domain.md`` 2.4): 往来港澳通行证 and 往来台湾通行证."""

LOOKALIKES = ("0ODQ", "1IL", "2Z", "5S", "6G", "8B", "<K", "<C")


class Fault(Enum):
    """What is wrong with a line."""

    LENGTH = "not 30 characters"
    CHARACTER = "a character that no such line has"
    KIND = "not a travel permit's kind"
    FILLER = "no filler where one must be"
    NUMBER = "a number of no permitted pattern"
    NUMBER_CHECK = "check digit of the number"
    EXPIRY = "no date of expiry"
    EXPIRY_CHECK = "check digit of the expiry"
    BIRTH = "no date of birth"
    BIRTH_CHECK = "check digit of the birth"
    OVERALL_CHECK = "overall check digit"


class BadLine(ValueError):
    """The line is not one of ours, or was not read well. Holds no character of the line."""

    def __init__(self, faults: tuple[Fault, ...], suspects: tuple["Suspicion", ...]) -> None:
        told = [fault.value for fault in faults] + [str(suspect) for suspect in suspects]
        super().__init__("; ".join(told))
        self.faults, self.suspects = faults, suspects


@dataclass(frozen=True)
class Suspicion:
    """At ``position`` stands ``read``; ``perhaps`` would make every check come out right."""

    position: int
    read: str
    perhaps: str

    def __str__(self) -> str:
        return f"position {self.position} may be taken for a lookalike"


@dataclass(frozen=True)
class PermitLine:
    """What the line says."""

    kind: str
    number: str
    expiry: date
    birth: date

    def __str__(self) -> str:
        """The line, with its check digits."""
        number, expiry, birth = (
            part + check_digit(part) for part in (self.number, f"{self.expiry:%y%m%d}", f"{self.birth:%y%m%d}")
        )
        return f"{self.kind}{number}<{expiry}<{birth}<{check_digit(number + expiry + birth)}"

    def expired(self, today: date) -> bool:
        """The permit is good on its last day."""
        return today > self.expiry


def check_digit(text: str) -> str:
    """ICAO 9303. ValueError for a character that has no value."""
    values = (0 if letter == FILLER else ALPHABET.index(letter) for letter in text)
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


def parse(line: str, *, today: date) -> PermitLine:
    """Take a line apart. Raises BadLine with everything that is wrong and what may have been misread."""
    faults = tuple(_faults(line, today))
    if faults:
        raise BadLine(faults, tuple(suspicions(line, today=today)))
    expiry, birth = _date(line[EXPIRY], 2000), _birth(line[BIRTH], today)
    if expiry is None or birth is None:
        raise AssertionError("a line without faults has dates")
    return PermitLine(line[:2], line[NUMBER], expiry, birth)


def is_other_document(line: str) -> bool:
    """Whether the line was read well and belongs to something else.

    That is one of our form with another kind or number, or the first line of a 回乡证 or 台胞证 (ICAO TD1:
    number, check, 3 letters, expiry, check, sex, birth, check).
    """
    if len(line) != LENGTH or any(letter not in ALPHABET + FILLER for letter in line):
        return False
    fillers = all(line[at] == FILLER for at in FILLERS)
    fields = (NUMBER, EXPIRY, BIRTH) if fillers else (NUMBER, slice(15, 21), slice(23, 29))
    return line[0] == "C" and all(check_digit(line[field]) == line[field.stop] for field in fields)


def suspicions(line: str, *, today: date) -> Iterator[Suspicion]:
    """Single lookalikes which, put in their place, would make the whole line right."""
    for at, read in enumerate(line[:LENGTH]):
        for perhaps in sorted({other for group in LOOKALIKES if read in group for other in group} - {read}):
            if not any(_faults(line[:at] + perhaps + line[at + 1 :], today)):
                yield Suspicion(at, read, perhaps)


def _faults(line: str, today: date) -> Iterator[Fault]:
    if len(line) != LENGTH:
        yield Fault.LENGTH
        return
    if any(letter not in ALPHABET + FILLER for letter in line):
        yield Fault.CHARACTER
        return
    pattern = NUMBERS.get(line[:2])
    if pattern is None:
        yield Fault.KIND
    elif not pattern.fullmatch(line[NUMBER]):
        yield Fault.NUMBER
    if any(line[at] != FILLER for at in FILLERS):
        yield Fault.FILLER
    for field, check, fault in (
        (NUMBER, NUMBER_CHECK, Fault.NUMBER_CHECK),
        (EXPIRY, EXPIRY_CHECK, Fault.EXPIRY_CHECK),
        (BIRTH, BIRTH_CHECK, Fault.BIRTH_CHECK),
    ):
        if check_digit(line[field]) != line[check]:
            yield fault
    if _date(line[EXPIRY], 2000) is None:
        yield Fault.EXPIRY
    if _birth(line[BIRTH], today) is None:
        yield Fault.BIRTH
    if check_digit(line[2:12] + line[13:20] + line[21:28]) != line[OVERALL_CHECK]:
        yield Fault.OVERALL_CHECK


def _date(text: str, century: int) -> date | None:
    if not text.isdigit():
        return None
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def _birth(text: str, today: date) -> date | None:
    """The latest such day that is not in the future."""
    born = (_date(text, century) for century in (today.year // 100 * 100, today.year // 100 * 100 - 100))
    return next((day for day in born if day is not None and day <= today), None)


# --- names on the chip (DG1) -----------------------------------------------------------------------------------


def name_letters(name: str, width: int = 0) -> str:
    """Chinese as letters: each half byte of GBK is A to P. Cut to whole characters and filled to ``width``."""
    letters = ["".join(chr(65 + nibble) for byte in one.encode("gbk") for nibble in divmod(byte, 16)) for one in name]
    while width and sum(map(len, letters)) > width:
        letters.pop()
    return "".join(letters).ljust(width, FILLER)


def name_of(letters: str) -> str:
    """The name back from its letters, fillers at the end ignored. ValueError if it is no such coding."""
    bare = letters.rstrip(FILLER)
    if len(bare) % 2 or not all("A" <= letter <= "P" for letter in bare):
        raise ValueError("a name is an even number of letters A to P")
    pairs = zip(bare[::2], bare[1::2], strict=True)
    return bytes((ord(high) - 65) << 4 | (ord(low) - 65) for high, low in pairs).decode("gbk")
