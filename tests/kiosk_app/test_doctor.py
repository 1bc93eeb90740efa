"""``kiosk doctor``: one row per part, true, with something to do for whoever can act."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hardware.channel import opener_of
from hardware.drivers.code_scanner import CodeScanner
from hardware.simulators.code_scanner import CODES, CodeScannerSimulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.wire import PtyWire
from kiosk_app import doctor
from kiosk_app.advice import advice_for
from kiosk_app.config import Config
from kiosk_app.contract import Problem
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.doctor import Finding, of_device, until
from kiosk_app.errors import CentralRefused, CoverOpen, DeviceFault, DeviceOffline, PaperJam, PaperOut, WrongKey
from tests.central.fleet import KIOSK
from tests.central.test_orders import Town
from tests.kiosk_app.test_config import GOOD, read
from tests.kiosk_app.test_device_verbs import at

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Noon:
    def now(self) -> datetime:
        return NOW


class Ill:
    """A device that is as it is told."""

    role = "receipt_printer"
    capabilities = frozenset({"cutter"})

    def __init__(self, condition: Condition) -> None:
        self.condition = condition

    def watch(self, listener: object) -> None:
        pass

    async def run(self) -> None:
        pass


@pytest.mark.parametrize("error", [DeviceOffline, DeviceFault, PaperOut, PaperJam, CoverOpen])
def test_every_device_error_brings_its_advice(error: type[PaperOut]) -> None:
    assert advice_for(error.reason) == error.operator


def test_a_reason_without_an_error_of_its_own_gets_the_general_advice() -> None:
    assert advice_for("card_inside") == DeviceFault.operator


def test_a_device_without_paper_says_so_and_what_to_do() -> None:
    finding = of_device(Ill(Condition(DeviceState.HARDWARE_ERROR, "paper_out", {"paper": "out"})))
    assert (finding.part, finding.well, finding.advice) == ("receipt_printer", False, PaperOut.operator)
    assert finding.says == "hardware error, paper_out, paper out; can: cutter"
    assert finding.facts["reason"] == "paper_out"


def test_a_device_that_serves_but_runs_low_is_not_well() -> None:
    finding = of_device(Ill(Condition(DeviceState.ONLINE, "", {"paper": "low"})))
    assert (finding.well, finding.advice) == (False, "Refill soon: paper.")


def test_a_keypad_that_cannot_be_grabbed_or_asked_is_flagged() -> None:
    supplies = {"grab": "missing", "state": "missing"}
    finding = of_device(Ill(Condition(DeviceState.ONLINE, "", supplies)))
    assert not finding.well
    assert "keep its keys from other programs and be asked" in finding.advice


def test_a_code_in_front_of_the_scanner_is_not_in_what_the_doctor_says(tmp_path: Path) -> None:
    async def work() -> Finding:
        simulator = CodeScannerSimulator()
        async with PtyWire(simulator, tmp_path / "scanner"):
            simulator.hold("wechat")
            async with asyncio.timeout(15):
                return await doctor.listen(CodeScanner(opener_of(str(tmp_path / "scanner"))))

    finding = asyncio.run(work())
    assert finding.well
    assert CODES["wechat"] not in repr(finding)


def test_a_device_that_never_spoke_is_not_well() -> None:
    finding = of_device(Ill(Condition(DeviceState.STARTING)))
    assert (finding.well, finding.says, finding.advice) == (False, "no answer; can: cutter", DeviceOffline.operator)


def test_a_real_printer_on_its_line_is_heard(tmp_path: Path) -> None:
    async def work() -> Finding:
        simulator = ReceiptPrinterSimulator()
        simulator.near_end()
        async with PtyWire(simulator, tmp_path / "printer"):
            config = at(tmp_path, "receipt_printer", str(tmp_path / "printer"))
            async with asyncio.timeout(15):
                return await doctor.listen(config.devices["receipt_printer"].build())

    finding = asyncio.run(work())
    assert finding.says.startswith("online")
    assert finding.advice == "Refill soon: paper."


@pytest.mark.parametrize(("days", "well"), [(89, True), (10, False), (-1, False)])
def test_a_certificate_that_ends_soon_is_told_in_time(days: int, well: bool) -> None:
    finding = until(NOW + timedelta(days=days, hours=1), "44070301 x", Noon())
    assert finding.well is well
    assert f"{days} days" in finding.says
    assert bool(finding.advice) is not well


def test_a_machine_that_was_never_enrolled_is_told_to_enrol(tmp_path: Path) -> None:
    (finding,) = doctor.identity(read(tmp_path, GOOD), tmp_path, Noon())
    assert not finding.well
    assert "kiosk enrol" in finding.advice


def test_a_store_whose_key_is_gone_is_not_replaced(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    (tmp_path / config.store.path).write_bytes(b"a store")
    findings = list(_records(config, tmp_path))
    assert [finding.part for finding in findings] == ["store"]
    assert findings[0].advice == WrongKey.operator
    assert (tmp_path / config.store.path).read_bytes() == b"a store"
    assert not (tmp_path / config.store.key).exists()


def _records(config: Config, base: Path) -> Iterator[Finding]:
    return doctor.records(config, base)


def test_what_exactly_is_wrong_stands_beside_the_state() -> None:
    why = "/dev/ttyUSB9: there is no such device"
    finding = of_device(Ill(Condition(DeviceState.OFFLINE, "offline", detail=why)))
    assert finding.says == f"offline, {why}; can: cutter"
    assert finding.facts["detail"] == why


def test_a_keypad_that_is_no_input_device_is_not_well() -> None:
    finding = of_device(Ill(Condition(DeviceState.ONLINE, "", {"grab": "missing"})))
    assert not finding.well
    assert "/dev/input/by-id/" in finding.advice


def test_a_camera_that_is_not_there_is_to_be_plugged_in() -> None:
    assert "/dev/v4l/by-id/" in advice_for("no_camera")


class WayToFront:
    """Central in memory, as a transport."""

    offset = 0.4

    def __init__(self, town: Town) -> None:
        self._town = town

    async def post(self, path: str, body: bytes, *, deadline: float) -> bytes:
        del deadline
        status, answer = self._town.front.post(KIOSK, path, body)
        if status != 200:
            raise CentralRefused(msgspec.json.decode(answer, type=Problem).type)
        return answer

    def close(self) -> None:
        pass


def _ask(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finding:
    monkeypatch.setattr(doctor, "transport_of", lambda *_: WayToFront(town))
    return asyncio.run(doctor.ask_central(read(tmp_path, GOOD), tmp_path, Noon()))


@pytest.mark.parametrize(
    ("channels", "says"),
    [(True, "payment by code: wechat, alipay"), (False, "offers no payment by code")],
)
def test_whether_central_offers_codes_is_told_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, *, channels: bool
) -> None:
    town = Town()
    if not channels:
        town.front.orders._channels = {}
    finding = _ask(town, tmp_path, monkeypatch)
    assert (finding.well, finding.says) == (True, f"answers; its clock is +0 s from ours; {says}")
    assert finding.facts == {"channels": ["wechat", "alipay"] if channels else []}
    with town.front.store.read() as connection:  # a technician's look is no sign of life of the kiosk
        assert connection.exec_driver_sql("SELECT * FROM presence").all() == []


def test_an_older_central_that_does_not_know_the_question_is_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "ABOUT", "/not-yet")
    finding = _ask(Town(), tmp_path, monkeypatch)
    assert (finding.well, finding.says) == (True, "answers; its clock is +0 s from ours")
