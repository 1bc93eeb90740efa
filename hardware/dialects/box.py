"""The machine's own box: the cabinet's registers and the UPS's variables. They name no person, only hardware."""

from hardware.dialects.base import OUT, Dialect, LineDialect
from hardware.modbus_rtu import READ_HOLDING, READ_INPUT, Message, Rtu, answer, question
from hardware.protocols import nut

SERIALS = ("device.serial", "ups.serial", "battery.serial")
READS = frozenset({READ_HOLDING, READ_INPUT})


class ModbusDialect(Dialect[Message]):
    """RTU has no start mark: a question ends whatever was half answered."""

    def codec(self, way: str) -> Rtu:
        return Rtu(asked=way == OUT)

    def encode(self, way: str, frame: Message) -> bytes:
        return question(frame) if way == OUT else answer(frame)

    def clean(self, way: str, frame: Message) -> Message:
        if way == OUT:
            self._codecs["<"] = Rtu()
        return frame

    def note(self, way: str, frame: Message) -> str:
        where = f"{frame.address:04X} " if way == OUT else ""
        return f"{where}{' '.join(f'{value:04X}' for value in frame.registers)}".strip()

    def asks(self, frame: Message) -> bool:
        return frame.function in READS


class NutDialect(LineDialect):
    """Everything that a reader of variables hears; a log-in is not written."""

    def clean(self, way: str, frame: bytes) -> bytes | None:  # noqa: ARG002
        [said] = nut.NutLines().feed(frame) or [nut.Line(())]
        match said:
            case nut.Var(name=name) if name in SERIALS:
                return nut.encode(nut.Var(said.ups, name, "SAMPLE"))
            case nut.Line(("USERNAME" | "PASSWORD" | "LOGIN", *_)) | nut.Line(()):
                return None
        return frame

    def asks(self, frame: bytes) -> bool:
        return frame.startswith((b"LIST", b"GET", b"VER"))
