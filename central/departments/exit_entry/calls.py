"""What a kiosk may ask of exit-entry."""

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from central.calls import Call
from central.departments import ExitEntryOffice
from kiosk_app.contract.exit_entry import Apply, AskHolder, AskPrint, AskProgress


def calls(office: ExitEntryOffice, stays: Callable[[sa.Connection, str, str], bool]) -> tuple[Call, ...]:
    """``stays``: whether a kiosk has said that its payment of this reference stays (:func:`central.ledger.stays`)."""
    return (
        Call(AskHolder, lambda db, _, *rest: office.holder(db, *rest)),
        Call(Apply, lambda db, kiosk, *rest: office.apply(db, kiosk.id, *rest), writes=True),
        Call(
            AskPrint,
            lambda db, kiosk, *rest: office.print(db, kiosk.id, *rest, stays=partial(stays, db)),
            writes=True,
        ),
        Call(AskProgress, lambda db, _, *rest: office.progress(db, *rest)),
    )
