"""What simulated card terminals of both kinds have: a card, their pace, and stages at which trouble can be set.

A trap goes off once, exactly when its stage is reached, so that a test or a scene names the instant of a fault.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from hardware.channel import ChannelClosed
from hardware.simulators.base import Simulator
from hardware.simulators.card_terminal_ledger import CARDS, BankCard

Action = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Timings:
    """Seconds: a citizen's patience, the bank's answer and silence, and the terminal's own pauses."""

    citizen: float = 60.0
    host: float = 0.8
    host_silence: float = 3.0
    reversal: float = 0.3
    repeat: float = 0.5
    abandoned: float = 2.0


class StagedTerminal(Simulator):
    """``stages``: those of a transaction, in order."""

    role = "card_terminal"
    stages: ClassVar[tuple[str, ...]]

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.stage = ""
        self.card: BankCard | None = None
        self.tapped: BankCard | None = None
        self._trap: tuple[str, Action] | None = None

    async def reach(self, stage: str) -> None:
        """A stage is reached: whatever was set to happen there happens."""
        self.stage = stage
        if self._trap is not None and self._trap[0] == stage:
            _, action = self._trap
            self._trap = None
            await action()

    def set_trap(self, stage: str, action: Action) -> None:
        """Have ``action`` happen once at ``stage``. Raises ValueError for a stage that is none."""
        if stage not in self.stages:
            raise ValueError(f"no stage {stage}; there are {', '.join(self.stages)}")
        self._trap = (stage, action)

    def at(self, *, working: bool) -> Mapping[str, Any]:
        """For the bench: the stage, the cards by the names that the wallet has for them, and the trap."""
        return {
            "stage": self.stage if working else "idle",
            "card": _key(self.card),
            "tapped": _key(self.tapped) if working else "",
            "cards": {key: card.name for key, card in CARDS.items()},
            "stages": list(self.stages),
            "trap": self._trap[0] if self._trap else "",
        }

    async def drop_lines(self) -> None:
        """Whoever is connected is no more; the line can be opened again at once."""
        for channel in list(self._lines):
            with suppress(ChannelClosed):
                await channel.close()


def _key(card: BankCard | None) -> str:
    return next((key for key, each in CARDS.items() if each is card), "")
