"""``python -m hardware.simulators.people``: draw everybody, where the camera simulator looks. Part of set-up.

The first of :data:`WHO` does everything; the others stand there and hold their photo up, which is all that an impostor
needs.
"""

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from hardware.hosts.face.nets import Nets
from hardware.simulators.camera_people import CLIPS, REST, WHO
from hardware.simulators.people.clips import write
from kiosk_app.devices import FACE_MODELS


def main() -> None:
    """All of it, once for the present models and scenes: the stamp is written when all is there."""
    drawing = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))
    stamp = (FACE_MODELS / "made-from").read_bytes() + drawing.hexdigest().encode()
    done = CLIPS / "made-from"
    if done.is_file() and done.read_bytes() == stamp:
        return
    sys.stdout.write("drawing the simulated persons\n")
    nets = Nets(FACE_MODELS)
    CLIPS.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CLIPS.parent) as name:
        made = Path(name) / "people"
        for who in WHO:
            (portrait,) = FACE_MODELS.with_name("portraits").glob(f"{who}.*")
            write(nets, portrait, made / who, only=() if who == WHO[0] else (REST, "photo"))
        (made / "made-from").write_bytes(stamp)
        shutil.rmtree(CLIPS, ignore_errors=True)
        made.rename(CLIPS)


if __name__ == "__main__":
    main()
