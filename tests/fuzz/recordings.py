"""Fuzz target of recordings: a text that somebody sent us, read, and what it says put to the dialects that clean it."""

from typing import Any

from hardware.dialects import Dialect
from hardware.dialects.box import ModbusDialect, NutDialect
from hardware.dialects.code_lines import CodeDialect
from hardware.dialects.escpos import EscPosDialect
from hardware.dialects.hosts import HostDialect
from hardware.dialects.permit import PermitDialect
from hardware.dialects.sdt import SdtDialect
from hardware.dialects.zvt import ZvtDialect
from hardware.recording import BadRecording, Recording
from tests.contract.make_recordings import FOLDER
from tests.fuzz.shapes import Value, only

DIALECTS: tuple[type[Dialect[Any]], ...] = (
    SdtDialect, ZvtDialect, EscPosDialect, HostDialect, PermitDialect, ModbusDialect, NutDialect, CodeDialect,
)  # fmt: skip
LONGEST = 2000


def _take(data: bytes) -> None:
    recording = only(BadRecording, Recording.parse, data.decode("utf-8", "replace"))
    if recording is None:
        return
    assert isinstance(recording.unwritten.get(">", 0), int)
    assert isinstance(recording.outcome, dict)
    again = Recording.parse(recording.text())
    assert [(entry.way, entry.at, entry.data) for entry in again.entries] == [
        (entry.way, entry.at, entry.data) for entry in recording.entries
    ]
    for make in DIALECTS:
        _clean(make(recording.head["line"]), recording)


def _clean(dialect: Dialect[Any], recording: Recording) -> None:
    for entry in recording.entries:
        if entry.way in "+-":
            dialect.renew()
            continue
        for said in dialect.hear(entry.way, entry.data):
            assert isinstance(said.data, bytes)
            dialect.asks(said.frame)
            dialect.key(said.frame)


def _beginning(text: str) -> bytes:
    """A recording short enough to be changed everywhere: its first entries and its end."""
    head, _, rest = text.partition("\n\n")
    entries, _, end = rest.partition("\n\n")
    kept = "\n".join(entries.splitlines()[:8])
    return f"{head}\n\n{kept}\n\n{end}".encode()[:LONGEST]


TEXT = Value(_take, tuple(_beginning(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.txt"))))
