"""The device's own key: it is made here, never leaves, and signs everything the kiosk reports (C.4, C.16).

An EC P-256 key in a file only its owner may read. Where a TPM is present its key takes this one's place behind
the same three methods. Signatures are deterministic (RFC 6979): the same event has the same bytes in every run.
"""

import os
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID


class DeviceKey:
    """Signs, and asks for a certificate."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @classmethod
    def load_or_make(cls, path: Path) -> Self:
        """The key in ``path``; made there when there is none. Raises PermissionError if others may read it."""
        if not path.exists():
            _write_private(path, _pem(ec.generate_private_key(ec.SECP256R1())))
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"{path}: readable by others; chmod 600 it")
        return cls.from_pem(path.read_bytes())

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """The key in ``pem``. Raises ValueError for another kind of key."""
        key = load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("the device key must be EC P-256")
        return cls(key)

    @classmethod
    def from_number(cls, number: int) -> Self:
        """A key from a secret number: for worlds that must repeat."""
        return cls(ec.derive_private_key(number, ec.SECP256R1()))

    @property
    def public_pem(self) -> str:
        """The public key in PEM."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, message: bytes) -> str:
        """ECDSA P-256 with SHA-256 over ``message``: hex of the DER signature."""
        return self._key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)).hex()

    def request(self) -> str:
        """A certificate request (PEM). Its name says nothing: central gives the identity."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk")])
        return x509.CertificateSigningRequestBuilder(name).sign(self._key, SHA256()).public_bytes(Encoding.PEM).decode()


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_private(path: Path, content: bytes) -> None:
    """Never for a moment readable by others, and never half there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
