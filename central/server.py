"""Central as a process: one TLS listener for kiosks, one plain listener on the loopback for its operators.

The kiosk listener only moves bytes: every body goes to :class:`central.front.Front` (or, without a certificate,
to enrolment) in a worker thread, and its answer goes back; what asks a payment provider has threads of its own. Each
reply carries central's time (C.17), problems included. Nothing a kiosk sends is logged.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import uvicorn
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Scope

from central import tls
from central.authority import Authority, DocumentSigner
from central.certificates.sealing import Sealer
from central.clock import Clock
from central.console import console_app
from central.db import file_engine
from central.departments import samples
from central.departments.counter import samples as counter_samples
from central.departments.exit_entry import samples as exit_samples
from central.departments.hall import samples as hall_samples
from central.departments.rules import china_day
from central.departments.social import samples as social_samples
from central.enrolment import Enrolment, Place, key_in
from central.front import Front
from central.payments.night import nights
from central.payments.orders import CALLS
from central.payments.simulated import SimulatedProvider
from central.periods import STANDARD, Periods
from central.photo_page import PATH as PHOTO_PATH
from central.photos import DAYS
from central.problems import Refused
from kiosk_app.contract import BATCH_BYTES, PATH
from kiosk_app.contract.catalogue import PURPOSE, PURPOSE_OID

LOOPBACK: Final = "127.0.0.1"


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Settings:
    """Where central keeps its data and where it listens; port 0 is any free one.

    ``sample_provider``: payments by code go to the simulated provider, whose telephone is on the console's port.
    ``verify_url``: where certificates can be verified, for their QR codes; default: the console.
    ``photo_days``: so long photos wait behind their codes; ``periods``: so long everything else is kept.
    ``portraits``: a folder with a JPEG named after the key of each sample holder, or ``anybody.jpg`` for all.
    """

    data: Path
    port: int = 0
    console_port: int = 0
    host: str = LOOPBACK
    names: Sequence[str] = ("localhost", LOOPBACK)
    place: Place = field(default_factory=Place)
    sample_provider: bool = False
    portraits: Path | None = None
    verify_url: str = ""
    photo_days: int = DAYS
    periods: Periods = STANDARD


# --- the parts ---


class Central:
    """Everything of one central over one data folder; the listeners are opened by :meth:`run`."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.clock = clock or WallClock()
        self._settings = settings
        settings.data.mkdir(parents=True, exist_ok=True)
        self.provider = (
            SimulatedProvider(self.clock, path=settings.data / "sample-provider.json", wait=time.sleep)
            if settings.sample_provider
            else None
        )
        channels = self.provider.channels if self.provider else {}
        self.authority = Authority(settings.data / "authority", self.clock.now)
        self.front = Front(
            file_engine(settings.data / "central.db"),
            self.clock,
            channels=channels,
            photo_key=key_in(settings.data / "photos.key"),
            photo_days=settings.photo_days,
            periods=settings.periods,
            photographed_key=key_in(settings.data / "papers.key"),
            signer=DocumentSigner(self.authority, self.clock.now, PURPOSE, PURPOSE_OID),
            sealer=Sealer(self.authority, self.clock.now),
            hotline=settings.place.hotline,
        )
        self.enrolment = Enrolment(
            self.front.store,
            self.authority,
            self.clock,
            key=key_in(settings.data / "codes.key"),
            place=settings.place,
        )

    def load_samples(self) -> None:
        """The sample citizens' business, once."""
        with self.front.store.write() as connection:
            today = china_day(self.clock.now())
            samples.load_once(connection, today)
            exit_samples.load_once(connection, today, self._settings.portraits)
            social_samples.load_once(connection, today, self._settings.portraits)
            hall_samples.load_once(connection)
            counter_samples.load_once(connection, today)
        self.front.offer_samples()

    async def run(self, stop: asyncio.Event, started: Callable[[int, int], None]) -> None:
        """Serve until ``stop``; ``started`` is told the two ports when both listen."""
        with (
            socket.create_server((self._settings.host, self._settings.port), backlog=1024) as kiosk_door,
            socket.create_server((LOOPBACK, self._settings.console_port)) as console_door,
        ):
            ports = kiosk_door.getsockname()[1], console_door.getsockname()[1]
            self.front.certificates.address = self._settings.verify_url or f"http://{LOOPBACK}:{ports[1]}/verify/"
            self.front.photos.page = self._settings.place.photo_url or f"http://{LOOPBACK}:{ports[1]}{PHOTO_PATH}"
            servers = [
                _Listener(self._kiosk_config()),
                _Listener(_config(console_app(self.front, ports[1], self.provider))),
            ]
            async with asyncio.TaskGroup() as group:
                for server, door in zip(servers, (kiosk_door, console_door), strict=True):
                    group.create_task(server.serve(sockets=[door]))
                night = group.create_task(nights(self.front, self.clock), name="night")
                started(*ports)  # both sockets listen: who calls now waits until the servers take them
                await stop.wait()
                night.cancel()
                for server in servers:
                    server.should_exit = True

    def _kiosk_config(self) -> uvicorn.Config:
        chain, key = self.authority.server_files(self._settings.names)
        trusted = self.authority.chain_file
        config = _config(kiosk_app(self.front, self.enrolment, self.authority))
        config.http = tls.IdentifyingProtocol
        config.ssl_context_factory = lambda *_: tls.context(chain, key, trusted)
        return config


@contextmanager
def running(central: Central) -> Iterator[tuple[int, int]]:
    """Central in a thread of this process, for tests and demos: its two ports."""
    ready, stop = Future[tuple[int, int]](), asyncio.Event()
    loop = asyncio.new_event_loop()

    def serve() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(central.run(stop, lambda *ports: ready.set_result(ports)))
        except Exception as failure:
            if ready.done():
                raise
            ready.set_exception(failure)

    thread = threading.Thread(target=serve, name="central", daemon=True)
    thread.start()
    ports = ready.result(10)
    try:
        yield ports
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


class _Listener(uvicorn.Server):
    """uvicorn without its signal handlers: two servers in one loop would take each other's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=90,  # a heartbeat a minute keeps its connection, and saves the handshake
        timeout_graceful_shutdown=3,
    )


# --- the kiosk listener ---


def kiosk_app(front: Front, enrolment: Enrolment, authority: Authority) -> Litestar:
    """HTTP around the front."""

    @get(f"{PATH}/ca", media_type=MediaType.TEXT, sync_to_thread=False)
    def root() -> str:
        return authority.root_pem

    @post(f"{PATH}/enrol")
    async def enrol(request: Request[Any, Any, Any]) -> Response[bytes]:
        where = request.client.host if request.client else ""
        return _json(await asyncio.to_thread(enrolment.post, where, await request.body()), 201)

    @post(f"{PATH}/{{rest:path}}")
    async def call(request: Request[Any, Any, Any]) -> Response[bytes]:
        kiosk = tls.caller(request.scope)
        if not kiosk:
            raise Refused(403, "certificate-required", "only an enrolled kiosk may ask this")
        path = request.scope["path"].removeprefix(PATH)
        body = await request.body()
        ask = front.providers.run if path in CALLS else asyncio.to_thread
        return _json(await ask(front.answer, kiosk, path, body), 200)

    async def tell_time(message: Message, _scope: Scope) -> None:
        if message["type"] == "http.response.start":
            stamp = front.clock.now().isoformat().encode()
            message["headers"] = [*message["headers"], (b"server-time", stamp)]

    return Litestar(
        [root, enrol, call],
        openapi_config=None,
        logging_config=None,
        before_send=[tell_time],
        request_max_body_size=BATCH_BYTES + 1,
        exception_handlers={Refused: _refused, HTTPException: _wrong},
    )


def _json(body: bytes, status: int) -> Response[bytes]:
    return Response(body, status_code=status, media_type=MediaType.JSON)


def _refused(_request: object, refused: Exception) -> Response[bytes]:
    assert isinstance(refused, Refused)
    headers = {"retry-after": str(refused.retry_after)} if refused.retry_after else {}
    return Response(
        refused.document(), status_code=refused.status, headers=headers, media_type="application/problem+json"
    )


def _wrong(request: object, wrong: Exception) -> Response[bytes]:
    """What the framework refuses by itself: unknown path, wrong method, body too large."""
    assert isinstance(wrong, HTTPException)
    codes = {404: "unknown-path", 405: "wrong-method", 413: "too-large"}
    return _refused(request, Refused(wrong.status_code, codes.get(wrong.status_code, "bad-request"), "not understood"))
