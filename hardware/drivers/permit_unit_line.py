"""Questions and answers of the permit unit: sessions, resends, what a result means, the unit's condition.

Rules. A connection begins with HELLO and a new session number; a question that stays unanswered is sent again
as it was (the unit executes it once), three times, then the line is given up. Asked while there is no line, a
question waits :data:`PATIENCE` seconds for it to come back. A unit that lost its session, or does not know where
its card is, is greeted again on a new line.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import inf

from hardware.channel import Opener
from hardware.link import Link, Trace, Watched
from hardware.protocols.endorser import Command, Decoder, Flag, Frame, Item, Kind, Malformed, Position, Result
from hardware.protocols.endorser_content import Answer, Status
from kiosk_app.devices import Condition, DeviceState, PermitMedia
from kiosk_app.errors import (
    DeviceError,
    DeviceFault,
    DeviceOffline,
    KioskError,
    PermitFull,
    PermitGone,
    PermitJam,
    RetainBoxFull,
)

RESENDS = 3
ANSWER, READ_ANSWER = 1.0, 5.0
PATIENCE = 20.0
POLL, WATCH = 0.5, 3.0
HOMING = 15.0
TURN = 10.0


def media_of(status: Status) -> PermitMedia:
    """The wire's position in the port's words."""
    return PermitMedia[status.position.name]


def judge(role: str, answer: Answer) -> None:
    """Raises what a result demands; nothing when it is OK."""
    error: KioskError
    match answer.result:
        case Result.OK:
            return
        case Result.NO_CARD | Result.OTHER_CARD:
            error = PermitGone(answer.result.name)
        case Result.CARD_FULL:
            error = PermitFull()
        case Result.BOX_FULL:
            error = RetainBoxFull(role)
        case Result.FAULT if answer.status.position is Position.JAMMED:
            error = PermitJam(role, answer.status.reason.name)
        case _:
            error = DeviceFault(role, answer.result.name)
    raise error


class PermitUnitLine(Watched):
    """The unit as something one can ask."""

    def __init__(self, opener: Opener, *, role: str, trace: Trace | None, new_session: Callable[[], int]) -> None:
        super().__init__(role)
        self.model = ""
        self._link: Link[Frame] = Link(role, opener, Decoder)
        self._trace, self._new_session = trace, new_session
        self._online = asyncio.Event()
        self._session = self._sequence = 0
        self._heard = 0.0

    async def run(self) -> None:
        """Keep the line, and look after the unit while nobody asks."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._link.run(self._greet, self.lost))
            both.create_task(self._keep_watch())

    def lost(self, error: DeviceError) -> None:
        """Nobody is served until the next greeting."""
        self._online.clear()
        super().lost(error)

    async def _greet(self) -> None:
        """Where is the card? Nothing else matters before that is known."""
        self._session, self._sequence = self._new_session(), 0
        async with self._link.turn():
            hello = await self._exchange(Command.HELLO)
            judge(self.role, hello)
            self.model = hello.more.decode("ascii", "replace")
            status = hello.status
            if status.position is Position.UNKNOWN:
                status = await self._find_card()
        self._online.set()
        self._tell(status)

    async def _find_card(self) -> Status:
        """Let the unit home itself; the card stays where it is found."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HOMING):
                while True:
                    status = (await self._exchange(Command.STATUS)).status
                    if status.position is not Position.UNKNOWN:
                        return status
                    if not status.flags & Flag.MOVING:
                        await self._exchange(Command.RESET, bytes([Item.LEAVE]))
                    await asyncio.sleep(POLL)
        raise DeviceFault(self.role, "does not find out where the card is")

    async def _keep_watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(WATCH)
            if self._online.is_set() and loop.time() - self._heard >= WATCH:
                with suppress(DeviceError):  # `_exchange` has made it the condition
                    await self._look_now()

    async def _ask(self, command: Command, payload: bytes = b"") -> Answer:
        """Ask, over lost lines if need be. Raises DeviceOffline when the unit stays away."""
        while True:
            await self._until_online()
            try:
                async with self._link.turn(within=TURN):
                    return await self._exchange(command, payload)
            except DeviceOffline:
                if self._link.connected and self._online.is_set():
                    raise  # somebody else keeps the unit

    async def _look_now(self) -> Status:
        """The status, if there is a line now."""
        if not self._online.is_set():
            raise DeviceOffline(self.role, "not connected")
        async with self._link.turn(within=TURN):
            return (await self._exchange(Command.STATUS)).status

    async def _news(self, end: float = inf) -> None:
        """Until the unit says something, or it is time to ask. Raises DeviceFault when it is past ``end``."""
        if asyncio.get_running_loop().time() > end:
            raise DeviceFault(self.role, "the card does not get there")
        with suppress(DeviceOffline):  # who asks next waits for the line
            async with self._link.turn(within=TURN):
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        self._note(await self._link.receive(PATIENCE))

    async def _until_online(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._online.wait()
        except TimeoutError as error:
            raise DeviceOffline(self.role, "does not come back") from error

    # --- one question ---

    async def _exchange(self, command: Command, payload: bytes = b"") -> Answer:
        """Ask within a turn, again if need be. The line is given up when it does not answer, or talks nonsense."""
        self._sequence = (self._sequence + 1) % 0x10000
        question = Frame(Kind.REQUEST, command, self._session, self._sequence, payload)
        self._show(">", question)
        try:
            for _ in range(1 + RESENDS):
                await self._link.send(question.encode())
                frame = await self._answer_to(question)
                if frame is not None:
                    self._show("<", frame)
                    return self._believe(Answer.decode(frame.payload))
            raise DeviceOffline(self.role, "no answer")
        except DeviceOffline as error:
            raise self._give_up(error) from error
        except Malformed as error:  # not a fault: what was asked for may have been done
            raise self._give_up(DeviceOffline(self.role, str(error))) from error

    async def _answer_to(self, question: Frame) -> Frame | None:
        """None if it does not come in time; answers to other questions are none."""
        within = READ_ANSWER if question.command == Command.READ else ANSWER
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while True:
                    frame = await self._link.receive(PATIENCE)
                    if frame.answers(question):
                        return frame
                    self._note(frame)
        return None

    def _believe(self, answer: Answer) -> Answer:
        self._heard = asyncio.get_running_loop().time()
        if answer.result is Result.NO_SESSION:
            raise DeviceOffline(self.role, "restarted")
        if self._online.is_set():
            self._tell(answer.status)
            if answer.status.position is Position.UNKNOWN:
                raise DeviceOffline(self.role, "lost track of the card")
        return answer

    def _note(self, frame: Frame) -> None:
        if self._online.is_set() and frame.kind is Kind.EVENT and frame.session == self._session:
            with suppress(Malformed):  # an event only hurries the next question
                self._tell(Status.decode(frame.payload)[0])

    def _give_up(self, error: DeviceOffline) -> DeviceOffline:
        self.lost(error)
        self._link.lose()
        return error

    # --- what is told ---

    def _tell(self, status: Status) -> None:
        """The condition that a status means."""
        flags = status.flags
        box = "full" if flags & Flag.BOX_FULL else "low" if flags & Flag.BOX_LOW else "ok"
        supplies = {"retain_box": box, "retained": str(status.retained), "media": media_of(status).value}
        if status.position is Position.JAMMED:
            self.become(Condition(DeviceState.HARDWARE_ERROR, PermitJam.reason, supplies))
        elif flags & Flag.HEAD_FAULT:
            self.become(Condition(DeviceState.HARDWARE_ERROR, "head", supplies))
        else:
            state = DeviceState.BUSY if status.position is Position.PRINTING else DeviceState.ONLINE
            self.become(Condition(state, "", supplies))

    def _show(self, way: str, frame: Frame) -> None:
        """A trace holds no line of a card: of those frames only the head is shown."""
        if self._trace is not None:
            secret = frame.command in {Command.READ, Command.PRINT}
            self._trace(way, frame.encode()[:13] if secret else frame.encode())
