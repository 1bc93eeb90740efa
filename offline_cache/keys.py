"""The store's key, and how a wrong key is told from a damaged file.

SQLCipher answers "file is not a database" to both. So a key check lies beside the store (``<store>.id``): a
salt and the HMAC-SHA-256 of that salt under the key (the key check value of payment key management, RFC 2104).
It is made only after the store has opened once, hence it also says that there was a store. A raw random key
of 32 bytes cannot be found from it.

Nothing here overwrites a key or an id that exists.
"""

import hmac
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from kiosk_app.errors import DiskFull, StoreCorrupt, WrongKey

KEY_BYTES = 32
_PURPOSE = b"kiosk store key check 1"


def load_or_make_key(path: Path) -> bytes:
    """The key in ``path``; a new random one, readable by its owner only and durable, if there is no file.

    Raises WrongKey for a file that cannot be a key, DiskFull when a new one cannot be written.
    """
    with suppress(FileNotFoundError):
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise WrongKey(f"{path} holds {len(key)} bytes, not a key of {KEY_BYTES}")
        return key
    key = secrets.token_bytes(KEY_BYTES)
    write_new(path, key)
    return path.read_bytes()


def write_id(path: Path, key: bytes) -> None:
    """Leave the check of ``key`` in ``path``, durably."""
    salt = secrets.token_bytes(16)
    write_new(path, json.dumps({"salt": salt.hex(), "check": _check(salt, key)}).encode())


def check_id(path: Path, key: bytes) -> bool:
    """Whether there is an id and ``key`` is the one it was made with. Raises WrongKey, StoreCorrupt."""
    try:
        kept = json.loads(path.read_bytes())
        salt, check = bytes.fromhex(kept["salt"]), str(kept["check"])
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StoreCorrupt(f"{path} is damaged: {error!r}") from error
    if not hmac.compare_digest(check, _check(salt, key)):
        raise WrongKey(f"the key is not the one {path.name} was made with")
    return True


def lineage(path: Path) -> str:
    """Four characters that tell this store from the one it replaced, from the salt of its id. Raises StoreCorrupt."""
    try:
        return str(json.loads(path.read_bytes())["salt"])[:4]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StoreCorrupt(f"{path} is damaged: {error!r}") from error


def _check(salt: bytes, key: bytes) -> str:
    return hmac.digest(key, _PURPOSE + salt, "sha256").hex()


def write_new(path: Path, data: bytes) -> None:
    """Make ``path`` with ``data``, whole or not at all, durable, mode 0600; a file that is there already stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
        sync_directory(path.parent)
    except OSError as error:
        raise DiskFull(f"{path} cannot be written: {error.strerror}") from error


def sync_directory(path: Path) -> None:
    """Make names that were added to or removed from ``path`` durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
