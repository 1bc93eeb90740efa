"""Central's own certificate authority: who central is, and who each kiosk is (C.1, C.4).

A root that signs only the issuing authority, an issuing authority that signs leaves, all EC P-256. Kiosks pin
the root. A leaf lives 90 days. A kiosk's identity is the one URI ``urn:kiosk:<id>`` in its certificate, written
here; whatever name its request asked for is ignored. The root's key lies beside the others in this small
edition; a site that takes the root's key offline loses nothing but the making of a new issuing authority.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

URN: Final = "urn:kiosk:"
LEAF: Final = timedelta(days=90)
SEAL: Final = timedelta(days=3 * 365)
"""The certificate of a seal is asked for as long as papers are valid that were sealed with it."""
SEAL_USE: Final = "1.3.6.1.5.5.7.3.36"
"""id-kp-documentSigning (RFC 9336)."""
_ISSUING: Final = timedelta(days=5 * 365)
_ROOT: Final = timedelta(days=10 * 365)
_SKEW: Final = timedelta(minutes=5)
"""Certificates are valid a little before they are made: clocks differ."""


class BadRequestError(ValueError):
    """Not a certificate request that a device key of ours signed."""


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def life(self) -> timedelta:
        """From its making to its end."""
        return self.certificate.not_valid_after_utc - self.certificate.not_valid_before_utc


class Authority:
    """Signs requests of kiosks and central's own server certificate. Its files lie in ``folder``."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder, self._now = folder, now
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._root = self._load_or_make("root", self._make_root)
        self._issuing = self._load_or_make("issuing", self._make_issuing)

    @property
    def root_pem(self) -> str:
        """What kiosks pin."""
        return self._root.pem

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256 of the root: short enough to be typed by a technician."""
        return self._root.certificate.fingerprint(SHA256()).hex()

    @property
    def chain_pem(self) -> str:
        """The issuing authority and the root."""
        return self._issuing.pem + self._root.pem

    @property
    def root_der(self) -> bytes:
        """The root, as signatures in documents name it."""
        return self._root.certificate.public_bytes(Encoding.DER)

    @property
    def chain_der(self) -> tuple[bytes, bytes]:
        """The issuing authority and the root."""
        return self._issuing.certificate.public_bytes(Encoding.DER), self.root_der

    @property
    def chain_file(self) -> Path:
        """The same, in a file: what the server trusts."""
        path = self._folder / "chain.pem"
        path.write_text(self.chain_pem)
        return path

    def issue(self, request: str, kiosk: str) -> str:
        """A kiosk's certificate (PEM) for the key of its request. Raises BadRequestError."""
        identity = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(URN + kiosk)])
        builder = self._leaf(kiosk, requested_key(request), ExtendedKeyUsageOID.CLIENT_AUTH)
        signed = builder.add_extension(identity, critical=False).sign(self._issuing.key, SHA256())
        return signed.public_bytes(Encoding.PEM).decode()

    def server_files(self, hosts: Sequence[str]) -> tuple[Path, Path]:
        """Certificate chain and key for the listener, made afresh: at every start the server is 90 days young."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        builder = self._leaf("central", key.public_key(), ExtendedKeyUsageOID.SERVER_AUTH)
        signed = builder.add_extension(names, critical=False).sign(self._issuing.key, SHA256())
        chain, private = self._folder / "server.pem", self._folder / "server.key"
        chain.write_bytes(signed.public_bytes(Encoding.PEM) + self._issuing.pem.encode())
        _write_private(private, key)
        return chain, private

    def signer(self, purpose: str, use: str) -> Issued:
        """A fresh key with a certificate for one ``purpose``: ``use`` (an OID) is its only extended key usage."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._leaf(purpose, key.public_key(), x509.ObjectIdentifier(use))
        return Issued(builder.sign(self._issuing.key, SHA256()), key)

    def seal(self) -> Issued:
        """A fresh key for sealing documents: what it signs cannot be denied, and it may sign nothing else."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = _usage(content_commitment=True)
        builder = self._leaf("seal", key.public_key(), x509.ObjectIdentifier(SEAL_USE), usage=usage, life=SEAL)
        return Issued(builder.sign(self._issuing.key, SHA256()), key)

    def _leaf(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey,
        use: x509.ObjectIdentifier,
        *,
        usage: x509.KeyUsage | None = None,
        life: timedelta = LEAF,
    ) -> x509.CertificateBuilder:
        return (
            _builder(name, key, self._issuing, self._now(), life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage or _usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        )

    def _load_or_make(self, name: str, make: Callable[[ec.EllipticCurvePrivateKey], x509.Certificate]) -> Issued:
        key_file, certificate_file = self._folder / f"{name}.key", self._folder / f"{name}.pem"
        if not certificate_file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            _write_private(key_file, key)
            certificate_file.write_bytes(make(key).public_bytes(Encoding.PEM))
        loaded = load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key_file}: not an EC key")
        return Issued(x509.load_pem_x509_certificate(certificate_file.read_bytes()), loaded)

    def _make_root(self, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        return self._authority("Kiosk root", key, key, None, _ROOT)

    def _make_issuing(self, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        return self._authority("Kiosk issuing", key, self._root.key, self._root, _ISSUING)

    def _authority(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
        issuer: Issued | None,
        life: timedelta,
    ) -> x509.Certificate:
        """A certificate that may sign others; its own issuer when there is none above it."""
        return (
            _builder(name, key.public_key(), issuer, self._now(), life)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0 if issuer else 1), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(signer, SHA256())
        )


class DocumentSigner:
    """Signs documents of one purpose, with a key that is never written down and changes with each half life."""

    def __init__(self, authority: Authority, now: Callable[[], datetime], purpose: str, use: str) -> None:
        self._authority, self._now, self._purpose, self._use = authority, now, purpose, use
        self._signer: Issued | None = None

    def sign(self, data: bytes) -> tuple[str, str]:
        """Keep :class:`central.catalogue.Signer`."""
        signer = self._signer
        if signer is None or signer.certificate.not_valid_after_utc - self._now() < LEAF / 2:
            signer = self._signer = self._authority.signer(self._purpose, self._use)
        signature = signer.key.sign(data, ec.ECDSA(SHA256()))
        return signature.hex(), signer.pem + self._authority.chain_pem


def requested_key(request: str) -> ec.EllipticCurvePublicKey:
    """The P-256 key that a request asks for and was signed with. Raises BadRequestError."""
    try:
        parsed = x509.load_pem_x509_csr(request.encode())
        key = parsed.public_key()
        valid = parsed.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as fault:
        raise BadRequestError("not a certificate request") from fault
    if not valid or not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadRequestError("not signed by an EC P-256 key")
    return key


def pem_of(key: ec.EllipticCurvePublicKey) -> str:
    """A public key in PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _builder(
    name: str, key: ec.EllipticCurvePublicKey, issuer: Issued | None, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above = issuer.key.public_key() if issuer else key
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
    )


def _usage(**allowed: bool) -> x509.KeyUsage:
    nothing = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**nothing | allowed)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_private(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Never for a moment readable by others."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
