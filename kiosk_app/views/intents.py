"""What a touch meant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chosen:
    """One thing was chosen: a service, a way on, a button, by its key."""

    key: str


@dataclass(frozen=True)
class Marked:
    """Several things were chosen and confirmed, by their keys, in the order shown."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """Something was typed and confirmed."""

    value: str


@dataclass(frozen=True)
class Back:
    """To the question before."""


@dataclass(frozen=True)
class Leave:
    """End the visit."""


@dataclass(frozen=True)
class Rated:
    """End the visit, and this is how it was: 1 (not at all satisfied) to 5 (very)."""

    score: int


Intent = Chosen | Marked | Typed | Back | Leave | Rated
