"""How long central keeps what names somebody, and the nightly forgetting (decision 0027).

Rules. What a paper promises holds whatever the settings are later: a certificate carries its own last day. Nobody's
open matter ends unsaid: for some weeks before, operators see it named, on their page and in the log. What is forgotten
is overwritten in the file (``secure_delete``), and the log of the database, in which it stood too, is emptied.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from central import feedback
from central.certificates import office as certificates
from central.clock import Clock
from central.db import Store
from central.departments import requests
from central.departments.rules import CHINA, china_day
from central.issued import register


@dataclass(frozen=True)
class Periods:
    """``certificates``: after their last valid day. ``records``: printed ones, that can be had again. ``open``: matters
    that nobody settles, and the digits in requests that nobody does; ``warning``: so long before that operators are
    told. ``answers``: settled matters, to be read, and requests that are done.
    """

    certificates: timedelta = certificates.KEPT
    records: timedelta = timedelta(days=35)
    open: timedelta = timedelta(days=180)
    warning: timedelta = timedelta(days=30)
    answers: timedelta = timedelta(days=90)


STANDARD: Final = Periods()
LONGEST: Final = 36_500
"""Days that a setting may say. More is a slip of a finger, and beyond the calendar every night would fail."""


@dataclass(frozen=True)
class Forgotten:
    """What one night deleted. ``overwritten``: also out of the database's log; else a reader was in the way.

    ``ending``: open matters that will end unsettled, and requests whose digits will go, if nobody takes them;
    ``ended``: the matters that did.
    """

    certificates: int
    records: int
    answers: int
    requests: int
    ended: int
    ending: int
    overwritten: bool

    def __str__(self) -> str:
        counts = (self.certificates, self.records, self.answers, self.requests)
        names = ("certificates", "records", "answers", "requests")
        said = ", ".join(f"{count} {name}" for count, name in zip(counts, names, strict=True))
        return f"{said} forgotten; {self.ended} matters ended unsettled, {self.ending} will soon"


def forget(store: Store, clock: Clock, periods: Periods) -> Forgotten:
    """Delete what is old enough, in one commit, and overwrite it."""
    now = clock.now()
    begun = datetime.combine(china_day(now), time(), CHINA)  # what can be read on a day can be read on all of it

    def work(connection: sa.Connection) -> tuple[int, int, int, int, int, int]:
        soon = now - periods.open + periods.warning
        return (
            certificates.forget(connection, china_day(now)),
            register.forget(connection, now - periods.records),
            feedback.forget_answers(connection, begun - periods.answers),
            requests.forget(connection, now, done_before=begun - periods.answers, filed_before=now - periods.open),
            feedback.end_open(connection, now - periods.open, now),
            len(feedback.ending(connection, soon)) + len(requests.waiting(connection, soon)),
        )

    return Forgotten(*store.commit(work), overwritten=store.overwrite())
