"""``kiosk.toml``: every error names file, key and what is allowed."""

from pathlib import Path

import pytest

from kiosk_app.config import Config, read_config
from kiosk_app.errors import ConfigError

GOOD = """
[devices.id_card_reader]
driver = "sdt"
port = "/dev/ttyUSB0"

[devices.card_terminal]
driver = "zvt"
port = "tcp://127.0.0.1:20007"

[devices.receipt_printer]
driver = "escpos"
port = "/dev/ttyUSB1"

[devices.document_printer]
driver = "cups"
queue = "a4"

[central]
url = "https://central.example.invalid"

[session]
idle = 30

[site]
machine = "44070301"
"""


def read(folder: Path, text: str) -> Config:
    file = folder / "kiosk.toml"
    file.write_text(text, "utf-8")
    return read_config(file)


def test_what_the_file_leaves_out_is_as_the_handbook_says(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    reader, terminal = (config.devices[role].settings for role in ("id_card_reader", "card_terminal"))
    assert (reader.baud, terminal.password) == (115200, "000000")  # type: ignore[attr-defined] # the driver's own
    assert (config.session.countdown, config.store.path, config.screen.width) == (15, "kiosk.store", 1080)


@pytest.mark.parametrize(
    ("right", "wrong", "key", "allowed"),
    [
        ('driver = "sdt"', 'driver = "sdr"', "devices.id_card_reader.driver", "sdt"),
        ('port = "/dev/ttyUSB0"', "", "devices.id_card_reader.port", "/dev/"),
        ('port = "/dev/ttyUSB0"', 'port = "x"\nbaud = 1234', "devices.id_card_reader.baud", "9600"),
        ('port = "/dev/ttyUSB0"', 'port = "x"\nbuad = 9600', "devices.id_card_reader.buad", "baud"),
        ('port = "/dev/ttyUSB0"', 'port = ""', "devices.id_card_reader.port", "/dev/"),
        ("tcp://127.0.0.1:20007", "tcp://127.0.0.1", "devices.card_terminal.port", "tcp://host:port"),
        ("tcp://127.0.0.1:20007", "tcp:127.0.0.1:20007", "devices.card_terminal.port", "tcp://host:port"),
        ('port = "tcp', 'password = "0"\nport = "tcp', "devices.card_terminal.password", "six digits"),
        ("idle = 30", 'day_end = "24:30"', "session.day_end", 'like "23:30"'),
        ("idle = 30", 'idle = "30"', "session.idle", "a whole number from 1 to 3600"),
        ("idle = 30", "idle = 0", "session.idle", "a whole number from 1 to 3600"),
        ('machine = "44070301"', 'machine = "4407"', "site.machine", "eight digits"),
        ('machine = "44070301"', "nearest = 3", "site.nearest", "a list of texts"),
        ('url = "https://', 'url = "http://', "central.url", "https://host:port"),
        ("[central]", "[centre]", "centre", "central"),
        ('[central]\nurl = "https://central.example.invalid"\n', "", "central", "url"),
        ("[session]", "[screen]\nfullscreen = 1\n[session]", "screen.fullscreen", "true or false"),
        ("[session]", "[screen]\nwidth = 10\n[session]", "screen.width", "a whole number from 320 to 8192"),
    ],
)
def test_each_mistake_names_file_key_and_what_is_allowed(
    tmp_path: Path, right: str, wrong: str, key: str, allowed: str
) -> None:
    assert right in GOOD
    with pytest.raises(ConfigError) as found:
        read(tmp_path, GOOD.replace(right, wrong, 1))
    assert found.value.file == str(tmp_path / "kiosk.toml")
    assert found.value.key == key
    assert allowed in found.value.allowed
    assert str(tmp_path) in str(found.value)
    assert "regex" not in str(found.value)  # a technician reads words


def test_what_is_no_toml_says_so_and_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is not TOML.*line 1"):
        read(tmp_path, "x = = 1")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_config(tmp_path / "kiosk.toml")


def test_bytes_that_are_no_text_say_so(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="is not TOML"):
        read_config(tmp_path / "kiosk.toml")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('[devices.ups]\ndriver = "nut"\nname = "two words"', "devices.ups.name"),
        ('[devices.ups]\ndriver = "nut"\nport = "127.0.0.1:3493"', "tcp://host:port"),
        ('[devices.ups]\ndriver = "nut"\nport = "tcp://127.0.0.1:65536"', "tcp://host:port"),
        ('[devices.code_scanner]\ndriver = "lines"\nport = ""', "tcp://host:port"),
        ('[devices.code_scanner]\ndriver = "lines"\nport = "http://127.0.0.1:1"', "tcp://host:port"),
        ('[devices.camera]\ndriver = "opencv"\ndevice = ""', "devices.camera.device"),
        ('[devices.camera]\ndriver = "opencv"\ndevice = "x"\nfocus = "near"', 'a number or "auto"'),
        ('[devices.cabinet]\ndriver = "modbus"\nport = "x"\ndoors = [1]', "Allowed: text"),
        ('[devices.cabinet]\ndriver = "modbus"\nport = "x"\nlamps = ["foo"]', "'permit_unit', 'receipt_printer'"),
        ('[devices.cabinet]\ndriver = "modbus"\nport = "x"\nlamps = ["permit_unit", "permit_unit"]', "one lamp"),
        ('[devices.keypad]\ndriver = "evdev"\npath = "x"\nkeys.KEY_F13 = "jump"', "'previous', 'next'"),
    ],
)
def test_a_wrong_value_of_a_device_is_answered_with_the_right_ones(tmp_path: Path, section: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"{GOOD}\n{section}\n")
    assert said in str(caught.value)


def test_a_path_of_linux_with_colons_is_a_port(tmp_path: Path) -> None:
    port = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1"
    config = read(tmp_path, f'{GOOD}\n[devices.code_scanner]\ndriver = "lines"\nport = "{port}"\n')
    assert config.devices["code_scanner"].build().role == "code_scanner"
