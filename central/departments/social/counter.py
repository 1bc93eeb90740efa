"""Which question of a kiosk goes to which office, and whether it changes anything: one table instead of ten handlers.

What changes something is one commit with its answer; what only reads runs beside everything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from central.db import Store
from central.departments import MedicalInsuranceOffice, SocialSecurityOffice
from central.messages import decode
from kiosk_app.contract.social import (
    AskBenefits,
    AskCard,
    AskDues,
    AskFamilyDues,
    AskLiving,
    AskMedical,
    AskPensions,
    AskRecord,
    ChangeCard,
    ConfirmLiving,
)

Offices = tuple[SocialSecurityOffice, MedicalInsuranceOffice]


@dataclass(frozen=True)
class Call:
    """One question: ``reads`` answers it, or ``writes`` does it for this kiosk."""

    ask: type[Any]
    reads: Callable[[Offices, sa.Connection, Any, datetime], Any] | None = None
    writes: Callable[[Offices, sa.Connection, str, Any, datetime], Any] | None = None


CALLS: Final[Mapping[str, Call]] = {
    call.ask.path: call
    for call in (
        Call(AskRecord, lambda offices, *rest: offices[0].record(*rest)),
        Call(AskPensions, lambda offices, *rest: offices[0].pensions(*rest)),
        Call(AskBenefits, lambda offices, *rest: offices[0].benefits(*rest)),
        Call(AskLiving, lambda offices, *rest: offices[0].living(*rest)),
        Call(AskCard, lambda offices, *rest: offices[0].card(*rest)),
        Call(AskDues, lambda offices, *rest: offices[0].dues(*rest)),
        Call(AskFamilyDues, lambda offices, *rest: offices[0].family_dues(*rest)),
        Call(AskMedical, lambda offices, *rest: offices[1].account(*rest)),
        Call(ConfirmLiving, writes=lambda offices, *rest: offices[0].confirm_living(*rest)),
        Call(ChangeCard, writes=lambda offices, *rest: offices[0].change_card(*rest)),
    )
}


class Counter:
    """The two offices as kiosks reach them."""

    def __init__(self, store: Store, social: SocialSecurityOffice, medical: MedicalInsuranceOffice) -> None:
        self._store, self._offices = store, (social, medical)

    def answer(self, path: str, kiosk: str, body: bytes, now: datetime) -> Any:
        """The answer to one question. Raises Refused, Unavailable."""
        call = CALLS[path]
        ask = decode(body, call.ask)
        if call.writes is not None:
            write = call.writes
            return self._store.commit(lambda connection: write(self._offices, connection, kiosk, ask, now))
        assert call.reads is not None  # one of the two
        with self._store.read() as connection:
            return call.reads(self._offices, connection, ask, now)
