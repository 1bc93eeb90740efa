"""An insured person, by the number on their card."""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec


class Insurance(StrEnum):
    """The five, as ``aae140`` names them (``domain.md`` 6.2: 110, 310, 210, 410, 510)."""

    PENSION = "pension"
    MEDICAL = "medical"
    UNEMPLOYMENT = "unemployment"
    INJURY = "injury"
    MATERNITY = "maternity"


class InsuredState(StrEnum):
    """``aac008``: paying (1), paused (2), ended (4)."""

    PAYING = "paying"
    PAUSED = "paused"
    ENDED = "ended"


class InsuredKey(msgspec.Struct, frozen=True, kw_only=True):
    """Who it is: 社会保障号码 (the identity number), and the card's own number if a social-security card was shown."""

    number: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Z]{15,18}\Z")]
    card: Annotated[str, msgspec.Meta(max_length=9)] = ""

    def __repr__(self) -> str:
        return "InsuredKey(...)"


class InsuredQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of one person. The questions differ only in their ``path``."""

    path: ClassVar[str]

    person: InsuredKey


class InsuredAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The person as the department answers: its ``token``, and the ``name``, masked."""

    token: str
    name: str
