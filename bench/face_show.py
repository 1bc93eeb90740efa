"""The finished photos as a picture: ``python -m bench.face_show FILE``. Wall kept, whitened, replaced; what rules say.

One frame of each simulated person before a wall that is a little dark and darker to one side, so that it can be seen
what each policy does. SAMPLE is written over every photo afterwards.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from bench.face_pictures import FORM, SPEC, nets, rest
from hardware.hosts.face import jpeg
from hardware.hosts.face.arrays import Picture, picture
from hardware.hosts.face.backdrop import POLICIES
from hardware.hosts.face.shots import Shots, seen
from hardware.simulators.camera_people import WHO
from kiosk_app.portrait.rules import judge

FILE = jpeg.File(SPEC.file.smallest, SPEC.file.largest, SPEC.file.dpi)
GAP, FOOT = 16, 44
INK, PALE = (43, 34, 16), (160, 160, 160)


def shaded(frame: Picture) -> Picture:
    """The same, with less light to one side."""
    fall = np.linspace(0.86, 1.0, frame.shape[1], dtype=np.float32)[None, :, None]
    return picture((frame * fall).astype(np.uint8))


def photo(who: str, policy: str) -> Picture:
    """One photo with what the rules say of it below."""
    made = Shots(nets()).finish([seen(nets(), shaded(rest(who)))], FORM, FILE, policy)
    shown = jpeg.decode(made.data)
    middle = (FORM.width // 2 - 110, FORM.height - 40)
    cv2.putText(shown, "SAMPLE", middle, cv2.FONT_HERSHEY_SIMPLEX, 1.8, PALE, 4, cv2.LINE_AA)
    broken = [finding.rule.measure for finding in judge(made.measures, SPEC) if not finding.holds]
    sheet = np.full((FORM.height + FOOT, FORM.width, 3), 255, np.uint8)
    sheet[: FORM.height] = shown
    cv2.rectangle(sheet, (0, 0), (FORM.width - 1, FORM.height - 1), (217, 211, 201), 1)
    for line, words in enumerate((f"{policy}, {len(made.data) / 1000:.0f} kB", f"refused: {', '.join(broken) or '-'}")):
        cv2.putText(sheet, words, (2, FORM.height + 18 + 20 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    return picture(sheet)


def main(path: Path) -> None:
    """A row for each person, a column for each policy."""
    gap = np.full((FORM.height + FOOT, GAP, 3), 255, np.uint8)
    rows = [np.hstack([part for policy in POLICIES for part in (photo(who, policy), gap)]) for who in WHO]
    cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
