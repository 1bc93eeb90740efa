"""Issue, find, revoke and examine certificates of social insurance (decision 0020).

Rules. What is sealed comes from the department's books, never from a kiosk. A request asked again is answered with the
same bytes: the first reply may have been lost, and a person does not want two codes. A certificate is genuine if the
register has its digest; everything else that can be said about a file says why it is not. Expired and revoked ones are
told apart from unknown ones. To the public only masked facts are shown.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central import codes
from central.certificates.facts import CertifiedFacts, InsuredBooks
from central.certificates.paper import Particulars, certificate
from central.certificates.sealing import Sealer, SealState
from central.certificates.tables import certificate as rows
from central.clock import Clock
from central.db import Store
from central.departments.rules import china_day
from central.issued.tables import paper_copy as copies
from central.problems import Refused, Unavailable
from central.registry import Kiosk
from kiosk_app.contract.certificates import AskCertificate, Certificate
from kiosk_app.contract.papers import IssuedPaper, PaperKind
from stationery.imprint import Copied

VALID: Final = timedelta(days=180)
"""``domain.md`` 6.4: three to six months; not from a rule."""
KEPT: Final = timedelta(days=365)
"""So long after that what it said can still be verified, unless central's settings say otherwise (decision 0027)."""
GUESSES: Final = 20
"""Comparisons that do not agree, in the whole life of a certificate: then none is made any more."""
_CLAIM: Final = re.compile(rb"<dc:identifier>([0-9A-Z]{16})</dc:identifier>")
"""The code in a file's metadata, which are readable without reading the file."""


class State(StrEnum):
    """Of a certificate in the register. OVER: its time is over, and the register does not say any more what it was."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OVER = "over"


class Verdict(StrEnum):
    """On a file that somebody holds. GENUINE: it is ours, byte for byte."""

    GENUINE = "genuine"
    ALTERED = "altered"
    FORGED = "forged"
    UNSEALED = "unsealed"
    UNREADABLE = "unreadable"


_VERDICTS: Final = {
    SealState.OURS: Verdict.ALTERED,  # central's seal, but not a file of the register
    SealState.BROKEN: Verdict.ALTERED,
    SealState.FOREIGN: Verdict.FORGED,
    SealState.NONE: Verdict.UNSEALED,
    SealState.UNREADABLE: Verdict.UNREADABLE,
}


@dataclass(frozen=True)
class Registered:
    """One certificate of the register; no ``facts`` if it is OVER. ``guessed_out``: no comparison is made any more."""

    code: str
    facts: CertifiedFacts | None
    issued_at: datetime
    valid_until: date
    kept_until: date
    state: State
    guessed_out: bool


@dataclass(frozen=True)
class Examined:
    """What became of a look at a file, and what the register says to the code it claims to have, if any."""

    verdict: Verdict
    registered: Registered | None


class CertificateOffice:
    """``address``: of the verification page, where QR codes lead; ``random``: so many random bits.

    ``kept``: how long after its last valid day the register keeps what a certificate said.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        insured: InsuredBooks | None = None,
        sealer: Sealer | None = None,
        address: str = "",
        hotline: str = "",
        kept: timedelta = KEPT,
        random: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._store, self._clock, self._random = store, clock, random
        self._insured, self._sealer = insured, sealer
        self.hotline, self._kept = hotline, kept
        self.address = address

    # --- for kiosks ---

    def issue(self, kiosk: Kiosk, ask: AskCertificate) -> Certificate:
        """Keep what :class:`AskCertificate` promises."""
        if self._insured is None or self._sealer is None:
            raise Unavailable("social security")
        now = self._clock.now()
        with self._store.read() as connection:
            facts = self._insured.certified(connection, ask.number, ask.card, now)
            known = _asked(connection, kiosk.id, ask.request)
        if known is None:
            made = self._make(self._sealer, kiosk, ask, facts, now)
            known = self._store.commit(lambda connection: _keep(connection, made))
        if known.number != facts.number:
            raise Refused(409, "request-differs", "this request was for another person")
        if not known.document:
            raise Refused(409, "request-differs", "this request was of long ago")
        return Certificate(
            code=codes.show(known.code), issued_at=known.issued_at, valid_until=known.valid_until, pdf=known.document
        )

    def _make(
        self, sealer: Sealer, kiosk: Kiosk, ask: AskCertificate, facts: CertifiedFacts, now: datetime
    ) -> dict[str, Any]:
        code = codes.make(self._random(5 * codes.CERTIFICATE), codes.CERTIFICATE)
        valid_until = china_day(now) + VALID
        kept_until = valid_until + self._kept
        of = Particulars(code, now, valid_until, kept_until, kiosk.site, self.address, self.hotline)
        document = sealer.seal(certificate(facts, of), facts.department)
        return {
            "code": code,
            "kiosk": kiosk.id,
            "request": ask.request,
            "number": facts.number,
            "facts": msgspec.json.encode(facts),
            "digest": hashlib.sha256(document).hexdigest(),
            "document": document,
            "issued_at": now,
            "valid_until": valid_until,
            "kept_until": kept_until,
            "wrong": 0,
            "revoked_by": "",
        }

    # --- copies ---

    def of_person(self, connection: sa.Connection, number: str) -> list[IssuedPaper]:
        """The certificates of this person that are not over."""
        today = china_day(self._clock.now())
        found = connection.execute(sa.select(rows).where(rows.c.number == number, rows.c.valid_until >= today))
        return [
            IssuedPaper(
                number=codes.show(row.code),
                what=PaperKind.CERTIFICATE,
                at=row.issued_at,
                refused="revoked" if row.revoked_at else "",
            )
            for row in found
        ]

    def to_copy(self, typed: str, number: str) -> sa.Row[Any]:
        """The certificate of this code and person, if there is a copy of it. Raises Refused."""
        try:
            code = codes.read(typed, codes.CERTIFICATE)
        except codes.MistypedError:
            code = ""
        with self._store.read() as connection:
            row = _row(connection, (rows.c.code == code) & (rows.c.number == number))
        if row is None:
            raise Refused(404, "unknown-paper", "no such paper of this person")
        state = self._registered(row).state
        if state is not State.VALID:
            raise Refused(409, state.value, "there is no copy of it")
        return row

    def copy(self, row: sa.Row[Any], site: str, copied: Copied) -> tuple[bytes, str]:
        """The same facts under the same code, marked and sealed; the file and its digest. Raises Unavailable."""
        if self._sealer is None:
            raise Unavailable("social security")
        facts = _facts(row)
        until = row.valid_until, row.kept_until
        of = Particulars(row.code, row.issued_at, *until, site, self.address, self.hotline, copied)
        pdf = self._sealer.seal(certificate(facts, of), facts.department)
        return pdf, hashlib.sha256(pdf).hexdigest()

    # --- for those who want to know ---

    def find(self, typed: str) -> Registered | None:
        """The certificate with this code. Raises codes.MistypedError."""
        code = codes.read(typed, codes.CERTIFICATE)
        with self._store.read() as connection:
            row = _row(connection, rows.c.code == code)
        return None if row is None else self._registered(row)

    def examine(self, pdf: bytes) -> Examined:
        """Whether a file is one of ours, unchanged."""
        digest, claim = hashlib.sha256(pdf).hexdigest(), _CLAIM.search(pdf)
        with self._store.read() as connection:
            copied = sa.select(copies.c.paper).where(copies.c.digest == digest).scalar_subquery()
            row = _row(connection, (rows.c.digest == digest) | (rows.c.code == copied))
            claimed = row or (_row(connection, rows.c.code == claim[1].decode()) if claim else None)
        verdict = Verdict.GENUINE if row else self._why_not(pdf)
        return Examined(verdict, None if claimed is None else self._registered(claimed))

    def _why_not(self, pdf: bytes) -> Verdict:
        return _VERDICTS[self._sealer.look(pdf)] if self._sealer else Verdict.UNREADABLE

    def agrees(self, registered: Registered, name: str, ending: str) -> bool:
        """Whether a paper's name and last four of the number are the register's. Raises Refused after GUESSES wrong."""
        facts = registered.facts
        if facts is None or registered.guessed_out:
            raise Refused(429, "guessed-out", "no comparison is made any more")
        mine = f"{facts.name} {facts.number[-4:]}".encode()
        if secrets.compare_digest(f"{name.strip()} {ending.strip().upper()}".encode(), mine):
            return True
        mine_still = (rows.c.code == registered.code) & (rows.c.wrong < GUESSES)
        counted = rows.update().where(mine_still).values(wrong=rows.c.wrong + 1)
        if not self._store.commit(lambda connection: connection.execute(counted).rowcount):
            raise Refused(429, "guessed-out", "no comparison is made any more")
        return False

    # --- for operators ---

    def revoke(self, typed: str, by: str) -> None:
        """It shall be believed no more. Raises Refused, codes.MistypedError."""
        code = codes.read(typed, codes.CERTIFICATE)
        with self._store.write() as connection:
            done = connection.execute(
                rows.update()
                .where(rows.c.code == code, rows.c.revoked_at.is_(None))
                .values(revoked_at=self._clock.now(), revoked_by=by)
            )
        if not done.rowcount:
            raise Refused(404, "unknown-certificate", "no valid certificate has this code")

    def _registered(self, row: sa.Row[Any]) -> Registered:
        over = china_day(self._clock.now()) > row.valid_until
        state = State.REVOKED if row.revoked_at else State.EXPIRED if over else State.VALID
        facts = _facts(row) if row.facts else None
        return Registered(
            row.code,
            facts,
            row.issued_at,
            row.valid_until,
            row.kept_until,
            State.OVER if facts is None else state,
            row.wrong >= GUESSES,
        )


def forget(connection: sa.Connection, today: date) -> int:
    """Files of certificates that are valid no more, and everything of those whose time is over; how many of these."""
    connection.execute(rows.update().where(rows.c.valid_until < today, rows.c.document != b"").values(document=b""))
    over = rows.update().where(rows.c.kept_until < today, rows.c.facts != b"")
    return connection.execute(over.values(facts=b"", number="", document=b"")).rowcount


def _facts(row: Any) -> CertifiedFacts:
    facts: CertifiedFacts = msgspec.json.decode(row.facts, type=CertifiedFacts)
    return facts


def _row(connection: sa.Connection, which: sa.ColumnElement[bool]) -> sa.Row[Any] | None:
    return connection.execute(sa.select(rows).where(which)).one_or_none()


def _asked(connection: sa.Connection, kiosk: str, request: str) -> sa.Row[Any] | None:
    return _row(connection, (rows.c.kiosk == kiosk) & (rows.c.request == request))


def _keep(connection: sa.Connection, made: dict[str, Any]) -> sa.Row[Any]:
    """Register it, unless the same request was answered while this one was made: then that one."""
    if _asked(connection, made["kiosk"], made["request"]) is None:
        connection.execute(rows.insert().values(**made))
    kept = _asked(connection, made["kiosk"], made["request"])
    assert kept is not None
    return kept
