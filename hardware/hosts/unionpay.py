"""The UnionPay host: the vendor's kiosk library behind standard input and output, in its own process.

Started with the path of the library and a folder of ours: ``unionpay LIBRARY FOLDER`` (speaks ``hostlink``).

Why a process: the library is closed native code that talks to card reader, PIN pad and bank by itself and blocks as
long as it likes. A hang is ended by killing this process, a crash ends only this process, and both mean no more than
a lost answer. It decides nothing and repeats nothing.

What is known and what is assumed. The names and parameter types in :data:`SIGNATURES` are known from several public
programs that declare them (C#, Java, JavaScript; ``domain.md`` 8.5), all for a 32-bit ``umsapi.dll`` of Windows.
Assumed are: that a Linux build exports the same names with the C calling convention; the room a buffer needs, so
that we give plenty; that answers are plain bytes at the beginning of the buffer; that the library works in its own
folder (``main.ini``, ``cup/receipt.txt``), which becomes ours. A library that differs is a change to that table.

What stays in here. PIN digits never reach this process: UMS_GetOnePass says *that* a key was pressed. The card number
of UMS_ReadCard is overwritten unread. A response leaves with masked numbers only. The receipt file may hold more:
it is read, destroyed, and only its masked text leaves; one that a killed host left behind is destroyed at the start.

One process at a time may have the library (a lock in FOLDER), because a transaction outlives a killed kiosk for as
long as it hangs in the bank: nobody may ask for its reversal before it is over. So this process also dies with its
parent.

    init      {"app"}            -> {"code"}             first of all; ``busy``: another process has the library
    request   {} + 1095 bytes    -> {"code"}             what will be asked for; not every library has it
    enter, close, eject, swallow -> {"code"}             the card reader
    check                        -> {"code", "state"}    where the card is (``umsips.CardPlace``)
    read                         -> {"code"}             the card that is inside
    pin, block                   -> {"code"}             begin PIN entry; close it and keep its block inside
    key                          -> {"code", "state"}    one key of the PIN pad (``umsips.Key``)
    transact  {} + 1095 bytes    -> {"begun"}, then {"code", "receipt"} + 1164 bytes
    alive                        -> {}

``begun`` is written before the library is called: without it the transaction has certainly not been asked for.
Errors: ``library`` (it cannot be loaded), ``function`` (it has no such), ``busy``, ``question``.
"""

import ctypes
import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hardware.hosts.serving import serve
from hardware.protocols.hostlink import Message
from hardware.protocols.umsips import REQUEST_SIZE, RESPONSE_SIZE, mask, redact

_BYTES = ctypes.c_char_p
SIGNATURES: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "init": ("UMS_Init", (ctypes.c_int,)),
    "request": ("UMS_SetReq", (_BYTES,)),
    "enter": ("UMS_EnterCard", ()),
    "check": ("UMS_CheckCard", (_BYTES,)),
    "read": ("UMS_ReadCard", (_BYTES,)),
    "pin": ("UMS_StartPin", ()),
    "key": ("UMS_GetOnePass", (_BYTES,)),
    "block": ("UMS_GetPin", ()),
    "transact": ("UMS_TransCard", (_BYTES, _BYTES)),
    "eject": ("UMS_EjectCard", ()),
    "swallow": ("UMS_CardSwallow", ()),
    "close": ("UMS_CardClose", ()),
}
"""By operation: the exported name and its parameters; every function returns an int."""
TAKES_RECORD = frozenset({"request", "transact"})
SAYS_STATE = frozenset({"check", "key"})
FILLS_BUFFER = SAYS_STATE | {"read", "transact"}
ROOM = 4096
"""Bytes of every buffer the library writes into; programs in the field give it 1 to 3000."""
RECEIPT = Path("cup/receipt.txt")
PR_SET_PDEATHSIG = 1

Answer = tuple[dict[str, Any], bytes]


class Refused(Exception):
    """The question has no answer; ``word`` says why."""

    def __init__(self, word: str, detail: str = "") -> None:
        super().__init__(detail)
        self.word = word


class Host:
    """One library, loaded with the first ``init``."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._path, self._folder = library, folder
        self._library: ctypes.CDLL | None = None
        self._lock: int | None = None

    def answers(self, ask: Message) -> Iterator[Message]:
        """The answers to one question; a failure is an answer too."""
        try:
            op = ask.head["op"]
            if op == "transact":
                yield Message({"id": ask.head.get("id"), "begun": self._ready(op)})
            head, body = self._obey(op, ask.head, ask.body)
        except KeyError as error:
            head, body = {"error": "question", "detail": str(error)}, b""
        except Refused as error:
            head, body = {"error": error.word, "detail": str(error)}, b""
        yield Message({"id": ask.head.get("id"), **head}, body)

    def _obey(self, op: str, head: Mapping[str, Any], body: bytes) -> Answer:
        if op == "alive":
            return {}, b""
        if op == "init":
            self._load()
        given = (int(head["app"]),) if op == "init" else (_record(body),) if op in TAKES_RECORD else ()
        if op not in FILLS_BUFFER:
            return {"code": self._call(op, *given)}, b""
        code, said = self._ask(op, *given)
        if op == "transact":
            return {"code": code, "receipt": receipt()}, redact(said[:RESPONSE_SIZE])
        return {"code": code, **({"state": said[0]} if op in SAYS_STATE else {})}, b""

    def _load(self) -> None:
        """The library for us alone, in its own folder; what a host before us left there is destroyed."""
        if self._library is not None:
            return
        lock = os.open(self._folder / "library.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise Refused("busy", "another process has the library") from error
        self._lock = lock
        try:
            os.chdir(self._path.parent)
            self._library = ctypes.CDLL(str(self._path))
        except OSError as error:
            raise Refused("library", str(error)) from error
        receipt()

    def _ready(self, op: str) -> bool:
        """Raises Refused when ``op`` cannot be called."""
        return callable(self._function(op))

    def _function(self, op: str) -> Callable[..., int]:
        name, parameters = SIGNATURES[op]
        if self._library is None:
            raise Refused("question", "init comes first")
        try:
            function = getattr(self._library, name)
        except AttributeError as error:
            raise Refused("function", name) from error
        function.argtypes, function.restype = parameters, ctypes.c_int
        found: Callable[..., int] = function
        return found

    def _call(self, op: str, *arguments: Any) -> int:
        return self._function(op)(*arguments)

    def _ask(self, op: str, *arguments: Any) -> tuple[int, bytes]:
        """A call that ends with a buffer: its code and what is in the buffer, which is then overwritten."""
        buffer = ctypes.create_string_buffer(ROOM)
        code = self._call(op, *arguments, buffer)
        said = buffer.raw
        ctypes.memset(buffer, 0, ROOM)
        return code, said


def _record(body: bytes) -> bytes:
    if len(body) != REQUEST_SIZE:
        raise Refused("question", f"a request has {REQUEST_SIZE} bytes")
    return body


def receipt(path: Path = RECEIPT) -> str:
    """What the library wrote for the printer, with masked numbers; the file is overwritten and gone afterwards."""
    text = b""
    with suppress(OSError):
        with path.open("r+b") as file:
            text = file.read()
            file.seek(0)
            file.write(bytes(len(text)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    return mask(text).decode("gb2312", "replace")


def main() -> None:
    """Answer until standard input ends, or the parent does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    library, folder = sys.argv[1:]
    serve(Host(Path(library), Path(folder)).answers)


if __name__ == "__main__":
    main()
