"""A means of payment: all that differs between a card and a code. The states and the journal are the same for both.

A means takes money, tells what became of it, and gives it back; it writes nothing and decides nothing. Each call may
be repeated after a crash in the middle of it. SILENT is what it raises when nobody knows (yet).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kiosk_app.devices import TerminalSays
from kiosk_app.errors import DeviceError, PaymentUncertain
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.receipts import CARD, Receipt

SILENT = (DeviceError, PaymentUncertain)
"""No answer, or one that leaves it open: ask again."""


@dataclass(frozen=True)
class Way:
    """How a citizen can pay now: a means, and whose code it is."""

    means: str
    channel: str = ""

    @property
    def key(self) -> str:
        """``card``, ``wechat``, ``alipay``."""
        return self.channel or self.means


BY_CARD = Way(CARD)


@dataclass(frozen=True)
class CodeShown:
    """The citizen may scan now: the code's text, its channel and its life in seconds.

    ``reached``: central answers; if not, a payment is not lost, but nobody has heard of it yet.
    """

    code: str
    channel: str
    seconds: int
    reached: bool = True


Notice = TerminalSays | CodeShown
Tell = Callable[[Notice], None]


@dataclass(frozen=True)
class Found:
    """What became of a payment: APPROVED and DECLINED as the table has them, REFUND_DUE if only a person can tell.

    REVERSED: it was taken and given back by somebody else.
    """

    state: State
    receipt: Receipt | None = None
    why: str = ""


class Means(Protocol):
    """Implemented by :mod:`kiosk_app.money.by_card` and :mod:`kiosk_app.money.by_code`."""

    @property
    def holds(self) -> bool:
        """Whether :meth:`take` leaves the money held, until deliver or withhold."""

    @property
    def nothing(self) -> str:
        """The citizen's sentence when it turns out that nothing was taken."""

    @property
    def patience(self) -> float:
        """Seconds that settlement, alone, asks at one go."""

    def why_closed(self, unfinished: Collection[Payment]) -> str:
        """The text id of why nobody can pay like this now; empty when they can."""

    def ways(self) -> Sequence[Way]:
        """What a citizen may choose, while it is open."""

    async def before(self, payment: Payment) -> Mapping[str, Any]:
        """What must be written down before money may move. Raises SILENT: then nothing may."""

    async def take(self, payment: Payment, tell: Tell) -> Receipt:
        """Take the money. Raises PaymentDeclined or DeviceError (nothing was taken), CodeUnavailable (nothing can
        have been), PaymentUncertain. Can be cancelled; what happened is then found out by :meth:`find`."""

    async def find(self, payment: Payment, patience: float) -> Found:
        """What became of it, asked for ``patience`` seconds. Raises SILENT."""

    async def stands(self, payment: Payment, patience: float) -> bool | None:
        """Whether an approved payment still stands; None when nobody can tell any more. Raises SILENT."""

    async def deliver(self) -> None:
        """The goods are delivered: complete what is held. Raises SILENT."""

    async def withhold(self) -> None:
        """They are not: undo what is held. Raises SILENT."""

    async def give_back(self, payment: Payment) -> None:
        """Give a taken payment back; once, however often asked. Raises ReversalRefused (a person must), SILENT."""
