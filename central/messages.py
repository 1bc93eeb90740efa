"""What a kiosk sends, decoded whole or refused."""

from typing import TypeVar

import msgspec

from central.problems import Refused

Message = TypeVar("Message")


def decode(body: bytes, kind: type[Message]) -> Message:
    """The message in ``body``. Raises Refused 400, whatever is wrong with it."""
    try:
        message = msgspec.json.decode(body, type=kind)
        msgspec.json.encode(message)  # a number too large to be hashed again cannot be kept
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError):
        raise Refused(400, "bad-message", f"not a valid {kind.__name__}") from None
    return message
