"""Whatever central or the network does, a post ends in time and as one of two errors."""

import asyncio
import itertools
import json
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kiosk_app.errors import CentralError, CentralRefused, CentralUnreachable, ConfigError
from offline_cache.central_client import ANSWER_BYTES, CentralClient
from tests.offline_cache.books import NOON, SetClock
from tests.offline_cache.central import NAME, Ca, Caller, Manner, serving


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Ca:
    return Ca(tmp_path_factory.mktemp("ca"), "ca")


@contextmanager
def client(ca: Ca, port: int, **changes: Any) -> Iterator[CentralClient]:
    certificate, key = changes.pop("issuer", ca).issue("kiosk-1")
    ids = itertools.count(1)
    made = CentralClient(
        f"https://127.0.0.1:{port}",
        ca=changes.pop("trusts", ca).file,
        certificate=certificate,
        key=key,
        clock=changes.pop("clock", SetClock()),
        new_id=lambda: f"key-{next(ids)}",
        name=changes.pop("name", NAME),
    )
    try:
        yield made
    finally:
        made.close()


def post(made: CentralClient, body: bytes = b"{}", *, deadline: float = 20.0) -> bytes:
    return asyncio.run(made.post("/hb", body, deadline=deadline))


def refusal(made: CentralClient, *, deadline: float = 20.0) -> CentralError:
    with pytest.raises(CentralError) as caught:
        post(made, deadline=deadline)
    return caught.value


def say(status: str, body: bytes = b"", **headers: str) -> Manner:
    return lambda caller: caller.answer(status, body, **headers)


def in_turn(*manners: Manner) -> Manner:
    left = iter(manners)
    return lambda caller: next(left)(caller)  # noqa: PLW0108  # each request takes the next


def problem(type_: str, status: int) -> bytes:
    return json.dumps({"type": type_, "title": "No", "status": status, "detail": "because"}).encode()


# --- when it works ---------------------------------------------------------------------------------------------


def test_posts_go_over_one_kept_connection_each_with_a_key_of_its_own(ca: Ca) -> None:
    with serving(say("200 OK", b'{"next_s":60}'), ca) as server, client(ca, server.port) as made:
        assert [post(made, b'{"n":%d}' % number) for number in range(3)] == [b'{"next_s":60}'] * 3
        assert server.connections == 1
        assert [request.line for request in server.requests] == ["POST /k/v1/hb HTTP/1.1"] * 3
        assert [request.body for request in server.requests] == [b'{"n":0}', b'{"n":1}', b'{"n":2}']
        assert [request.headers["idempotency-key"] for request in server.requests] == ["key-1", "key-2", "key-3"]
        assert server.requests[0].headers["content-type"].startswith("application/json")


def test_an_empty_answer_is_an_answer(ca: Ca) -> None:
    with serving(say("204 No Content"), ca) as server, client(ca, server.port) as made:
        assert post(made) == b""


def test_the_servers_time_tells_how_good_our_clock_is(ca: Ca) -> None:
    dates = iter([NOON, NOON + timedelta(seconds=121), NOON - timedelta(days=700)])
    manner: Manner = lambda caller: caller.answer("200 OK", Date=format_datetime(next(dates), usegmt=True))  # noqa: E731
    with serving(manner, ca) as server, client(ca, server.port) as made:
        assert (made.offset, made.clock_quality()) == (None, "unknown")
        for offset, quality in ((0.5, "server"), (121.5, "drifted"), (0.5 - 700 * 86400, "drifted")):
            post(made)
            assert (made.offset, made.clock_quality()) == (offset, quality)


# --- what central says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "type_"), [(400, "bad-batch"), (403, "revoked"), (404, "unknown-decision"),
                                               (409, "chain-fork"), (422, "key-reused")])  # fmt: skip
def test_a_final_no_is_refused_with_its_stable_code(ca: Ca, status: int, type_: str) -> None:
    with serving(say(f"{status} No", problem(type_, status)), ca) as server, client(ca, server.port) as made:
        error = refusal(made)
        assert isinstance(error, CentralRefused)
        assert error.code == type_
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "type_"),
    [(408, "slow"), (409, "busy"), (425, "early"), (429, "many"), (500, "x"), (503, "y"), (302, "z")],
)
def test_later_is_unreachable_and_not_a_no(ca: Ca, status: int, type_: str) -> None:
    with serving(say(f"{status} Later", problem(type_, status)), ca) as server, client(ca, server.port) as made:
        error = refusal(made)
        assert isinstance(error, CentralUnreachable)
        assert error.retry_after is None
        assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b'{"type":"\xff"}', b"[" * 9999])
def test_a_no_without_a_readable_problem_still_has_a_code(ca: Ca, body: bytes) -> None:
    with serving(say("403 Forbidden", body), ca) as server, client(ca, server.port) as made:
        error = refusal(made)
        assert isinstance(error, CentralRefused)
        assert error.code == "http-403"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("17", 17.0),
        (format_datetime(NOON + timedelta(minutes=2), usegmt=True), 120.0),
        (format_datetime(NOON - timedelta(minutes=2), usegmt=True), 0.0),
        ("-3", None),
        ("1e9", None),
        ("nan", None),
        ("9" * 400, None),
        ("tomorrow", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms_and_nonsense_is_none(ca: Ca, text: str, seconds: float | None) -> None:
    date = format_datetime(NOON, usegmt=True)
    wrong = SetClock(datetime(2001, 1, 1, tzinfo=UTC))  # a date counts from central's clock, not ours
    manner = say("503 Later", b"", Retry_After=text, Date=date)
    with serving(manner, ca) as server, client(ca, server.port, clock=wrong) as made:
        error = refusal(made)
        assert isinstance(error, CentralUnreachable)
        assert error.retry_after == seconds


def test_a_redirect_is_not_followed(ca: Ca) -> None:
    with (
        serving(say("200 OK", b"stolen"), ca) as thief,
        serving(say("307 Go", Location=f"https://127.0.0.1:{thief.port}/k/v1/hb"), ca) as server,
        client(ca, server.port) as made,
    ):
        assert isinstance(refusal(made), CentralUnreachable)
        assert thief.requests == []


# --- who it is -------------------------------------------------------------------------------------------------


def test_a_server_of_another_ca_is_not_central(ca: Ca, tmp_path: Path) -> None:
    with serving(say("200 OK"), Ca(tmp_path, "other")) as server, client(ca, server.port) as made:
        assert isinstance(refusal(made), CentralUnreachable)
        assert server.requests == []


def test_a_server_of_our_ca_with_another_name_is_not_central(ca: Ca) -> None:
    with serving(say("200 OK"), ca, name="printer.kiosk.test") as server, client(ca, server.port) as made:
        assert isinstance(refusal(made), CentralUnreachable)
        assert server.requests == []


def test_an_expired_certificate_is_not_central(ca: Ca) -> None:
    with serving(say("200 OK"), ca, days=-1) as server, client(ca, server.port) as made:
        assert isinstance(refusal(made), CentralUnreachable)
        assert server.requests == []


def test_tls_1_2_is_not_spoken(ca: Ca) -> None:
    with serving(say("200 OK"), ca, tls=ssl.TLSVersion.TLSv1_2) as server, client(ca, server.port) as made:
        assert isinstance(refusal(made), CentralUnreachable)
        assert server.requests == []


def test_a_kiosk_certificate_of_another_ca_gets_no_answer(ca: Ca, tmp_path: Path) -> None:
    other = Ca(tmp_path, "other")
    with serving(say("200 OK"), ca) as server, client(ca, server.port, issuer=other) as made:
        assert isinstance(refusal(made), CentralUnreachable)
        assert server.requests == []


def test_only_the_pinned_ca_is_trusted_even_after_a_request(ca: Ca) -> None:
    with serving(say("200 OK"), ca) as server, client(ca, server.port) as made:
        post(made)
        adapter: Any = made._session.adapters["https://"]
        assert len(adapter._context.get_ca_certs()) == 1


def test_the_environment_can_neither_redirect_nor_vouch(ca: Ca, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    with serving(say("200 OK", b"direct"), ca) as server, client(ca, server.port) as made:
        assert post(made) == b"direct"


def test_files_that_cannot_be_used_are_named(ca: Ca, tmp_path: Path) -> None:
    certificate, key = ca.issue("kiosk-2")
    good: dict[str, Any] = {"ca": ca.file, "certificate": certificate, "key": key}
    for name, said in (("ca", "ca"), ("certificate", "certificate"), ("key", "certificate")):
        with pytest.raises(ConfigError) as caught:
            CentralClient("https://c", **{**good, name: tmp_path / "gone"}, clock=SetClock(), new_id=lambda: "")
        assert caught.value.key == said
    with pytest.raises(ConfigError):
        CentralClient("http://c", **good, clock=SetClock(), new_id=lambda: "")


# --- in time ---------------------------------------------------------------------------------------------------


def _endless_headers(caller: Caller) -> None:
    caller.trickle(itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X-Slow: yes\r\n", 80)))
    caller.trickle(itertools.repeat(b"x"))


def _endless_body(caller: Caller) -> None:
    caller.trickle(itertools.chain([b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"], itertools.repeat(b"x")))


def _silence(caller: Caller) -> None:
    caller.stopping.wait()


@pytest.mark.parametrize("manner", [_endless_headers, _endless_body, _silence])
def test_a_slow_server_holds_nobody_beyond_the_deadline_not_even_the_worker(ca: Ca, manner: Manner) -> None:
    turn = in_turn(manner, say("200 OK", b"well again"))
    # the server is single: it serves the second post only after the first connection is gone
    with serving(turn, ca) as server, client(ca, server.port) as made:
        began = time.monotonic()
        assert isinstance(refusal(made, deadline=0.3), CentralUnreachable)
        assert 0.25 < time.monotonic() - began < 5
        if manner is not _silence:
            assert post(made, deadline=10) == b"well again"


def test_a_handshake_that_never_ends_is_ended(ca: Ca) -> None:
    with serving(say("200 OK"), ca, handshake=False) as server, client(ca, server.port) as made:
        began = time.monotonic()
        assert isinstance(refusal(made, deadline=0.3), CentralUnreachable)
        made._worker.submit(lambda: None).result(timeout=5)
        assert time.monotonic() - began < 5


def test_a_citizen_who_leaves_frees_the_worker_at_once(ca: Ca) -> None:
    asked: Future[None] = Future()

    def slow(caller: Caller) -> None:
        asked.set_result(None)
        _endless_body(caller)

    async def leave(made: CentralClient) -> bytes:
        asking = asyncio.ensure_future(made.post("/traffic/decisions", b"{}", deadline=60))
        await asyncio.wrap_future(asked)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        return await made.post("/hb", b"{}", deadline=20)

    with serving(in_turn(slow, say("200 OK", b"next")), ca) as server, client(ca, server.port) as made:
        assert asyncio.run(leave(made)) == b"next"


def test_an_answer_without_end_is_cut_off(ca: Ca) -> None:
    turn = in_turn(say("200 OK", b"x" * (ANSWER_BYTES + 1)), say("200 OK", b"x" * ANSWER_BYTES))
    with serving(partial(_patiently, turn), ca) as server, client(ca, server.port) as made:
        assert isinstance(refusal(made), CentralUnreachable)
        assert len(post(made)) == ANSWER_BYTES


def _patiently(manner: Manner, caller: Caller) -> None:
    caller.connection.settimeout(5)
    manner(caller)
    caller.connection.settimeout(0.02)


# --- broken lines ----------------------------------------------------------------------------------------------


def test_nobody_listening_is_unreachable(ca: Ca) -> None:
    with serving(say("200 OK"), ca) as server:
        pass
    with client(ca, server.port) as made:
        assert isinstance(refusal(made), CentralUnreachable)


def _hang_up(caller: Caller) -> None:
    caller.connection.close()


def _half(caller: Caller) -> None:
    caller.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
    caller.connection.close()


def _garbage(caller: Caller) -> None:
    caller.connection.sendall(b"\x00\xff not http\r\n\r\n")
    caller.connection.close()


@pytest.mark.parametrize("fault", [_hang_up, _half, _garbage])
def test_a_broken_answer_on_a_fresh_connection_is_unreachable_and_not_repeated(ca: Ca, fault: Manner) -> None:
    with serving(fault, ca) as server, client(ca, server.port) as made:
        assert isinstance(refusal(made), CentralUnreachable)
        assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [_hang_up, _half, _garbage])
def test_on_a_kept_connection_it_is_repeated_once_on_a_fresh_one_with_the_same_key(ca: Ca, fault: Manner) -> None:
    turn = in_turn(say("200 OK"), fault, say("200 OK", b"second"))
    with serving(turn, ca) as server, client(ca, server.port) as made:
        post(made)
        assert post(made, b"{1}") == b"second"
        assert [request.body for request in server.requests] == [b"{}", b"{1}", b"{1}"]
        assert server.requests[1].headers["idempotency-key"] == server.requests[2].headers["idempotency-key"]
        assert server.connections == 2


def test_it_is_repeated_only_once(ca: Ca) -> None:
    turn = in_turn(say("200 OK"), _hang_up, _hang_up, say("200 OK"))
    with serving(turn, ca) as server, client(ca, server.port) as made:
        post(made)
        assert isinstance(refusal(made), CentralUnreachable)
        assert len(server.requests) == 3


def test_a_closed_client_is_unreachable(ca: Ca) -> None:
    with serving(say("200 OK"), ca) as server, client(ca, server.port) as made:
        post(made)
        made.close()
        assert isinstance(refusal(made), CentralUnreachable)
