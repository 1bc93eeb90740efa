"""How long the machine waits for a citizen before it asks, and before it forgets."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Patience:
    """Seconds: ``idle`` before the countdown of ``countdown``; ``done`` for the last view."""

    idle: float = 30.0
    countdown: int = 15
    card: int = 60
    done: int = 20
    take_card: int = 60

    def doubled(self) -> "Patience":
        """For who reads slowly. What a card may lie about is not longer for that."""
        return replace(self, idle=2 * self.idle, countdown=2 * self.countdown, card=2 * self.card, done=2 * self.done)


USUAL = Patience()
