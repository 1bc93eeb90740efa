"""One kiosk per machine: a lock that the running kiosk holds, and that dies with it whatever kills it.

Two programs on one till would ask one terminal, and each would settle the other's payments. ``kiosk doctor`` and
``kiosk device`` look at the lock before they touch a device.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk_app.errors import ConfigError

NAME = "kiosk.lock"


@contextmanager
def alone(base: Path) -> Iterator[None]:
    """Hold the lock of the machine in ``base``. Raises ConfigError when another kiosk holds it."""
    handle = os.open(base / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(str(base / NAME), "kiosk run", "another kiosk is running here; stop it first") from error
        yield
    finally:
        os.close(handle)


def is_running(base: Path) -> bool:
    """Whether a kiosk runs in ``base``."""
    if not (base / NAME).exists():
        return False
    try:
        with alone(base):
            return False
    except ConfigError:
        return True
