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
from central.certificates.sealing import Sealer, SealState
from central.certificates.tables import certificate as rows
from central.clock import Clock
from central.db import Store
from central.departments.rules import china_day
from central.problems import Refused, Unavailable
from central.registry import Kiosk
from kiosk_app.contract.certificates import AskCertificate, Certificate
from stationery import social
from stationery.imprint import Imprint, Verified
from stationery.typeface import Unprintable

VALID: Final = timedelta(days=180)
"""``domain.md`` 6.4: three to six months; not from a rule."""
_CLAIM: Final = re.compile(rb"<dc:identifier>([0-9A-Z]{16})</dc:identifier>")
"""The code in a file's metadata, which are readable without reading the file."""


class State(StrEnum):
    """Of a certificate in the register."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


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
    """One certificate of the register."""

    code: str
    facts: CertifiedFacts
    issued_at: datetime
    valid_until: date
    state: State


@dataclass(frozen=True)
class Examined:
    """What became of a look at a file, and what the register says to the code it claims to have, if any."""

    verdict: Verdict
    registered: Registered | None


class CertificateOffice:
    """``address``: of the verification page, where QR codes lead; ``random``: so many random bits."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        insured: InsuredBooks | None = None,
        sealer: Sealer | None = None,
        address: str = "",
        hotline: str = "",
        random: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._store, self._clock, self._random = store, clock, random
        self._insured, self._sealer = insured, sealer
        self.hotline = hotline
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
        if _facts(known).number != facts.number:
            raise Refused(409, "request-differs", "this request was for another person")
        return Certificate(
            code=codes.show(known.code), issued_at=known.issued_at, valid_until=known.valid_until, pdf=known.document
        )

    def _make(
        self, sealer: Sealer, kiosk: Kiosk, ask: AskCertificate, facts: CertifiedFacts, now: datetime
    ) -> dict[str, Any]:
        code = codes.make(self._random(5 * codes.CERTIFICATE), codes.CERTIFICATE)
        valid_until = china_day(now) + VALID
        document = sealer.seal(self._paper(kiosk, facts, code, valid_until, now), facts.department)
        return {
            "code": code,
            "kiosk": kiosk.id,
            "request": ask.request,
            "facts": msgspec.json.encode(facts),
            "digest": hashlib.sha256(document).hexdigest(),
            "document": document,
            "issued_at": now,
            "valid_until": valid_until,
            "revoked_by": "",
        }

    def _paper(self, kiosk: Kiosk, facts: CertifiedFacts, code: str, valid_until: date, now: datetime) -> bytes:
        shown = codes.show(code)
        imprint = Imprint(
            title="社会保险参保证明",
            english="Certificate of social insurance",
            department=facts.department,
            site=kiosk.site,
            reference=shown,
            made_at=now,
            hotline=self.hotline,
            identifier=code,
        )
        try:
            return social.insured_certificate(
                social.Insured(facts.name, facts.number),
                facts.standings,
                facts.as_of,
                imprint,
                Verified(shown, self.address + shown.replace("-", ""), valid_until, self.address),
            )
        except Unprintable:
            raise Refused(422, "unprintable-name", "a character of the name is in no typeface here") from None

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
            row = _row(connection, rows.c.digest == digest)
            claimed = row or (_row(connection, rows.c.code == claim[1].decode()) if claim else None)
        verdict = Verdict.GENUINE if row else self._why_not(pdf)
        return Examined(verdict, None if claimed is None else self._registered(claimed))

    def _why_not(self, pdf: bytes) -> Verdict:
        return _VERDICTS[self._sealer.look(pdf)] if self._sealer else Verdict.UNREADABLE

    def agrees(self, registered: Registered, name: str, ending: str) -> bool:
        """Whether a paper's name and last four of the number are the register's."""
        facts = registered.facts
        mine = f"{facts.name} {facts.number[-4:]}".encode()
        return secrets.compare_digest(f"{name.strip()} {ending.strip().upper()}".encode(), mine)

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
        return Registered(row.code, _facts(row), row.issued_at, row.valid_until, state)


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
