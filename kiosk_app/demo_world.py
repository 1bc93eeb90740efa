"""The world around the demo's kiosk: central with sample citizens, an enrolled identity, a bench, a kiosk.toml.

Nothing here is a special case of the product: central is ``python -m central``, the identity comes from a real
one-time code, the devices are the simulators at the end of real wires, and the kiosk reads an ordinary file.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from kiosk_app.demo_children import Child, ChildFailed, free_port, known_port, reachable, running, start
from kiosk_app.demo_keeper import Keeper
from kiosk_app.devices import FACE_MODELS
from kiosk_app.devices.driver import GROUP
from provisioning.enrol import EnrolmentError, enrol

SITE = {"name": "样本政务服务中心", "name_en": "Sample service centre", "hotline": "0750-12345"}
BENCH, CONSOLE = 8100, 8200
"""Ports a person finds again, if they are free. Scripts take any."""
ANYBODY = "obama"
"""Whose picture is on every sample permit: a public person, who can stand before the simulated camera."""
MACHINE = "44070301"
"""The sample machine's number, where enrolment gives none."""


TERMINALS = ("zvt", "umsips")
"""The card terminals that the bench has, as it calls them."""


@dataclass(frozen=True)
class Folder:
    """The run folder: ``kiosk`` is all that the machine keeps, ``bench`` is the world of devices."""

    root: Path

    def __post_init__(self) -> None:
        for path in (self.kiosk, self.central, self.bench, self.logs):
            path.mkdir(parents=True, exist_ok=True)

    @property
    def kiosk(self) -> Path:
        """Store, key and identity of the kiosk."""
        return self.root / "kiosk"

    @property
    def central(self) -> Path:
        """Central's data."""
        return self.root / "central"

    @property
    def bench(self) -> Path:
        """The simulated devices' files."""
        return self.root / "bench"

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.root / "logs"

    @property
    def spool(self) -> Path:
        """What the print queue may hold; the tray with the printed paper is not part of it."""
        return (self.bench / "document_printer").resolve() / "spool"

    @property
    def config(self) -> Path:
        """The kiosk's configuration."""
        return self.root / "kiosk.toml"

    @property
    def targets(self) -> Path:
        """Where the window says what can be touched."""
        return self.root / "targets.json"


@dataclass(frozen=True)
class Window:
    """The kiosk's window: its size and where it is shown."""

    display: str
    width: int
    height: int
    fullscreen: bool


@dataclass(frozen=True)
class World:
    """Where everything is; ``parts`` that must not end."""

    folder: Folder
    bench: str
    console: str
    keeper: Keeper
    parts: tuple[Child, ...] = ()


def toml(sections: dict[str, dict[str, Any]]) -> str:
    """Sections as TOML; a JSON text, number or truth value is a TOML one too."""
    lines = []
    for name, values in sections.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())]
        lines.append("")
    return "\n".join(lines)


DOORS = ("front", "paper", "cash", "rear")
LAMPS = (
    "id_card_reader",
    "card_terminal",
    "receipt_printer",
    "document_printer",
    "chip_card_reader",
    "permit_unit",
)
OPTIONAL: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "chip_card_reader": lambda socket: {"driver": "pcsc", "reader": "Virtual PCD", "socket": socket},
    "permit_unit": lambda port: {"driver": "open-permit", "port": port},
    "cabinet": lambda port: {"driver": "modbus", "port": port, "doors": list(DOORS), "lamps": list(LAMPS)},
    "ups": lambda port: {"driver": "nut", "port": port},
    "camera": lambda address: {"driver": "opencv", "device": address},
    "document_camera": lambda address: {"driver": "opencv", "device": address},
    "code_scanner": lambda port: {"driver": "lines", "port": port},
    "keypad": lambda path: {"driver": "evdev", "path": path},
    "headphones": lambda path: {"driver": "evdev", "path": path},
}
"""The section of a device that a kiosk may have, from where the bench says it is."""
WITHIN: Mapping[str, dict[str, Any]] = {"face_analyst": {"driver": "local"}}
"""The section of a device that is in the machine itself: the bench has no part in it."""


def known_drivers() -> frozenset[str]:
    """What this installation can drive, as ``<role>.<driver>``."""
    return frozenset(entry.name for entry in entry_points(group=GROUP))


def configuration(
    places: dict[str, Any],
    identity: dict[str, Any],
    window: Window,
    targets: Path | None,
    drivers: Collection[str] = frozenset(),
) -> str:
    """The kiosk.toml of the demo: all devices of the bench for which there are ``drivers``."""
    site = {**SITE, "machine": identity.get("number") or MACHINE} | {
        k: identity[k] for k in ("proof_url",) if identity.get(k)
    }
    screen = {"width": window.width, "height": window.height, "fullscreen": window.fullscreen, "keyboard": True}
    sections: dict[str, dict[str, Any]] = {
        "site": site,
        "screen": screen | ({"targets": str(targets)} if targets else {}),
        "store": {"path": "kiosk/kiosk.store", "key": "kiosk/kiosk.key"},
        "power": {"shutdown": []},  # the demo's battery is not this computer's
        "central": {"url": places["central"], "folder": "kiosk/identity"},
        "devices.id_card_reader": {"driver": "sdt", "port": places["id_card_reader"], "baud": 115200},
        "devices.card_terminal": _terminal(places["card_terminal"]),
        "devices.receipt_printer": {"driver": "escpos", "port": places["receipt_printer"]},
        "devices.document_printer": {"driver": "cups", **places["document_printer"]},
    }
    for role, section in OPTIONAL.items():
        if role in places and f"{role}.{(wanted := section(places[role]))['driver']}" in drivers:
            sections[f"devices.{role}"] = wanted
    for role, inside in WITHIN.items():
        if f"{role}.{inside['driver']}" in drivers:
            sections[f"devices.{role}"] = dict(inside)
    return toml(sections)


def _terminal(place: str | dict[str, str]) -> dict[str, Any]:
    """One that speaks ZVT is at an address; that of UnionPay is a library."""
    if isinstance(place, str):
        return {"driver": "zvt", "port": place, "password": "000000"}
    return {"driver": "umsips", "folder": "kiosk/unionpay", **place}


async def _enrol(folder: Folder, code: str, port: int) -> dict[str, Any]:
    """A one-time code against an identity, as a technician does it; the facts it brought."""
    identity = folder.kiosk / "identity"
    authority = folder.central / "authority" / "root.pem"
    try:
        await asyncio.to_thread(enrol, f"https://127.0.0.1:{port}", code, identity, ca_file=authority)
    except EnrolmentError as error:
        raise ChildFailed(f"central did not enrol the kiosk: {error}") from error
    facts: dict[str, Any] = json.loads((identity / "identity.json").read_text("utf-8"))
    return facts


async def _code(folder: Folder) -> str:
    """A one-time code, as central operations make it."""
    argv = _python("-m", "central", "enrolment-code", "--data", folder.central, "--site", SITE["name"])
    async with running("enrolment code", argv, log=folder.logs / "central.log", pipes=True) as making:
        return (await making.line(30)).strip()


async def build(
    house: AsyncExitStack, folder: Folder, window: Window, *, scripted: bool, terminal: str = TERMINALS[0]
) -> World:
    """Start central and the bench, enrol, write the configuration, and keep the kiosk running."""
    port, console = free_port(), free_port() if scripted else known_port(house, CONSOLE)
    bench = await house.enter_async_context(_bench(folder, port, 0 if scripted else known_port(house, BENCH), terminal))
    code = await _code(folder)
    central = await house.enter_async_context(_central(folder, port, console))
    await reachable(central, port, 30)
    await reachable(central, console, 10)
    identity = await _enrol(folder, code, port)
    places = json.loads(await bench.line(45))["ready"]
    targets = folder.targets if scripted else None
    folder.config.write_text(configuration(places, identity, window, targets, known_drivers()), "utf-8")
    keeper = Keeper(lambda: _kiosk(folder, window), bench)
    for work in (keeper.run(), keeper.obey()):
        house.push_async_callback(_ended, asyncio.create_task(work))
    return World(folder, places["bench"], f"http://127.0.0.1:{console}", keeper, (bench, central))


def _python(*arguments: str | Path) -> list[str]:
    return [sys.executable, *map(str, arguments)]


def _central(folder: Folder, port: int, console: int) -> AbstractAsyncContextManager[Child]:
    argv = _python("-m", "central", "--data", folder.central, "--port", str(port))
    options = ["--console-port", str(console), "--samples", "--portraits", _portraits(folder)]
    options += ["--hotline", SITE["hotline"]]
    return running("central", [*argv, *map(str, options)], log=folder.logs / "central.log")


def _portraits(folder: Folder) -> Path:
    """The pictures that central holds of the sample holders; none where set-up has not fetched any."""
    picture = FACE_MODELS.with_name("portraits") / f"{ANYBODY}.jpg"
    pictures = folder.central / "portraits"
    pictures.mkdir(exist_ok=True)
    if picture.exists():
        shutil.copy(picture, pictures / "anybody.jpg")
    return pictures


def _bench(folder: Folder, central: int, port: int, terminal: str) -> AbstractAsyncContextManager[Child]:
    argv = _python("-m", "hardware.simulators", "--managed", "--folder", folder.bench, "--port", str(port))
    argv += ["--central", f"127.0.0.1:{central}", "--card-terminal", terminal]
    return running("bench", argv, log=folder.logs / "bench.log", pipes=True)


def _kiosk(folder: Folder, window: Window) -> Awaitable[Child]:
    folder.targets.unlink(missing_ok=True)  # what a dead window said is not there any more
    argv = _python("-m", "kiosk_app", "run", "--config", folder.config)
    return start("kiosk", argv, log=folder.logs / "kiosk.log", env={"DISPLAY": window.display})


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])
