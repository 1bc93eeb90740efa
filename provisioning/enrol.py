"""Enrolment at the machine: a one-time code and the device's own key become an identity (C.4).

Before it has an identity the machine knows central only by its authority: as a file that came with the signed
configuration, or as the SHA-256 fingerprint that a technician types. With a fingerprint the authority is fetched
without trust and trusted only if it is the one named. Only the standard library: this runs before all else.

Repeating is safe: the key is made once and kept, and central repeats its answer for the same code and key within
15 minutes. ``identity.json`` is written last; where it exists, enrolment is complete.
"""

import hashlib
import hmac
import http.client
import json
import os
import ssl
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec

from kiosk_app.contract import PATH, Enrol, Enrolled, Problem, decode
from provisioning.device_key import DeviceKey

ADVICE = {
    "bad-url": "Give --url as https://host:port, without anything behind it.",
    "bad-authority": "Give --ca the CA certificate of central (a PEM file) that central operations handed out.",
    "bad-folder": "Give --folder a folder that can be written.",
    "unreachable": "Check --url, the network cable and the firewall; then give the same command again.",
    "wrong-authority": "This is not the central that the CA certificate is for: check --url and --ca.",
    "code-mistyped": "Type the code again, as it was given: three groups of four and one sign.",
    "code-unknown": "Check the code; if it is right, ask central operations for a new one.",
    "code-burnt": "It was tried wrongly too often: ask central operations for a new one.",
    "code-expired": "A code is good for 24 hours: ask central operations for a new one.",
    "code-used": "A code is good for one machine: ask central operations for a new one.",
}
"""What the technician does about each code; central's others are for central operations."""


class EnrolmentError(Exception):
    """It did not work; ``code`` is central's stable problem code, or one of ours; ``advice`` is what to do."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.advice = ADVICE.get(code, "Tell central operations this code.")


@dataclass(frozen=True)
class Identity:
    """Who this machine is, and the files it proves it with."""

    kiosk: str
    number: str
    site: str
    proof_url: str
    hotline: str
    url: str

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The identity in ``folder``. Raises FileNotFoundError on a machine that is not enrolled."""
        return cls(**json.loads((folder / "identity.json").read_text()))


@dataclass(frozen=True)
class Files:
    """Where an identity lies."""

    folder: Path

    @property
    def key(self) -> Path:
        """The device key (PEM, 0600)."""
        return self.folder / "device.key"

    @property
    def certificate(self) -> Path:
        """The device's certificate and the issuing authority's: what it shows to central."""
        return self.folder / "device.pem"

    @property
    def authority(self) -> Path:
        """The pinned root: what central must show."""
        return self.folder / "authority.pem"

    @property
    def identity(self) -> Path:
        """See :class:`Identity`."""
        return self.folder / "identity.json"


def enrol(
    url: str,
    code: str,
    folder: Path,
    *,
    ca_file: Path | None = None,
    ca_fingerprint: str = "",
    hardware: dict[str, str] | None = None,
    deadline: float = 15.0,
) -> Identity:
    """Enrol this machine at central's ``url`` (``https://host:port``). Raises EnrolmentError; may be repeated."""
    files = Files(folder)
    _check_address(url)
    try:
        key = DeviceKey.load_or_make(files.key)
    except OSError as failure:
        raise EnrolmentError("bad-folder", f"{files.folder}: {failure.strerror}") from failure
    try:
        root = _read_authority(ca_file) if ca_file else _fetch_authority(url, ca_fingerprint, deadline)
        answer = _post(url, Enrol(code=code, csr=key.request(), hardware=hardware or {}), root, deadline)
    except ssl.SSLCertVerificationError as failure:
        raise EnrolmentError("wrong-authority", failure.verify_message) from failure
    except (OSError, http.client.HTTPException) as failure:
        raise EnrolmentError("unreachable", f"{url}: {failure}") from failure
    identity = Identity(answer.kiosk, answer.number, answer.site, answer.proof_url, answer.hotline, url)
    _write(files.authority, root)
    _write(files.certificate, answer.certificate + answer.chain)
    _write(files.identity, json.dumps(asdict(identity), ensure_ascii=False, indent=2))
    return identity


def client_context(folder: Path) -> ssl.SSLContext:
    """Mutual TLS 1.3 with the identity in ``folder``: only central's pinned authority is believed."""
    files = Files(folder)
    context = _pinned(files.authority.read_text())
    context.load_cert_chain(files.certificate, files.key)
    return context


def _pinned(root: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=root)
    return context


def _check_address(url: str) -> None:
    """Raises EnrolmentError for what is no address."""
    try:
        place = urlsplit(url)
        usable = place.scheme == "https" and place.hostname and place.port != 0 and place.path in ("", "/")
    except ValueError:  # a port that is no number
        usable = False
    if not usable:
        raise EnrolmentError("bad-url", url)


def _read_authority(file: Path) -> str:
    """The root in a PEM file. Raises EnrolmentError when it is not there or none."""
    try:
        root = file.read_text("ascii")
        _pinned(root)
    except ssl.SSLError as failure:
        raise EnrolmentError("bad-authority", f"{file} holds no certificate") from failure
    except OSError as failure:
        raise EnrolmentError("bad-authority", f"{file}: {failure.strerror}") from failure
    except ValueError as failure:  # not text, or empty
        raise EnrolmentError("bad-authority", f"{file} holds no certificate") from failure
    return root


def _fetch_authority(url: str, fingerprint: str, deadline: float) -> str:
    """The root central shows, if it is the one with this fingerprint."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE  # what arrives is believed only if its fingerprint fits
    status, body = _request("GET", url, "/ca", context=blind, deadline=deadline)
    try:
        root = body.decode()
        found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(root)).hexdigest()
    except ValueError:
        raise EnrolmentError("wrong-authority", f"no certificate, status {status}") from None
    wanted = fingerprint.replace(":", "").replace(" ", "").lower()
    if not hmac.compare_digest(found.encode(), wanted.encode()):
        raise EnrolmentError("wrong-authority", f"central shows {found}")
    return root


def _post(url: str, wish: Enrol, root: str, deadline: float) -> Enrolled:
    status, body = _request("POST", url, "/enrol", msgspec.json.encode(wish), context=_pinned(root), deadline=deadline)
    try:
        if status == 201:
            return decode(body, Enrolled)
        code = decode(body, Problem).type
    except msgspec.MsgspecError:
        raise EnrolmentError("unreachable", f"status {status}") from None
    raise EnrolmentError(code)


def _request(
    method: str, url: str, path: str, body: bytes = b"", *, context: ssl.SSLContext, deadline: float
) -> tuple[int, bytes]:
    place = urlsplit(url)
    connection = http.client.HTTPSConnection(place.hostname or "", place.port, context=context, timeout=deadline)
    try:
        connection.request(method, PATH + path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read(100_000)
    finally:
        connection.close()


def _write(path: Path, text: str) -> None:
    """Whole or not at all, also after a power cut."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
