"""The resident ID reader: the SDT codec over a link, as :class:`kiosk_app.devices.IdCardReader`.

Rules.

- While somebody waits it asks "find" with a short pause; otherwise a status every three seconds shows a dead
  reader. Every read is find, select, read, additional address (``domain.md`` 1.5).
- An answer that is damaged, or says that our frame was, costs a resend, three at most. An answer that does not
  come costs the line: SDT answers name no question, so after a silence only a new line (which starts with reset
  and ends with the unmistakable SAM id) is sure not to be one answer behind. A person notices none of this
  unless the reader stays away for :data:`PATIENCE` seconds.
- Edge-triggered: a card that was read or refused is *spent* and must be lifted before a card is taken again,
  also across a reset or a reconnect. So a forgotten card never identifies the next person; who waits while it
  lies there is told once to lay the card again (the lifting may also have happened while the line was lost).
- Nothing of a card is kept, and a trace shows commands and status words but no card's data.

``presence="reset"``: a reader that resets its module re-energises the field and finds a card that still lies
there. This is general knowledge, not in a published document: check it with the reader at hand, or configure
``"none"``, and :meth:`IdCardReader.card_present` says that it cannot tell.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from hardware.channel import Opener, opener_of
from hardware.link import Link, Trace, Watched, wait_online
from hardware.protocols import sdt, sdt_text
from hardware.protocols.sdt import Action, Command, Damaged, Response
from kiosk_app.devices import Baud, CardKind, Condition, DeviceState, Driver, IdentityCard, Port
from kiosk_app.errors import CardNotRead, CardRefused, DeviceError, DeviceFault, DeviceOffline

RESENDS = 3
ANSWER, READ_ANSWER = 2.0, 5.0
SETTLE = 0.2  # after a damaged answer: the real one may still follow the noise
PATIENCE = 5.0
TICK, WATCH, WATCH_SPENT = 1.0, 3.0, 1.0
SPENT_PAUSE = 0.3


class _OutOfStep(DeviceFault):
    """21: the reader does not know how far we are (it restarted, or our resend came second). It was reset."""


class IdCardReader(Watched):
    """A resident ID reader on a serial line. ``poll`` is the pause between two finds while somebody waits."""

    def __init__(
        self,
        opener: Opener,
        *,
        role: str = "id_card_reader",
        poll: float = 0.02,
        presence: Literal["reset", "none"] = "reset",
        trace: Trace | None = None,
    ) -> None:
        super().__init__(role)
        self.sam_id = ""
        self._link: Link[Response | Damaged] = Link(role, opener, sdt.responses)
        self._poll, self._presence, self._trace = poll, presence, trace
        self._online = asyncio.Event()
        self._spent = self._told = False
        self._heard = 0.0

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({"contactless", "photo"} | ({"presence"} if self._presence == "reset" else set()))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run(self._greet, self.lost))
            group.create_task(self._keep_watch())

    async def wait_card(self) -> IdentityCard:
        out_of_step = False
        while True:
            await wait_online(self, self._online, PATIENCE)
            try:
                async with self._link.turn():
                    card = await self._take()
            except DeviceOffline:
                continue
            except _OutOfStep:
                if out_of_step:
                    raise
                out_of_step = True
                continue
            if card is not None:
                return card
            await asyncio.sleep(max(self._poll, SPENT_PAUSE) if self._spent else self._poll)

    async def card_present(self) -> bool | None:
        if self._presence == "none" or not self._online.is_set():
            return None
        try:
            async with self._link.turn():
                lies = await self._lies_there()
        except DeviceError:
            return None
        self._spent = self._spent and lies
        return lies

    def lost(self, error: DeviceError) -> None:
        """Nobody is served until the next greeting."""
        self._online.clear()
        super().lost(error)

    # --- being there ---

    async def _greet(self) -> None:
        async with self._link.turn():
            await self._ask(Command.RESET)
            await self._ask(Command.STATUS)
            self.sam_id = sdt.sam_id((await self._ask(Command.SAM_ID)).data)
        self._online.set()
        self.become(Condition(DeviceState.ONLINE))

    async def _keep_watch(self) -> None:
        """When nobody asks: notice that the reader died or recovered, and that a spent card was lifted."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK)
            due = WATCH_SPENT if self._spent else WATCH
            if not self._link.connected or loop.time() - self._heard < due:
                continue
            with suppress(DeviceError):  # whatever it is, `_exchange` and `_judge` have made it the condition
                if not self._online.is_set():
                    await self._greet()
                    continue
                async with self._link.turn():
                    if self._spent:
                        self._spent = await self._lies_there()
                    else:
                        await self._ask(Command.STATUS)

    # --- the card ---

    async def _take(self) -> IdentityCard | None:
        """One attempt: None when no card lies there that is to be read."""
        if self._spent:
            self._spent = await self._lies_there()
            if self._spent:
                self._say_lift_it()
                return None
        try:
            if (await self._ask(Command.FIND)).status != 0x9F or (await self._ask(Command.SELECT)).status != 0x90:
                return None
            reading = sdt.reading((await self._ask(Command.READ)).data)
            newest_address = await self._newest_address()
            self._spent, self._told = True, False
            return _card(sdt_text.decode(reading.text), newest_address, reading.photo)
        except CardRefused:
            self._spent = self._told = True
            raise
        except ValueError as error:
            self._spent = self._told = True
            raise CardRefused(f"record: {error}") from error

    def _say_lift_it(self) -> None:
        if not self._told:
            self._told = True
            raise CardNotRead("the card that was read before still lies there")

    async def _newest_address(self) -> str:
        """Empty if the card has none or the reader does not know the command (21)."""
        answer = await self._answer(Command.READ_ADDRESS)
        if answer.status in {0x21, 0x91}:
            return ""
        await self._judge(answer)
        try:
            return sdt_text.additional_address(answer.data)
        except sdt_text.BadRecord:
            return ""  # its layout is not published; the address on the card stands

    async def _lies_there(self) -> bool:
        if self._presence == "reset":
            await self._ask(Command.RESET)
        answer = await self._answer(Command.FIND)
        if answer.status == 0x40:
            return True
        return (await self._judge(answer)).status == 0x9F

    # --- questions and answers ---

    async def _ask(self, command: Command) -> Response:
        return await self._judge(await self._answer(command))

    async def _judge(self, answer: Response) -> Response:
        """The answer, if one can go on with it. Raises what the status table demands."""
        match answer.meaning.action:
            case Action.GO_ON | Action.POLL | Action.EMPTY:
                return answer
            case Action.LAY_AGAIN:
                raise CardNotRead(str(answer))
            case Action.REFUSE:
                raise CardRefused(str(answer))
            case Action.RESET:
                await self._answer(Command.RESET)
                raise _OutOfStep(self.role, str(answer))
            case Action.OUT_OF_SERVICE:
                self.lost(DeviceFault(self.role, str(answer)))
            case _:
                pass
        raise DeviceFault(self.role, str(answer))

    async def _answer(self, command: Command) -> Response:
        """Ask until there is an answer one can believe."""
        retried = False
        for _ in range(1 + RESENDS):
            answer = await self._exchange(command)
            if answer is None or answer.meaning.action is Action.RESEND:
                continue
            if answer.meaning.action is Action.RETRY and not retried:
                retried = True
                continue
            return answer
        raise self._give_up(DeviceOffline(self.role, "the line garbles"))

    async def _exchange(self, command: Command) -> Response | None:
        """Ask once; None if the answer was damaged. What does not fit the question is an older answer."""
        now = asyncio.get_running_loop().time
        end = now() + (READ_ANSWER if command in sdt.READS else ANSWER)
        damaged = False
        self._link.drop()
        self._show(">", sdt.request(command))
        try:
            await self._link.send(sdt.request(command))
            while True:
                frame = await self._link.receive(end - now())
                if isinstance(frame, Damaged):
                    damaged, end = True, min(end, now() + SETTLE)
                elif sdt.fits(command, frame):
                    break
        except DeviceOffline as error:
            if damaged and self._link.connected:
                return None
            raise self._give_up(error) from error
        self._heard = now()
        shown = frame if command is Command.SAM_ID else Response(frame.status, b"", frame.card)
        self._show("<", shown.encode())
        return frame

    def _give_up(self, error: DeviceOffline) -> DeviceOffline:
        self.lost(error)
        self._link.lose()
        return error

    def _show(self, way: str, data: bytes) -> None:
        if self._trace is not None:
            self._trace(way, data)


def _card(record: sdt_text.CardText, newest_address: str, photo: bytes) -> IdentityCard:
    """What the chip says, in the words of the port."""
    kind = CardKind(record.layout.value)
    return IdentityCard(
        kind=kind,
        number=record.number,
        name=record.name,
        english_name=record.english_name,
        sex=sdt_text.sex_name(record.sex),
        nation=sdt_text.nation_name(record.nation) if kind is CardKind.RESIDENT else record.nation,
        birth=record.birth,
        address=newest_address or record.address,
        authority=record.authority,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        pass_number=record.pass_number,
        photo=photo,
    )


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``presence``: how to tell that a card was forgotten (see the module)."""

    port: Port
    baud: Baud = 115200
    presence: Literal["reset", "none"] = "reset"


def _build(settings: Settings, _: Path) -> IdCardReader:
    return IdCardReader(opener_of(settings.port, baud=settings.baud), presence=settings.presence)


DRIVER = Driver("id_card_reader", "sdt", Settings, _build)
