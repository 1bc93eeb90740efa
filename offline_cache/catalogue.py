"""The signed catalogue as a kiosk keeps it: verified, never older than before, usable without the network.

Rules. A document is taken only if its signature fits, its signer's certificate leads to the pinned root of central,
is valid now, and is for signing catalogues and nothing else; if it is for this purpose; and if its version is greater
than the one kept. A section that this release cannot read is left out of it. What is refused changes nothing: the last
good one stays. What was kept is verified again when it is first read, as of the time it was taken: certificates live
for months, and a kiosk may be cut off for longer.
"""

from datetime import datetime
from itertools import pairwise
from typing import Final

import msgspec
import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning

from kiosk_app.contract.catalogue import PURPOSE, PURPOSE_OID, Catalogue, SignedCatalogue, read_document, signed_bytes
from kiosk_app.errors import CatalogueForged, CatalogueOlder
from kiosk_app.ports import Clock
from offline_cache.sql import Connection, stamp
from offline_cache.store import Store

log = structlog.get_logger()

LONGEST_CHAIN: Final = 4
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    CryptographyDeprecationWarning,  # of a serial number of zero; an error where warnings are errors
)
"""Everything that the library says of a chain that is none, or not of ours."""
Row = tuple[int, str, bytes, str, str]


class SqlCatalogue:
    """Implements :class:`kiosk_app.ports.CatalogueShelf`. ``root`` is the pinned certificate (PEM)."""

    def __init__(self, store: Store, root: bytes, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._roots = _roots(root)
        self._kept: Catalogue | None = None
        self._read = False

    def current(self) -> Catalogue | None:
        if not self._read:
            self._kept = self._first()
            self._read = True
        return self._kept

    def take(self, signed: SignedCatalogue) -> Catalogue:
        now, kept = self._clock.now(), self.current()
        catalogue = verified(signed, self._roots, now)
        if kept is not None and catalogue.version <= kept.version:
            raise CatalogueOlder(f"version {catalogue.version}, and {kept.version} is here")
        row = (catalogue.version, stamp(now), signed.document, signed.signature, signed.chain)

        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM catalogue")
            connection.execute("INSERT INTO catalogue VALUES (?, ?, ?, ?, ?)", row)

        self._store.transact(work)
        self._kept = catalogue
        return catalogue

    def _first(self) -> Catalogue | None:
        """What was kept before this start; nothing if it is not what was kept."""
        sql = "SELECT version, at, document, signature, chain FROM catalogue"
        row: Row | None = self._store.read(lambda connection: connection.execute(sql).fetchone())
        if row is None:
            return None
        _, at, document, signature, chain = row
        signed = SignedCatalogue(document=document, signature=signature, chain=chain)
        try:
            return verified(signed, self._roots, datetime.fromisoformat(at))
        except CatalogueForged as error:
            log.error("catalogue", detail=error.detail, do=error.operator)
            return None


def _roots(pem: bytes) -> list[x509.Certificate]:
    """The pinned certificates; none where the file holds none, and then no catalogue is believed."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        return []


def verified(signed: SignedCatalogue, roots: list[x509.Certificate], now: datetime) -> Catalogue:
    """The document, if central signed it as a catalogue. Raises CatalogueForged."""
    key = _signer(signed.chain, roots, now)
    try:
        key.verify(bytes.fromhex(signed.signature), signed_bytes(signed.document), ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        raise CatalogueForged("the signature does not fit") from None
    try:
        catalogue = read_document(signed.document)
    except msgspec.DecodeError as error:
        raise CatalogueForged(f"not a catalogue: {error}") from error
    if catalogue.purpose != PURPOSE:
        raise CatalogueForged("a document of another purpose")
    return catalogue


def _signer(chain: str, roots: list[x509.Certificate], now: datetime) -> ec.EllipticCurvePublicKey:
    """The key of the chain's first certificate, if it may sign catalogues."""
    try:
        given = x509.load_pem_x509_certificates(chain.encode())
        path = _path(given, roots)
        for certificate in path:
            if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
                raise CatalogueForged("a certificate is not valid now")
        for below, above in pairwise(path):
            below.verify_directly_issued_by(above)
        _may_sign(path)
        key = path[0].public_key()
    except _UNREADABLE as error:
        raise CatalogueForged(f"no chain to central's root: {type(error).__name__}") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise CatalogueForged("not an elliptic key")
    return key


def _path(given: list[x509.Certificate], roots: list[x509.Certificate]) -> list[x509.Certificate]:
    """From the signer up to a pinned root, by name."""
    path = [given[0]]
    while len(path) <= LONGEST_CHAIN:
        root = next((root for root in roots if root.subject == path[-1].issuer), None)
        if root is not None:
            return [*path, root]
        above = next((one for one in given[1:] if one.subject == path[-1].issuer and one not in path), None)
        if above is None:
            break
        path.append(above)
    raise CatalogueForged("no chain to central's root")


def _may_sign(path: list[x509.Certificate]) -> None:
    """The first is for catalogues alone, all above it are authorities."""
    leaf = path[0].extensions
    uses = [use.dotted_string for use in leaf.get_extension_for_class(x509.ExtendedKeyUsage).value]
    signs = leaf.get_extension_for_class(x509.KeyUsage).value.digital_signature
    if uses != [PURPOSE_OID] or not signs or leaf.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise CatalogueForged("the certificate is not for signing catalogues")
    for depth, above in enumerate(path[1:]):
        constraints = above.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = above.extensions.get_extension_for_class(x509.KeyUsage).value
        deep = constraints.path_length is not None and constraints.path_length < depth
        if not constraints.ca or not usage.key_cert_sign or deep:
            raise CatalogueForged("signed by who is no authority")
