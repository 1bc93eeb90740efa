"""What arrives: a message in bytes, and the document that says what was wrong with a request."""

from typing import TypeVar

import msgspec

Message = TypeVar("Message")


def decode(body: bytes, kind: type[Message]) -> Message:
    """The message in ``body``. Raises msgspec.DecodeError, whatever is wrong with it.

    msgspec alone lets two more out: text that is not UTF-8, and nesting without end, even in a field nobody reads.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(f"not a {kind.__name__}: {type(error).__name__}") from error


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 problem document; ``type`` is the stable code."""

    type: str
    title: str
    status: int
    detail: str = ""
