"""The cabinet: doors, shock sensor, thermometer and lamps on one Modbus board (port ``Cabinet``).

Rules. The board is asked three times a second, and whatever it does not say is None. One torn answer is a
matter of wires, so each question is asked up to three times; then the device is offline, its line is opened
again and the board must first say what it is. Only an answer from our unit to our question counts; RTU answers
carry no number, so the bytes of an earlier one are forgotten before each question. What the lamps show is
compared at each poll with what they should: however a board lost it, it shows it again a moment later. It only
reports: what a door that opens at night means is decided by whoever knows the visits.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec

from hardware.channel import Opener, opener_of
from hardware.link import Link, Trace, Watched, condition_of
from hardware.modbus_rtu import READ_INPUT, WRITE_HOLDING, Message, Rtu, question
from hardware.protocols import cabinet
from hardware.protocols.cabinet import Board, Shows, State
from kiosk_app.devices import Baud, Condition, DeviceState, Driver, Lamp, Port, Slot
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline

POLL = 0.33
ANSWER = 0.25
"""Seconds for one answer; at 19200 baud the longest takes 0.03."""
TRIES = 3
SILENCE = 0.004
"""Seconds on the line between an answer and the next question; 3.5 characters at 9600 baud."""
COOLED = 5.0
"""Degrees below the limit at which hot is over."""
_PERMANENT = frozenset({1, 2, 3})
"""Exception codes with which a board says that it does not know what we want."""

_SHOWS = {Lamp.OFF: Shows.OFF, Lamp.ON: Shows.ON, Lamp.BLINK: Shows.BLINK}


class Cabinet(Watched):
    """``doors`` and ``lamps`` name the board's inputs and outputs in their order; ``hot`` in degrees Celsius."""

    def __init__(
        self,
        opener: Opener,
        *,
        role: str = "cabinet",
        unit: int = 1,
        doors: Sequence[str] = ("front",),
        lamps: Sequence[str] = (),
        hot: float = 55.0,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(role)
        self._link: Link[Message] = Link(role, opener, self._new_codec, trace=trace)
        self._rtu = Rtu()
        self._unit, self._doors, self._hot = unit, tuple(doors), hot
        self._wanted = dict.fromkeys(lamps, Lamp.OFF)
        self._seen: State | None = None
        self._too_hot = False
        self._news = asyncio.Event()

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({"doors", "tamper", "temperature"} | ({"lamps"} if self._wanted else set()))

    @property
    def doors(self) -> Mapping[str, bool | None]:
        seen = self._seen
        return {name: None if seen is None else n in seen.open_doors for n, name in enumerate(self._doors)}

    @property
    def tampered(self) -> bool | None:
        return None if self._seen is None else self._seen.struck or self._seen.remembered

    @property
    def temperature(self) -> float | None:
        return None if self._seen is None else self._seen.degrees

    def lamp(self, slot: str, lamp: Lamp) -> None:
        if self._wanted.get(slot, lamp) is not lamp:  # a cabinet need not have a lamp at every slot
            self._wanted[slot] = lamp
            self._news.set()

    async def forget_tamper(self) -> None:
        async with self._link.turn():
            await self._write(cabinet.ACKNOWLEDGE, (cabinet.ACKNOWLEDGE_CODE,))
            await self._poll()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._link.run(self._greet, self.lost))
            both.create_task(self._keep_polling())

    def lost(self, error: DeviceError) -> None:
        """Nothing is known of it any more: no door is "closed" because it was."""
        self._seen, self._too_hot = None, False
        self.become(condition_of(error))

    # --- a conversation ---

    async def _greet(self) -> None:
        async with self._link.turn():
            board = Board.of(await self._read(cabinet.BOARD, cabinet.BOARD_SIZE))
            if not board.known:
                raise DeviceFault(self.role, f"not a cabinet board: {board.magic:04X} version {board.version}")
            if board.doors < len(self._doors) or board.lamps < len(self._wanted):
                raise DeviceFault(self.role, f"the board has {board.doors} doors and {board.lamps} lamps")
            await self._poll()

    async def _keep_polling(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._news.wait()
            self._news.clear()
            with suppress(DeviceOffline):  # somebody else has it for long: they keep the condition
                async with self._link.turn():
                    if self._seen is not None and self._link.connected:
                        await self._poll_or_lose()

    async def _poll_or_lose(self) -> None:
        try:
            await self._poll()
        except DeviceError as error:
            self.lost(error)
            self._link.lose()

    async def _poll(self) -> None:
        """What is true now; lamps that show something else are set."""
        seen = State.of(await self._read(cabinet.STATE, cabinet.STATE_SIZE))
        self._show(seen)
        lamps = tuple(_SHOWS[lamp] for lamp in self._wanted.values())
        if seen.lamps[: len(lamps)] != lamps:
            await self._write(cabinet.LAMPS, lamps)

    async def _read(self, address: int, count: int) -> tuple[int, ...]:
        return (await self._ask(Message(self._unit, READ_INPUT, address, count))).registers

    async def _write(self, address: int, registers: Sequence[int]) -> None:
        await self._ask(Message(self._unit, WRITE_HOLDING, address, len(registers), tuple(registers)))

    async def _ask(self, asked: Message) -> Message:
        """The answer, asked for :data:`TRIES` times at most. Raises DeviceOffline, DeviceFault."""
        why = "no answer"
        for _ in range(TRIES):
            await asyncio.sleep(SILENCE)
            self._rtu.forget()
            self._link.drop()
            await self._link.send(question(asked))
            try:
                async with asyncio.timeout(ANSWER):
                    while not _answers(answer := await self._link.receive(2 * ANSWER), asked):
                        why = f"only unit {answer.unit} answers, function {answer.function}"
            except TimeoutError:
                continue
            if not answer.error:
                return answer
            if answer.error in _PERMANENT:
                raise DeviceFault(self.role, f"exception {answer.error} at {asked.address:04X}")
            why = f"exception {answer.error}"
        raise DeviceOffline(self.role, why)

    def _new_codec(self) -> Rtu:
        self._rtu = Rtu()
        return self._rtu

    # --- condition ---

    def _show(self, seen: State) -> None:
        self._seen = seen
        if seen.degrees is not None:
            self._too_hot = seen.degrees >= self._hot - (COOLED if self._too_hot else 0)
        heat = "unknown" if seen.degrees is None else "high" if self._too_hot else "ok"
        doors = {f"door {name}": "open" if n in seen.open_doors else "closed" for n, name in enumerate(self._doors)}
        state, reason = self._worst(seen)
        self.become(Condition(state, reason, {**doors, "temperature": heat}))

    def _worst(self, seen: State) -> tuple[DeviceState, str]:
        """The first thing that somebody must hear."""
        if seen.struck or seen.remembered:
            return DeviceState.FRAUD_ATTEMPT, "tamper"
        if seen.open_doors & set(range(len(self._doors))):
            return DeviceState.USER_ERROR, "door_open"
        if self._too_hot:
            return DeviceState.HARDWARE_ERROR, "too_hot"
        return DeviceState.ONLINE, ""


def _answers(answer: Message, asked: Message) -> bool:
    """Whether it is our unit's answer to this question: as many registers, or the same place written."""
    if (answer.unit, answer.function) != (asked.unit, asked.function):
        return False
    if answer.error:
        return True
    if asked.function == READ_INPUT:
        return len(answer.registers) == asked.count
    return (answer.address, answer.count) == (asked.address, asked.count)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``doors`` and ``lamps`` name the board's inputs and outputs in their order; a lamp has the name of its role."""

    port: Port
    baud: Baud = 19200
    unit: Annotated[int, msgspec.Meta(ge=1, le=247)] = 1
    doors: Annotated[tuple[str, ...], msgspec.Meta(max_length=16)] = ("front",)
    lamps: Annotated[tuple[Slot, ...], msgspec.Meta(max_length=8)] = ()
    hot: Annotated[int, msgspec.Meta(ge=30, le=90)] = 55

    def __post_init__(self) -> None:
        if len(set(self.lamps)) < len(self.lamps):  # the outputs behind it would be one off
            raise ValueError("Each slot has one lamp")


def _build(settings: Settings, _: Path) -> Cabinet:
    return Cabinet(
        opener_of(settings.port, baud=settings.baud, stop_bits=2),
        unit=settings.unit,
        doors=settings.doors,
        lamps=settings.lamps,
        hot=float(settings.hot),
    )


DRIVER = Driver("cabinet", "modbus", Settings, _build)
