"""The threads in which payment providers are asked; nobody else waits for them.

A provider is somebody else's server: it may take half a minute for every answer. Heartbeats, events and questions to
the departments run in the loop's own threads, so provider calls must not: a few slow ones would take every thread
there is, and each kiosk would believe that central is gone. Rule: at most THREADS calls at a time and QUEUE more in
line; beyond that a kiosk is told "later" at once, which it understands, rather than after its patience ended.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from central.problems import Unavailable

THREADS: Final = 8
QUEUE: Final = 16
PROVIDER: Final = "payment provider"

Given = ParamSpec("Given")
Result = TypeVar("Result")


class ProviderThreads:
    """A bounded pool; idle it has no thread."""

    def __init__(self, threads: int = THREADS, queue: int = QUEUE) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="provider")
        self._room = threading.BoundedSemaphore(threads + queue)

    async def run(self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
        """``work`` in one of the threads. Raises Unavailable when too much waits already, and what ``work`` raises."""
        if not self._room.acquire(blocking=False):
            raise Unavailable(PROVIDER)
        job = self._pool.submit(work, *given, **named)
        job.add_done_callback(lambda _: self._room.release())  # also when the caller left: a thread works on
        return await asyncio.wrap_future(job)
