"""Cards that say who somebody is: the resident ID family and social-security cards."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from kiosk_app.devices.base import Device


class CardKind(StrEnum):
    """The four cards of the resident ID family (GA 450; ``domain.md`` 1.6)."""

    RESIDENT = "resident"
    HK_MACAU_TAIWAN = "hk_macau_taiwan"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


@dataclass(frozen=True)
class IdentityCard:
    """What the chip says. ``valid_to`` None is 长期. ``photo`` is the opaque WLT blob (no open decoder exists)."""

    kind: CardKind
    number: str
    name: str
    english_name: str
    sex: str
    nation: str
    birth: date
    address: str
    authority: str
    valid_from: date
    valid_to: date | None
    pass_number: str = ""
    photo: bytes = b""

    @property
    def masked_name(self) -> str:
        """First character and stars: 张** (``visual.md``, behaviour)."""
        shown = self.name or self.english_name
        return shown[:1] + "*" * max(1, min(2, len(shown) - 1))


class IdCardReader(Device, Protocol):
    """The resident ID reader. Edge-triggered: a card read once is not found again until it is lifted."""

    async def wait_card(self) -> IdentityCard:
        """Wait until a card lies on the reader and has been read.

        Raises CardNotRead (lay it again), CardRefused (not an ID card), DeviceOffline, DeviceFault.
        """

    async def card_present(self) -> bool | None:
        """Whether a card still lies there; None when the reader cannot tell."""


@dataclass(frozen=True)
class SocialSecurityCard:
    """What the chip of a social-security card says without keys (``domain.md`` 3.3).

    ``number`` is 社会保障号码, for residents the identity number; ``name`` includes the name extension; ``region`` is
    the issuing region, ``birthplace`` a region code too; ``issued`` and ``expires`` are None when the card leaves them
    blank; ``card_class`` is 卡的类别. Nothing of it shows in ``repr``.
    """

    number: str = field(repr=False)
    name: str = field(repr=False)
    sex: str = field(repr=False)
    nation: str = field(repr=False)
    birthplace: str = field(repr=False)
    birth: date = field(repr=False)
    card_number: str = field(repr=False)
    region: str
    issued: date | None
    expires: date | None
    generation: int
    card_class: str = ""


class ChipCardReader(Device, Protocol):
    """A contact reader. Edge-triggered: a card read once is not read again until it is taken out."""

    async def wait_card(self) -> SocialSecurityCard:
        """Wait until a social-security card is in and has been read.

        Raises ChipCardNotRead (put it in again), ChipCardRefused (another card), DeviceOffline, DeviceFault.
        """

    async def verify_pin(self, pin: str, card: SocialSecurityCard) -> None:
        """Let ``card``, which must still be in, check its PIN of six digits. Sent once, whatever happens.

        Raises PinWrong (tries left), PinBlocked, ChipCardNotRead (taken out), ChipCardRefused (another card, which
        loses no try, or one without PIN), DeviceOffline (the card may have counted a try), DeviceFault.
        """

    async def card_present(self) -> bool | None:
        """Whether a card is in; None when the reader cannot tell."""
