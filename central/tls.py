"""Who calls: mutual TLS 1.3 under uvicorn, which by itself hides the caller's certificate from the application.

A small subclass of its protocol reads the verified certificate once per connection and puts the kiosk's id into
the scope. The identity is the one URI ``urn:kiosk:<id>``; the common name is ignored (C.1). A certificate is
optional for TLS, because enrolment has none; the application refuses everything else without one. A certificate
of another authority, or an expired one, does not get through the handshake.
"""

import asyncio
import ssl
from pathlib import Path
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from central.authority import URN


def context(chain: Path, key: Path, trusted: Path) -> ssl.SSLContext:
    """The listener's TLS: its own chain and key, and the authority whose kiosks it knows."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.load_cert_chain(chain, key)
    made.load_verify_locations(trusted)
    made.verify_mode = ssl.CERT_OPTIONAL
    return made


class IdentifyingProtocol(H11Protocol):
    """HTTP/1.1 whose scope says which kiosk calls."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        super().connection_made(transport)
        app: Any = self.app  # uvicorn and litestar each spell ASGI's types in their own way
        self.app = _known_as(kiosk_of(transport.get_extra_info("peercert")), app)


def kiosk_of(certificate: dict[str, Any] | None) -> str:
    """The id in a verified certificate, or ``""`` when there is none or not exactly one."""
    names = (certificate or {}).get("subjectAltName", ())
    ids = [value.removeprefix(URN) for kind, value in names if kind == "URI" and value.startswith(URN)]
    return ids[0] if len(ids) == 1 else ""


def caller(scope: Scope) -> str:
    """Which kiosk calls; ``""`` without a certificate."""
    extensions: Any = scope.get("extensions") or {}
    return str(extensions.get("kiosk", {}).get("id", ""))


def _known_as(kiosk: str, app: ASGIApp) -> ASGIApp:
    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {"kiosk": {"id": kiosk}}
        await app(scope, receive, send)

    return identified
