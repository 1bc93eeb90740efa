"""How the simulated UnionPay terminal gets under a real library: ``umsips_library.c`` is compiled and speaks to it.

``library_in(folder, port)`` makes what a vendor's installation looks like: the library, its ``main.ini`` and ``cup/``.
The wire is the C file's own (its head describes it); :class:`LibraryWire` is our end of it.
"""

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
FUNCTIONS = (
    "init",
    "request",
    "enter",
    "check",
    "read",
    "pin",
    "key",
    "block",
    "transact",
    "eject",
    "swallow",
    "close",
)
"""The host's names of the functions, in the order of their numbers, from 1."""
CRASH = -32768
_HEAD, _ANSWER = struct.Struct(">BI"), struct.Struct(">iI")


def missing() -> list[str]:
    """What is not installed (Debian: gcc)."""
    return [] if shutil.which("gcc") else ["gcc"]


def library_in(folder: Path, port: int) -> Path:
    """The compiled library, set up for a simulator on ``port`` of the loopback."""
    library = folder / "libumsapi.so"
    (folder / "cup").mkdir(parents=True, exist_ok=True)
    (folder / "main.ini").write_text(f"port={port}\n")
    compiler = shutil.which("gcc") or "gcc"
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, SOURCE], check=True, timeout=60)  # noqa: S603
    return library


class LibraryWire:
    """Questions of the C library: bytes in, (function, what was given) out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """The questions completed by ``data``."""
        self._buffer += data
        out: list[tuple[str, bytes]] = []
        while len(self._buffer) >= _HEAD.size:
            number, size = _HEAD.unpack_from(self._buffer)
            end = _HEAD.size + size
            if len(self._buffer) < end:
                break
            out.append((FUNCTIONS[number - 1], bytes(self._buffer[_HEAD.size : end])))
            del self._buffer[:end]
        return out

    @staticmethod
    def answer(code: int, body: bytes) -> bytes:
        """What a function returns, and what it fills in."""
        return _ANSWER.pack(code, len(body)) + body
