"""Room for the last words: a file that is given up when the disk is full.

A payment may be under way when the disk fills. Its outcome must still be written, so a ballast file lies beside
the store and is removed by the first write that finds no room; that is enough for about fifty entries. Money is
no longer taken (:meth:`Ballast.hold` raises) from the moment the free space falls under the reserve until the
ballast is back: stop taking money first, keep what is there.
"""

import os
from contextlib import suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path

from kiosk_app.errors import DiskFull, StoreCorrupt
from offline_cache.keys import sync_directory

MIB = 1 << 20


class Ballast:
    """``size`` bytes in ``path``, and the ``reserve`` of free bytes under which no money is taken."""

    def __init__(self, path: Path, *, size: int = 2 * MIB, reserve: int = 32 * MIB) -> None:
        self.path, self.size, self.reserve = path, size, reserve

    def free(self) -> int:
        """Bytes that may still be written beside the ballast. Raises StoreCorrupt if nothing can be at all."""
        try:
            room = os.statvfs(self.path.parent)
        except OSError as error:
            raise StoreCorrupt(f"{self.path.parent}: {error.strerror}") from error
        if room.f_flag & os.ST_RDONLY:
            raise StoreCorrupt(f"{self.path.parent} is mounted read-only")
        return room.f_bavail * room.f_frsize

    def hold(self) -> None:
        """See to it that the ballast is there and the reserve is free. Raises DiskFull."""
        free = self.free()
        missing = 0 if self.path.exists() else self.size
        if free < self.reserve + missing:
            raise DiskFull(f"{free // 1024} KiB free of the {(self.reserve + missing) // 1024} KiB to be kept")
        if missing:
            self._make()

    def release(self) -> bool:
        """Give the ballast up; False when there was none left."""
        try:
            self.path.unlink()
            sync_directory(self.path.parent)
        except OSError:
            return False
        return True

    def room(self) -> bool:
        """Whether a small file can still be written here: a quota may be used up on a disk with room."""
        probe = self.path.with_name(self.path.name + ".probe")
        try:
            _allocate(probe, 64 * 1024)
        except OSError as error:
            return error.errno not in {ENOSPC, EDQUOT}
        finally:
            probe.unlink(missing_ok=True)
        return True

    def _make(self) -> None:
        draft = self.path.with_name(self.path.name + ".new")
        try:
            _allocate(draft, self.size)
            draft.rename(self.path)
            sync_directory(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise DiskFull(f"no room for the ballast: {error.strerror}") from error


def _allocate(path: Path, size: int) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(fd, 0, size)  # takes real blocks, unlike a hole
        os.fsync(fd)
    finally:
        os.close(fd)
