"""What a certificate of social insurance says, and who knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import sqlalchemy as sa

from stationery.social import Standing


@dataclass(frozen=True)
class CertifiedFacts:
    """Whose certificate it is, by whom, and what it says of the day ``as_of``."""

    department: str
    name: str
    number: str
    standings: Sequence[Standing]
    as_of: date


class InsuredBooks(Protocol):
    """A department that knows who is insured."""

    def certified(self, connection: sa.Connection, number: str, card: str, now: datetime) -> CertifiedFacts:
        """The facts about this person. Raises Refused ``unknown-insured``, ``card-differs``, ``card-lost``."""
