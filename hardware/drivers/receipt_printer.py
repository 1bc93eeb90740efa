"""The receipt printer: ESC/POS over a serial line, with real-time status (port ``ReceiptPrinter``).

Rules. Before a slip is sent the printer is asked how it is; after it the printer is asked to say when it has
executed everything (GS ( H). Only that answer is PRINTED. A printer that does not know the question (learned when it
is first well) but says it is well is SENT; a line that falls silent after data has left is UNKNOWN. Whatever was not
printed is cleared from the printer's buffer (DLE DC4 8), at every failure and at every connect: otherwise the
slip of one citizen comes out before the next one after a refill. What already hangs out of the printer then, half a
slip of somebody, is cut off before the next one begins; also at the first slip after a start, since the last run may
have ended in the middle of one. A fault is believed when it was read twice:
status bytes have no checksum. Only a presenter has a sensor in its mouth; without one nobody knows whether a
slip was taken, and we say so. With one it is asked at every connect, before anybody is served: a slip that still
hangs there is in the condition (``slip: waiting``).
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec

from hardware.channel import Opener, opener_of
from hardware.drivers.slip_render import cut_off, render
from hardware.link import Link, Trace, Watched
from hardware.protocols import escpos_status as escpos
from hardware.protocols.escpos_status import Answer, Ask, EscPosAnswers, Executed, Presenter, Status, StatusByte
from kiosk_app.devices import Baud, Condition, DeviceState, Driver, Port, PrintOutcome, Slip
from kiosk_app.errors import CoverOpen, DeviceError, DeviceFault, DeviceOffline, PaperJam, PaperOut

Kind = TypeVar("Kind", StatusByte, Executed, Presenter)

ANSWER = 1.0
"""Seconds for a real-time answer; printers give it within 0.1."""
IDLE_POLL = 3.0
PRINT_POLL = 0.5
PATIENCE = 20.0
"""Seconds for one slip; 30 cm of paper take 2 to 4."""
SETTLE = 2.0
"""How long a printer that cannot say "executed" must stay well before we call a slip sent."""


class ReceiptPrinter(Watched):
    """``presenter``: the printer holds the slip until it is taken, and answers DLE EOT 20."""

    def __init__(
        self, opener: Opener, *, role: str = "receipt_printer", presenter: bool = False, trace: Trace | None = None
    ) -> None:
        super().__init__(role)
        self._link: Link[Answer] = Link(role, opener, EscPosAnswers, trace=trace)
        self._presenter = presenter
        self._confirms: bool | None = None
        self._count = 0
        self._hangs = True
        self._executed: set[str] = set()
        self._slip: dict[str, str] = {}

    @property
    def capabilities(self) -> frozenset[str]:
        able = {"presenter": self._presenter, "follows jobs": bool(self._confirms)}
        return frozenset({"cutter", "paper sensor"} | {word for word, has in able.items() if has})

    async def run(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._link.run(self._greet, self.lost))
            both.create_task(self._keep_asking())

    async def print(self, slip: Slip) -> PrintOutcome:
        async with self._link.turn():
            self._refuse(await self._status())
            await self._learn()
            process = self._next_process()
            request = escpos.ask_executed(process) if self._confirms else b""
            data, self._hangs = (cut_off() if self._hangs else b"") + render(slip), True
            try:
                await self._link.send(data + request)
                outcome = await self._follow(process)
            except DeviceOffline as error:
                self.lost(error)
                self._link.lose()
                return PrintOutcome.UNKNOWN
            except BaseException:
                await self._clear()
                raise
            self._hangs = False
            return outcome

    async def paper_taken(self) -> bool | None:
        if not self._presenter:
            return None
        async with self._link.turn():
            return not await self._slip_waits()

    # --- a conversation ---

    async def _greet(self) -> None:
        """Empty the buffer of a crashed run, learn whether it can confirm, and how it is."""
        async with self._link.turn():
            await self._link.send(escpos.CLEAR_BUFFERS + escpos.NO_REPORTS)
            self._confirms, self._slip = None, {}
            if self._presenter:
                with suppress(DeviceOffline):  # it has none, or the next question finds the line dead as well
                    await self._slip_waits()
            if not (await self._status()).offline:
                await self._learn()

    async def _slip_waits(self) -> bool:
        """Ask the presenter. Raises DeviceOffline."""
        await self._link.send(escpos.ASK_PRESENTER)
        waits = (await self._next(Presenter)).slip_waits
        self._slip = {"slip": "waiting" if waits else "none"}
        condition = self.condition
        if condition.state is not DeviceState.STARTING:
            self.become(replace(condition, supplies={**condition.supplies, **self._slip}))
        return waits

    async def _learn(self) -> None:
        """Whether it can confirm; without paper it would answer only after the refill."""
        if self._confirms is not None:
            return
        await self._link.send(escpos.ask_executed(self._next_process()))
        try:
            await self._next(Executed)
        except DeviceOffline:
            self._confirms = False
        else:
            self._confirms = True

    async def _keep_asking(self) -> None:
        while True:
            await asyncio.sleep(IDLE_POLL)
            if self._link.connected:
                try:
                    async with self._link.turn(within=PATIENCE):
                        await self._recover(await self._status())
                except DeviceOffline as error:
                    self.lost(error)

    async def _recover(self, status: Status) -> None:
        """Once a person has removed the cause, the printer still wants to be told to go on."""
        if status.cutter or status.recoverable:
            await self._link.send(escpos.RECOVER)

    async def _follow(self, process: str) -> PrintOutcome:
        """Until the printer says it is done, says what is wrong, or has had time enough."""
        loop = asyncio.get_running_loop()
        sent_at = loop.time()
        while loop.time() < sent_at + PATIENCE:
            self._refuse(await self._status())
            if process in self._executed:
                return PrintOutcome.PRINTED
            if not self._confirms and loop.time() >= sent_at + SETTLE:
                break
            await self._rest(process)
        return PrintOutcome.SENT

    async def _rest(self, process: str) -> None:
        """Wait for the confirmation, but not so long that a fault would stay unseen."""
        try:
            async with asyncio.timeout(PRINT_POLL):
                while process not in self._executed:
                    self._note(await self._link.receive(PATIENCE))
        except TimeoutError:
            pass

    async def _clear(self) -> None:
        """Nothing of this slip may come out later."""
        try:
            await self._link.send(escpos.CLEAR_BUFFERS)
        except DeviceOffline as error:
            self.lost(error)

    # --- status ---

    async def _status(self) -> Status:
        """Ask all four questions; a fault is asked for twice. Keeps the condition true."""
        try:
            status = await self._ask_once()
        except DeviceOffline:  # one answer may be torn by noise
            status = await self._ask_once()
        if _fault(self.role, status) is not None:
            status = await self._ask_once()
        fault = _fault(self.role, status)
        paper = "out" if status.paper_end else "low" if status.paper_low else "ok"
        supplies = {"paper": paper, **self._slip}
        if fault is None:
            self.become(Condition(DeviceState.ONLINE, "", supplies))
        else:
            self.become(Condition(DeviceState.HARDWARE_ERROR, fault.reason, supplies, detail=fault.why))
        return status

    async def _ask_once(self) -> Status:
        answers: dict[Ask, int] = {}
        for question in Ask:
            await self._link.send(escpos.ask(question))
            answers[question] = (await self._next(StatusByte)).value
        return Status.of(answers)

    def _refuse(self, status: Status) -> None:
        fault = _fault(self.role, status)
        if fault is not None:
            raise fault

    async def _next(self, kind: type[Kind]) -> Kind:
        """The next answer of this kind; confirmations that pass by are noted."""
        try:
            async with asyncio.timeout(ANSWER):
                while True:
                    answer = await self._link.receive(PATIENCE)
                    self._note(answer)
                    if isinstance(answer, kind):
                        return answer
        except TimeoutError as error:
            raise DeviceOffline(self.role, f"no answer within {ANSWER:g} s") from error

    def _note(self, answer: Answer) -> None:
        if isinstance(answer, Executed):
            self._executed.add(answer.process)

    def _next_process(self) -> str:
        """A process id no answer of an earlier slip can carry."""
        self._count = (self._count + 1) % 10_000
        self._executed.clear()
        return f"{self._count:04d}"


def _fault(role: str, status: Status) -> DeviceError | None:
    """What keeps the printer from printing; the first thing a person must mend comes first."""
    if status.cover_open:
        return CoverOpen(role)
    if status.paper_end:
        return PaperOut(role)
    if status.cutter:
        return PaperJam(role, "cutter")
    if status.broken or status.recoverable or status.too_hot:
        return DeviceFault(role, "head or board")
    return None


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``presenter``: it holds the slip until it is taken, and can tell."""

    port: Port
    baud: Baud = 115200
    presenter: bool = False


def _build(settings: Settings, _: Path) -> ReceiptPrinter:
    return ReceiptPrinter(opener_of(settings.port, baud=settings.baud), presenter=settings.presenter)


DRIVER = Driver("receipt_printer", "escpos", Settings, _build)
