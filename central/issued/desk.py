"""Where kiosks ask for A4 papers of somebody, and for one of them once more.

Rules. Only the holder's number, as their card says it, brings a paper forth; somebody else's and one that never was are
one answer. A copy has a number before there is a copy: asked again it is the same number, and one that was used up by
a failure is not used again. A certificate that is revoked or over has no copy.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from central import registry
from central.certificates.office import CertificateOffice
from central.clock import Clock
from central.db import Store
from central.issued import register
from central.issued.tables import paper_copy as copies
from central.messages import decode
from central.problems import Refused, Unavailable
from central.registry import Kiosk
from kiosk_app.contract.papers import AskCopy, AskPapers, Copy, IssuedPaper, Papers
from kiosk_app.contract.social import Insurance
from stationery.imprint import Copied

CALLS: Final[Mapping[str, type[Any]]] = {kind.path: kind for kind in (AskPapers, AskCopy)}
REFERENCE: Final = 20
"""Digits of a record's reference; a certificate's code has letters, and fewer of them."""


class IssuedDesk:
    """The two questions."""

    def __init__(
        self, store: Store, clock: Clock, certificates: CertificateOffice, books: register.RecordBooks
    ) -> None:
        self._store, self._clock, self._certificates, self._books = store, clock, certificates, books

    def answer(self, path: str, kiosk: Kiosk, body: bytes) -> Papers | Copy:
        """Raises Refused, Unavailable."""
        ask = decode(body, CALLS[path])
        return self.mine(ask) if isinstance(ask, AskPapers) else self.copy(kiosk, ask)

    def mine(self, ask: AskPapers) -> Papers:
        """Everything of this person that can be had again."""
        with self._store.read() as connection:
            found = self._certificates.of_person(connection, ask.number)
            records, away = self._records(connection, ask.number)
        return Papers(papers=sorted([*found, *records], key=lambda paper: paper.at, reverse=True), away=away)

    def _records(self, connection: sa.Connection, number: str) -> tuple[list[IssuedPaper], bool]:
        try:
            return register.of_person(connection, self._books.token_of(connection, number)), False
        except Unavailable:
            return [], True

    def copy(self, kiosk: Kiosk, ask: AskCopy) -> Copy:
        """Number it, make it."""
        now = self._clock.now()
        if len(ask.paper) == REFERENCE and ask.paper.isdigit():
            return self._of_record(kiosk, ask, now)
        row = self._certificates.to_copy(ask.paper, ask.number)
        n = self._store.commit(lambda connection: _numbered(connection, kiosk.id, ask.request, row.code, now))
        with self._store.read() as connection:
            site = registry.site(connection, row.kiosk)
        pdf, digest = self._certificates.copy(row, site, Copied(n, now, kiosk.site))
        self._store.commit(lambda connection: _sealed(connection, kiosk.id, ask.request, now, digest))
        return Copy(n=n, at=now, printed_at=row.issued_at, site=site, pdf=pdf, valid_until=row.valid_until)

    def _of_record(self, kiosk: Kiosk, ask: AskCopy, now: datetime) -> Copy:
        with self._store.read() as connection:
            row = register.find(connection, ask.paper, self._books.token_of(connection, ask.number))
            part = register.as_it_was(connection, self._books, row, ask.number)
            site = registry.site(connection, row.kiosk)
        n = self._store.commit(lambda connection: _numbered(connection, kiosk.id, ask.request, row.reference, now))
        insurance = Insurance(row.insurance) if row.insurance else None
        return Copy(n=n, at=now, printed_at=row.printed_at, site=site, record=part, insurance=insurance, year=row.year)


def _numbered(connection: sa.Connection, kiosk: str, request: str, paper: str, now: datetime) -> int:
    """The number of this request, used up. Raises Refused if the request was for another paper."""
    mine = (copies.c.kiosk == kiosk) & (copies.c.request == request)
    known = connection.execute(sa.select(copies).where(mine)).one_or_none()
    if known is not None:
        if known.paper != paper:
            raise Refused(409, "request-differs", "this request was for another paper")
        connection.execute(copies.update().where(mine).values(at=now))
        return int(known.n)
    most = sa.select(sa.func.coalesce(sa.func.max(copies.c.n), 0)).where(copies.c.paper == paper)
    n: int = connection.execute(most).scalar_one() + 1
    connection.execute(copies.insert().values(kiosk=kiosk, request=request, paper=paper, n=n, digest="", at=now))
    return n


def _sealed(connection: sa.Connection, kiosk: str, request: str, at: datetime, digest: str) -> None:
    """The file that leaves. One that was sealed for a lost answer is in nobody's hands, also when it is ready later."""
    mine = (copies.c.kiosk == kiosk) & (copies.c.request == request) & (copies.c.at == at)
    connection.execute(copies.update().where(mine).values(digest=digest))
