"""A second opinion: Wireshark's own ZVT dissector reads a whole simulated day and finds nothing malformed."""

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk_app.errors import PaymentDeclined
from tests.hardware.card_terminal_kit import outcome, table
from tests.virtual import run

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(not (shutil.which("tshark") and shutil.which("text2pcap")), reason="tshark is not installed"),
]

UNKNOWN = (b"\x05\x01", b"\x06\x20")
"""Status enquiry and repeated receipt: Wireshark 4.0 has no name for them."""


async def a_day() -> list[tuple[str, bytes]]:
    """Every message of a day with a delivered, a withheld, a declined and a reversed payment, as on the wire."""
    wire: list[tuple[str, bytes]] = []

    def tap(way: str, data: bytes) -> Sequence[bytes]:
        wire.append((way, data))
        return [data]

    async with table() as made:
        made.to_terminal, made.to_kiosk = lambda data: tap("O", data), lambda data: tap("I", data)
        receipt = await (await made.pay_with_pin())
        await asyncio.sleep(5)
        await made.driver.deliver()
        made.sim.remove_card()
        await made.approved()
        await made.driver.withhold()
        made.sim.bank_says(51)
        assert isinstance(await outcome(made.approved()), PaymentDeclined)
        await made.driver.reverse(receipt.receipt_no)
        await made.driver.last()
        await made.driver.diagnosis()
        await made.driver.end_of_day()
        await made.driver.status()
    return wire


def test_wireshark_understands_every_message(tmp_path: Path) -> None:
    wire = run(a_day())
    dump = tmp_path / "day.txt"
    dump.write_text("".join(f"{way}\n000000 {data.hex(' ')}\n" for way, data in wire))
    pcap = tmp_path / "day.pcap"
    ports = ["-T", "20007,40000"]
    subprocess.run(["text2pcap", "-q", "-D", *ports, str(dump), str(pcap)], check=True, timeout=60, capture_output=True)
    seen = subprocess.run(
        ["tshark", "-r", str(pcap), "-d", "tcp.port==20007,zvt", "-T", "fields"]
        + [word for name in ("zvt.control_field", "zvt.ccrc", "zvt.amount", "zvt.result_code") for word in ("-e", name)]
        + ["-e", "_ws.malformed", "-e", "_ws.expert.message"],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    rows = [row.split("\t") for row in seen]
    known = {"0601", "040f", "04ff", "060f", "061e", "0630", "0650", "0670", "06d1"}
    assert len(rows) == len(wire)
    assert {row[0] for row in rows} >= {f"0x{code}" for code in known}
    assert {row[1] for row in rows} >= {"0x80", "0x84"}
    for (_, data), row in zip(wire, rows, strict=True):
        assert row[0] or row[1] or data[:2] in UNKNOWN
        assert not row[4]
    assert ["0x0601", "", "20000"] in [row[:3] for row in rows]
