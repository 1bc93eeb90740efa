"""``kiosk device ... --record FILE``: keep what was said on the wire while a technician tried a device.

Only this verb records, never a running kiosk (``docs/decisions/0010``): a technician decides each time, with their own
card on the reader, and looks at the file before it leaves the machine. The raw bytes stay in memory; what is written
has been taken apart by the codec and put together with sample data. A wire without a dialect is not recorded at all.
"""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hardware.dialects import dialect_of
from hardware.link import TAP
from hardware.recording import Tape
from kiosk_app.device_verbs import Facts, Given
from kiosk_app.errors import ConfigError

WARNING = """\
Recording. Names, numbers, pictures and cards are replaced by samples as far as the wire is understood; what is not
understood is left out and counted. Read the file before you give it to anybody."""


def head_of(role: str, driver: str, settings: object, verb: str, given: Given) -> dict[str, str]:
    """How the recording begins. Of what was given only numbers are kept: a file's name may say something."""
    port = str(getattr(settings, "port", ""))
    return {
        "role": role,
        "driver": driver,
        "line": "host" if not port else "tcp" if port.startswith("tcp://") else "serial",
        "verb": verb,
        "given": json.dumps({name: value for name, value in asdict(given).items() if isinstance(value, int) and value}),
        "when": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "software": f"yimen-kiosk {version('yimen-kiosk')}",
        "device": "name the device here",
    }


def recorded(work: Coroutine[Any, Any, Facts], file: Path, head: Mapping[str, str]) -> Facts:
    """Do ``work``, which drives one device, and write ``file``, also when the device failed. Raises ConfigError."""
    with closing(work):
        dialect = dialect_of(head["role"], head["driver"], head["line"])
        if dialect is None:
            said = f"the driver {head['driver']!r} has no dialect: nobody can clean its wire"
            raise ConfigError("kiosk device", "--record", said)
        try:
            file.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise ConfigError("kiosk device", f"--record {file}", f"a new file: {error.strerror}") from error
        try:
            facts, tape = asyncio.run(_taped(work))
            file.write_text(tape.develop(dialect, head, facts).text(), "utf-8")
        except BaseException:
            file.unlink()
            raise
    return facts


async def _taped(work: Coroutine[Any, Any, Facts]) -> tuple[Facts, Tape]:
    tape = Tape(asyncio.get_running_loop().time)
    TAP.set(tape)
    return await work, tape
