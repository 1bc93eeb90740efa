"""Money is an integer number of fen (1/100 yuan); nothing here or elsewhere is ever a float."""

from collections.abc import Iterable
from typing import NewType

Fen = NewType("Fen", int)

ZERO = Fen(0)


def total(amounts: Iterable[Fen]) -> Fen:
    """The sum of amounts, in fen."""
    return Fen(sum(amounts))


def yuan(amount: Fen) -> str:
    """``20000`` as ``200.00``: what a citizen reads, without the currency sign."""
    sign, fen = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{fen // 100}.{fen % 100:02d}"
