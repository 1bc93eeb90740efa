"""The chip-card reader (port ``ChipCardReader``): social-security cards over PC/SC, through the smart-card host.

Rules.

- Waiting is short questions, each answered within a fraction of a second: a monitor that may die unseen does not
  exist.
- The line is to the host. pcscd restarted or the reader pulled is a *condition* (offline, no device), asked again
  every ``RETRY`` seconds, so that recovery does not wait for the link's growing pause. While a card is waited for,
  a person notices none of this unless it lasts longer than :data:`PATIENCE`; reading begins again from the start.
- A PIN is sent once. Whatever happens then, the caller learns it, and nothing is repeated.
- Edge-triggered: a card that was read or refused is *spent* until the reader was seen empty, also across
  reconnects: for a moment after pcscd or reader came back, an empty slot may be a card that has no power yet.
  A forgotten card never identifies the next person; who waits while it is in is told once.
- Nothing of a card is kept.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec

from hardware.channel import Opener
from hardware.drivers.chip_card_host import (
    CONVERSATION,
    RETRY,
    CardHost,
    HostGone,
    Interrupted,
    NoReader,
    smartcard_host,
)
from hardware.link import Trace, Watched, wait_online
from hardware.protocols import sdt_text, social_card
from hardware.protocols.apdu import BadAnswer
from hardware.protocols.social_card import BadCard, CardText, NotSocialCard, PinRefused
from kiosk_app.devices import Condition, DeviceState, Driver, SocialSecurityCard
from kiosk_app.errors import (
    ChipCardNotRead,
    ChipCardRefused,
    DeviceError,
    DeviceOffline,
    PinBlocked,
    PinWrong,
)

LOOK, WATCH = 0.25, 1.0
PATIENCE = 5.0
SPENT_PAUSE = 0.3
POWER_UP = 2.0
"""Seconds after the reader came back for which an empty slot proves nothing (general knowledge, and seen with vpcd)."""
SETTLE = 1.0
"""Seconds until PC/SC has noticed what ended a command: the card pulled, or its reader."""


class ChipCardReader(Watched):
    """``reader`` is the beginning of the PC/SC reader's name; empty is the first there is."""

    def __init__(
        self, opener: Opener, *, reader: str = "", role: str = "chip_card_reader", trace: Trace | None = None
    ) -> None:
        super().__init__(role)
        self._host = CardHost(role, opener, reader, self.lost, trace)
        self._link = self._host.link
        self._online = asyncio.Event()
        self._spent = self._told = False
        self._doubtful_until = 0.0

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({"chip", "presence", "verify PIN"})

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run(self._greet, self.lost))
            group.create_task(self._keep_watch())

    async def wait_card(self) -> SocialSecurityCard:
        while True:
            await wait_online(self, self._online, PATIENCE)
            with suppress(DeviceOffline):
                async with self._link.turn(within=CONVERSATION):
                    card = await self._take()
                if card is not None:
                    return card
            await asyncio.sleep(SPENT_PAUSE if self._spent else 0)

    async def verify_pin(self, pin: str, card: SocialSecurityCard) -> None:
        checking = social_card.verify_pin(pin, card.number, card.card_number)
        await wait_online(self, self._online, PATIENCE)
        async with self._link.turn(within=CONVERSATION):
            try:
                await self._host.converse(checking)
            except PinRefused as refused:
                if refused.tries is None:
                    raise ChipCardRefused("the card does not say how many tries are left") from None
                raise (PinWrong(refused.tries) if refused.tries else PinBlocked()) from None
            except (BadCard, BadAnswer, NotSocialCard) as error:
                raise ChipCardRefused(str(error)) from None
            except Interrupted as error:
                await self._look(SETTLE, known=True)
                raise ChipCardNotRead(str(error)) from None

    async def card_present(self) -> bool | None:
        try:
            async with self._link.turn():
                return await self._look()
        except DeviceError:
            return None

    def lost(self, error: DeviceError) -> None:
        """Nobody is served until the reader is seen again."""
        self._online.clear()
        if isinstance(error, NoReader):
            self.become(Condition(DeviceState.NO_DEVICE, error.reason, detail=error.why))
        else:
            super().lost(error)

    # --- being there ---

    async def _greet(self) -> None:
        """The host answers. What it says of pcscd and reader is a condition: the line is good."""
        async with self._link.turn(within=CONVERSATION):
            try:
                await self._look()
            except HostGone:
                raise
            except DeviceError:
                pass  # the host's line has made it the condition

    async def _keep_watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH if self._online.is_set() else RETRY)
            if self._link.connected:
                with suppress(DeviceError):  # the host's line has made it the condition
                    async with self._link.turn(within=CONVERSATION):
                        await self._look()

    async def _look(self, within: float = 0.0, *, known: bool = False) -> bool:
        """Whether a card is in, ``within`` or as soon as it is not ``known``; keeps condition and ``_spent`` true."""
        present = await self._host.look(within, known=known)
        now = asyncio.get_running_loop().time()
        if not self._online.is_set() and self._spent:
            self._doubtful_until = now + POWER_UP
        self._online.set()
        self.become(Condition(DeviceState.ONLINE))
        if not present and now >= self._doubtful_until:
            self._spent = self._told = False
        return present

    # --- the card ---

    async def _take(self) -> SocialSecurityCard | None:
        """One attempt: None while no card is in that is to be read."""
        if not await self._look(LOOK):
            return None
        if self._spent:
            if not self._told:
                self._told = True
                raise ChipCardNotRead("the card of before is still in")
            return None
        try:
            card = _card(await self._host.converse(social_card.read()))
        except NotSocialCard as error:
            self._spend()
            raise ChipCardRefused(f"not a social-security card: {error}") from None
        except (BadCard, BadAnswer) as error:
            self._spend()
            raise ChipCardRefused(str(error)) from None
        except Interrupted as error:
            if await self._look(SETTLE, known=True):  # raises if it was the reader that went
                self._spend()
            raise ChipCardNotRead(str(error)) from None
        self._spent, self._told = True, False
        return card

    def _spend(self) -> None:
        """This card is not tried again, and its owner knows: they are told at this moment."""
        self._spent = self._told = True


def _card(text: CardText) -> SocialSecurityCard:
    """What the chip says, in the words of the port."""
    return SocialSecurityCard(
        number=text.number,
        name=text.name,
        sex=sdt_text.sex_name(text.sex),
        nation=sdt_text.nation_name(text.nation),
        birthplace=text.birthplace,
        birth=text.birth,
        card_number=text.card_number,
        region=text.region,
        issued=text.issued,
        expires=text.expires,
        generation=text.generation,
        card_class=text.card_class,
    )


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``reader``: how the PC/SC reader's name begins, empty for the first; ``socket``: pcscd's, if not the usual."""

    reader: str = ""
    socket: str = ""


def _build(settings: Settings, _: Path) -> ChipCardReader:
    return ChipCardReader(smartcard_host(settings.socket), reader=settings.reader)


DRIVER = Driver("chip_card_reader", "pcsc", Settings, _build)
