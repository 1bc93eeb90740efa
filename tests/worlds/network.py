"""The way to central in a world: a function call in the place of TLS, that takes time and can fail."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from random import Random

import msgspec

from central.front import Front
from kiosk_app.contract import Problem
from kiosk_app.contract.certificates import AskCertificate
from kiosk_app.contract.papers import AskCopy
from kiosk_app.errors import CentralRefused, CentralUnreachable


class Network:
    """The way to central: it can be cut, and it can lose replies after central did what was asked."""

    def __init__(self, front: Front, kiosk: str, random: Random) -> None:
        self._front, self._kiosk, self._random = front, kiosk, random
        self.up = True
        self.lose_replies = 0.0
        self.lose_next: str | None = None
        """The path of which the next reply is lost."""
        self.lose_all: frozenset[str] = frozenset()
        """Paths of which the next reply each is lost."""
        self.waits = 0.0
        """Seconds that central itself waited for somebody else."""

    async def post(self, path: str, body: bytes, *, deadline: float) -> bytes:
        await asyncio.sleep(self._random.uniform(0.01, 0.2))
        if not self.up:
            await asyncio.sleep(min(deadline, 3.0))
            raise CentralUnreachable("no route")
        status, answer = self._answer(path, body)
        waits, self.waits = self.waits, 0.0
        if self._random.random() < self.lose_replies or path in {self.lose_next, *self.lose_all} or waits >= deadline:
            self.lose_next = None if path == self.lose_next else self.lose_next
            self.lose_all -= {path}
            await asyncio.sleep(deadline)
            raise CentralUnreachable("reply lost")
        await asyncio.sleep(waits)
        await asyncio.sleep(self._random.uniform(0.01, 0.2))
        if status == 200:
            return answer
        problem = msgspec.json.decode(answer, type=Problem)
        if status < 500 and status not in {408, 425, 429}:
            raise CentralRefused(problem.type)
        raise CentralUnreachable(problem.type)

    def _answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Central's; what seals has a loop of its own, and so a thread, as everything has at the real central."""
        if path not in {AskCertificate.path, AskCopy.path}:
            return self._front.post(self._kiosk, path, body)
        self._front.clock.now()  # the world's time is read here, and stands still meanwhile
        with ThreadPoolExecutor(1) as worker:
            return worker.submit(self._front.post, self._kiosk, path, body).result()
