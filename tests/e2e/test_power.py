"""A real kiosk with a real window whose UPS orders the end: it stops by itself and asks the system to power off."""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from hardware.simulators.ups import UpsSimulator
from hardware.simulators.wire import TcpWire
from kiosk_app.alone import is_running
from kiosk_app.demo_display import display
from provisioning.device_key import DeviceKey
from provisioning.enrol import Files, Identity

pytestmark = pytest.mark.whole
NOWHERE = "tcp://127.0.0.1:9"


def enrolled(folder: Path) -> None:
    """An identity whose central nobody has ever reached."""
    folder.mkdir()
    files = Files(folder)
    DeviceKey.load_or_make(files.key)
    key = load_pem_private_key(files.key.read_bytes(), None)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sample")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=90))  # type: ignore[arg-type]
    pem = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)  # type: ignore[arg-type] # it is an EC key
    files.certificate.write_bytes(pem)
    files.authority.write_bytes(pem)
    who = Identity(kiosk="k", number="44070301", site="样本服务区", proof_url="", hotline="", url="https://127.0.0.1:9")
    files.identity.write_text(json.dumps(asdict(who)))


def configuration(ups: int, command: list[str]) -> str:
    sections: dict[str, dict[str, Any]] = {
        "central": {"url": "https://127.0.0.1:9"},
        "screen": {"width": 540, "height": 960},
        "devices.id_card_reader": {"driver": "sdt", "port": NOWHERE},
        "devices.card_terminal": {"driver": "zvt", "port": NOWHERE},
        "devices.receipt_printer": {"driver": "escpos", "port": NOWHERE},
        "devices.document_printer": {"driver": "cups", "queue": "a4", "socket": "/no/such/socket"},
        "devices.ups": {"driver": "nut", "port": f"tcp://127.0.0.1:{ups}"},
        "power": {"shutdown": command},
    }
    lines = (
        f"[{name}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items()) for name, keys in sections.items()
    )
    return "\n".join(lines)


def test_an_order_of_the_ups_ends_the_kiosk_and_then_the_system(tmp_path: Path) -> None:
    enrolled(tmp_path / "identity")
    asked = tmp_path / "asked to power off"
    command = [sys.executable, "-c", "import sys; open(sys.argv[1], 'w').close()", str(asked)]

    async def whole() -> int:
        ups = UpsSimulator()
        async with TcpWire(ups, "127.0.0.1", 0) as wire, display(540, 960, logs=tmp_path, watched=False) as screen:
            (tmp_path / "kiosk.toml").write_text(configuration(wire.port, command), "utf-8")
            argv = [sys.executable, "-m", "kiosk_app", "run", "--config", str(tmp_path / "kiosk.toml")]
            log = (tmp_path / "kiosk.log").open("wb")
            kiosk = await asyncio.create_subprocess_exec(
                *argv, stdout=log, stderr=log, env={**os.environ, "DISPLAY": screen.name}
            )
            try:
                async with asyncio.timeout(90):
                    while '"role": "ups", "state": "online"' not in (tmp_path / "kiosk.log").read_text("utf-8"):
                        assert kiosk.returncode is None, (tmp_path / "kiosk.log").read_text("utf-8")
                        await asyncio.sleep(0.2)
                    assert not asked.exists()
                    assert is_running(tmp_path)
                    ups.force_shutdown()
                    return await kiosk.wait()
            finally:
                log.close()
                if kiosk.returncode is None:
                    kiosk.kill()
                    await kiosk.wait()

    assert asyncio.run(whole()) == 0, (tmp_path / "kiosk.log").read_text("utf-8")
    assert asked.exists()
    assert not is_running(tmp_path)
