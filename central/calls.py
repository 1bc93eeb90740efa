"""What a kiosk may ask of a department: each question is a row, and each office says its own rows.

A row reads beside everything else, or is one commit with what it changes. The front finds it by the question's path.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.messages import decode
from central.registry import Kiosk

Handler = Callable[[Kiosk, bytes], Any]
"""Answers a body of a kiosk. Raises Refused, Unavailable."""


@dataclass(frozen=True)
class Call:
    """The message ``asks``, and who answers it. ``writes``: the answer changes something."""

    asks: type[Any]
    answer: Callable[[sa.Connection, Kiosk, Any, datetime], Any]
    writes: bool = False


def handler(store: Store, clock: Clock, call: Call) -> Handler:
    """``call``, with its transaction."""

    def handle(kiosk: Kiosk, body: bytes) -> Any:
        ask = decode(body, call.asks)
        if call.writes:
            return store.commit(lambda connection: call.answer(connection, kiosk, ask, clock.now()))
        with store.read() as connection:
            return call.answer(connection, kiosk, ask, clock.now())

    return handle
