"""A UnionPay kiosk library with its card reader and PIN pad, and hands: what the vendor's closed code would do.

Two ways under it. ``wire="library"``: the real host process has loaded ``umsips_library.c``, which forwards every call
to us (:mod:`umsips_library`). ``wire="host"``: we are host and library at once and speak ``hostlink``, so that worlds
and tests can run on virtual time. The calls behind both are the same; the slot and the keys are in
:mod:`card_terminal_umsips_reader`, what happens to money in :mod:`card_terminal_umsips_bank`.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from hardware.channel import Channel, ChannelClosed
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from hardware.protocols.umsips import Key, Response, UmsError, decode_request, mask, redact
from hardware.simulators.base import hand
from hardware.simulators.card_terminal_ledger import Ledger
from hardware.simulators.card_terminal_stages import Timings
from hardware.simulators.card_terminal_umsips_bank import Citizen, UmsBank
from hardware.simulators.card_terminal_umsips_reader import UmsReader
from hardware.simulators.umsips_library import CRASH, LibraryWire

Question = Message | tuple[str, bytes]


class Crashed(Exception):
    """The native code wrote to where nothing is."""


class UmsTerminalSimulator(UmsReader):
    """``full_numbers``: a library that shows whole card numbers, as one in the field does."""

    stages = ("card", "pin", "host", "sent", "decided")
    """``host`` is in the library, ``sent`` at the bank, ``decided`` booked and not yet said."""

    def __init__(
        self,
        *,
        seed: int = 0,
        wire: Literal["host", "library"] = "host",
        full_numbers: bool = False,
        timings: Timings | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(seed=seed, full_numbers=full_numbers)
        self.calls: deque[str] = deque(maxlen=1000)
        self.bank = UmsBank(self.reach, timings or Timings(), now)
        self._wire = wire
        self._init_code = 0
        self._spoil = ""
        self._pulling: asyncio.Task[None] | None = None

    # --- the line ---

    async def talk(self, channel: Channel) -> None:
        """Answer one host, one call after the other. Its end is the end of the call that is under way."""
        codec: HostLink | LibraryWire = HostLink() if self._wire == "host" else LibraryWire()
        questions: asyncio.Queue[Question] = asyncio.Queue()
        calling = asyncio.create_task(self._call_all(channel, questions), name="library calls")
        try:
            while data := await channel.read():
                for ask in codec.feed(data):
                    if isinstance(ask, Broken):
                        return
                    questions.put_nowait(ask)
        finally:
            calling.cancel()
            await asyncio.wait([calling])
            if not calling.cancelled():
                calling.result()

    async def _call_all(self, channel: Channel, questions: "asyncio.Queue[Question]") -> None:
        while True:
            await self._answer(channel, await questions.get())

    async def _answer(self, channel: Channel, ask: Question) -> None:
        with suppress(ChannelClosed):
            try:
                if isinstance(ask, Message):
                    await self._as_host(channel, ask)
                else:
                    await self._as_library(channel, ask)
            except Crashed:
                if not isinstance(ask, Message):
                    await channel.write(LibraryWire.answer(CRASH, b""))
                await channel.close()

    async def _as_library(self, channel: Channel, ask: tuple[str, bytes]) -> None:
        code, body, receipt = await self._call(*ask)
        await self.answer(channel, LibraryWire.answer(code, body + receipt))

    async def _as_host(self, channel: Channel, ask: Message) -> None:
        op, number = str(ask.head["op"]), {"id": ask.head["id"]}
        if op == "transact":
            await self.answer(channel, encode(Message({**number, "begun": True})))
        code, body, receipt = await self._call(op, ask.body) if op != "alive" else (0, b"", b"")
        head: dict[str, Any] = {**number, "code": code}
        if op in {"check", "key"}:
            head["state"] = body[0]
        if op == "transact":
            head["receipt"] = mask(receipt).decode("gb2312")
            body = redact(body)
        await self.answer(channel, encode(Message(head, body if op == "transact" else b"")))

    async def _call(self, op: str, given: bytes) -> tuple[int, bytes, bytes]:
        """What a function of the library returns, fills in, and leaves as a receipt."""
        self.calls.append(op)
        match op:
            case "init":
                self._open = False
                return self._init_code, b"", b""
            case "check":
                return 0, self._place().encode("latin-1"), b""
            case "key":
                key = self._keys.pop(0) if self._keys else Key.NOTHING
                return 0, key.encode("latin-1"), b""
            case "read":
                return (0 if self._present else -1), self._number().encode(), b""
            case "transact":
                return 0, *(await self._transact(given))
        return await self._move(op), b"", b""

    @property
    def ledger(self) -> Ledger:
        """What the bank booked."""
        return self.bank.ledger

    # --- transactions ---

    async def _transact(self, given: bytes) -> tuple[bytes, bytes]:
        """The answer's bytes, with the fault that waits for one; and the receipt."""
        try:
            request = decode_request(given)
        except UmsError:
            return Response("I0").encode(), b""
        said = await self.bank.transact(request, Citizen(self._present, self._number(), self._pin))
        spoil, self._spoil = self._spoil, ""
        if spoil == "garbage":
            return self.random.randbytes(len(said.encode())), b""
        echo = "~~~" if spoil == "echo" else request.echo
        answer = replace(said, echo=echo, amount=said.amount + (spoil == "amount"))
        return answer.encode(), self._receipt(said)

    def _receipt(self, said: Response) -> bytes:
        if said.code != "00" or not said.trace:
            return b""
        return f"样本签购单\n卡号 {self._number()}\n流水号 {said.trace:06d}\n".encode("gb2312")

    def state(self) -> Mapping[str, Any]:
        return {
            **super().state(),
            **self.at(working=self.working),
            "place": self._place().name.lower(),
            "typed": len(self._typed) if self.working else 0,
            "registered": self.bank.signed_in,
            "bank_reachable": self.bank.reachable,
            "reversal_record": self.bank.record is not None,
            "will_say": self.bank.code,
            "to_reversals": self.bank.reversal_code,
            "strays": self.bank.strays,
            "init_code": self._init_code,
            "spoilt": self._spoil,
            "ledger": self.ledger.as_json(),
        }

    # --- faults ---

    @hand("bank says")
    def bank_says(self, code: str = "51") -> None:
        """The bank answers the next request with this response code."""
        self.bank.code = f"{int(code):02d}" if str(code).isdecimal() else str(code)

    @hand("bank reachable (1/0)")
    def bank_line(self, up: int = 0) -> None:
        """Whether the library reaches its bank."""
        self.bank.reachable = bool(int(up))

    @hand("sign off")
    def sign_off(self) -> None:
        """The work keys are worth nothing from now on."""
        self.bank.signed_in = False

    @hand("UMS_Init returns")
    def init_returns(self, code: int = -103) -> None:
        """What UMS_Init returns from now on; 0 is well."""
        self._init_code = int(code)

    @hand("spoil the next answer (echo/garbage/amount)")
    def spoil(self, how: str = "echo") -> None:
        """The next answer of a transaction has a wrong echo, is nonsense, or names another amount."""
        self._spoil = how

    @hand("reversal hits the payment before (1/0)")
    def stray(self, on: int = 1) -> None:
        """A library that takes its newest standing sale for what a reversal means."""
        self.bank.strays = bool(int(on))

    @hand("reversals are answered")
    def reversals_say(self, code: str = "96") -> None:
        """The bank answers every reversal with this code; empty is as it should be."""
        self.bank.reversal_code = str(code)

    @hand("close the day")
    def close_day(self) -> None:
        """Close the batch without being asked: older bookings cannot be voided any more."""
        self.bank.close_day()

    @hand("lose the next answer")
    def lose_next_answer(self) -> None:
        """End the host after the bank has booked, before the library says so."""
        self.cut_at("decided")

    @hand("kill the host at stage")
    def cut_at(self, stage: str = "host") -> None:
        """Kill the host once when a transaction reaches ``stage``; it can be started again at once."""
        self.set_trap(stage, self._cut)

    @hand("crash at stage")
    def crash_at(self, stage: str = "host") -> None:
        """The library crashes once when a transaction reaches ``stage``."""
        self.set_trap(stage, self._crash)

    @hand("hang at stage")
    def hang_at(self, stage: str = "host") -> None:
        """The library never comes back once a transaction reaches ``stage``."""
        self.set_trap(stage, self._hang)

    @hand("unplug at stage")
    def unplug_at(self, stage: str = "host") -> None:
        """Pull the plug when a transaction reaches ``stage``."""
        self.set_trap(stage, self._pull)

    async def _crash(self) -> None:
        raise Crashed

    async def _cut(self) -> None:
        await self.drop_lines()
        await self._hang()

    async def _pull(self) -> None:
        self._pulling = asyncio.create_task(self.unplug())
        await self._hang()

    async def _hang(self) -> None:
        """For ever: the call dies with its host."""
        await asyncio.Event().wait()
