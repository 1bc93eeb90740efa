"""ESC/POS, the receipt printer: of what is printed only the outline stays, letter for letter ``x`` and 样.

Commands that shape the paper stay; so do the real-time commands and all that the printer answers, which is status.
"""

from hardware.dialects.base import OUT, Dialect
from hardware.link import Codec
from hardware.protocols.escpos_status import Answer, EscPosAnswers, Executed, Presenter, StatusByte
from hardware.simulators.escpos_paper import Commands, split_real_time

Frame = bytes | Answer
QR_STORE = b"\x31\x50\x30"
"""GS ( k, function 80 of the QR code: what follows is what it says."""


class PrinterCommands:
    """What a printer hears: real-time commands at once, then every whole command or run of text."""

    def __init__(self) -> None:
        self._beginning = b""
        self._commands = Commands()

    def feed(self, data: bytes) -> list[bytes]:
        """The commands completed by ``data``."""
        pieces, self._beginning = split_real_time(self._beginning + data)
        found = list[bytes]()
        for number, piece in enumerate(pieces):
            if number % 2:
                found.append(piece)
                continue
            self._commands.buffer += piece
            while command := self._commands.take():
                found.append(command)
        return found


class EscPosDialect(Dialect[Frame]):
    """Commands one way, answers the other."""

    def codec(self, way: str) -> Codec[Frame]:
        codec: PrinterCommands | EscPosAnswers = PrinterCommands() if way == OUT else EscPosAnswers()
        return codec  # type: ignore[return-value] # each gives one half of what a frame may be

    def encode(self, way: str, frame: Frame) -> bytes:  # noqa: ARG002
        match frame:
            case StatusByte(value):
                return bytes((value,))
            case Executed() | Presenter():
                return frame.encode()
        return frame

    def clean(self, way: str, frame: Frame) -> Frame:  # noqa: ARG002
        if not isinstance(frame, bytes):
            return frame
        if frame.startswith(b"\x1d(k") and frame[5:8] == QR_STORE:
            return frame[:8] + b"x" * (len(frame) - 8)
        return frame if frame[0] < 0x20 else outline(frame)

    def note(self, way: str, frame: Frame) -> str:  # noqa: ARG002
        if not isinstance(frame, bytes):
            return "" if isinstance(frame, StatusByte) else str(frame)
        return "how are you" if frame.startswith(b"\x10\x04") else ""

    def asks(self, frame: Frame) -> bool:
        return isinstance(frame, bytes) and frame.startswith(b"\x10\x04")


def outline(text: bytes) -> bytes:
    """GB18030 text of the same length that says nothing: what is no letter or digit stays."""
    shown = b""
    for char in text.decode("gb18030", "replace"):
        size = len(char.encode("gb18030"))
        if char == "\ufffd":
            return b"x" * len(text)
        shown += "样".encode("gb18030") * (size // 2) if size > 1 else b"x" if char.isalnum() else char.encode()
    return shown
