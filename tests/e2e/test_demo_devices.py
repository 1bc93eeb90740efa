"""The demo's kiosk.toml has every device of the bench that this installation can drive, and no other."""

import tomllib
from typing import Any

from kiosk_app.demo_world import OPTIONAL, WITHIN, Window, configuration

WINDOW = Window(":1", 1080, 1920, fullscreen=True)
PLACES: dict[str, Any] = {
    **dict.fromkeys(("id_card_reader", "card_terminal", "receipt_printer", "permit_unit", "cabinet"), "/dev/pts/1"),
    "central": "https://127.0.0.1:1",
    "document_printer": {"queue": "a4", "socket": "cups.sock"},
    "chip_card_reader": "pcscd.comm",
    "ups": "tcp://127.0.0.1:3493",
}
REQUIRED = {"id_card_reader", "card_terminal", "receipt_printer", "document_printer"}


def devices(places: dict[str, Any], *drivers: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(configuration(places, {}, WINDOW, None, drivers))["devices"]
    return found


def test_a_device_that_can_be_driven_is_configured_where_the_bench_says_it_is() -> None:
    places = dict.fromkeys(OPTIONAL, "/dev/pts/1") | PLACES
    found = devices(places, *(f"{role}.{section('')['driver']}" for role, section in OPTIONAL.items()))
    assert set(found) == REQUIRED | set(OPTIONAL)
    assert found["chip_card_reader"]["socket"] == "pcscd.comm"
    assert found["ups"]["port"] == "tcp://127.0.0.1:3493"
    assert len(found["cabinet"]["doors"]) == 4  # as many as the simulated board has


def test_a_card_terminal_that_is_a_library_is_configured_as_one() -> None:
    library = {"library": "bench/card_terminal/libumsapi.so"}
    found = devices(PLACES | {"card_terminal": library})["card_terminal"]
    assert found == {"driver": "umsips", "folder": "kiosk/unionpay", **library}
    assert devices(PLACES)["card_terminal"]["driver"] == "zvt"


def test_a_device_within_the_machine_needs_a_driver_and_no_simulator() -> None:
    assert "face_analyst" not in devices(PLACES)
    assert devices(PLACES, "face_analyst.local")["face_analyst"] == WITHIN["face_analyst"] == {"driver": "local"}


def test_a_device_without_a_driver_or_a_simulator_is_left_out() -> None:
    assert set(devices(PLACES)) == REQUIRED
    assert set(devices(PLACES, "ups.other", "cabinet.modbus")) == REQUIRED | {"cabinet"}
    without = {role: place for role, place in PLACES.items() if role != "ups"}
    assert set(devices(without, "ups.nut")) == REQUIRED
