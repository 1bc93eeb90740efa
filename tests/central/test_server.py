"""Stories of the real listener: mutual TLS on a loopback port, and the same answers as in memory."""

import asyncio
import http.client
import json
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from central import registry
from central.books import Books
from central.commands import app
from central.departments import samples
from central.payments.threads import QUEUE, THREADS
from central.server import Central, Settings, WallClock, running
from kiosk_app.contract import PATH, AskDecisions, Batch, BatchReply, CreateOrder, Decisions, Problem
from provisioning.device_key import DeviceKey
from provisioning.enrol import Files, Identity, client_context, enrol
from tests.central.fleet import Fleet, HandClock, Machine


@dataclass
class Site:
    """A running central and one machine that enrolled there."""

    central: Central
    port: int
    console: int
    folder: Path
    identity: Identity

    def call(self, path: str, body: bytes = b"{}", context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
        response, content = self.ask("POST", path, body, context)
        return response.status, content

    def ask(
        self, method: str, path: str, body: bytes = b"", context: ssl.SSLContext | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        tls = context or client_context(self.folder)
        connection = http.client.HTTPSConnection("localhost", self.port, context=tls, timeout=10)
        try:
            connection.request(method, PATH + path, body)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def browse(self, path: str, host: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.console, timeout=10)
        try:
            connection.request("GET", path, headers={"host": host or f"127.0.0.1:{self.console}"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def nameless(self) -> ssl.SSLContext:
        """TLS without a certificate of one's own."""
        return ssl.create_default_context(cafile=str(Files(self.folder).authority))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    central = Central(Settings(folder / "central"))
    central.load_samples()
    central.load_samples()  # a restart does not load them twice
    with running(central) as (port, console):
        url, code = f"https://localhost:{port}", central.enrolment.new_code("蓬江大厅")
        identity = enrol(url, code, folder / "kiosk", ca_fingerprint=central.authority.fingerprint)
        yield Site(central, port, console, folder / "kiosk", identity)


def code_of(body: bytes) -> str:
    return msgspec.json.decode(body, type=Problem).type


# --- who may call ---


def test_an_enrolled_machine_is_answered(site: Site) -> None:
    status, body = site.call("/traffic/decisions", msgspec.json.encode(AskDecisions(id_number=samples.ZHANG.id_number)))
    assert status == 200
    assert len(msgspec.json.decode(body, type=Decisions).decisions) == 6


def test_without_a_certificate_only_enrolment_is_open(site: Site) -> None:
    status, body = site.call("/hb", context=site.nameless())
    assert (status, code_of(body)) == (403, "certificate-required")
    assert site.call("/enrol", context=site.nameless())[0] == 400


def test_a_certificate_of_another_authority_does_not_pass_the_handshake(site: Site, tmp_path: Path) -> None:
    other = Central(Settings(tmp_path / "other"))
    key = DeviceKey.load_or_make(tmp_path / "key")
    stranger = site.nameless()
    (tmp_path / "pem").write_text(other.authority.issue(key.request(), site.identity.kiosk) + other.authority.chain_pem)
    stranger.load_cert_chain(tmp_path / "pem", tmp_path / "key")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        site.call("/hb", context=stranger)


def test_an_expired_certificate_does_not_pass_the_handshake(site: Site, tmp_path: Path) -> None:
    key = DeviceKey.load_or_make(tmp_path / "key")
    issued = HandClock(datetime.now(UTC) - timedelta(days=91))
    authority = type(site.central.authority)(site.folder.parent / "central" / "authority", issued.now)
    (tmp_path / "pem").write_text(authority.issue(key.request(), site.identity.kiosk) + authority.chain_pem)
    late = site.nameless()
    late.load_cert_chain(tmp_path / "pem", tmp_path / "key")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        site.call("/hb", context=late)


def test_centrals_own_server_certificate_is_no_kiosk(site: Site) -> None:
    folder, thief = site.folder.parent / "central" / "authority", site.nameless()
    thief.load_cert_chain(folder / "server.pem", folder / "server.key")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        site.call("/hb", context=thief)


def test_tls_before_1_3_is_not_spoken(site: Site) -> None:
    old = client_context(site.folder)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        site.call("/hb", context=old)


def test_a_revoked_kiosk_is_refused_at_once(site: Site, tmp_path: Path) -> None:
    url, code = f"https://localhost:{site.port}", site.central.enrolment.new_code("stolen")
    stolen = enrol(url, code, tmp_path, ca_fingerprint=site.central.authority.fingerprint)
    ask = msgspec.json.encode(AskDecisions(number="440703100000018"))
    assert site.call("/traffic/decisions", ask, client_context(tmp_path))[0] == 200
    with site.central.front.store.write() as connection:
        registry.revoke(connection, stolen.kiosk, datetime.now(UTC))
    status, body = site.call("/traffic/decisions", ask, client_context(tmp_path))
    assert (status, code_of(body)) == (403, "revoked")


# --- what is answered ---


def test_every_reply_carries_centrals_time(site: Site) -> None:
    for method, path in (("POST", "/hb"), ("POST", "/nowhere"), ("GET", "/ca"), ("PUT", "/hb")):
        response, _ = site.ask(method, path)
        at = datetime.fromisoformat(response.headers["server-time"])
        assert abs(at - datetime.now(UTC)) < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("method", "path", "body", "answer"),
    [
        ("POST", "/nowhere", b"", (404, "unknown-path")),
        ("PUT", "/hb", b"", (405, "wrong-method")),
        ("POST", "/tx/batch", b"x" * 1_000_001, (413, "too-large")),
        ("POST", "/tx/batch", b"x" * 2_000_000, (413, "too-large")),
        ("POST", "/tx/batch", b"nonsense", (400, "bad-message")),
    ],
)
def test_what_is_refused_is_a_problem_document(
    site: Site, method: str, path: str, body: bytes, answer: tuple[int, str]
) -> None:
    response, content = site.ask(method, path, body)
    assert (response.status, code_of(content)) == answer
    assert response.headers["content-type"].startswith("application/problem+json")


def test_later_is_said_with_how_much_later(site: Site) -> None:
    site.central.front.traffic.available = False  # type: ignore[attr-defined]  # the reference department's own switch
    try:
        response, body = site.ask("POST", "/traffic/decisions", b'{"number":"440703100000018"}')
    finally:
        site.central.front.traffic.available = True  # type: ignore[attr-defined]  # the same
    assert (response.status, code_of(body)) == (503, "department-unavailable")
    assert int(response.headers["retry-after"]) > 0


def test_a_payment_over_the_wire_is_on_the_operators_page_and_has_a_proof(site: Site) -> None:
    clock = HandClock(WallClock().now())
    machine = Machine(site.identity.kiosk, DeviceKey.load_or_make(Files(site.folder).key), clock)
    made = Fleet(clock, site.central.front.traffic, site.central.front, machine)  # type: ignore[arg-type]  # only makes reports
    shown = made.ask(number=samples.SAMPLES[0].number)[0]
    event = machine.event(made.paid("R20260302-1", shown))
    status, body = site.call("/tx/batch", msgspec.json.encode(Batch(events=[event])))
    assert status == 200
    [verdict] = msgspec.json.decode(body, type=BatchReply).streams["pay"].verdicts
    assert verdict.accepted
    page = site.browse("/")[1]
    assert "R20260302-1" in page
    assert verdict.voucher in page
    assert "蓬江大厅" in page
    assert shown.number not in page
    status, proof = site.browse("/proof/R20260302-1")
    assert status == 200
    assert shown.number not in proof
    assert verdict.voucher in proof
    books = msgspec.json.decode(site.browse("/books")[1], type=Books)
    assert books.held == shown.due
    assert site.browse("/proof/unknown")[0] == 404


class _Slow:
    """A provider that answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.told = threading.Semaphore(0), threading.Event()

    def create(self, number: str, _amount: int, _expires_at: datetime) -> str:
        self.asked.release()
        self.told.wait(60)
        return number


def test_a_slow_payment_provider_takes_no_thread_from_kiosks_that_want_something_else(site: Site) -> None:
    slow, front = _Slow(), site.central.front
    front.orders._channels = {"slow": slow}  # type: ignore[dict-item]
    tls = client_context(site.folder)

    def order(number: int) -> int:
        wanted = CreateOrder(reference=f"slow{number}", amount=1, channel="slow")
        return site.call("/orders/create", msgspec.json.encode(wanted), tls)[0]

    room = THREADS + QUEUE
    with ThreadPoolExecutor(room + 1) as citizens:
        try:
            waiting = [citizens.submit(order, number) for number in range(room)]
            for _ in range(THREADS):
                assert slow.asked.acquire(timeout=30)
            late = time.monotonic() + 30
            while front.providers._room._value:  # the others are on their way into the line
                assert time.monotonic() < late
                time.sleep(0.01)
            assert order(room) == 503  # the line is full: told so at once, not when patience is over
            question = msgspec.json.encode(AskDecisions(id_number="440703195501010023"))
            assert site.call("/traffic/decisions", question, tls)[0] == 200
            assert not slow.asked.acquire(blocking=False)  # no more at a time than there are threads
        finally:
            slow.told.set()
        assert [one.result(30) for one in waiting].count(200) == room
    front.orders._channels = {}


def test_the_console_answers_only_to_its_own_name(site: Site) -> None:
    assert site.browse("/books", host="evil.example")[0] == 400


# --- the process ---


def test_the_process_serves_and_makes_codes_and_revokes(tmp_path: Path) -> None:
    def central(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])

    async def serve() -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "central", "--data", str(tmp_path), "--port", "0", "--console-port", "0"),
            "--samples",
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        lines = [(await asyncio.wait_for(process.stdout.readline(), 20)).decode() for _ in range(3)]
        url, fingerprint = lines[0].split()[1].removesuffix(PATH), lines[2].split()[-1]
        code = (
            await asyncio.to_thread(central, "enrolment-code", "--data", str(tmp_path), "--site", "x")
        ).stdout.strip()
        identity = await asyncio.to_thread(enrol, url, code, tmp_path / "kiosk", ca_fingerprint=fingerprint)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
        return identity.kiosk

    kiosk = asyncio.run(serve())
    assert central("revoke", kiosk).stdout == "revoked\n"
    assert central("revoke", "nobody").exit_code == 1
    assert json.loads((tmp_path / "kiosk" / "identity.json").read_text())["kiosk"] == kiosk
