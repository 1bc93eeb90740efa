"""What a simulated terminal does with one command that moves money: the citizen, the bank, the booking, the register.

Rule, as in the field: once begun, a transaction goes on without the register. Messages nobody takes are skipped;
an approval nobody answers is kept or reversed, as the make of terminal has it (``when_abandoned``).
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hardware.channel import ChannelClosed
from hardware.protocols.zvt import ACCEPTED, NEED_TIME, Apdu, Command
from hardware.protocols.zvt_fields import bcd, encode_fields
from hardware.protocols.zvt_messages import CNY, Totals
from hardware.simulators.card_terminal_ledger import BankCard, Booking
from hardware.simulators.card_terminal_line import EcrLine

if TYPE_CHECKING:
    from hardware.simulators.card_terminal import CardTerminalSimulator

Thing = TypeVar("Thing")
CANCELLED, UNREACHABLE, ALREADY_REVERSED, NOT_POSSIBLE = 0x6C, 0xA3, 0xB4, 0xB5
NO_MONEY, EXPIRED, PIN_TRIES = 51, 54, 75
PIN_FREE = 100_000
"""Fen up to which a card that is tapped needs no PIN."""


class Refusal(Exception):
    """The transaction ends with this result code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}")
        self.code = code


class Flow:
    """One command from its 80 00 to its end."""

    def __init__(self, terminal: "CardTerminalSimulator", line: EcrLine, kind: str, amount: int, number: int) -> None:
        self._terminal, self._line, self._kind, self._amount, self._number = terminal, line, kind, amount, number
        self._alone = False
        self.stoppable = self.over = self.aborted = False
        self.booking: Booking | None = None
        """An approval the register has not answered for good."""

    async def run(self) -> None:
        """The whole of it."""
        try:
            await {"reversal": self._reversal, "end of day": self._end_of_day}.get(self._kind, self._transaction)()
        except Refusal as refusal:
            self._terminal.show("交易未成功", "Declined")
            await self._terminal.reach("decided")
            await self._say(Apdu(Command.STATUS, encode_fields([(0x27, bytes([refusal.code])), (0x29, TERMINAL_ID)])))
            await self._finish(Apdu(Command.ABORTED, bytes([refusal.code])))

    # --- the register ---

    async def _say(self, message: Apdu) -> Apdu | None:
        """The register's answer; None when it is gone."""
        if self._alone:
            return None
        try:
            return await self._line.tell(message, self._told if message.control == Command.STATUS else None)
        except ChannelClosed:
            self._alone = True
            return None

    async def _told(self) -> None:
        await self._terminal.reach("told")

    async def _shows(self, code: int, *texts: str) -> None:
        self._terminal.show(*texts)
        await self._say(Apdu(Command.INTERMEDIATE, bytes([code])))

    async def _finish(self, end: Apdu) -> None:
        await self._terminal.reach("settling")
        self.over = True
        await self._say(end)
        self._terminal.show("欢迎使用", "Welcome")

    # --- the citizen ---

    async def _transaction(self) -> None:
        terminal = self._terminal
        terminal.forget_citizen()
        self.stoppable = True
        await terminal.reach("accepted")
        await self._shows(0x0A, "请插卡或挥卡", "Insert or tap card")
        await terminal.reach("card")
        card = await self._wait(lambda: terminal.card or terminal.tapped)
        if terminal.card is not None or self._amount > PIN_FREE:
            await self._pin(card)
        self.stoppable = False
        await self._bank(card)
        self.booking = terminal.ledger.book(self._kind, self._amount, card.number)
        terminal.show("交易成功", "Approved")
        await terminal.reach("decided")
        await (self._hold if self._kind == "payment" else self._complete)(self.booking)

    async def _pin(self, card: BankCard) -> None:
        terminal = self._terminal
        prompt = 0x01
        for _ in range(3):
            terminal.pin = ""
            await self._shows(prompt, "请输入密码", "Enter PIN")
            await terminal.reach("pin")
            if await self._wait(lambda: terminal.pin) == card.pin:
                return
            prompt = 0x15
        await self._shows(0x18, "密码错误次数超限", "PIN tries exceeded")
        raise Refusal(PIN_TRIES)

    async def _wait(self, ready: Callable[[], Thing | None]) -> Thing:
        """What ``ready`` gives, as soon as it gives something; 6C when cancelled or too slow."""
        terminal = self._terminal
        try:
            async with asyncio.timeout(terminal.timings.citizen):
                while not (thing := ready()):
                    if terminal.cancelled or self.aborted:
                        raise Refusal(CANCELLED)
                    terminal.changed.clear()
                    await terminal.changed.wait()
        except TimeoutError:
            raise Refusal(CANCELLED) from None
        return thing

    # --- the bank ---

    async def _bank(self, card: BankCard | None = None) -> None:
        terminal = self._terminal
        await self._shows(0x04, "正在处理", "Waiting for the bank")
        await terminal.reach("host")
        if not terminal.bank_reachable:
            await asyncio.sleep(terminal.timings.host_silence)
            raise Refusal(UNREACHABLE)
        await asyncio.sleep(terminal.timings.host)
        said, terminal.bank_code = terminal.bank_code, 0
        if card is not None and not said:
            said = EXPIRED if card.expired else NO_MONEY if self._takes(card) else 0
        if said:
            raise Refusal(said)

    def _takes(self, card: BankCard) -> bool:
        return self._kind == "payment" and card.balance < self._amount

    # --- after the approval ---

    async def _hold(self, booking: Booking) -> None:
        """Ask the register until it has decided, or has asked for time too often, or is gone."""
        terminal = self._terminal
        for _ in range(self._number or 3):
            answer = await self._say(status_of(booking))
            if answer == ACCEPTED:
                return await self._complete(booking)
            if answer is None:
                break
            if answer != NEED_TIME:
                return await self._undo(booking)
            await terminal.reach("held")
            await asyncio.sleep(terminal.timings.repeat)
        await asyncio.sleep(terminal.timings.abandoned)
        return await (self._undo(booking) if terminal.reverses_abandoned() else self._complete(booking))

    async def _complete(self, booking: Booking) -> None:
        if booking.kind == "refund":
            await self._say(status_of(booking))
        self.booking = None
        for text in ("SAMPLE RECEIPT", f"{booking.amount / 100:.2f} CNY"):
            await self._say(Apdu(Command.PRINT_LINE, b"\0" + text.encode("ascii")))
        if self._terminal.card is not None:
            await self._shows(0x0B, "请取走卡片", "Remove card")
        await self._finish(Apdu(Command.COMPLETION))

    async def _undo(self, booking: Booking) -> None:
        await self._shows(0x05, "正在自动冲正", "Automatic reversal")
        await asyncio.sleep(self._terminal.timings.reversal)
        self._terminal.ledger.reverse(booking)
        self.booking = None
        await self._finish(Apdu(Command.ABORTED, bytes([CANCELLED])))

    # --- without a citizen ---

    async def _reversal(self) -> None:
        ledger = self._terminal.ledger
        booking = ledger.find(self._number)
        if booking is None:
            raise Refusal(NOT_POSSIBLE)
        if booking.state == "reversed":
            raise Refusal(ALREADY_REVERSED)
        await self._bank()
        undone = ledger.reverse(booking)
        await self._terminal.reach("decided")
        await self._say(status_of(undone))
        await self._finish(Apdu(Command.COMPLETION))

    async def _end_of_day(self) -> None:
        await self._bank()
        totals = self._terminal.ledger.close_day()
        await self._terminal.reach("decided")
        await self._say(status_of_day(totals))
        await self._finish(Apdu(Command.COMPLETION))


TERMINAL_ID = bytes.fromhex("00000001")


def status_of(booking: Booking) -> Apdu:
    """04 0F of a booking."""
    original = [(0x37, bcd(booking.original, 3))] if booking.original is not None else []
    fields = [
        (0x27, b"\0"),
        (0x04, bcd(booking.amount, 6)),
        (0x49, CNY),
        (0x0C, bcd(int(f"{booking.at:%H%M%S}"), 3)),
        (0x0B, bcd(booking.trace, 3)),
        *original,
        (0x87, bcd(booking.receipt_no, 2)),
        (0x29, TERMINAL_ID),
        (0x22, bytes.fromhex(booking.card)),
        (0x3B, f"{booking.trace * 7919 % 1_000_000:06d}".ljust(8).encode()),  # like a bank's: looks like nothing
        (0x8A, b"\xc6"),
        (0x8B, b"UnionPay\0"),
    ]
    return Apdu(Command.STATUS, encode_fields(fields))


def status_of_day(totals: Totals) -> Apdu:
    """04 0F of an end of day."""
    return Apdu(
        Command.STATUS,
        encode_fields([(0x27, b"\0"), (0x04, bcd(totals.amount, 6)), (0x49, CNY), (0x60, bytes(totals))]),
    )
