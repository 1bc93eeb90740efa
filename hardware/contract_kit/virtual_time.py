"""Virtual time: an event loop whose clock jumps to the next deadline when everybody waits.

Rule: inside :func:`run` only memory and timers exist; a real file descriptor or thread would be a second clock.
When nothing is scheduled and nothing can ever wake the program, that is a deadlock and raises
:class:`Deadlock` at once instead of hanging the test. Time counts in whole microseconds, so that 0.1 + 0.2
never decides who is first. (The trick is trio's ``MockClock`` and looptime's, reduced to our size.)
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Deadlock(AssertionError):
    """Everybody waits and nobody will ever wake."""


class _JumpingSelector(selectors.SelectSelector):
    """Asked to wait, it moves the clock instead."""

    def __init__(self) -> None:
        super().__init__()
        self.microseconds = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock("everybody waits and nothing is scheduled")
        self.microseconds += max(
            timeout > 0, round(timeout * 1_000_000)
        )  # a wait under half a microsecond must move too
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """``time()`` starts at 0 and moves only when all tasks wait."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.microseconds / 1_000_000


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run ``main`` to its end on a virtual loop; tasks it leaves behind are cancelled, as asyncio.run does."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
