"""Codes that people type: Crockford base32 characters in fours and a check symbol, as ``K7QM-2V0X-9RTD-5`` (C.4).

Made to be read over the telephone: no I, L, O or U; the check symbol (modulo 37) tells a slip of the finger from
a wrong code, so that a slip costs no try. Those of enrolment and of photos have 12 characters; of enrolment, the first
four only select the code and are no secret, and the other eight are 40 random bits behind five tries. The code of a
certificate has 16: 80 random bits that nobody can guess.
"""

from typing import Final

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS: Final = _DIGITS + "*~$=U"
_ALIKE: Final = str.maketrans("OIL", "011", "- ")
LENGTH: Final = 12
CERTIFICATE: Final = 16
SELECTOR: Final = 4


class MistypedError(ValueError):
    """Not a code, or its check symbol does not fit."""


def make(random: int, length: int = LENGTH) -> str:
    """The code of ``5 * length`` random bits, without its check symbol."""
    return "".join(_DIGITS[random >> 5 * place & 31] for place in reversed(range(length)))


def show(code: str) -> str:
    """As a person reads it, with the check symbol."""
    return "-".join([*(code[at : at + 4] for at in range(0, len(code), 4)), _check(code)])


def read(typed: str, length: int = LENGTH) -> str:
    """The code a person typed. Raises MistypedError."""
    text = typed.upper().translate(_ALIKE)
    code, check = text[:length], text[length:]
    if len(code) != length or not set(code) <= set(_DIGITS) or check != _check(code):
        raise MistypedError("not such a code")
    return code


def _check(code: str) -> str:
    value = 0
    for character in code:
        value = value * 32 + _DIGITS.index(character)
    return _CHECKS[value % 37]
