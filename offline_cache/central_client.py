"""The way to central: ``requests`` over mutual TLS in one worker thread (``fleet.md`` C.1, 15, 17, 19, 21).

Trust is the pinned CA bundle alone (no system store, no environment, no proxy), TLS 1.3, our certificate both
to be known and to know. Two errors leave this module: CentralUnreachable (try again) and CentralRefused (never).

A post is idempotent by contract: events carry id and seq, and every post an ``Idempotency-Key``. So one that
fails on a kept connection, which the server may just have closed, is sent once more on a fresh one, even if the
first was processed. The deadline is kept by the loop, not by socket time-outs, which a server that trickles
would renew for ever: when it passes, the connection is shut down under the worker.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from kiosk_app.contract import PATH, Problem, decode
from kiosk_app.errors import CentralRefused, CentralUnreachable, ConfigError
from kiosk_app.ports import Clock, NewId
from offline_cache.lifeline import Lifeline, ties

ANSWER_BYTES = 1 << 20
CONNECT_SECONDS = 5.0
LATER = frozenset({408, 425, 429})
BUSY = "busy"
BAD_OFFSET = 120.0
_FOREIGN = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)


class CentralClient:
    """Implements :class:`kiosk_app.ports.Transport`. ``url`` is central's base, as ``https://central:8443``.

    ``ca`` holds the pinned CAs, ``certificate`` and ``key`` are the device's own (PEM). ``name`` is what central's
    certificate must say when the host of ``url`` is an address. Raises ConfigError for files it cannot use.
    """

    def __init__(
        self,
        url: str,
        *,
        ca: Path,
        certificate: Path,
        key: Path,
        clock: Clock,
        new_id: NewId,
        name: str = "",
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        if not url.startswith("https://"):
            raise ConfigError(url, "url", "https://HOST[:PORT]")
        self._url, self._clock, self._new_id, self._mono = url.rstrip("/") + PATH, clock, new_id, mono
        self._lifeline = Lifeline()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="central")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca)
        self._session.adapters.clear()
        self._session.mount("https://", _Adapter(_context(ca, certificate, key), self._lifeline, name))
        self.offset: float | None = None
        """Seconds that central's clock is ahead of ours, to about a second; None before the first answer."""

    async def post(self, path: str, body: bytes, *, deadline: float) -> bytes:
        until = self._mono() + deadline
        ticket = object()
        try:
            future = asyncio.get_running_loop().run_in_executor(self._worker, self._exchange, ticket, path, body, until)
        except RuntimeError as error:  # of the executor: shut down
            raise CentralUnreachable(f"{path}: the client is closed") from error
        try:
            async with asyncio.timeout(deadline):
                return await future
        except TimeoutError as error:
            raise CentralUnreachable(f"{path}: no answer within {deadline:g} s") from error
        finally:
            self._lifeline.cut(ticket)

    def clock_quality(self) -> str:
        """How well our clock agrees with central's: ``server``, ``drifted`` or ``unknown`` (C.17)."""
        if self.offset is None:
            return "unknown"
        return "server" if abs(self.offset) <= BAD_OFFSET else "drifted"

    def close(self) -> None:
        """Let the connection go; a post under way fails."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._lifeline.cut_any()
        self._session.close()

    # --- in the worker ---

    def _exchange(self, ticket: object, path: str, body: bytes, until: float) -> bytes:
        headers = {
            "Content-Type": "application/json; v=1",
            "Accept-Encoding": "identity",
            "Idempotency-Key": self._new_id(),
        }
        with self._lifeline.held_by(ticket):
            try:
                return self._once(path, body, headers, until)
            except _FOREIGN as error:
                if self._lifeline.fresh or self._mono() >= until:
                    raise CentralUnreachable(_said(error)) from error
            try:
                return self._once(path, body, headers, until)
            except _FOREIGN as error:
                raise CentralUnreachable(_said(error)) from error

    def _once(self, path: str, body: bytes, headers: dict[str, str], until: float) -> bytes:
        left = until - self._mono()
        if left <= 0:
            raise CentralUnreachable(f"{path}: the deadline passed while waiting")
        asked = self._clock.now()
        with self._session.post(
            self._url + path,
            data=body,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=(min(CONNECT_SECONDS, left), left),
        ) as response:
            self._set_offset(response, asked)
            answer = self._read(response, until)
        if 200 <= response.status_code < 300:
            return answer
        raise _refusal(response, answer, self._clock.now())

    def _read(self, response: requests.Response, until: float) -> bytes:
        answer = bytearray()
        for piece in response.raw.stream(65536, decode_content=False):  # no bombs: we asked for no encoding
            answer += piece
            if len(answer) > ANSWER_BYTES:
                raise CentralUnreachable(f"an answer of more than {ANSWER_BYTES} bytes")
            if self._mono() >= until:
                raise CentralUnreachable("the answer trickled beyond the deadline")
        return bytes(answer)

    def _set_offset(self, response: requests.Response, asked: datetime) -> None:
        said = _http_date(response.headers.get("Date", ""))
        if said is not None:
            between = asked + (self._clock.now() - asked) / 2
            self.offset = (said - between).total_seconds() + 0.5  # the header counts whole seconds


class _Adapter(HTTPAdapter):
    """One kept connection with our TLS context, tied to the lifeline."""

    def __init__(self, context: ssl.SSLContext, lifeline: Lifeline, name: str) -> None:
        self._context, self._lifeline, self._name = context, lifeline, name
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        del connections, maxsize, block
        if self._name:
            more["server_hostname"] = self._name
        super().init_poolmanager(1, 1, block=True, ssl_context=self._context, **more)
        self.poolmanager.pool_classes_by_scheme = {"https": ties(self._lifeline)}


def _context(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and name
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(ca)
    except OSError as error:  # SSLError is one
        raise ConfigError(str(ca), "ca", "a readable file of PEM certificates") from error
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise ConfigError(str(certificate), "certificate", f"a PEM certificate that fits {key}") from error
    return context


def _refusal(response: requests.Response, answer: bytes, now: datetime) -> CentralRefused | CentralUnreachable:
    """What an answer that is not a success means (C.21)."""
    status = response.status_code
    code, detail = f"http-{status}", ""
    try:
        problem = decode(answer, Problem)
        code, detail = problem.type, problem.detail or problem.title
    except msgspec.MsgspecError:
        pass  # a proxy or a crash answered, not central's code
    later = status in LATER or (status == 409 and code == BUSY)
    if 400 <= status < 500 and not later:
        return CentralRefused(code, detail)
    return CentralUnreachable(f"{code} {detail}".strip(), retry_after=_retry_after(response, now))


def _retry_after(response: requests.Response, now: datetime) -> float | None:
    """The header in both its forms; a date counts from central's own."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    at = _http_date(text)
    if at is None:
        return None
    return max(0.0, (at - (_http_date(response.headers.get("Date", "")) or now)).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=at.tzinfo or UTC)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
