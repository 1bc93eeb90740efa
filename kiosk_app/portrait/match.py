"""Is the live face the one of the document: same, not the same, or a person decides.

The distance is that of two 128-number embeddings (dlib's network); its author publishes 0.6 as the limit for good
pictures. A document's picture is small and years old, so between the two limits nobody is refused by a machine: staff
decides. Both are configuration (``kiosk.toml`` ``[face]``), since they depend on the population and on the pictures
that central holds. What is kept: score, time, versions, result; never a picture or an embedding (Measures for facial
recognition of 2025; ``domain.md`` 9.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite


class Match(StrEnum):
    """The three results."""

    SAME = "same"
    STAFF = "staff"
    NOT_SAME = "not_same"


@dataclass(frozen=True)
class Matched:
    """The result, the mean distance and of how many frames."""

    result: Match
    score: float
    frames: int


@dataclass(frozen=True)
class Thresholds:
    """Up to ``same`` it is the same person, above ``staff`` it is not; between them staff decides.

    Raises ValueError when they are not 0 < same <= staff.
    """

    same: float = 0.5
    staff: float = 0.62

    def __post_init__(self) -> None:
        if not 0 < self.same <= self.staff:
            raise ValueError(f"thresholds {self.same}, {self.staff}: 0 < the first <= the second")

    def judge(self, distances: Sequence[float]) -> Matched:
        """From the distances of several live frames: their mean counts, as it is kept, on three decimals.

        Raises ValueError without any, or with one that is no distance.
        """
        if not distances or not all(isfinite(distance) and distance >= 0 for distance in distances):
            raise ValueError("nothing to compare")
        mean = round(sum(distances) / len(distances), 3)
        result = Match.SAME if mean <= self.same else Match.STAFF if mean <= self.staff else Match.NOT_SAME
        return Matched(result, mean, len(distances))
