"""Photographed pages at rest: looked at when they come, sealed with central's key for papers, wiped when they are over.

Rules. What is kept is a JPEG that can be opened, of a size that a document camera makes. A sealed page opens only in
its own place (hand-in, paper, page): whoever moves rows about in the database sees nothing. Three ends, the first of
which counts: :data:`KEPT` after the case was decided, :data:`LONGEST` after it came, :data:`UNFINISHED` without a
hand-in. SQLite overwrites what is deleted, and the night empties its log (``central.db``).
"""

import io
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image

from central.departments.counter.tables import case as cases
from central.departments.counter.tables import hand_in as hand_ins
from central.departments.counter.tables import page as pages
from central.problems import Refused
from kiosk_app.contract.case_papers import LEAST_SIDE, MOST_PIXELS, MOST_SIDE

KEPT, LONGEST, UNFINISHED = timedelta(days=30), timedelta(days=180), timedelta(hours=24)
NONCE: Final = 12


def look_at(data: bytes) -> None:
    """Decode it once, so that what arrives at the counter can be opened. Raises Refused 422."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as file:
            short, long = sorted(file.size)
            if not LEAST_SIDE <= short <= long <= MOST_SIDE or short * long > MOST_PIXELS:
                raise Refused(422, "no-page", "a picture of this size is no page")
            file.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused(422, "no-page", "not a JPEG that can be opened") from None
    if not data.endswith(b"\xff\xd9"):
        raise Refused(422, "no-page", "not a whole JPEG")


class Seal:
    """Central's key for papers, 32 bytes. ``random`` gives the nonces."""

    def __init__(self, key: bytes, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._cipher, self._random = AESGCM(key), random

    def close(self, data: bytes, hand_in: int, paper: str, page: int) -> bytes:
        """For this place only."""
        nonce = self._random(NONCE)
        return nonce + self._cipher.encrypt(nonce, data, _place(hand_in, paper, page))

    def open(self, sealed: bytes, hand_in: int, paper: str, page: int) -> bytes:
        """The JPEG. Raises Refused 409 when it was not sealed here, for this place."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _place(hand_in, paper, page))
        except InvalidTag:
            raise Refused(409, "page-spoilt", "a page cannot be opened: it was moved or altered") from None


def _place(hand_in: int, paper: str, page: int) -> bytes:
    return f"{hand_in}:{page}:{paper}".encode()


def expire(connection: sa.Connection, now: datetime) -> int:
    """Wipe what is over; how many pages."""
    unfinished = list(_over(connection, hand_ins.c.received_at.is_(None), hand_ins.c.begun_at <= now - UNFINISHED))
    decided = sa.select(cases.c.number).where(cases.c.decided_at <= now - KEPT)
    old = sa.or_(hand_ins.c.case.in_(decided), hand_ins.c.received_at <= now - LONGEST)
    over = list(_over(connection, hand_ins.c.received_at.is_not(None), hand_ins.c.wiped_at.is_(None), old))
    wiped = connection.execute(pages.delete().where(pages.c.hand_in.in_([*unfinished, *over]))).rowcount
    connection.execute(hand_ins.delete().where(hand_ins.c.n.in_(unfinished)))
    connection.execute(hand_ins.update().where(hand_ins.c.n.in_(over)).values(wiped_at=now))
    return wiped


def forget_unfinished(connection: sa.Connection, kiosk: str) -> None:
    """A machine serves one person at a time: what it began before and did not hand in is nobody's any more."""
    begun = list(_over(connection, hand_ins.c.kiosk == kiosk, hand_ins.c.received_at.is_(None)))
    connection.execute(pages.delete().where(pages.c.hand_in.in_(begun)))
    connection.execute(hand_ins.delete().where(hand_ins.c.n.in_(begun)))


def _over(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> Iterator[int]:
    yield from connection.execute(sa.select(hand_ins.c.n).where(*which)).scalars()
