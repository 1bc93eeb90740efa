"""The register of printed records: what came out, how the books stood, and what they say of that moment now."""

from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from central.issued.tables import paper_copy as copies
from central.issued.tables import record_paper as rows
from central.problems import Refused
from central.wiping import wipe, wipe_aside
from kiosk_app.contract import RecordPrinted
from kiosk_app.contract.papers import PAPERS, IssuedPaper, PaperKind, printed_digest, printed_part
from kiosk_app.contract.social import Insurance, Record


class RecordBooks(Protocol):
    """A department whose records kiosks print."""

    def token_of(self, connection: sa.Connection, number: str) -> str:
        """What stands for the person with this number; "" for a stranger. Raises Unavailable."""

    def record_of(self, connection: sa.Connection, number: str, at: datetime) -> Record:
        """Everything that was paid, as it was in the books then. Raises Refused, Unavailable."""


def printed(connection: sa.Connection, kiosk: str, told: RecordPrinted, now: datetime) -> None:
    """Keep that it came out, once; not in the future, whatever the kiosk's clock says: it would never be forgotten."""
    row = {
        "kiosk": kiosk,
        "reference": told.reference,
        "person": told.token,
        "insurance": told.insurance.value if told.insurance else "",
        "year": told.year,
        "books": told.books,
        "digest": told.digest,
        "printed_at": min(told.at, now),
    }
    connection.execute(insert(rows).values(row).on_conflict_do_nothing())


def of_person(connection: sa.Connection, token: str) -> list[IssuedPaper]:
    """Whose token it is: what came out for them."""
    found = connection.execute(sa.select(rows).where(rows.c.person == token)) if token else ()
    return [
        IssuedPaper(
            number=row.reference,
            what=PaperKind.HISTORY if row.insurance else PaperKind.RECORD,
            at=row.printed_at,
            insurance=_insurance(row),
            year=row.year,
        )
        for row in found
    ]


def find(connection: sa.Connection, reference: str, token: str) -> sa.Row[Any]:
    """The paper with this reference, if it is theirs. Raises Refused."""
    mine = (rows.c.reference == reference) & (rows.c.person == token)
    row = connection.execute(sa.select(rows).where(mine)).first() if token else None
    if row is None:
        raise Refused(404, "unknown-paper", "no such paper of this person")
    return row


def as_it_was(connection: sa.Connection, books: RecordBooks, row: sa.Row[Any], number: str) -> Record:
    """What stood on it. Raises Refused ``books-changed`` where the books say something else of that moment now."""
    part = printed_part(books.record_of(connection, number, row.books), _insurance(row), row.year)
    if printed_digest(part) != row.digest:
        raise Refused(409, "books-changed", "the books were corrected since: a copy would be no copy")
    return part


def forget(connection: sa.Connection, before: datetime) -> int:
    """Delete what came out before this moment, how often again, and in the events whose it was; how many papers."""
    over = rows.c.printed_at < before
    of_kiosks: dict[str, set[str]] = {}
    for row in connection.execute(sa.select(rows.c.kiosk, rows.c.reference).where(over)):
        of_kiosks.setdefault(row.kiosk, set()).add(row.reference)
    for kiosk, references in of_kiosks.items():
        wipe(connection, kiosk, PAPERS, references, {"token"})
    wipe_aside(connection, PAPERS, before)
    old = sa.select(rows.c.reference).where(over)
    connection.execute(copies.delete().where(copies.c.paper.in_(old)))
    return connection.execute(rows.delete().where(over)).rowcount


def _insurance(row: sa.Row[Any]) -> Insurance | None:
    return Insurance(row.insurance) if row.insurance else None
