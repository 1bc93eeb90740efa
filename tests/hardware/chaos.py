"""A hostile line: the hook of a memory channel that splits, corrupts, drops and cuts, from one seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from hardware.channel import MemoryChannel


@dataclass
class Chaos:
    """Probabilities: ``split`` per write, ``corrupt`` and ``drop`` per piece, ``disconnect`` per write."""

    channel: MemoryChannel
    random: random.Random
    split: float = 0.0
    corrupt: float = 0.0
    drop: float = 0.0
    disconnect: float = 0.0
    harm: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.channel.hook = self

    def __call__(self, data: bytes) -> Sequence[bytes]:
        if self._strikes("disconnect"):
            self.channel.cut()
            return []
        pieces = [data]
        if len(data) > 1 and self._strikes("split"):
            at = self.random.randrange(1, len(data))
            pieces = [data[:at], data[at:]]
        return [self._spoil(piece) for piece in pieces if not self._strikes("drop")]

    def _spoil(self, piece: bytes) -> bytes:
        if not self._strikes("corrupt"):
            return piece
        at = self.random.randrange(len(piece))
        return piece[:at] + bytes([piece[at] ^ self.random.randrange(1, 256)]) + piece[at + 1 :]

    def _strikes(self, kind: str) -> bool:
        if self.random.random() >= getattr(self, kind):
            return False
        self.harm.append(kind)
        return True
