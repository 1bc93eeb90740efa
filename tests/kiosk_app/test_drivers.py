"""Drivers come in by configuration, ours and other makers' alike; whatever is wrong names file, key and package."""

import configparser
import textwrap
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from kiosk_app import wiring
from kiosk_app.config import read_config
from kiosk_app.devices import GROUP, Driver
from kiosk_app.errors import ConfigError
from kiosk_app.fitted import REQUIRED, ROLES
from tests.kiosk_app.test_config import GOOD, read

OURS = {
    "chip_card_reader": 'driver = "pcsc"\nreader = "ACS"',
    "permit_unit": 'driver = "open-permit"\nport = "/dev/ttyUSB5"',
    "cabinet": 'driver = "modbus"\nport = "/dev/ttyUSB4"\ndoors = ["front", "back"]\nlamps = ["card_terminal"]',
    "ups": 'driver = "nut"',
}
MAKER = """
    import msgspec
    from kiosk_app.devices import Condition, DeviceState, Driver

    class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        line: str
        speed: int = 3

    class Hopper:
        condition = Condition(DeviceState.ONLINE)
        capabilities = frozenset()
        def __init__(self, role, line, folder):
            self.role, self.line, self.folder = role, line, folder
        def watch(self, listener): ...
        async def run(self): ...

    DRIVER = Driver("receipt_printer", "hopper", Settings, lambda s, folder: Hopper("receipt_printer", s.line, folder))
    OTHER = Driver("receipt_printer", "other", Settings, lambda s, folder: Hopper("cabinet", s.line, folder))
    CLUMSY = Driver("receipt_printer", "clumsy", Settings, lambda s, folder: 1 / 0)

    class Lax(msgspec.Struct):
        line: str = ""

    LAX = Driver("receipt_printer", "lax", Lax, lambda s, folder: Hopper("receipt_printer", s.line, folder))
    LABEL = Driver("receipt_printer", "label", Settings, lambda s, folder: None)
"""
POINTS = """
    [yimen_kiosk.drivers]
    receipt_printer.hopper = sample_maker:DRIVER
    receipt_printer.other = sample_maker:OTHER
    receipt_printer.clumsy = sample_maker:CLUMSY
    receipt_printer.lax = sample_maker:LAX
    receipt_printer.misnamed = sample_maker:LABEL
    receipt_printer.thing = sample_maker:MAKER
    receipt_printer.number = math:pi
    receipt_printer.broken = sample_maker_broken:DRIVER
"""


@pytest.fixture
def maker(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another maker's package, installed as pip leaves it."""
    site = tmp_path_factory.mktemp("site")
    install(site, "sample-maker", POINTS)
    (site / "sample_maker.py").write_text(textwrap.dedent(MAKER))
    (site / "sample_maker_broken.py").write_text("import a_library_that_is_not_there")
    monkeypatch.syspath_prepend(site)
    return site


def install(site: Path, name: str, points: str) -> None:
    folder = site / f"{name.replace('-', '_')}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(textwrap.dedent(points))


def with_printer(section: str) -> str:
    return GOOD.replace('driver = "escpos"\nport = "/dev/ttyUSB1"', section)


def wrong(folder: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as found:
        wiring.devices_of(read(folder, text))
    assert found.value.file == str(folder / "kiosk.toml")
    return found.value


def test_every_driver_of_setup_cfg_is_installed_sound_and_for_a_role_there_is() -> None:
    """If this fails after setup.cfg was changed, install the checkout again."""
    written = configparser.ConfigParser()
    written.optionxform = str  # type: ignore[assignment,method-assign] # names are as they are
    written.read(Path(__file__).parents[2] / "setup.cfg", "utf-8")
    lines = written["options.entry_points"][GROUP].strip().splitlines()
    ours = {point.name: point for point in entry_points(group=GROUP) if point.dist and point.dist.name == "yimen-kiosk"}
    assert {line.partition(" = ")[0] for line in lines} == ours.keys()
    for name, point in ours.items():
        driver = point.load()
        assert isinstance(driver, Driver)
        assert f"{driver.role}.{driver.name}" == name
        assert driver.role in ROLES


def test_four_roles_are_every_machines_and_the_others_are_none_until_named(tmp_path: Path) -> None:
    devices = wiring.devices_of(read(tmp_path, GOOD))
    assert tuple(device.role for device in devices.all()) == REQUIRED
    assert (devices.cabinet, devices.ups, devices.permit_unit, devices.chip_card_reader) == (None,) * 4


def test_the_optional_roles_come_in_by_their_sections(tmp_path: Path) -> None:
    sections = "".join(f"\n[devices.{role}]\n{section}\n" for role, section in OURS.items())
    devices = wiring.devices_of(read(tmp_path, GOOD + sections))
    assert {device.role for device in devices.all()} == {*REQUIRED, *OURS}
    assert devices.cabinet is not None
    assert dict(devices.cabinet.doors) == {"front": None, "back": None}


def test_another_makers_driver_comes_in_by_its_name_alone(tmp_path: Path, maker: Path) -> None:
    config = read(tmp_path, with_printer('driver = "hopper"\nline = "usb:1"'))
    printer = wiring.devices_of(config).receipt_printer
    assert (type(printer).__name__, printer.role) == ("Hopper", "receipt_printer")
    assert (printer.line, printer.folder) == ("usb:1", tmp_path)  # type: ignore[attr-defined] # its own


def test_paths_are_relative_to_the_file_also_when_it_is_named_from_its_folder(
    tmp_path: Path, maker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(tmp_path, with_printer('driver = "hopper"\nline = "usb:1"'))
    monkeypatch.chdir(tmp_path)
    printer = read_config(Path("kiosk.toml")).devices["receipt_printer"].build()
    assert printer.folder == tmp_path  # type: ignore[attr-defined] # its own


@pytest.mark.parametrize(
    ("section", "key", "says"),
    [
        ('driver = "hopper"\nline = 3', "line", "Allowed: text"),
        ('driver = "hopper"', "line", "Allowed: text"),
        ('driver = "hopper"\nline = "x"\nsped = 4', "sped", "Allowed here: driver, line, speed."),
        ('driver = "hoper"', "driver", '"clumsy", "escpos", "hopper"'),
        ('line = "x"', "driver", "is missing. Drivers installed for this role"),
        ("driver = 3", "driver", "3 is not installed"),
        ('driver = "clumsy"\nline = "x"', "driver", "package sample-maker cannot build its device: ZeroDivisionError"),
        ('driver = "other"\nline = "x"', "driver", "package sample-maker built a device that is no receipt_printer"),
        ('driver = "broken"', "driver", "package sample-maker cannot be loaded: ModuleNotFoundError"),
        ('driver = "thing"', "driver", "package sample-maker cannot be loaded: AttributeError"),
        ('driver = "number"', "driver", "package sample-maker registers math:pi as receipt_printer.number"),
        ('driver = "misnamed"', "driver", "package sample-maker registers sample_maker:LABEL"),
        ('driver = "lax"', "driver", "which is no such Driver"),
    ],
)
def test_what_is_wrong_with_a_makers_package_or_its_section_names_both(
    tmp_path: Path, maker: Path, section: str, key: str, says: str
) -> None:
    error = wrong(tmp_path, with_printer(section))
    assert error.key == f"devices.receipt_printer.{key}"
    assert says in error.allowed


def test_two_packages_with_one_name_are_not_chosen_between(tmp_path: Path, maker: Path) -> None:
    install(maker, "second-maker", "[yimen_kiosk.drivers]\nreceipt_printer.hopper = sample_maker:DRIVER\n")
    error = wrong(tmp_path, with_printer('driver = "hopper"\nline = "x"'))
    assert "sample-maker and second-maker" in error.allowed or "second-maker and sample-maker" in error.allowed


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        (GOOD + '[devices.toaster]\ndriver = "x"\n', "devices.toaster", "Allowed here: id_card_reader, card_terminal"),
        (GOOD.replace("[devices.card_terminal]", "[devices.ups]", 1), "devices.card_terminal", "is missing"),
        ('[central]\nurl = "https://x"\n', "devices", "required field"),
        ("devices = 3\n", "devices", "Expected `object`, got `int`"),
        (GOOD + "[devices]\ncabinet = 3\n", "devices.cabinet", "Expected `object`, got `int`"),
        (GOOD + '[devices.camera]\ndriver = "x"\n', "devices.camera.driver", "is not installed"),
        (
            GOOD + '[devices.cabinet]\ndriver = "modbus"\nport = "x"\nunit = 0',
            "devices.cabinet.unit",
            "1 to 247",
        ),
        (GOOD + '[power]\nshutdown = "poweroff"\n', "power.shutdown", "a list of texts"),
    ],
)
def test_what_is_wrong_with_the_sections_names_the_roles(tmp_path: Path, text: str, key: str, says: str) -> None:
    error = wrong(tmp_path, text)
    assert error.key == key
    assert says in error.allowed
