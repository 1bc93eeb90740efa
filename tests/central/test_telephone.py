"""Central with the simulated provider: the telephone and its calls, the operators' page, the commands."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from central import console
from central.commands import app
from central.db import file_engine
from central.departments import samples
from central.server import Central, Settings, running
from central.tables import order as orders
from central.tables import payment as payments
from kiosk_app.contract import CreateOrder, Order, QueryOrder
from provisioning.device_key import DeviceKey
from tests.central.fleet import KIOSK, HandClock
from tests.central.test_orders import REFERENCE, Town, decision

WANTED = CreateOrder(reference=REFERENCE, amount=20_000, channel="alipay")


@dataclass
class Place:
    """A running central with a simulated provider, over a folder."""

    central: Central
    data: Path
    port: int

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, json.dumps(body).encode() if body is not None else None, headers)
            reply = connection.getresponse()
            text = reply.read()
            kind = reply.getheader("content-type") or ""
            return reply.status, json.loads(text) if "json" in kind else text.decode()
        finally:
            connection.close()

    def kiosk(self, question: Any) -> Order:
        status, body = self.central.front.post(KIOSK, question.path, msgspec.json.encode(question))
        assert status == 200, body
        return msgspec.json.decode(body, type=Order)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    central = Central(Settings(tmp_path, sample_provider=True))
    central.front.register(KIOSK, DeviceKey.from_number(1).public_pem, site="样本服务区")
    with running(central) as (_, port):
        yield Place(central, tmp_path, port)


def test_a_telephone_scans_and_pays_what_the_kiosk_shows(place: Place) -> None:
    order = place.kiosk(WANTED)
    status, bill = place.call("POST", "/phone/scan", {})
    assert (status, bill["code"], bill["amount"]) == (200, order.code, 20_000)
    assert place.call("POST", "/phone/pay", {"code": order.code})[0] == 200
    assert place.kiosk(QueryOrder(reference=REFERENCE)).state == "paid"
    status, ledger = place.call("GET", "/phone/trades")
    assert [(trade["number"], trade["state"]) for trade in ledger["trades"]] == [(REFERENCE, "paid")]
    assert place.call("POST", "/phone/pay", {"code": order.code})[0] == 409


def test_a_payment_can_be_under_way_for_a_while(place: Place) -> None:
    place.kiosk(WANTED)
    assert place.call("POST", "/phone/pay", {"lag": 600.0})[0] == 200
    assert place.kiosk(QueryOrder(reference=REFERENCE)).state == "waiting"


def test_the_provider_can_be_broken_and_mended(place: Place) -> None:
    assert place.call("POST", "/phone/faults", {"down": True})[0] == 200
    body = msgspec.json.encode(WANTED)
    assert place.central.front.post(KIOSK, WANTED.path, body)[0] == 503
    assert place.call("POST", "/phone/faults", {"down": False})[0] == 200
    assert place.kiosk(WANTED).code


@pytest.mark.parametrize(
    ("path", "body"), [("faults", {"fire": 1}), ("faults", {"down": "yes"}), ("pay", {"lag": "x"}), ("scan", [])]
)
def test_a_call_that_cannot_be_meant_is_refused(place: Place, path: str, body: object) -> None:
    assert place.call("POST", f"/phone/{path}", body)[0] == 400


def test_no_other_page_in_a_browser_can_pay(place: Place) -> None:
    place.kiosk(WANTED)
    assert place.call("POST", "/phone/pay", {}, origin="http://evil.invalid")[0] == 403
    assert place.call("GET", "/phone/trades")[1]["trades"][0]["state"] == "open"


def test_the_telephone_has_a_page_that_needs_nothing_from_elsewhere(place: Place) -> None:
    status, page = place.call("GET", "/phone")
    assert status == 200
    assert "样本" in page
    assert "src=" not in page
    assert "https://" not in page


def test_without_the_simulated_provider_there_is_no_telephone_and_no_codes(tmp_path: Path) -> None:
    central = Central(Settings(tmp_path))
    with running(central) as (_, port):
        assert Place(central, tmp_path, port).call("GET", "/phone")[0] == 404
    assert central.front.orders.channels == []


def test_the_provider_remembers_when_central_starts_again(tmp_path: Path) -> None:
    first = Central(Settings(tmp_path, sample_provider=True))
    first.front.register(KIOSK, DeviceKey.from_number(1).public_pem)
    before = Place(first, tmp_path, 0).kiosk(WANTED)
    again = Central(Settings(tmp_path, sample_provider=True))
    assert again.provider is not None
    again.provider.pay(before.code)
    assert Place(again, tmp_path, 0).kiosk(QueryOrder(reference=REFERENCE)).state == "paid"


# --- the commands ---


def test_an_operator_looks_at_night_and_gives_a_lost_kiosks_money_back(tmp_path: Path) -> None:
    clock = HandClock()
    clock.turn(days=-2)
    old = Central(Settings(tmp_path, sample_provider=True), clock)
    old.front.register(KIOSK, DeviceKey.from_number(1).public_pem)
    order = Place(old, tmp_path, 0).kiosk(WANTED)
    assert old.provider is not None
    old.provider.pay(order.code)
    run, where = CliRunner(), ["--data", str(tmp_path), "--samples"]
    said = run.invoke(app, ["reconcile", *where])
    assert said.exit_code == 0, said.output
    assert "1 orders looked at, 1 changed, provider silent for 0" in said.output
    clock.turn(days=400)
    with old.front.store.write() as connection:  # the payment was two days ago
        connection.execute(orders.update().values(paid_at=clock.now().replace(year=2025)))
    assert "kiosk-silent" in run.invoke(app, ["reconcile", *where]).output
    refused = run.invoke(app, ["refund", REFERENCE, "--by", "样本员工", *where])
    assert refused.exit_code == 1
    done = run.invoke(app, ["refund", REFERENCE, "--by", "样本员工", "--kiosk-lost", *where])
    assert (done.exit_code, done.output.strip()) == (0, "given back")
    assert [trade.state for trade in old.provider.trades()] == ["refunded"]


def test_the_command_says_when_there_is_money_to_hand_out(tmp_path: Path) -> None:
    clock = HandClock()
    clock.turn(days=-2)
    old = Central(Settings(tmp_path, sample_provider=True), clock)
    old.front.register(KIOSK, DeviceKey.from_number(1).public_pem)
    assert old.provider is not None
    old.provider.pay(Place(old, tmp_path, 0).kiosk(WANTED).code)
    old.provider.set_faults(refunds="refuse")
    run, where = CliRunner(), ["--data", str(tmp_path), "--samples"]
    run.invoke(app, ["reconcile", *where])
    with old.front.store.write() as connection:
        connection.execute(orders.update().values(paid_at=clock.now().replace(year=2025)))
    decided = ["refund", REFERENCE, "--by", "样本员工", "--kiosk-lost"]
    assert run.invoke(app, [*decided, *where]).exit_code == 1
    done = run.invoke(app, [*decided, "--by-hand", *where])
    assert (done.exit_code, done.output.strip()) == (
        0,
        "the provider refuses, and will not be asked again: hand it out now",
    )


# --- the operators' page ---


def test_the_page_shows_orders_cases_and_the_ends_of_days() -> None:
    town = Town()
    due = decision(town)
    town.pay(amount=due.due)
    town.fleet.say(town.fleet.paid(REFERENCE, due, means="code"))
    town.pay(reference=REFERENCE + "9", channel="alipay")
    town.clock.turn(minutes=11)
    town.beat()
    page = console.page(town.front)
    for words in ("扫码订单", "微信支付 WeChat Pay", "支付宝 Alipay", "SUCCESS", "TRADE_SUCCESS", "fulfilled"):
        assert words in page
    assert "▲ unreported" in page
    assert REFERENCE + "9" in page
    assert town.provider.trades()[0].transaction in page


def test_the_proof_names_the_means_truthfully() -> None:
    town = Town()
    by_code, by_card = town.fleet.ask(id_number=samples.LI.id_number)
    town.pay(amount=by_code.due)
    town.fleet.say(town.fleet.paid(REFERENCE, by_code, means="code"), town.fleet.paid("44070399260302120009", by_card))
    status, page = console.proof_page(town.front, REFERENCE)
    assert status == 200
    assert "扫码支付 code · 微信支付 WeChat Pay" in page
    assert town.provider.trades()[0].transaction in page
    assert "银行卡 bank card" in console.proof_page(town.front, "44070399260302120009")[1]


# --- the database's history ---


def test_a_database_of_before_keeps_its_payments_and_gets_orders(tmp_path: Path) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    import central.migrations as history  # noqa: PLC0415

    engine = sa.create_engine(f"sqlite:///{tmp_path / 'central.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(history.__file__).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO traffic_payment (kiosk, reference, amount, at, accepted, code, voucher, state)"
            " VALUES ('k', 'r', 5, '2026-01-01', 1, '', 'v', 'settled')"
        )
    engine.dispose()
    with file_engine(tmp_path / "central.db").begin() as connection:
        assert connection.execute(sa.select(payments.c.amount)).scalar_one() == 5
        assert connection.execute(sa.select(sa.func.count()).select_from(orders)).scalar_one() == 0
