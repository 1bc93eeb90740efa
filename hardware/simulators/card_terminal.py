"""A bank-card terminal with hands: cards are inserted and tapped, PINs typed, banks refuse, lines break.

It speaks ZVT over TCP or a serial line, keeps its own ledger through everything, goes on with what it has begun
when the register vanishes, and asks for the register's decision (84 9C, 84 66) before an approval is final.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from hardware.channel import Channel
from hardware.protocols.zvt import ACCEPTED, NOT_SUPPORTED, Apdu, Command, ZvtError, refused
from hardware.protocols.zvt_fields import decode_fields, number
from hardware.protocols.zvt_messages import CNY, completion
from hardware.simulators.base import OneOf, hand
from hardware.simulators.card_terminal_flow import TERMINAL_ID, Flow, status_of
from hardware.simulators.card_terminal_ledger import CARDS, Ledger
from hardware.simulators.card_terminal_line import EcrLine
from hardware.simulators.card_terminal_stages import StagedTerminal, Timings

BUSY, NOT_REGISTERED, NOTHING_TO_REPEAT, PROTOCOL_ERROR = 0x9C, 0x6B, 0x83, 0x9A


class CardTerminalSimulator(StagedTerminal):
    """``when_abandoned``: what becomes of an approval nobody answers; None: chance decides."""

    stages = ("accepted", "card", "pin", "host", "decided", "told", "held", "settling")
    """``decided`` is booked but not yet said, ``told`` said but not yet answered."""

    def __init__(
        self,
        *,
        seed: int = 0,
        framing: Literal["tcp", "serial"] = "tcp",
        password: str = "000000",  # noqa: S107 - the factory's
        when_abandoned: Literal["keep", "reverse"] | None = "keep",
        timings: Timings | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(seed=seed)
        self.timings = timings or Timings()
        self.ledger = Ledger(now)
        self.display: tuple[str, ...] = ("欢迎使用", "Welcome")
        self.pin = ""
        self.cancelled = False
        self.changed = asyncio.Event()
        self.bank_code = 0
        self.bank_reachable = True
        self._serial, self._password = framing == "serial", bytes.fromhex(password)
        self._policy: str | None = when_abandoned
        self._registered = False
        self._status = 0
        self._busy_until = 0.0
        self._flow: Flow | None = None
        self._running: asyncio.Task[None] | None = None
        self._dying: asyncio.Task[None] | None = None

    # --- the line ---

    async def talk(self, channel: Channel) -> None:
        line = EcrLine(channel, lambda data: self.answer(channel, data), serial=self._serial)
        pump = asyncio.create_task(line.pump(), name="terminal reads")
        try:
            while (command := await line.commands.get()) is not None:
                await self._obey(line, command)
        finally:
            pump.cancel()

    async def _obey(self, line: EcrLine, command: Apdu) -> None:
        if command.control == Command.ABORT:
            await line.send(self._abort())
        elif command.control == Command.LOG_OFF:
            self._registered = False
            await line.send(ACCEPTED)
        elif self.working:
            await line.send(refused(BUSY))
        elif command.control == Command.STATUS_ENQUIRY:
            await self._brief(line, completion("SIM 1", BUSY if self._is_busy else self._now_status))
        elif self._is_busy:
            await line.send(refused(BUSY))
        elif command.control == Command.REGISTRATION:
            await self._register(line, command)
        elif not self._registered:
            await line.send(refused(NOT_REGISTERED))
        else:
            await self._work(line, command)

    async def _work(self, line: EcrLine, command: Apdu) -> None:
        try:
            if command.control == Command.REPEAT_RECEIPT:
                last = [status_of(self.ledger.bookings[-1])] if self.ledger.bookings else []
                end = completion() if last else Apdu(Command.ABORTED, bytes([NOTHING_TO_REPEAT]))
                await self._brief(line, *last, end)
            elif command.control == Command.DIAGNOSIS:
                await self._brief(line, Apdu(Command.PRINT_LINE, b"\0DIAGNOSIS OK"), completion())
            elif (flow := self._flow_of(line, command)) is not None:
                await line.send(ACCEPTED)
                self._start(flow)
            else:
                await line.send(NOT_SUPPORTED)
        except ZvtError:
            await line.send(refused(PROTOCOL_ERROR))

    def _flow_of(self, line: EcrLine, command: Apdu) -> Flow | None:
        kinds = {
            Command.AUTHORISATION: ("payment", 0),
            Command.REFUND: ("refund", 3),
            Command.REVERSAL: ("reversal", 3),
            Command.END_OF_DAY: ("end of day", 3),
        }
        if command.control not in kinds:
            return None
        kind, start = kinds[command.control]
        fields = decode_fields(command.data[start:])
        repeats = fields.get(0x02, b"\0")[0]
        receipt = number(fields[0x87]) if 0x87 in fields else repeats
        return Flow(self, line, kind, number(fields.get(0x04, b"\0")), receipt)

    def _start(self, flow: Flow) -> None:
        self._flow = flow
        self._running = asyncio.create_task(flow.run(), name="terminal works")

    async def _register(self, line: EcrLine, command: Apdu) -> None:
        self._registered = command.data[:3] == self._password
        wrong = Apdu(Command.ABORTED, bytes([NOTHING_TO_REPEAT]))
        right = completion(fields=[(0x19, b"\0"), (0x29, TERMINAL_ID), (0x49, CNY)])
        await self._brief(line, right if self._registered else wrong)

    async def _brief(self, line: EcrLine, *messages: Apdu) -> None:
        """A command that needs nobody: its answer and messages at once."""
        await line.send(ACCEPTED)
        for message in messages:
            await line.tell(message)

    def _abort(self) -> Apdu:
        if not self.working or self._flow is None:
            return ACCEPTED
        if not self._flow.stoppable:
            return NOT_SUPPORTED
        self._flow.aborted = True
        self.changed.set()
        return ACCEPTED

    # --- what the flow asks ---

    @property
    def working(self) -> bool:
        """Whether a transaction runs."""
        return self._flow is not None and not self._flow.over and self._running is not None and not self._running.done()

    @property
    def _is_busy(self) -> bool:
        return asyncio.get_running_loop().time() < self._busy_until

    @property
    def _now_status(self) -> int:
        return self._status or (0xDC if self.card else 0)

    def show(self, *texts: str) -> None:
        """Put texts on the display."""
        self.display = texts

    def forget_citizen(self) -> None:
        """A new citizen: an inserted card stays, everything else is of the last one."""
        self.tapped, self.pin, self.cancelled = None, "", False

    def reverses_abandoned(self) -> bool:
        """What becomes of this abandoned approval."""
        return (self._policy or self.random.choice(("keep", "reverse"))) == "reverse"

    def state(self) -> Mapping[str, Any]:
        return {
            **super().state(),
            "display": list(self.display),
            **self.at(working=self.working),
            "typed": len(self.pin) if self.working else 0,
            "registered": self._registered,
            "bank_reachable": self.bank_reachable,
            "bank_code": self.bank_code,
            "status": self._status,
            "when_abandoned": self._policy or "chance",
            "ledger": self.ledger.as_json(),
        }

    # --- the citizen's hands ---

    @hand("insert bank card")
    def insert(self, card: str = "sample") -> None:
        """Put a card into the slot."""
        self.card = CARDS[card]
        self.changed.set()

    @hand("tap bank card")
    def tap(self, card: str = "sample") -> None:
        """Hold a card to the reader."""
        self.tapped = CARDS[card]
        self.changed.set()

    @hand("type PIN")
    def type_pin(self, pin: str = "123456") -> None:
        """Type a PIN and confirm."""
        self.pin = str(pin)
        self.changed.set()

    @hand("press cancel")
    def press_cancel(self) -> None:
        """Press the red key."""
        self.cancelled = True
        self.changed.set()

    @hand("remove bank card")
    def remove_card(self) -> None:
        """Take the card out."""
        self.card = None
        self.changed.set()

    # --- faults ---

    @hand("bank says")
    def bank_says(self, code: int = 51) -> None:
        """The bank answers the next request with this (decimal) response code; 0 is yes."""
        self.bank_code = int(code)

    @hand("bank reachable (1/0)")
    def bank_line(self, up: int = 0) -> None:
        """Whether the terminal reaches its bank."""
        self.bank_reachable = bool(int(up))

    @hand("terminal status (05 01)")
    def status_is(self, code: int = 0xE2) -> None:
        """What a status enquiry answers; 0 is as it is."""
        self._status = int(code)

    @hand("busy for seconds")
    def busy(self, seconds: int = 10) -> None:
        """Work on something else: refuse commands."""
        self._busy_until = asyncio.get_running_loop().time() + int(seconds)

    @hand("close the day")
    def close_day(self) -> None:
        """Close the batch without being asked: older bookings cannot be reversed any more."""
        self.ledger.close_day()

    @hand("when abandoned (keep/reverse/chance)")
    def abandons(self, policy: Annotated[str, OneOf(("keep", "reverse", "chance"))] = "reverse") -> None:
        """What becomes of an approval nobody answers."""
        self._policy = None if policy == "chance" else policy

    @hand("lose the next answer")
    def lose_next_answer(self) -> None:
        """Cut the line after the bank has decided and the terminal has booked, before it says so."""
        self.cut_at("decided")

    @hand("cut the line at stage")
    def cut_at(self, stage: str = "host") -> None:
        """Cut the line once when a transaction reaches ``stage``; it can be opened again at once."""
        self.set_trap(stage, self.drop_lines)

    @hand("unplug at stage")
    def unplug_at(self, stage: str = "host") -> None:
        """Pull the data plug when a transaction reaches ``stage``."""
        self.set_trap(stage, self.unplug)

    @hand("power loss at stage")
    def power_loss_at(self, stage: str = "host") -> None:
        """Lose power when a transaction reaches ``stage``."""
        self.set_trap(stage, self._die)

    @hand("power loss")
    async def power_loss(self) -> None:
        """No power until plugged in again: what was not booked is forgotten, an open approval is abandoned."""
        flow, running, self._flow = self._flow, self._running, None
        if running is not None:
            running.cancel()
        if flow is not None and flow.booking is not None and self.reverses_abandoned():
            self.ledger.reverse(flow.booking)
        self._registered = False
        self.show("")
        await self.unplug()

    @hand("plug in")
    async def plug_in(self) -> None:
        """Put the plug back."""
        self.show("欢迎使用", "Welcome")
        await super().plug_in()

    async def _die(self) -> None:
        """Power loss in the middle of a transaction, which stops here."""
        self._dying = asyncio.create_task(self.power_loss())
        await asyncio.shield(self._dying)
