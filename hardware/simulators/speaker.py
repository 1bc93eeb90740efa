"""A voice that is heard by a file: takes eSpeak NG's arguments and sentence, and writes down what it said.

Run as a program it is the driver's child: ``argv`` and the sentence from standard input go to the file named in
``HEARD`` as one line of JSON at the beginning (``said``), and one at the end: ``whole``, or ``cut`` when it was ended
before. It speaks for a twentieth of a second a character. ``deaf``: it cannot be asked to end, only be made to.
``broken``: it ends with an error at once.
"""

import json
import os
import signal
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACE = 0.05


def voice_in(folder: Path, *, fault: str = "") -> Path:
    """A program in ``folder`` that the driver can be given; what it is heard to say is in ``folder / "heard"``."""
    program = folder / "voice"
    root = Path(__file__).parents[2]
    lines = (
        f"#!{sys.executable}",
        f"import os, sys; sys.path.insert(0, {str(root)!r})",
        f"os.environ.update(HEARD={str(folder / 'heard')!r}, FAULT={fault!r})",
        "from hardware.simulators.speaker import main; main(sys.argv[1:])",
    )
    program.write_text("\n".join(lines), "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def heard(folder: Path) -> list[dict[str, Any]]:
    """Everything written down so far."""
    file = folder / "heard"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def main(argv: Sequence[str]) -> None:
    """Speak."""
    fault = os.environ["FAULT"]
    if fault == "broken":
        sys.exit(1)
    text = sys.stdin.read()

    def cut(*_: object) -> None:
        if fault != "deaf":
            _note(cut=text)
            sys.exit(0)

    signal.signal(signal.SIGTERM, cut)
    _note(said=text, argv=list(argv))
    time.sleep(PACE * len(text))
    _note(whole=text)


def _note(**words: object) -> None:
    with Path(os.environ["HEARD"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({**words, "at": time.monotonic(), "pid": os.getpid()}) + "\n")
