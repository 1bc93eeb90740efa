"""``kiosk books`` and what a technician reads when something is wrong; no hardware, no window."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from kiosk_app import cli, wiring
from kiosk_app.config import read_config
from kiosk_app.contract import PaymentMoved, Rejection, StreamAck
from kiosk_app.custody_table import KIND as PERMIT
from kiosk_app.custody_table import Place, Stay
from kiosk_app.custody_table import fields as stay_fields
from kiosk_app.errors import ConfigError, WrongKey
from kiosk_app.money.amounts import Fen
from kiosk_app.money.payment import KIND, Payment, State, fields
from kiosk_app.ports import Journal
from offline_cache.keys import load_or_make_key
from offline_cache.store import open_store
from provisioning.enrol import ADVICE, Identity
from tests.kiosk_app.test_config import GOOD

REFERENCE = "44070301261123090001"


def enrolled(folder: Path) -> None:
    """What enrolment leaves behind, as far as it names the machine."""
    identity = Identity(
        kiosk="0198c0de-0000-7000-8000-0000000000ff", number="44070301", site="样本服务区", proof_url="",
        hotline="", url="https://central.example.invalid",
    )  # fmt: skip
    (folder / "identity").mkdir()
    (folder / "identity" / "identity.json").write_text(json.dumps(asdict(identity)))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An enrolled machine that has never run."""
    enrolled(tmp_path)
    (tmp_path / "kiosk.toml").write_text(GOOD, "utf-8")
    return tmp_path / "kiosk.toml"


def write(config: Path, *states: State) -> None:
    """A payment that walked through these states."""
    with ExitStack() as stack:
        key = load_or_make_key(config.parent / "kiosk.key")
        stack.enter_context(open_store(config.parent / "kiosk.store", key, ballast=4096, reserve=0)).close()
        journal: Journal = wiring.open_books(read_config(config), config.parent, stack).journal
        for state in states:
            journal.append(REFERENCE, KIND, state.value, fields(Payment(REFERENCE, Fen(40000), state)))


def books(config: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(cli.app, ["books", "--json", "--config", str(config), *options])
    if result.exception is not None:
        raise result.exception
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


TAKEN = (State.INTENDED, State.REQUESTED, State.APPROVED)
OWED = (*TAKEN, State.REVERSING, State.REFUND_DUE)


def test_books_show_what_a_payment_walked_through_and_where_the_money_is(config: Path) -> None:
    write(config, *TAKEN)
    book = books(config)
    [line] = book["payments"]
    assert (line["reference"], line["amount"], line["open"]) == (REFERENCE, 40000, True)
    assert line["states"] == ["intended", "requested", "approved"]
    assert [(day["taken_count"], day["taken"], day["owed"]) for day in book["days"]] == [(1, 40000, 0)]


def test_books_name_what_central_set_aside(config: Path) -> None:
    write(config, State.INTENDED)
    with ExitStack() as stack:
        records = wiring.open_books(read_config(config), config.parent, stack)
        moved = PaymentMoved(reference=REFERENCE, state="approved", amount=1)
        records.journal.append(REFERENCE, "note", "written", reports=[("pay", moved)])
        [event] = records.outbox.pending(9)
        records.outbox.acknowledge(
            event.stream, StreamAck(ack_seq=event.seq, rejected=[Rejection(seq=event.seq, code="bad-signature")])
        )
    assert books(config)["set_aside"] == [f"{REFERENCE} bad-signature"]


def test_a_person_closes_the_case_with_their_staff_number(config: Path) -> None:
    write(config, *OWED)
    assert books(config)["days"][0]["owed"] == 40000
    book = books(config, "--refunded", REFERENCE, "--by", "4711")
    [line] = book["payments"]
    assert (line["state"], line["open"]) == ("refunded", False)
    assert (book["days"][0]["owed"], book["days"][0]["returned"]) == (0, 40000)
    assert book["outbox_waiting"] == 1


@pytest.mark.parametrize("name", ["样本员工", "SAMPLE", "Sample 4711", "440703199001010019", "13800000000"])
def test_nobodys_name_or_number_in_life_is_written_down_for_central(config: Path, name: str) -> None:
    write(config, *OWED)
    with pytest.raises(ConfigError, match="no name"):
        books(config, "--refunded", REFERENCE, "--by", name)
    assert books(config)["outbox_waiting"] == 0


@pytest.mark.parametrize(
    ("states", "options", "says"),
    [
        (OWED, ("--refunded", REFERENCE), "the staff number, and no name"),
        (OWED, ("--refunded", "44070301261123090002", "--by", "4711"), "has no open refund"),
        (TAKEN, ("--refunded", REFERENCE, "--by", "4711"), "has no open refund"),
        ((*OWED, State.REFUNDED), ("--refunded", REFERENCE, "--by", "4711"), "has no open refund"),
    ],
)
def test_a_case_that_is_none_is_not_closed(
    config: Path, states: tuple[State, ...], options: tuple[str, ...], says: str
) -> None:
    write(config, *states)
    before = books(config)
    with pytest.raises(ConfigError, match=says):
        books(config, *options)
    assert books(config) == before


KEPT = (Place.AWAITED, Place.INSIDE, Place.RETURNING, Place.RETAINING, Place.RETAINED)


def keep_card(config: Path, *places: Place) -> None:
    """A card's stay through these places."""
    write(config)
    with ExitStack() as stack:
        journal = wiring.open_books(read_config(config), config.parent, stack).journal
        stay = Stay(REFERENCE, places[0])
        for place in places:
            stay = stay if place is stay.place else stay.moved(place)
            journal.append(stay.reference, PERMIT, stay.place.value, stay_fields(stay))


def test_a_kept_card_is_in_the_books_until_a_person_hands_it_over(config: Path) -> None:
    keep_card(config, *KEPT)
    [permit] = books(config)["permits"]
    assert (permit["place"], permit["open"]) == ("retained", True)
    said = CliRunner().invoke(cli.app, ["books", "--config", str(config)]).output
    assert f"{REFERENCE}  " in said
    assert "OPEN: a permit is retained" in said
    [permit] = books(config, "--handed-over", REFERENCE, "--by", "4711")["permits"]
    assert (permit["place"], permit["open"]) == ("handed over", False)


@pytest.mark.parametrize(
    ("places", "options", "says"),
    [
        (KEPT, ("--handed-over", REFERENCE), "the staff number"),
        (KEPT[:2], ("--handed-over", REFERENCE, "--by", "4711"), "is no kept card"),
        ((*KEPT, Place.HANDED_OVER), ("--handed-over", REFERENCE, "--by", "4711"), "is no kept card"),
        (KEPT, ("--refunded", REFERENCE, "--by", "4711"), "has no open refund"),
    ],
)
def test_a_card_that_is_not_kept_is_not_handed_over(
    config: Path, places: tuple[Place, ...], options: tuple[str, ...], says: str
) -> None:
    keep_card(config, *places)
    before = books(config)
    with pytest.raises(ConfigError, match=says):
        books(config, *options)
    assert books(config) == before


def test_on_a_narrow_terminal_people_read_the_same_and_no_word_is_cut(config: Path) -> None:
    write(config, *OWED)
    command = [sys.executable, "-m", "kiosk_app", "books", "--config", str(config)]
    narrow = {**os.environ, "COLUMNS": "60"}
    said = subprocess.run(command, env=narrow, capture_output=True, text=True, check=True, timeout=30).stdout
    assert f"{REFERENCE}  " in said
    assert "OPEN: refund due" in said
    assert "intended > requested > approved > reversing > refund due" in said
    assert "…" not in said.partition("┏")[0]


def test_an_enrolment_that_fails_is_two_lines_and_status_1(tmp_path: Path) -> None:
    command = ["enrol", "--url", "https://localhost:1", "--code", "A", "--ca", str(tmp_path / "none.pem")]
    result = CliRunner().invoke(cli.app, [*command, "--folder", str(tmp_path / "identity")])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"not enrolled: bad-authority {tmp_path / 'none.pem'}: No such file or directory",
        ADVICE["bad-authority"],
    ]


def test_books_of_a_machine_that_never_ran_make_no_store(config: Path) -> None:
    with pytest.raises(ConfigError, match="has not run"):
        books(config)
    assert not (config.parent / "kiosk.store").exists()
    assert not (config.parent / "kiosk.key").exists()


def test_books_with_a_wrong_key_leave_the_store_as_it_is(config: Path) -> None:
    write(config, *TAKEN)
    (config.parent / "kiosk.key").write_bytes(bytes(32))
    before = (config.parent / "kiosk.store").read_bytes()
    with pytest.raises(WrongKey):
        books(config)
    assert (config.parent / "kiosk.store").read_bytes() == before


def test_books_without_the_key_do_not_make_another_one(config: Path) -> None:
    write(config, *TAKEN)
    (config.parent / "kiosk.key").unlink()
    with pytest.raises(WrongKey):
        books(config)
    assert not (config.parent / "kiosk.key").exists()


def test_a_mistake_is_one_sentence_what_to_do_and_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["kiosk", "books", "--config", str(tmp_path / "kiosk.toml")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    structlog.reset_defaults()
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"{tmp_path / 'kiosk.toml'}: the file: No such file or directory",
        ConfigError.operator,
    ]


def test_a_machine_that_is_not_enrolled_is_told_to_enrol(config: Path) -> None:
    write(config, *TAKEN)
    (config.parent / "identity" / "identity.json").unlink()
    with pytest.raises(ConfigError, match="kiosk enrol"):
        books(config)


def test_books_open_no_window() -> None:
    """Kivy makes a window when it is imported, and costs a second."""
    code = "import sys; from kiosk_app import books, cli, device_verbs, wiring; sys.exit('kivy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_a_running_kiosk_writes_is_nobody_elses_to_read(config: Path) -> None:
    (config.parent / "identity" / "identity.json").unlink()  # it ends before a window opens
    env = {**os.environ, "DISPLAY": ":0"}
    subprocess.run([sys.executable, "-c", RUN, str(config)], env=env, check=True, timeout=60, umask=0o022)


RUN = """
import ctypes, os, resource, sys
from kiosk_app import cli
from kiosk_app.errors import ConfigError
from pathlib import Path
try:
    cli.run(Path(sys.argv[1]))
except ConfigError:
    assert os.umask(0) == 0o077
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0), "a core dump would keep a person's data"
    picture, behind = b"P" * int("2000"), b"B" * int("2000")
    at = id(picture) + 100
    del picture
    assert ctypes.string_at(at, 50) == bytes([165]) * 50, "what was freed waits for the next citizen"
else:
    raise SystemExit("it ran without an identity")
"""
