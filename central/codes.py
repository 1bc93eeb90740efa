"""Codes of enrolment and of photos: 12 Crockford base32 characters and a check symbol, ``K7QM-2V0X-9RTD-5`` (C.4).

Made to be read over the telephone: no I, L, O or U; the check symbol (modulo 37) tells a slip of the finger from
a wrong code, so that a slip costs no try. Of enrolment, the first four characters only select the code and are no
secret; the other eight are 40 random bits behind five tries.
"""

from typing import Final

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS: Final = _DIGITS + "*~$=U"
_ALIKE: Final = str.maketrans("OIL", "011", "- ")
LENGTH: Final = 12
SELECTOR: Final = 4


class MistypedError(ValueError):
    """Not a code, or its check symbol does not fit."""


def make(random: int) -> str:
    """The code of 60 random bits, without its check symbol."""
    return "".join(_DIGITS[random >> 5 * place & 31] for place in reversed(range(LENGTH)))


def show(code: str) -> str:
    """As a person reads it, with the check symbol."""
    return "-".join([code[0:4], code[4:8], code[8:12], _check(code)])


def read(typed: str) -> str:
    """The code a person typed. Raises MistypedError."""
    text = typed.upper().translate(_ALIKE)
    code, check = text[:LENGTH], text[LENGTH:]
    if len(code) != LENGTH or not set(code) <= set(_DIGITS) or check != _check(code):
        raise MistypedError("not a code")
    return code


def _check(code: str) -> str:
    value = 0
    for character in code:
        value = value * 32 + _DIGITS.index(character)
    return _CHECKS[value % 37]
