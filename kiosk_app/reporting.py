"""Reporting: the heartbeat and the pump of the outbox; the only caller of central in the background.

Rules (``fleet.md`` C.6, C.10, C.19). What is in the outbox leaves in order, in batches, until acknowledged; a
lost reply means sending again, which central makes harmless. After a failure the pause is drawn from
``uniform(0, min(cap, base * 2**n))``; central's "later" is obeyed. Payments go before heartbeats when the link
returns. A verdict that arrives is told to whoever waits for it, and to settlement.
"""

import asyncio
from collections.abc import Callable
from random import Random

import msgspec

from kiosk_app.contract import (
    BATCH_EVENTS,
    Batch,
    BatchReply,
    Heartbeat,
    HeartbeatReply,
    Verdict,
    decode,
)
from kiosk_app.errors import CentralError, CentralUnreachable, StoreError
from kiosk_app.fitting import encoded
from kiosk_app.ports import Outbox, Transport
from kiosk_app.waiting import event_or_pause

BATCH_DEADLINE, HEARTBEAT_DEADLINE = 10.0, 20.0  # one worker asks: a heartbeat may have to wait for a batch
BASE, CAP = 2.0, 900.0
BEAT, BEAT_AFTER_CHANGE, LONGEST_BEAT = 60.0, 10.0, 900.0
LONGEST_WAIT_ONLINE = 30.0
"""While nothing waits to be sent, seconds between looks at the outbox."""


class Reporting:
    """``status`` builds the heartbeat for a sequence number."""

    def __init__(
        self, outbox: Outbox, transport: Transport, random: Random, status: Callable[[int], Heartbeat]
    ) -> None:
        self._outbox, self._transport, self._random, self._status = outbox, transport, random, status
        self._work = asyncio.Event()
        self._changed = asyncio.Event()
        self._verdicts = asyncio.Condition()
        self._failures = 0
        self.online = False
        self.channels: tuple[str, ...] = ()
        """By whose codes central can take money, as it said last."""
        self.verdict_came: list[Callable[[Verdict], None]] = []
        self.link_changed: list[Callable[[bool], None]] = []
        self.catalogue_told: list[Callable[[int], None]] = []
        """Called at each heartbeat with the newest version of the signed catalogue."""

    def kick(self) -> None:
        """Something is in the outbox: send it now, whatever the pause."""
        self._work.set()

    def changed(self) -> None:
        """The machine's state changed: central should know within seconds."""
        self._changed.set()

    async def wait_verdict(self, reference: str, *, patience: float) -> Verdict | None:
        """Central's answer on this payment, or None when it did not come in ``patience`` seconds."""
        try:
            async with asyncio.timeout(patience), self._verdicts:
                while (verdict := self._outbox.verdict(reference)) is None:
                    await self._verdicts.wait()
                return verdict
        except TimeoutError:
            return self._outbox.verdict(reference)

    async def run(self) -> None:
        """Pump and beat for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pump(), name="pump")
            group.create_task(self._beat(), name="heartbeat")

    # --- the pump ---

    async def _pump(self) -> None:
        while True:
            self._work.clear()
            try:
                while (events := self._outbox.pending(BATCH_EVENTS)) and await self._send(Batch(events=events)):
                    pass
                pause = LONGEST_WAIT_ONLINE
            except CentralError as error:
                pause = self._failed(error)
            except StoreError:  # what is in the outbox waits there; the heartbeat names the store
                pause = LONGEST_WAIT_ONLINE
            await event_or_pause(self._work, pause)

    async def _send(self, batch: Batch) -> bool:
        """Send once; False when central took nothing in (it waits for a gap, or a department): not again at once."""
        body = await self._transport.post("/tx/batch", msgspec.json.encode(batch), deadline=BATCH_DEADLINE)
        try:
            reply = decode(body, BatchReply)
        except msgspec.DecodeError as error:
            raise CentralUnreachable(f"unreadable answer: {error}") from error
        self._failures = 0
        self._set_online(True)
        fresh = [verdict for stream, ack in reply.streams.items() for verdict in self._outbox.acknowledge(stream, ack)]
        async with self._verdicts:
            self._verdicts.notify_all()
        for verdict in fresh:
            for listener in self.verdict_came:
                listener(verdict)
        taken = {stream: ack.ack_seq for stream, ack in reply.streams.items()}
        return any(event.seq <= taken.get(event.stream, 0) for event in batch.events)

    # --- the heartbeat ---

    async def _beat(self) -> None:
        number = 0
        while True:
            self._changed.clear()
            number += 1
            pause, least = BEAT, BEAT_AFTER_CHANGE
            try:
                message = encoded(self._status(number))
                body = await self._transport.post("/hb", message, deadline=HEARTBEAT_DEADLINE)
                returned = not self.online
                if body:
                    reply = decode(body, HeartbeatReply)
                    pause = min(reply.next_s, LONGEST_BEAT)
                    self._set_channels(tuple(reply.channels))
                    for listener in self.catalogue_told:
                        listener(reply.catalogue)
                self._set_online(True)
                if returned:
                    self.kick()
            except (CentralError, msgspec.DecodeError) as error:
                self._set_online(False)
                least = max(least, min(getattr(error, "retry_after", None) or 0.0, CAP))
            await asyncio.sleep(least)
            jittered = pause * self._random.uniform(0.9, 1.1)
            await event_or_pause(self._changed, max(0.0, jittered - least))

    # --- the link ---

    def _failed(self, error: CentralError) -> float:
        """Seconds the pump waits before its next try. Heartbeats that get through do not shorten the series."""
        self._failures += 1
        wanted = getattr(error, "retry_after", None)
        if wanted is not None:  # central answered "later": it is there, and is not to be asked before
            return min(float(wanted), CAP)
        self._set_online(False)
        return self._random.uniform(0, min(CAP, BASE * 2.0 ** min(self._failures, 20)))

    def _set_channels(self, channels: tuple[str, ...]) -> None:
        if channels != self.channels:
            self.channels = channels
            for listener in self.link_changed:
                listener(self.online)

    def _set_online(self, online: bool) -> None:
        if online != self.online:
            self.online = online
            for listener in self.link_changed:
                listener(online)
