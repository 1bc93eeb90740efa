"""The world around the demo's kiosk: central with sample citizens, an enrolled identity, a bench, a kiosk.toml.

Nothing here is a special case of the product: central is ``python -m central``, the identity comes from a real
one-time code, the devices are the simulators at the end of real wires, and the kiosk reads an ordinary file.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk_app.demo_keeper import Keeper

SITE = {"name": "样本政务服务中心", "name_en": "Sample service centre", "hotline": "0750-12345"}


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
    """Where everything is."""

    folder: Folder
    bench: str
    console: str
    keeper: Keeper


def toml(sections: dict[str, dict[str, Any]]) -> str:
    """Sections as TOML; a JSON text, number or truth value is a TOML one too."""
    lines = []
    for name, values in sections.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())]
        lines.append("")
    return "\n".join(lines)


def configuration(places: dict[str, Any], identity: dict[str, Any], window: Window, *, scripted: bool) -> str:
    """The kiosk.toml of the demo."""
    site = {**SITE, "machine": identity["number"]} | {k: identity[k] for k in ("proof_url",) if identity.get(k)}
    screen = {"width": window.width, "height": window.height, "fullscreen": window.fullscreen}
    return toml(
        {
            "site": site,
            "screen": screen | ({"targets": "targets.json"} if scripted else {}),
            "store": {"path": "kiosk/kiosk.store", "key": "kiosk/kiosk.key"},
            "central": {"url": places["central"], "folder": "kiosk/identity"},
            "devices.id_card_reader": {"driver": "sdt", "port": places["id_card_reader"], "baud": 115200},
            "devices.card_terminal": {"driver": "zvt", "port": places["card_terminal"], "password": "000000"},
            "devices.receipt_printer": {"driver": "escpos", "port": places["receipt_printer"]},
            "devices.document_printer": {"driver": "cups", **places["document_printer"]},
        }
    )
