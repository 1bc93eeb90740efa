"""A central of the tests: a real HTTPS server with mutual TLS, whose manners each test chooses.

Certificates are made here with ``cryptography``; the server runs in a thread and answers one connection at a time
with what the test's script does to the raw connection after a request was read.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "central.kiosk.test"


class Ca:
    """A certificate authority with its files below ``place``."""

    def __init__(self, place: Path, name: str) -> None:
        self._key, self._place = ec.generate_private_key(ec.SECP256R1()), place
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.file = place / f"{name}.pem"
        made = self._builder(self._name, self._key).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        self.file.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, *, days: int = 1, address: bool = False) -> tuple[Path, Path]:
        """Certificate and key files for ``name``."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if address:
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        builder = self._builder(subject, key, days).add_extension(x509.SubjectAlternativeName(names), False)
        certificate, private = self._place / f"{name}.crt", self._place / f"{name}.key"
        certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, private

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int = 1) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder(subject_name=subject, issuer_name=self._name, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3))
            .not_valid_after(now + timedelta(days=days))
        )


@dataclass
class Request:
    """What one connection asked."""

    line: str
    headers: dict[str, str]
    body: bytes


Manner = Callable[["Caller"], None]


@dataclass
class Caller:
    """One request, and the connection to answer it on."""

    request: Request
    connection: ssl.SSLSocket
    stopping: threading.Event

    def answer(self, status: str, body: bytes = b"", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def trickle(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            if self.stopping.wait(0.02):
                return
            self.connection.sendall(piece)


@dataclass
class Server:
    """Where it listens, and everything it was asked."""

    port: int
    requests: list[Request] = field(default_factory=list)
    connections: int = 0


@contextmanager
def serving(manner: Manner, ca: Ca, *, name: str = NAME, days: int = 1, tls: ssl.TLSVersion | None = None,
            handshake: bool = True) -> Iterator[Server]:  # fmt: skip
    """Serve with ``manner``; it may close the connection, and is called per request."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*ca.issue(name, days=days))
    context.load_verify_locations(ca.file)
    context.verify_mode = ssl.CERT_REQUIRED
    if tls is not None:
        context.maximum_version = tls
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.02)
        server = Server(listener.getsockname()[1])
        thread = threading.Thread(
            target=_listen, args=(listener, context if handshake else None, manner, server, stopping)
        )
        thread.start()
        try:
            yield server
        finally:
            stopping.set()
            thread.join()


def _listen(
    listener: socket.socket, context: ssl.SSLContext | None, manner: Manner, server: Server, stopping: threading.Event
) -> None:
    while not stopping.is_set():
        try:
            raw, _ = listener.accept()
        except TimeoutError:
            continue
        server.connections += 1
        raw.settimeout(0.02 if context is None else 2)
        with raw, suppress(OSError):
            if context is None:  # begins a record of 16 kB and never gets to its end
                raw.sendall(b"\x16\x03\x03\x3f\xff")
                while not stopping.wait(0.02):
                    raw.sendall(b"\x02")
                continue
            with context.wrap_socket(raw, server_side=True) as connection:
                _converse(connection, manner, server, stopping)


def _converse(connection: ssl.SSLSocket, manner: Manner, server: Server, stopping: threading.Event) -> None:
    connection.settimeout(0.02)
    while not stopping.is_set():
        request = _read(connection, stopping)
        if request is None:
            return
        server.requests.append(request)
        manner(Caller(request, connection, stopping))


def _read(connection: ssl.SSLSocket, stopping: threading.Event) -> Request | None:
    data = b""
    while not stopping.is_set():
        head, end, body = data.partition(b"\r\n\r\n")
        if end:
            line, *rest = head.decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (text.partition(": ") for text in rest)}
            if len(body) >= int(headers.get("content-length", 0)):
                return Request(line, headers, body)
        try:
            piece = connection.recv(65536)
        except TimeoutError:
            continue
        if not piece:
            return None
        data += piece
    return None
