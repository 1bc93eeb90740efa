"""An optional passive network: does the picture look like a living person, or like a print or a screen.

Such networks are in no package we may install from, so an operator who has obtained one names its file and the scale
that it was taught with (``docs/notices.md``). What is asked of it is the interface of MiniFASNet as its authors'
programs show it (Silent-Face-Anti-Spoofing: ``src/generate_patches.py``, ``src/data_io/functional.py``, ``test.py``):
the detector's box grown by ``scale`` and kept inside the picture, 80 x 80, blue-green-red as 0..255, three classes of
which number 1 is a living person; several networks are averaged. The score is advisory: known to be fooled by prints
without a visible edge, and to refuse blurred real pictures (``face.md`` 5.3).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hardware.hosts.face.arrays import Floats, Picture, floats, picture
from hardware.hosts.face.nets import onnx_session

SIDE = 80
LIVE = 1


class Presence:
    """The networks with their scales. Raises FileNotFoundError, ValueError for one that is of another shape."""

    def __init__(self, named: Sequence[tuple[Path, float]]) -> None:
        self._nets: list[tuple[Any, float]] = []
        for path, scale in named:
            if not path.is_file():
                raise FileNotFoundError(path)
            session = onnx_session(path)
            shapes = [list(end[0].shape[1:]) for end in (session.get_inputs(), session.get_outputs())]
            if shapes != [[3, SIDE, SIDE], [3]]:
                raise ValueError(f"{path.name}: {shapes} and not 3 x {SIDE} x {SIDE} to 3")
            self._nets.append((session, scale))

    def score(self, source: Picture, box: Floats) -> float | None:
        """0..1: how sure the networks are of a living person; None without any."""
        if not self._nets:
            return None
        return float(np.mean([self._one(session, patch(source, box, scale)) for session, scale in self._nets]))

    def _one(self, session: Any, square: Picture) -> float:
        batch = np.ascontiguousarray(square.astype(np.float32).transpose(2, 0, 1)[None])
        said = floats(session.run(None, {session.get_inputs()[0].name: batch})[0])[0]
        shares = np.exp(said - said.max())
        return float(shares[LIVE] / shares.sum())

    def wipe(self) -> None:
        """Let the networks see nothing."""
        for session, _ in self._nets:
            self._one(session, np.zeros((SIDE, SIDE, 3), np.uint8))


def patch(source: Picture, box: Floats, scale: float) -> Picture:
    """The grown box, moved and shrunk so that it lies inside the picture, in :data:`SIDE` pixels."""
    height, width = source.shape[:2]
    x, y, wide, tall = (float(value) for value in box)
    scale = min((height - 1) / tall, (width - 1) / wide, scale)
    left = min(max(x + wide / 2 * (1 - scale), 0.0), width - wide * scale)
    top = min(max(y + tall / 2 * (1 - scale), 0.0), height - tall * scale)
    part = source[int(top) : int(top + tall * scale) + 1, int(left) : int(left + wide * scale) + 1]
    return picture(cv2.resize(part, (SIDE, SIDE)))
