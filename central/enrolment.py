"""A bare machine becomes a kiosk: a one-time code and the device's own key against a certificate (C.4).

Rules. A code is good once, for 24 hours and five tries; at rest it is only a keyed hash. The same code with the
same key within 15 minutes gets the same certificate again: the first reply may have been lost. With another key
it is refused and an alarm tells that two machines used one code.
"""

import hmac
import os
import secrets
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central import codes, presence, registry
from central.authority import Authority, BadRequestError, pem_of, requested_key
from central.clock import Clock
from central.db import Store
from central.limits import CAPS, Limits
from central.messages import decode
from central.problems import Refused
from central.registry import Kiosk
from central.tables import enrolment as rows
from kiosk_app.contract import Alarm, Enrol, Enrolled

LIFE: Final = timedelta(hours=24)
REPEAT: Final = timedelta(minutes=15)
TRIES: Final = 5
KEY: Final = 32
"""Bytes of a secret."""


@dataclass(frozen=True)
class Place:
    """What every kiosk of this central is told: where a receipt can be checked, and whom a citizen may call.

    ``photo_url``: where a photo is fetched by its code, if not on the console.

    ``district``: six digits (GB/T 2260) that begin the number of every machine enrolled here.
    """

    proof_url: str = ""
    hotline: str = ""
    district: str = "440703"
    photo_url: str = ""


class Enrolment:
    """Makes codes and redeems them. ``key`` keys the hashes; randomness and ids are injected."""

    def __init__(
        self,
        store: Store,
        authority: Authority,
        clock: Clock,
        *,
        key: bytes,
        place: Place = Place(),
        random: Callable[[int], int] = secrets.randbits,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        limits: Limits | None = None,
    ) -> None:
        self._store, self._authority, self._clock, self._key = store, authority, clock, key
        self._place, self._random, self._new_id = place, random, new_id
        self._limits = limits or Limits()

    def new_code(self, site: str) -> str:
        """A fresh code for one machine at this site, as a person reads it. It is shown only now."""
        code = codes.make(self._random(60))
        row = {"selector": code[: codes.SELECTOR], "keyed_hash": self._hash(code), "site": site, "tries": 0}
        with self._store.write() as connection:
            row["number"] = self._next_number(connection)
            connection.execute(rows.delete().where(rows.c.selector == row["selector"]))  # one in a million: last wins
            connection.execute(rows.insert().values(row | {"expires_at": self._clock.now() + LIFE}))
        return codes.show(code)

    def _next_number(self, connection: sa.Connection) -> str:
        """Eight digits no other machine of the district has."""
        mine = rows.c.number.startswith(self._place.district)
        last = connection.execute(sa.select(sa.func.max(rows.c.number)).where(mine)).scalar_one()
        return str(int(last) + 1) if last else f"{self._place.district}01"

    def post(self, caller: str, body: bytes) -> bytes:
        """Answer ``POST /enrol`` of this network address: JSON. Raises Refused."""
        self._limits.count(caller, "/enrol", self._clock.now())
        if len(body) > CAPS["/enrol"]:
            raise Refused(413, "too-large", "at most 16000 bytes")
        return msgspec.json.encode(self.enrol(decode(body, Enrol)))

    def enrol(self, wish: Enrol) -> Enrolled:
        """The certificate for this code and key. Raises Refused."""
        try:
            code, public_key = codes.read(wish.code), pem_of(requested_key(wish.csr))
        except codes.MistypedError:
            raise Refused(422, "code-mistyped", "the check symbol does not fit") from None
        except BadRequestError:
            raise Refused(422, "bad-csr", "not a request signed by an EC P-256 key") from None
        with self._store.write() as connection:  # a refusal is an outcome too: its try and its alarm are kept
            outcome = self._outcome(connection, code, public_key, wish.csr)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def _outcome(self, connection: sa.Connection, code: str, public_key: str, csr: str) -> Enrolled | Refused:
        here = rows.c.selector == code[: codes.SELECTOR]
        row = connection.execute(sa.select(rows).where(here)).one_or_none()
        if row is None:
            return Refused(403, "code-unknown", "no such code")
        if row.tries >= TRIES:
            return Refused(403, "code-burnt", "too many wrong tries; ask for a new code")
        if not hmac.compare_digest(row.keyed_hash, self._hash(code)):
            connection.execute(rows.update().where(here).values(tries=row.tries + 1))
            return Refused(403, "code-unknown", "no such code")
        if row.used_at is not None:
            return self._repeated(connection, row, public_key)
        if self._clock.now() >= row.expires_at:
            return Refused(403, "code-expired", "the code was good for 24 hours; ask for a new one")
        kiosk = Kiosk(self._new_id(), row.site, public_key)
        certificate = self._authority.issue(csr, kiosk.id)
        registry.add(connection, kiosk, self._clock.now())
        used = {"used_at": self._clock.now(), "kiosk": kiosk.id, "public_key": public_key, "certificate": certificate}
        connection.execute(rows.update().where(here).values(used))
        return self._enrolled(kiosk.id, row, certificate)

    def _repeated(self, connection: sa.Connection, row: sa.Row[Any], public_key: str) -> Enrolled | Refused:
        if row.public_key != public_key:
            alarm = Alarm(component="enrolment", code="code-used-twice", raised=True)
            presence.alarm(connection, row.kiosk, alarm, self._clock.now())
        elif self._clock.now() < row.used_at + REPEAT:
            return self._enrolled(row.kiosk, row, row.certificate)
        return Refused(409, "code-used", "the code was used; ask for a new one")

    def _enrolled(self, kiosk: str, row: sa.Row[Any], certificate: str) -> Enrolled:
        return Enrolled(
            kiosk=kiosk,
            number=row.number,
            certificate=certificate,
            chain=self._authority.chain_pem,
            site=row.site,
            proof_url=self._place.proof_url,
            hotline=self._place.hotline,
        )

    def _hash(self, code: str) -> str:
        return hmac.digest(self._key, code.encode(), "sha256").hex()


def key_in(path: Path) -> bytes:
    """A secret of central's, made when there is none: whole and on the disk before anything is sealed with it.

    Raises ValueError where the file is no such key: with half of one nothing is hashed or sealed.
    """
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != KEY:
        raise ValueError(f"{path} is no key of {KEY} bytes: put the right one back")
    return key


def _make_key(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process made one meanwhile: that one holds
        os.link(fresh, path)
    fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
