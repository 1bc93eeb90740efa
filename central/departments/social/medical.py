"""Medical insurance of the reference platform: an office of its own since 2022, with its own line (``domain.md`` 6.1).

It knows a person by the same number, and nothing of what social security keeps; when it does not answer, social
security still does.
"""

from datetime import datetime
from itertools import accumulate
from typing import Final

import sqlalchemy as sa

from central.departments.rules import china_day, masked_name
from central.departments.social.tables import medical as moves
from central.problems import Refused, Unavailable
from kiosk_app.contract.social import AskMedical, MedicalAccount, MedicalMove

MOST_MOVES: Final = 200
"""So many movements an answer shows."""


class MedicalInsurance:
    """The adapter. ``available`` False answers "not now"."""

    def __init__(self) -> None:
        self.available = True

    def account(self, connection: sa.Connection, ask: AskMedical, now: datetime) -> MedicalAccount:
        """Keep :class:`central.departments.MedicalInsuranceOffice`."""
        if not self.available:
            raise Unavailable("medical insurance")
        mine = sa.select(moves).where(moves.c.number == ask.person.number).order_by(moves.c.on, moves.c.n)
        rows = list(connection.execute(mine))
        if not rows:
            raise Refused(404, "no-medical-account", "nobody with this number has an account")
        balances = list(accumulate(row.amount for row in rows))
        shown = [
            MedicalMove(on=row.on, kind=row.kind, place=row.place, amount=row.amount, balance=balance)
            for row, balance in zip(rows, balances, strict=True)
        ]
        return MedicalAccount(
            name=masked_name(rows[0].name),
            balance=balances[-1],
            moves=shown[::-1][:MOST_MOVES],
            as_of=china_day(now),
        )
