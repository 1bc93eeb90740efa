"""A permit unit with hands: the far end of ``docs/permit-unit.md``, over the mechanics of :mod:`.permit_body`.

It keeps the wire's rules: a question sent again is answered from memory and not executed again; without a HELLO
on this line nothing is answered but NO_SESSION; every visible change is told in an event.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any

from hardware.channel import Channel, ChannelClosed
from hardware.protocols.endorser import Command, Decoder, Frame, Item, Keep, Kind, Malformed, Position, Reason, Result
from hardware.protocols.endorser_content import Answer, Order, Reading
from hardware.simulators.base import OneOf, Simulator, hand
from hardware.simulators.permit_body import BOX_ROOM, PermitBody, Timing
from hardware.simulators.permit_cards import PermitCard, sample_cards

MODEL = b"SAMPLE PERMIT UNIT 1"
JAMS = {"feed": Reason.JAM_FEED, "print": Reason.JAM_PRINT, "exit": Reason.JAM_EXIT}


class PermitUnitSimulator(Simulator):
    """One unit. A card is inserted by the key it has in :func:`sample_cards`."""

    role = "permit_unit"

    def __init__(self, *, seed: int = 0, timing: Timing | None = None) -> None:
        super().__init__(seed=seed)
        self.body = PermitBody(sample_cards(), self._tell_all, timing or Timing())
        self.kept_why: list[Keep] = []
        self._smudged = 0
        self._session: int | None = None
        self._last: tuple[Frame, bytes] | None = None
        self._news: set[asyncio.Event] = set()

    def state(self) -> Mapping[str, Any]:
        body, status = self.body, self.body.status()
        return {
            **super().state(),
            "position": status.position.name,
            "card": asdict(body.card) if body.card else None,
            "shutter": "open" if body.shutter else "closed",
            "moving": body.moving,
            "job": {"id": status.job, "state": status.state.name, "progress": status.progress},
            "jobs": {job: record.state.name for job, record in body.jobs.items()},
            "box": [card.key for card in body.box],
            "with_citizens": sorted(body.cards),
            "head": "broken" if body.head_broken else "ok",
        }

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        decoder, self._session = Decoder(), None
        teller = asyncio.create_task(self._tell(channel), name="permit unit tells")
        try:
            while data := await channel.read():
                for frame in decoder.feed(data):
                    if frame.kind is Kind.REQUEST:
                        await self.answer(channel, await self._heard(frame))
        finally:
            teller.cancel()

    async def _tell(self, channel: Channel) -> None:
        """After every change, the whole status."""
        news, count = asyncio.Event(), 0
        self._news.add(news)
        try:
            with suppress(ChannelClosed):
                while await news.wait():
                    news.clear()
                    if self._session is not None:
                        count = (count + 1) % 0x10000
                        status = self.body.status().encode()
                        await self.answer(channel, Frame(Kind.EVENT, 0, self._session, count, status).encode())
        finally:
            self._news.discard(news)

    def _tell_all(self) -> None:
        for news in self._news:
            news.set()

    async def _heard(self, frame: Frame) -> bytes:
        if self._last is not None and self._last[0] == frame:
            return self._last[1]
        answer = await self._obey(frame)
        data = Frame(Kind.ANSWER, frame.command, frame.session, frame.sequence, answer.encode()).encode()
        self._last = frame, data
        return data

    async def _obey(self, frame: Frame) -> Answer:
        command = next((known for known in Command if known == frame.command), Command.EVENT)
        if command is Command.EVENT:
            return Answer(Result.UNKNOWN_COMMAND, self.body.status())
        if command is Command.HELLO:
            self._session = frame.session
            self.body.close()
            return Answer(Result.OK, self.body.status(), MODEL)
        if frame.session != self._session:
            return Answer(Result.NO_SESSION, self.body.status())
        if command is Command.READ:
            return await self._read()
        try:
            return self._order(command, frame.payload)
        except ValueError:
            return Answer(Result.MALFORMED, self.body.status())

    def _order(self, command: Command, payload: bytes) -> Answer:
        """Raises ValueError (also Malformed) for a payload that cannot be."""
        body, result = self.body, Result.OK
        match command:
            case Command.ACCEPT:
                result = body.accept()
            case Command.CLOSE:
                result = body.close()
            case Command.PRINT:
                result = body.print(Order.decode(payload))
            case Command.JOB:
                job = payload.decode("ascii")
                known = job in body.jobs
                return Answer(Result.OK if known else Result.NO_SUCH_JOB, body.status(job if known else None))
            case Command.EJECT:
                result = body.eject()
            case Command.RETAIN:
                why = Keep(_byte(payload))
                result = body.retain()
                self.kept_why += [why] if result is Result.OK else []
            case Command.RESET:
                result = body.reset(Item(_byte(payload)))
            case _:
                pass
        return Answer(result, body.status())

    async def _read(self) -> Answer:
        await asyncio.sleep(self.body.timing.read)
        card = self.body.card
        if card is None or self.body.place is not Position.INSIDE:
            return Answer(Result.NO_CARD, self.body.status())
        if card.upside_down or not card.line:
            return Answer(Result.UNREADABLE, self.body.status())
        line = card.line
        if self._smudged:
            self._smudged -= 1
            line = line.replace("0", "O", 1)
        return Answer(Result.OK, self.body.status(), Reading(card.endorsed, line).encode())

    # --- hands ---

    @hand("insert a permit")
    def insert(self, card: str, side: str = "right") -> None:
        """Push a sample card into the mouth; a closed shutter or a full path leaves it in the hand."""
        if card not in self.body.cards:
            raise ValueError(f"card: one of {', '.join(sorted(self.body.cards))}")
        if self.body.shutter and self.body.card is None:
            self.body.cards[card].upside_down = side != "right"
            self.body.put_in(self.body.cards[card])

    @hand("insert a permit upside down")
    def insert_upside_down(self, card: str) -> None:
        """The side without the line up."""
        self.insert(card, "wrong")

    @hand("insert a card that is no permit")
    def insert_foreign_card(self) -> None:
        """A bank card: it has no line at all."""
        self.insert("bank_card")

    @hand("take the card")
    def take(self) -> None:
        """From the exit; elsewhere it cannot be reached."""
        if self.body.place is Position.EXIT and not self.body.moving:
            self.body.hand_over()

    @hand("pull the card while it moves")
    def pull(self) -> None:
        """Works while rollers move it through the mouth, in or out, and at the exit."""
        if self.body.reachable or self.body.place is Position.EXIT:
            self.body.hand_over()

    @hand("open the unit and hand the card to the citizen")
    def remove_by_staff(self) -> None:
        """A technician's hand; frees a jam too."""
        self.body.reason = Reason.NONE
        self.body.hand_over()

    @hand("collect the kept cards")
    def empty_box(self) -> None:
        """Staff takes them, with a record."""
        self.body.collected += self.body.box
        self.body.box = []
        self._tell_all()

    # --- faults ---

    @hand("jam at feed, print or exit")
    def jam(self, at: Annotated[str, OneOf(tuple(JAMS))]) -> None:
        """The next card that passes there sticks."""
        if at not in JAMS:
            raise ValueError(f"at: one of {', '.join(JAMS)}")
        self.body.jam_armed = JAMS[at]

    @hand("clear the jam")
    def clear_jam(self) -> None:
        """The card is freed and lies inside again."""
        self.body.jam_armed = Reason.NONE
        if self.body.place is Position.JAMMED:
            self.body.place, self.body.reason = Position.INSIDE, Reason.NONE
            self._tell_all()

    @hand("break the print head")
    def break_head(self) -> None:
        """At once, also in the middle of a line."""
        self.body.head_broken = True
        self._tell_all()

    @hand("mend the print head")
    def mend_head(self) -> None:
        """Well again."""
        self.body.head_broken = False
        self._tell_all()

    @hand("misread the line")
    def smudge(self, count: int = 1) -> None:
        """The optics take a 0 for an O in the next ``count`` readings."""
        self._smudged = int(count)

    @hand("fill the box")
    def fill_box(self) -> None:
        """As if so many cards had been forgotten."""
        room = BOX_ROOM - len(self.body.box)
        self.body.box += [PermitCard(f"kept {number}", "") for number in range(room)]
        self._tell_all()

    @hand("cut the power")
    async def cut_power(self) -> None:
        """Everything stops, the line too; plug in to go on. The unit remembers its jobs and finds its card."""
        self.body.cut_power()
        self._last = None
        await self.unplug()


def _byte(payload: bytes) -> int:
    if len(payload) != 1:
        raise Malformed("one byte")
    return payload[0]
