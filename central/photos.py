"""The shelf on which finished ID photos wait for their holders, each behind a code that only its holder has.

Rules. A file lies there for :data:`DAYS`, by default, and not an hour longer. At rest it is sealed with a key made of
the code, and found by a keyed hash of the code: whoever reads the database, with or without central's own key, sees no
picture. So the code is shown once, in the answer; a lost answer is mended by asking again, which gives a new code and
drops the old file. Nothing is kept of whose photo it is. Guessing: 60 random bits, behind limits per caller and for all
callers together.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from central import codes
from central.clock import Clock
from central.db import Store, Utc, metadata
from central.limits import Limits
from central.problems import Refused
from kiosk_app.contract.photos import KeepPhoto, PhotoKept

DAYS: Final = 7
PER_MINUTE: Final[Mapping[str, int]] = {"one": 10, "all": 300}
"""Codes that one caller may try in a minute, and all of them together."""
NONCE: Final = 12

photo = sa.Table(
    "photo",
    metadata,
    sa.Column("lookup", sa.String, primary_key=True),  # keyed hash of the code
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("request", sa.String, nullable=False),
    sa.Column("until", Utc, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the JPEG, under a key made of the code
    sa.UniqueConstraint("kiosk", "request", name="one_photo_per_request"),
)


class Shelf:
    """``key`` keys the hashes; ``page`` is what kiosks are told of where a code is typed. Randomness is injected."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        key: bytes,
        days: int = DAYS,
        page: str = "",
        random: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._store, self._clock, self._key, self._random = store, clock, key, random
        self._life, self.page = timedelta(days=days), page
        self._limits = Limits(PER_MINUTE)

    def keep(self, kiosk: str, wish: KeepPhoto) -> PhotoKept:
        """Lay a photo on the shelf, durably. Raises Refused."""
        if not (wish.photo.startswith(b"\xff\xd8\xff") and wish.photo.endswith(b"\xff\xd9")):
            raise Refused(422, "no-photo", "not a whole JPEG")
        code, until = codes.make(self._random(60)), self._clock.now() + self._life
        nonce = self._random(8 * NONCE).to_bytes(NONCE, "big")
        row = {
            "lookup": self._hash(b"lookup", code).hex(),
            "kiosk": kiosk,
            "request": wish.request,
            "until": until,
            "sealed": nonce + AESGCM(self._hash(b"seal", code)).encrypt(nonce, wish.photo, None),
        }
        before = (photo.c.kiosk == kiosk) & (photo.c.request == wish.request)

        def work(connection: sa.Connection) -> None:
            _expire(connection, self._clock.now())
            connection.execute(photo.delete().where(before))
            connection.execute(photo.insert().values(row))

        self._store.commit(work)
        return PhotoKept(code=codes.show(code), until=until, page=self.page)

    def fetch(self, caller: str, typed: str) -> bytes:
        """The JPEG behind a code. Raises Refused: 422 mistyped, 404 unknown or over, 429 too often."""
        lookup, code = self._asked(caller, typed)
        with self._store.read() as connection:
            there = (photo.c.lookup == lookup) & (photo.c.until > self._clock.now())
            sealed = connection.execute(sa.select(photo.c.sealed).where(there)).scalar()
        if sealed is None:
            raise Refused(404, "no-photo", "no photo waits under this code")
        try:
            return AESGCM(self._hash(b"seal", code)).decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except InvalidTag:
            raise Refused(404, "no-photo", "what lies under this code cannot be opened") from None

    def drop(self, caller: str, typed: str) -> None:
        """The holder has it and wants it gone. Raises Refused as :meth:`fetch`."""
        lookup, _ = self._asked(caller, typed)
        with self._store.write() as connection:
            if not connection.execute(photo.delete().where(photo.c.lookup == lookup)).rowcount:
                raise Refused(404, "no-photo", "no photo waits under this code")

    def expire(self) -> int:
        """Drop what is over; how many."""
        return self._store.commit(lambda connection: _expire(connection, self._clock.now()))

    def waiting(self) -> int:
        """How many lie there."""
        with self._store.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(photo)).scalar_one()

    def _asked(self, caller: str, typed: str) -> tuple[str, str]:
        try:
            code = codes.read(typed)
        except codes.MistypedError:  # a slip of the finger costs no try
            raise Refused(422, "code-mistyped", "the check symbol does not fit") from None
        for who, limit in ((caller, "one"), ("", "all")):
            self._limits.count(who, limit, self._clock.now())
        return self._hash(b"lookup", code).hex(), code

    def _hash(self, use: bytes, code: str) -> bytes:
        return hmac.digest(self._key, use + b":" + code.encode(), hashlib.sha256)


def _expire(connection: sa.Connection, now: datetime) -> int:
    return connection.execute(photo.delete().where(photo.c.until <= now)).rowcount
