"""Stories of the operators' page: who needs somebody, in words, and nothing that is nobody's business."""

import msgspec
import pytest

from central import console, registry
from central.departments import samples
from central.departments.exit_entry import desk
from kiosk_app.contract import Alarm, DeviceReport, Heartbeat, OutboxReport
from kiosk_app.local_time import LOCAL
from provisioning.device_key import DeviceKey
from tests.central.exit_fleet import Hall, hall
from tests.central.fleet import KIOSK, Fleet, fleet, replace_event


@pytest.fixture
def central() -> Fleet:
    return fleet()


def beat(central: Fleet, state: str = "open", *, kiosk: str = KIOSK, issues: tuple[str, ...] = ()) -> None:
    now = central.clock.now()
    report = Heartbeat(
        seq=1,
        state=state,
        screen="menu",
        since=now,
        devices={"receipt_printer": DeviceReport(state="offline", reason="paper_out")},
        services={"traffic_fines": "open", "voucher": "closed.printer"},
        outbox=OutboxReport(count=17),
        issues=list(issues),
        at_wall=now,
    )
    assert central.front.post(kiosk, "/hb", msgspec.json.encode(report))[0] == 200


def words(central: Fleet) -> list[tuple[str, str, str]]:
    with central.front.store.read() as connection:
        return [(row.site, row.word, row.age) for row in console.kiosk_rows(connection, central.clock.now())]


def test_a_kiosk_is_never_seen_then_there_then_silent(central: Fleet) -> None:
    assert words(central) == [("sample site", "never seen", "")]
    beat(central, "limited")
    central.clock.turn(seconds=90)
    assert words(central) == [("sample site", "limited", "1 min")]
    central.clock.turn(hours=3)
    assert words(central) == [("sample site", "silent", "3 h")]
    central.clock.turn(days=2)
    assert words(central) == [("sample site", "silent", "2 d")]


def test_what_a_kiosk_says_is_wrong_with_its_books_is_shown_and_brings_it_up(central: Fleet) -> None:
    central.front.register("well", DeviceKey.from_number(2).public_pem, site="a")
    beat(central, kiosk="well")
    beat(central, issues=("refund due 44070301261123130059", "store DiskFull"))
    assert [site for site, *_ in words(central)] == ["sample site", "a"]
    page = console.page(central.front)
    assert "▲ refund due 44070301261123130059" in page
    assert "▲ store DiskFull" in page


def test_how_full_a_supply_is_and_until_when_it_lasts_is_shown(central: Fleet) -> None:
    now = central.clock.now()
    printer = DeviceReport(state="online", supplies={"toner": "ok"}, levels={"toner": 63}, empty_at={"toner": now})
    report = Heartbeat(
        seq=1, state="open", screen="idle", since=now, devices={"document_printer": printer}, services={},
        outbox=OutboxReport(count=0), at_wall=now,
    )  # fmt: skip
    assert central.front.post(central.kiosk.id, "/hb", msgspec.json.encode(report))[0] == 200
    assert f"toner ok 63 % → {now.astimezone(LOCAL):%Y-%m-%d}" in console.page(central.front)


def test_kiosks_that_need_somebody_come_first(central: Fleet) -> None:
    central.front.register("well", DeviceKey.from_number(2).public_pem, site="a")
    central.front.register("gone", DeviceKey.from_number(3).public_pem, site="b")
    beat(central, "open", kiosk="well")
    beat(central, "open")
    with central.front.store.write() as connection:
        registry.revoke(connection, "gone", central.clock.now())
    assert [site for site, *_ in words(central)] == ["a", "b", "sample site"]
    central.send(central.kiosk.event(Alarm(component="till", code="short", raised=True), "audit"))
    assert [site for site, *_ in words(central)] == ["sample site", "a", "b"]


def test_the_page_shows_devices_services_and_what_waits(central: Fleet) -> None:
    beat(central)
    central.send(central.kiosk.event(Alarm(component="till", code="short", raised=True), "audit"))
    page = console.page(central.front)
    for text in ("receipt_printer: offline", "paper_out", "voucher: closed.printer", ">17<", "till: short", "服务中"):
        assert text in page


def test_the_page_shows_what_was_set_aside_and_why(central: Fleet) -> None:
    event = central.kiosk.event(central.moved("R1", "approved"))
    central.send(replace_event(event, sig="00"))
    central.send(central.kiosk.signed(replace_event(event, id="other")))
    page = console.page(central.front)
    assert "bad-signature" in page
    assert "chain-fork" in page


def test_what_a_machine_calls_itself_is_text_and_never_markup(central: Fleet) -> None:
    central.front.register("x", DeviceKey.from_number(2).public_pem, site="<script>alert(1)</script>")
    assert "<script>" not in console.page(central.front)


def test_the_page_needs_nothing_from_elsewhere(central: Fleet) -> None:
    page = console.page(central.front)
    assert "http://" not in page
    assert "https://" not in page
    assert "src=" not in page


def test_no_id_number_is_on_any_page(central: Fleet) -> None:
    person = samples.ZHANG.id_number
    central.say(central.paid("R1", central.ask(id_number=person)[0]))
    assert person not in console.page(central.front)
    assert person not in console.proof_page(central.front, "R1")[1]


def test_a_payment_given_back_proves_nothing(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    central.say(central.paid("R1", shown))
    assert console.proof_page(central.front, "R1")[0] == 200
    central.say(central.moved("R1", "reversed"))
    assert console.proof_page(central.front, "R1")[0] == 404


# --- exit-entry ---


@pytest.fixture
def office() -> Hall:
    return hall()


def test_paid_and_not_printed_is_listed_with_what_to_do_and_by_whom(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    assert "not-printed" not in console.page(office.fleet.front)
    office.fleet.clock.turn(minutes=11)
    page = console.page(office.fleet.front)
    for said in (approval.approval, "已缴费未制证", "▲ not-printed", "无人 nobody yet", "CA*****67", "MO.G.3m1"):
        assert said in page
    desk.take(office.fleet.front.store, approval.approval, "Officer Sample")
    page = console.page(office.fleet.front)
    assert "Officer Sample" in page
    assert "nobody yet" not in page


def test_no_page_names_a_holder_or_a_whole_permit(office: Hall) -> None:
    office.paid("zhang", "MO.G.3m1")
    office.retain(slip="S1", reason="forgotten", token="sample-zhang")
    _, proof = console.proof_page(office.fleet.front, "R1")
    books = msgspec.json.encode(office.fleet.front.books()).decode()
    for text in (console.page(office.fleet.front), proof, books):
        assert not any(secret in text for secret in ("CA1234567", "张样本", "sample-zhang", "1990"))


def test_a_kept_card_is_listed_with_its_place_until_it_is_handed_out(office: Hall) -> None:
    office.retain(slip="SLIP-77", reason="forgotten")
    assert "SLIP-77" in console.page(office.fleet.front)
    desk.hand_out(office.fleet.front.store, "SLIP-77", "Officer Sample")
    assert "SLIP-77" not in console.page(office.fleet.front)


def test_the_proof_of_an_endorsement_shows_masked_facts_while_it_holds(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    status, page = console.proof_page(office.fleet.front, "R1")
    assert status == 200
    assert "¥15.00" in page
    assert "签注 Endorsements" in page
    assert f"{approval.approval}-1" not in page
    assert "260302000001" in page
    office.fleet.say(office.fleet.moved("R1", "reversed", 1500))
    assert console.proof_page(office.fleet.front, "R1")[0] == 404
