"""Every recording is played again: the driver says the same to it, and the same comes out."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from hardware.contract_kit import replay
from hardware.dialects import GROUP as DIALECTS
from hardware.dialects import Dialect, dialect_of
from hardware.protocols.sdt import Response
from hardware.recording import BadRecording, Entry, Recording
from hardware.replay import Deviation
from kiosk_app import cli, record
from kiosk_app.device_verbs import Facts, Given, exercise
from kiosk_app.devices.driver import GROUP as DRIVERS
from kiosk_app.errors import ConfigError
from tests.contract.make_recordings import FOLDER, TAKES, on_its_wire
from tests.contract.verbs import BUILD, verb_of
from tests.kiosk_app.test_config import GOOD
from tests.kiosk_app.test_device_verbs import at

RECORDINGS = sorted(FOLDER.glob("*.txt"))
every_recording = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)


def read(name: str) -> Recording:
    return Recording.parse((FOLDER / f"{name}.txt").read_text("utf-8"))


def dialect(recording: Recording) -> Dialect[Any]:
    found = dialect_of(*(recording.head[word] for word in ("role", "driver", "line")))
    assert found is not None
    return found


def replayed(recording: Recording) -> Facts:
    """What our driver makes of it. Raises Deviation."""
    head = recording.head
    return replay(recording, lambda opener: BUILD[head["role"]](opener, head["line"]), verb_of(head))


def altered(recording: Recording, way: str, note: str, change: Any) -> Recording:
    """The recording with the first entry of that note changed."""
    entries = list(recording.entries)
    at = next(n for n, entry in enumerate(entries) if entry.way == way and note in entry.note)
    entries[at : at + 1] = change(entries[at])
    return replace(recording, entries=tuple(entries))


@every_recording
def test_the_driver_says_the_same_again_and_the_same_comes_out(path: Path) -> None:
    recording = Recording.parse(path.read_text("utf-8"))
    assert replayed(recording) == recording.outcome


@every_recording
def test_a_recording_is_read_as_it_was_written_and_cleaning_it_again_changes_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    recording = Recording.parse(text)
    assert recording.text() == text
    cleaner, again = dialect(recording), b""
    for entry in recording.entries:
        if entry.way in "+-":
            cleaner.renew()
            continue
        again += b"".join(said.data for said in cleaner.hear(entry.way, entry.data))
    assert again == b"".join(entry.data for entry in recording.entries)
    assert cleaner.unwritten == {">": 0, "<": 0}


@every_recording
def test_no_bytes_make_a_dialect_stumble(path: Path) -> None:
    recording, chance = Recording.parse(path.read_text("utf-8")), Random(path.stem)
    entries = [entry for entry in recording.entries if entry.data]
    for _ in range(300):
        cleaner = dialect(recording)
        for entry in chance.choices(entries, k=6):
            spoilt = bytearray(entry.data)
            for _ in range(chance.randrange(3)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            cleaner.hear(entry.way, bytes(spoilt) + chance.randbytes(chance.choice((0, 0, 3))))


def test_there_is_a_recording_of_every_take_and_each_says_that_it_is_simulated() -> None:
    assert {path.stem for path in RECORDINGS} >= set(TAKES)
    assert {read(name).head["device"] for name in TAKES} == {"simulated"}
    roles = {name.partition("-")[0] for name in TAKES}
    assert all(sum(name.startswith(f"{role}-") for name in TAKES) >= 2 for role in roles)


# --- what a replay finds ---------------------------------------------------------------------------------------


def test_another_amount_than_recorded_is_found() -> None:
    recording = read("card_terminal-paid")
    dearer = replace(recording, head={**recording.head, "given": '{"amount": 1235}'})
    with pytest.raises(Deviation, match="authorisation"):
        replayed(dearer)


def test_a_command_the_driver_leaves_out_is_found() -> None:
    def twice(entry: Entry) -> list[Entry]:
        return [entry, replace(entry, data=entry.data.replace(b"\x12\x34", b"\x12\x35"))]

    with pytest.raises(Deviation, match="never said"):
        replayed(altered(read("card_terminal-paid"), ">", "authorisation", twice))


def test_a_payment_that_was_not_recorded_is_found() -> None:
    with pytest.raises(Deviation, match="instead of"):
        replayed(altered(read("card_terminal-paid"), ">", "authorisation", lambda _: []))


def test_another_answer_leads_to_another_outcome() -> None:
    refused = altered(
        read("id_card_reader-read"), "<", "card found", lambda entry: [replace(entry, data=Response(0x40).encode())]
    )
    with pytest.raises(Deviation):
        replayed(refused)


def test_what_only_asks_may_come_more_often_and_less_often() -> None:
    recording = read("id_card_reader-read")
    find = next(n for n, entry in enumerate(recording.entries) if entry.note == "find")
    question, answer = recording.entries[find : find + 2]
    more = recording.entries[:find] + (question, answer) * 3 + recording.entries[find:]
    assert replayed(replace(recording, entries=more)) == recording.outcome


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda _: "", "line 1"),
        (lambda text: text.replace("kiosk wire", "some other"), "line 1"),
        (lambda text: text.replace(">        1  4c", ">        1  4"), "line 12"),
        (lambda text: text.replace(">        1", ">>       1"), "neither a frame nor a word"),
        (lambda text: text.replace("role ", "roll "), "no role"),
        (lambda text: re.sub("outcome .*", "outcome    []", text), "outcome is no object"),
        (lambda text: text.replace('{">": 0', '{">": "none"'), "counts bytes"),
        (lambda text: text.partition("unwritten")[0], "no whole end"),
        (lambda text: text.replace('{"ok"', '{"ok'), "no whole end"),
    ],
)
def test_a_text_that_is_no_recording_is_refused_with_its_line(spoil: Callable[[str], str], why: str) -> None:
    text = re.sub(r"^> +\d+", ">        1", (FOLDER / "ups-lost.txt").read_text("utf-8"), flags=re.MULTILINE)
    Recording.parse(text)
    with pytest.raises(BadRecording, match=why):
        Recording.parse(spoil(text))


# --- the technician's verb -------------------------------------------------------------------------------------


def record_a_reading(folder: Path, file: Path, *, role: str = "id_card_reader", driver: str = "sdt") -> Facts:
    """``kiosk device id_card_reader read --record FILE`` with a simulated reader on a pseudo-terminal."""
    take = TAKES["id_card_reader-read"]
    config = at(folder, "id_card_reader", str(folder / "line"))
    head = record.head_of(role, driver, SimpleNamespace(port=str(folder / "line")), "read", Given())

    async def work() -> Facts:
        reader = take.make(folder)
        async with on_its_wire(reader, "serial", folder):
            hands = asyncio.create_task(take.hands(reader))
            facts = await exercise(config, "id_card_reader", "read", Given())
            await hands
            return facts

    return record.recorded(work(), file, head)


def test_a_technician_records_what_replays(tmp_path: Path) -> None:
    facts = record_a_reading(tmp_path, tmp_path / "wire.txt")
    assert facts["ok"] is True
    recording = Recording.parse((tmp_path / "wire.txt").read_text("utf-8"))
    assert replayed(recording) == recording.outcome
    assert (tmp_path / "wire.txt").stat().st_mode & 0o077 == 0


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "wire.txt").write_text("precious")
    with pytest.raises(ConfigError, match="a new file"):
        record_a_reading(tmp_path, tmp_path / "wire.txt")
    assert (tmp_path / "wire.txt").read_text() == "precious"


def test_a_wire_without_a_dialect_is_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nobody can clean"):
        record_a_reading(tmp_path, tmp_path / "wire.txt", driver="unheard-of")
    assert not (tmp_path / "wire.txt").exists()


UNRECORDED = {
    "camera.opencv": "a picture of a person cannot be made nobody's and still be the camera's",
    "document_camera.opencv": "nor can a page",
    "face_analyst.local": "it has no wire: a process of this machine, and what it is shown is somebody's face",
    "speaker.espeak": "nor has this one",
    "keypad.evdev": "a PIN and an identity number are typed in digits, and the pauses between keys tell who typed",
    "headphones.evdev": "one switch: there is nothing to learn from it",
    "card_terminal.umsips": "its line is between two programs of ours; what the vendor's library does is not on it",
}


def test_every_driver_has_a_dialect_or_a_reason_why_nobody_records_it() -> None:
    drivers, dialects = ({point.name for point in entry_points(group=group)} for group in (DRIVERS, DIALECTS))
    assert drivers - dialects == set(UNRECORDED)


@pytest.mark.parametrize("name", UNRECORDED)
def test_what_nobody_may_record_is_refused(tmp_path: Path, name: str) -> None:
    role, _, driver = name.partition(".")
    with pytest.raises(ConfigError, match="nobody can clean"):
        record_a_reading(tmp_path, tmp_path / "wire.txt", role=role, driver=driver)
    assert not (tmp_path / "wire.txt").exists()


def test_a_scanned_code_is_in_no_recording() -> None:
    for name in ("code_scanner-read", "code_scanner-pulled"):
        said = b"".join(entry.data for entry in read(name).entries)
        assert said.strip(b"*\r\n") == b""


def test_the_command_line_warns_and_records(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(GOOD.replace("/dev/ttyUSB0", str(tmp_path / "nothing there")))
    words = ["device", "id_card_reader", "status", "--config", str(tmp_path / "kiosk.toml")]
    result = CliRunner().invoke(cli.app, [*words, "--record", str(tmp_path / "wire.txt")])
    assert result.exit_code == 1
    assert "Read the file before you give it to anybody" in result.output + result.stderr
    assert Recording.parse((tmp_path / "wire.txt").read_text("utf-8")).outcome["state"] == "offline"


def test_an_unknown_role_is_refused_in_words_also_when_it_is_to_be_recorded(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(GOOD)
    words = ["device", "toaster", "read", "--config", str(tmp_path / "kiosk.toml")]
    result = CliRunner().invoke(cli.app, [*words, "--record", str(tmp_path / "wire.txt")])
    assert isinstance(result.exception, ConfigError)
