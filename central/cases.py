"""One list of what somebody has going on: each department answers for itself, and one that is away is told as such.

The departments' tables know nothing of payments. What is paid for carries a voucher, and central's own book of payments
(:mod:`central.ledger`) says which payment it was, how much and when.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from central import ledger, matters
from central.departments import KeepsCases
from central.departments.rules import is_id_number
from central.problems import Refused, Unavailable
from kiosk_app.contract.cases import FIRST, AskCases, Cases, MyCase, Office, OfficeCases


def answer(
    connection: sa.Connection, ask: AskCases, offices: Mapping[Office, KeepsCases], now: datetime, answers: timedelta
) -> Cases:
    """The whole list; ``answers``: how long these can be read. Raises Refused for what is no identity number."""
    if not is_id_number(ask.number):
        raise Refused(422, "bad-id-number", "not a valid ID number")
    knows = ask.knows or FIRST
    asked = {office: adapter for office, adapter in offices.items() if office in knows}
    said = [_of_office(connection, office, adapter, ask.number, now) for office, adapter in asked.items()]
    return Cases(offices=said, asked_at=now, said=matters.of_holder(connection, ask.number, answers))


def _of_office(
    connection: sa.Connection, office: Office, adapter: KeepsCases, number: str, now: datetime
) -> OfficeCases:
    try:
        cases = [_with_payment(connection, case) for case in adapter.mine(connection, number, now)]
    except Unavailable:
        return OfficeCases(office=office, away=True)
    return OfficeCases(office=office, cases=sorted(cases, key=lambda case: case.at, reverse=True))


def _with_payment(connection: sa.Connection, case: MyCase) -> MyCase:
    paid = ledger.of_voucher(connection, case.number)
    if paid is None:
        return case
    return msgspec.structs.replace(case, reference=paid.reference, amount=paid.amount, at=paid.paid_at)
