"""A way to end a blocking exchange from outside: shut its socket down under the thread that waits on it.

A thread cannot be interrupted, and a socket's time-out starts again with every byte. ``shutdown`` on a duplicate
of the descriptor wakes the thread whatever it is doing: TLS handshake, headers or body. Name resolution alone
cannot be ended; whoever waits is released all the same.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection


class Lifeline:
    """The one connection of a worker, and whose exchange it carries now."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holder: object | None = None
        self._cut = False
        self._socket: socket.socket | None = None
        self.fresh = False
        """Whether the exchange under way had to connect anew."""

    @contextmanager
    def held_by(self, ticket: object) -> Iterator[None]:
        """The exchange of ``ticket`` runs inside."""
        with self._lock:
            self._holder, self._cut, self.fresh = ticket, False, False
        try:
            yield
        finally:
            with self._lock:
                self._holder = None

    def tie(self, connected: socket.socket) -> None:
        """A new connection was made for the exchange under way."""
        with self._lock:
            self._drop()
            self._socket, self.fresh = connected.dup(), True
            if self._cut:
                self._shut()

    def cut(self, ticket: object) -> None:
        """End the exchange of ``ticket`` if it is still under way."""
        with self._lock:
            if self._holder is ticket:
                self._cut = True
                self._shut()

    def cut_any(self) -> None:
        """End whatever is under way, and forget the connection."""
        with self._lock:
            self._cut = True
            self._shut()
            self._drop()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def ties(lifeline: Lifeline) -> type[HTTPSConnectionPool]:
    """A connection pool whose connections are tied to ``lifeline`` from before the handshake."""

    class Connection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            lifeline.tie(connected)
            return connected

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool
