"""The kiosks central knows: each with a site, a public key and whether it is still trusted."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from central.problems import Refused
from central.tables import kiosk as kiosks

_BY_ID = sa.select(kiosks).where(kiosks.c.id == sa.bindparam("id"))


@dataclass(frozen=True)
class Kiosk:
    """One enrolled kiosk; ``public_key`` in PEM."""

    id: str
    site: str
    public_key: str

    def signed(self, message: bytes, signature: str) -> bool:
        """Whether ``signature`` (hex DER) is this kiosk's ECDSA P-256 over ``message``."""
        try:
            _key(self.public_key).verify(bytes.fromhex(signature), message, ec.ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


@lru_cache(maxsize=4096)  # a pure function of the PEM; parsing costs as much as verifying
def _key(pem: str) -> ec.EllipticCurvePublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("the registry holds EC keys only")
    return key


def add(connection: sa.Connection, kiosk: Kiosk, now: datetime) -> None:
    """Trust this kiosk from now on."""
    connection.execute(
        kiosks.insert().values(id=kiosk.id, site=kiosk.site, public_key=kiosk.public_key, enrolled_at=now)
    )


def revoke(connection: sa.Connection, id: str, now: datetime) -> bool:
    """Trust it no longer; what it sent stays. False when it is unknown."""
    changed = connection.execute(kiosks.update().where(kiosks.c.id == id).values(revoked_at=now))
    return changed.rowcount == 1


def site(connection: sa.Connection, id: str) -> str:
    """Where this kiosk stands or stood; "" for one that central never knew."""
    row = connection.execute(_BY_ID, {"id": id}).one_or_none()
    return "" if row is None else str(row.site)


def trusted(connection: sa.Connection, id: str) -> Kiosk:
    """The kiosk with this id. Raises Refused 403 for one that is unknown or revoked."""
    row = connection.execute(_BY_ID, {"id": id}).one_or_none()
    if row is None:
        raise Refused(403, "unknown-kiosk", "this kiosk is not enrolled here")
    if row.revoked_at is not None:
        raise Refused(403, "revoked", "this kiosk's certificate was revoked")
    return Kiosk(row.id, row.site, row.public_key)
