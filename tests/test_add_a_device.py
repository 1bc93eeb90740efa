"""``docs/add-a-device.md`` is true: the package on the page is installed, is clean, and keeps its role's contract."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.kiosk_app.test_config import GOOD

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/add-a-device.md"

pytestmark = pytest.mark.whole

EXAMINE = """
import asyncio, json, sys
from pathlib import Path
from acme_reader.simulator import AcmeReaderSimulator
from hardware.recording import Recording
from hardware.simulators.wire import PtyWire
from kiosk_app.config import read_config
from kiosk_app.device_verbs import Given, read
from kiosk_app.record import head_of, recorded

folder = Path(sys.argv[1])
device = read_config(folder / "machine.toml").devices["id_card_reader"]


async def doctor():
    words = [sys.executable, "-m", "kiosk_app", "doctor", "--json", "--config", str(folder / "machine.toml")]
    child = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()
    [row] = [row for row in json.loads(said) if row["part"] == "id_card_reader"]
    return [row["well"], row["says"]]


async def examine():
    async with PtyWire(AcmeReaderSimulator(), folder / "reader"):
        return await doctor()


async def record():
    simulator = AcmeReaderSimulator()
    simulator.lay("li")
    async with PtyWire(simulator, folder / "reader"):
        reader = device.build()
        life = asyncio.create_task(reader.run())
        facts = await read(reader, Given())
        life.cancel()
        await asyncio.wait([life])
        return {"ok": True, **facts}


there = asyncio.run(examine())
gone = asyncio.run(doctor())
head = head_of("id_card_reader", device.driver.name, device.settings, "read", Given())
facts = recorded(record(), folder / "wire.txt", head)
print(json.dumps({
    "driver": device.driver.name,
    "there": there,
    "gone": gone,
    "read": facts["name"],
    "recorded": Recording.parse((folder / "wire.txt").read_text("utf-8")).outcome,
}))
"""
RUFF = """
import os, pathlib, sys
ruff = pathlib.Path(sys.executable).parent / "ruff"
os.execv(ruff, [str(ruff), *sys.argv[1:]])
"""


def blocks() -> Mapping[str, str]:
    """Every file on the page, by its name."""
    found = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len({name for name, _ in found}) == len(found)
    return dict(found)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as its author would have it, and installed into ``site``."""
    folder = tmp_path_factory.mktemp("acme")
    for name, text in blocks().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    run(folder, *words, "--no-index", "--target", "site", ".")
    return folder


def run(folder: Path, *words: str) -> str:
    """Python in ``folder``, where the package is installed beside the kiosk."""
    path = os.pathsep.join([str(folder / "site"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "MYPYPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_is_a_whole_package() -> None:
    assert set(blocks()) == {
        "acme_reader/__init__.py",
        "acme_reader/codec.py",
        "acme_reader/driver.py",
        "acme_reader/simulator.py",
        "acme_reader/dialect.py",
        "pyproject.toml",
        "kiosk.toml",
        "tests/test_contract.py",
        "tests/test_recordings.py",
        "tests/read.txt",
    }


def test_it_keeps_the_contract_of_its_role(package: Path) -> None:
    told = run(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "tests")
    passed, skipped = (re.search(rf"(\d+) {word}", told) for word in ("passed", "skipped"))
    assert passed is not None
    assert int(passed[1]) >= 20
    assert skipped is None or int(skipped[1]) <= 1, "every hand is there"


def test_it_is_configured_examined_by_the_doctor_and_recorded_like_any_other(package: Path) -> None:
    _, _, rest = GOOD.partition("[devices.card_terminal]")
    section = blocks()["kiosk.toml"].replace("/dev/ttyUSB0", str(package / "reader"))
    (package / "machine.toml").write_text(f"{section}\n[devices.card_terminal]{rest}", "utf-8")
    told = json.loads(run(package, "-c", EXAMINE, str(package)))
    assert told == {
        "driver": "acme",
        "there": [True, "online"],
        "gone": [False, f"offline, {package / 'reader'}: there is no such device"],
        "read": "李样本",
        "recorded": {"ok": True, "kind": "resident", "number": "440703199003070013", "name": "张样本"},
    }
    recording = (package / "wire.txt").read_text("utf-8").replace("\n            ", "")
    assert "李样本".encode().hex() not in recording


WRONG = """
import sys
from pathlib import Path
from kiosk_app.config import read_config
from kiosk_app.errors import ConfigError

try:
    read_config(Path(sys.argv[1]))
except ConfigError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('port = "/dev/ttyUSB0"', 'port = "http://reader"', 'a serial device ("/dev/...") or "tcp://host:port"'),
        ('driver = "acme"', 'driver = "acme"\nbaud = 12345', "Allowed: 9600, 19200"),
    ],
)
def test_a_wrong_value_is_answered_in_words_as_for_our_own_drivers(
    package: Path, right: str, wrong: str, says: str
) -> None:
    _, _, rest = GOOD.partition("[devices.card_terminal]")
    section = blocks()["kiosk.toml"].replace(right, wrong)
    (package / "wrong.toml").write_text(f"{section}\n[devices.card_terminal]{rest}", "utf-8")
    assert says in run(package, "-c", WRONG, str(package / "wrong.toml"))


def test_it_is_as_clean_as_our_own_code(package: Path) -> None:
    cache = ("--cache-dir", str(ROOT / ".mypy_cache"))
    run(package, "-m", "mypy", "--strict", *cache, "acme_reader", "tests")
    for words in (["check"], ["format", "--check"]):
        run(package, "-c", RUFF, *words, "--no-cache", "--config", str(ROOT / "pyproject.toml"), "acme_reader", "tests")
