"""Stories of a bare machine: it enrols at a real central over TLS, or says why not and can try again."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.server import Central, Settings, running
from provisioning.enrol import ADVICE, EnrolmentError, Files, Identity, client_context, enrol


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Central, str]]:
    made = Central(Settings(tmp_path_factory.mktemp("central")))
    with running(made) as (port, _):
        yield made, f"https://localhost:{port}"


def test_a_code_and_a_fingerprint_make_a_kiosk(central: tuple[Central, str], tmp_path: Path) -> None:
    office, url = central
    spoken = ":".join(office.authority.fingerprint[n : n + 2] for n in range(0, 64, 2)).upper()
    identity = enrol(url, office.enrolment.new_code("蓬江大厅"), tmp_path, ca_fingerprint=spoken)
    assert identity.site == "蓬江大厅"
    assert Identity.load(tmp_path) == identity
    assert Files(tmp_path).authority.read_text() == office.authority.root_pem
    assert client_context(tmp_path).get_ca_certs()


def test_repeating_after_a_lost_reply_gives_the_same_identity(central: tuple[Central, str], tmp_path: Path) -> None:
    office, url = central
    root = tmp_path / "root.pem"
    root.write_text(office.authority.root_pem)
    code = office.enrolment.new_code("x")
    first = enrol(url, code, tmp_path / "kiosk", ca_file=root)
    (tmp_path / "kiosk" / "identity.json").unlink()
    assert enrol(url, code, tmp_path / "kiosk", ca_file=root) == first


def test_another_authority_is_not_talked_to(central: tuple[Central, str], tmp_path: Path) -> None:
    _, url = central
    for pinned in ("00" * 32, ""):
        with pytest.raises(EnrolmentError) as refused:
            enrol(url, "AAAA-AAAA-AAAA-A", tmp_path, ca_fingerprint=pinned)
        assert refused.value.code == "wrong-authority"
    other = Central(Settings(tmp_path / "other"))
    with pytest.raises(EnrolmentError) as refused:
        enrol(url, "AAAA-AAAA-AAAA-A", tmp_path, ca_file=other.authority.chain_file)
    assert refused.value.code == "wrong-authority"
    assert not Files(tmp_path).identity.exists()


def test_a_refusal_names_centrals_reason(central: tuple[Central, str], tmp_path: Path) -> None:
    office, url = central
    with pytest.raises(EnrolmentError) as refused:
        enrol(url, "AAAA-AAAA-AAAA-A", tmp_path, ca_fingerprint=office.authority.fingerprint)
    assert refused.value.code == "code-mistyped"


def test_no_central_is_said_to_be_unreachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(EnrolmentError) as refused:
        enrol(f"https://localhost:{port}", "", tmp_path, ca_fingerprint="00")
    assert refused.value.code == "unreachable"


@pytest.mark.parametrize(
    ("url", "authority", "folder", "code"),
    [
        ("central.example:8443", "good", "identity", "bad-url"),
        ("http://localhost:8443", "good", "identity", "bad-url"),
        ("https://localhost:abc", "good", "identity", "bad-url"),
        ("https://:8443", "good", "identity", "bad-url"),
        ("https://localhost:1", "absent", "identity", "bad-authority"),
        ("https://localhost:1", "junk", "identity", "bad-authority"),
        ("https://localhost:1", "binary", "identity", "bad-authority"),
        ("https://localhost:1", "good", "junk", "bad-folder"),
    ],
)
def test_a_wrong_argument_is_named_before_anybody_is_called(
    central: tuple[Central, str], tmp_path: Path, url: str, authority: str, folder: str, code: str
) -> None:
    (tmp_path / "good").write_text(central[0].authority.root_pem)
    (tmp_path / "junk").write_text("no certificate")
    (tmp_path / "binary").write_bytes(b"\xff\x00")
    with pytest.raises(EnrolmentError) as refused:
        enrol(url, "AAAA-AAAA-AAAA-A", tmp_path / folder, ca_file=tmp_path / authority)
    assert (refused.value.code, refused.value.advice) == (code, ADVICE[code])
