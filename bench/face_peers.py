"""dlib's HOG detector, a Haar cascade and dlib's own network, in an environment of their own: OpenCV 5 has no cascades.

The environment is made once, from a lock, beside the kiosk's. ``python bench/face_peers.py FOLDER`` is the half that
runs in it: frames and chips in, times and embeddings out.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

LOCK = Path(__file__).with_name("face_peers.lock")
HOME = Path(sys.prefix) / "share" / "yimen-kiosk" / "face-peers"
FRAMES, CHIPS = 20, 24
COSINE_LIMIT = 0.999


def measure(preview_p50_ms: float, processor_p50_ms: float) -> dict[str, Any]:
    """Milliseconds of the peers on the same frames, and how near our embeddings are to dlib's on the same chips."""
    import numpy as np  # noqa: PLC0415 - the half below runs without the kiosk's packages

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = _lay_out(folder)
        try:
            said = json.loads(_run(_python(), Path(__file__), folder))
        except subprocess.CalledProcessError as error:
            return {"peers": f"not measured: {error.stderr.strip().splitlines()[-1:]}"}
    theirs = np.array(said.pop("embeddings"))
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    return {
        **said,
        "preview_to_hog": round(said["hog_p50_ms"] / preview_p50_ms, 1),
        "preview_to_haar": round(said["haar_p50_ms"] / preview_p50_ms, 1),
        "processor_to_hog": round(said["hog_processor_p50_ms"] / processor_p50_ms, 1),
        "processor_to_haar": round(said["haar_processor_p50_ms"] / processor_p50_ms, 1),
        "embedding_cosine_least": round(float(cosines.min()), 5),
        "embedding_distance_most": round(float(np.linalg.norm(ours - theirs, axis=1).max()), 4),
        "embedding_chips": len(ours),
        "cosine_met": bool(cosines.min() >= COSINE_LIMIT),
    }


def _lay_out(folder: Path) -> Any:
    """Frames and chips as files; our embeddings of the chips."""
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    from bench.face_pictures import nets, varied  # noqa: PLC0415
    from hardware.hosts.face.nets import chip  # noqa: PLC0415

    chance = np.random.default_rng(3)
    frames = [varied(chance).frame for _ in range(max(FRAMES, CHIPS))]
    chips = [chip(frame, nets().closer(frame, nets().faces(frame)[0])) for frame in frames[:CHIPS]]
    for number, frame in enumerate(frames[:FRAMES]):
        cv2.imwrite(str(folder / f"frame{number:03}.png"), frame)
    for number, one in enumerate(chips):
        cv2.imwrite(str(folder / f"chip{number:03}.png"), one)
    return nets().embeddings(chips)


def _python() -> Path:
    """The peers' interpreter; their environment is made if it is not of this lock."""
    stamp, python = HOME / "made-from", HOME / "bin/python"
    if not stamp.is_file() or stamp.read_text() != LOCK.read_text():
        _run(Path(sys.executable), "-m", "venv", HOME)
        _run(python, "-m", "pip", "install", "-q", "--require-hashes", "--only-binary", ":all:",
             "--no-binary", "face-recognition-models", "-r", LOCK)  # fmt: skip
        stamp.write_text(LOCK.read_text())
    return python


def _run(*argv: str | Path) -> str:
    return subprocess.run([str(part) for part in argv], capture_output=True, text=True, check=True).stdout


def _theirs(folder: Path) -> dict[str, Any]:
    """What runs in the peers' environment."""
    import importlib.util  # noqa: PLC0415

    import cv2  # noqa: PLC0415
    import dlib  # noqa: PLC0415

    old: Any = cv2
    old.setNumThreads(1)
    grey = [old.imread(str(path), old.IMREAD_GRAYSCALE) for path in sorted(folder.glob("frame*.png"))]
    chips = [old.imread(str(path))[:, :, ::-1].copy() for path in sorted(folder.glob("chip*.png"))]
    hog = dlib.get_frontal_face_detector()
    cascade = old.CascadeClassifier(old.data.haarcascades + "haarcascade_frontalface_default.xml")
    smallest = (grey[0].shape[0] // 8,) * 2
    spec = importlib.util.find_spec("face_recognition_models")
    weights = Path(spec.origin or "").parent / "models/dlib_face_recognition_resnet_model_v1.dat" if spec else Path()
    network = dlib.face_recognition_model_v1(str(weights))
    found: dict[str, Any] = {}
    for name, detect in (("hog", hog), ("haar", lambda one: cascade.detectMultiScale(one, 1.1, 5, minSize=smallest))):
        detect(grey[0])
        took, used, faces = [], [], 0
        for one in grey:
            began, busy = time.perf_counter(), time.process_time()
            faces += len(detect(one)) == 1
            took.append(time.perf_counter() - began)
            used.append(time.process_time() - busy)
        found[f"{name}_p50_ms"] = round(median(took) * 1000, 1)
        found[f"{name}_p95_ms"] = round(sorted(took)[int(len(took) * 0.95)] * 1000, 1)
        found[f"{name}_processor_p50_ms"] = round(median(used) * 1000, 1)
        found[f"{name}_faces_found"] = f"{faces} of {len(grey)}"
    return {**found, "embeddings": [list(network.compute_face_descriptor(one)) for one in chips]}


if __name__ == "__main__":
    print(json.dumps(_theirs(Path(sys.argv[1]))))
