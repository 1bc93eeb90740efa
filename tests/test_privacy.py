"""Nothing personal stays behind: the sample citizen's name, number and address are searched for everywhere."""

import asyncio
import gc
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from central.payments.simulated import BUYER, OPENID
from hardware.simulators.samples import ZHANG
from kiosk_app.devices import IdentityCard
from kiosk_app.views import Chosen, Done, Leave, Pay, Sorry, Table
from offline_cache.sql import connect
from tests.social import begins
from tests.stand import Stand, story
from tests.worlds.world import STORE_KEY

CANARIES = (ZHANG.name, ZHANG.number, ZHANG.address)
BANK_CARD = "622000EEEEEE0017"


def _spellings(canary: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        yield canary.encode(encoding)
    yield canary.encode("unicode_escape")


def _found(data: bytes) -> list[str]:
    return [canary for canary in CANARIES if any(spelling in data for spelling in _spellings(canary))]


def _on_disk(folder: Path) -> list[str]:
    """Canaries in the bytes of any file: the store, its WAL, whatever else lies there."""
    return [canary for file in folder.rglob("*") if file.is_file() for canary in _found(file.read_bytes())]


def _decrypted(folder: Path) -> list[str]:
    """Canaries in any row of any table, read with the key."""
    with closing(connect(folder / "store", STORE_KEY, read_only=True)) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert {"journal", "outbox"} <= set(tables)
        rows = [row for table in tables for row in store.execute(f"SELECT * FROM {table}")]
    assert rows
    return _found("\n".join(str(_text(field)) for row in rows for field in row).encode())


def _text(field: object) -> object:
    return field.decode("utf-8", "replace") if isinstance(field, bytes) else field


def _words(pdf: bytes) -> bytes:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout


def _nothing_is_left(stand: Stand) -> None:
    assert _on_disk(stand.folder) == []
    assert _decrypted(stand.folder) == []
    assert stand.logs
    assert _found(str(stand.logs).encode()) == []
    assert _found("".join(stand.slips()).encode()) == []
    assert all(_found(paper) == [] for paper in map(_words, stand.document_printer.papers))
    assert stand.document_printer.spool.keys() <= {1}
    assert all(job.state != 5 for job in stand.document_printer.spool.values())
    with stand.engine.connect() as central:
        sent = [row for table in ("event",) for row in central.exec_driver_sql(f"SELECT * FROM {table}")]
    assert _found(str([_text(field) for row in sent for field in row]).encode()) == []


def test_the_search_would_find_what_it_looks_for(tmp_path: Path) -> None:
    for spelling in _spellings(ZHANG.name):
        (tmp_path / "leak").write_bytes(b"..." + spelling + b"...")
        assert _on_disk(tmp_path) == [ZHANG.name]


@story
async def test_nothing_personal_stays_after_goodbye(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.person.touches(Chosen("document"))
    await stand.until(lambda: stand.document_printer.papers)
    await stand.person.sees(Done)
    await stand.until(lambda: stand.glass.listens)
    await stand.person.goes()
    assert stand.glass.forgotten == 1
    await asyncio.sleep(5)
    _nothing_is_left(stand)
    [voucher] = stand.document_printer.papers
    assert "张**" in _words(voucher).decode()
    assert "622000******0017" in stand.slips()[0]


@story
async def test_nothing_personal_stays_after_a_time_out(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.receipt_printer.take_paper()
    stand.id_card_reader.lift()
    await stand.person.begins()
    await stand.person.shows_card()
    stand.id_card_reader.lift()
    await stand.until(lambda: stand.glass.forgotten == 2, within=100)
    _nothing_is_left(stand)


@story
@pytest.mark.parametrize("channel", ["wechat", "alipay"])
async def test_who_paid_by_code_stays_with_the_provider(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    await stand.person.pays_a_fine_by_code(channel)
    stand.person.touches(Chosen("document"))
    await stand.until(lambda: stand.document_printer.papers)
    await stand.person.sees(Done)
    await stand.until(lambda: stand.glass.listens)
    await stand.person.goes()
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    _nothing_is_left(stand)
    with stand.engine.connect() as central:
        tables = ("event", "payment_order", "payment")
        kept = [row for table in tables for row in central.exec_driver_sql(f"SELECT * FROM {table}")]
    with closing(connect(stand.folder / "store", STORE_KEY, read_only=True)) as store:
        kept += [row for table in ("journal", "outbox") for row in store.execute(f"SELECT * FROM {table}")]
    everywhere = [str([_text(field) for row in kept for field in row]), str(stand.logs), *stand.slips()]
    everywhere += [_words(paper).decode() for paper in stand.document_printer.papers]
    assert channel in everywhere[0]
    assert not [words for words in everywhere if OPENID in words or BUYER in words]


@story
@pytest.mark.parametrize("state", ["requested", "approved", "fulfilled"])
async def test_nothing_personal_stays_after_a_power_cut(stand: Stand, state: str) -> None:
    stand.cut_power_at(state)
    await stand.person.comes_to_pay()
    stand.card_terminal.insert("sample")
    typing = asyncio.create_task(stand.person.types_pin())
    await stand.dark()
    typing.cancel()
    assert _on_disk(stand.folder) == []
    assert _decrypted(stand.folder) == []
    await stand.start()
    await stand.until(stand.slips)
    _nothing_is_left(stand)


@story
async def test_nothing_personal_is_on_the_slip_or_in_the_log_of_a_payment_in_trouble(stand: Stand) -> None:
    stand.card_terminal.unplug_at("host")
    await stand.person.comes_to_pay()
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    stand.card_terminal.type_pin()
    await stand.person.sees(Sorry, within=100)
    stand.person.touches(Leave())
    _nothing_is_left(stand)


@story
async def test_no_heartbeat_and_no_report_names_anybody(stand: Stand) -> None:
    sent: list[tuple[str, bytes]] = []
    post = stand.network.post

    async def listening(path: str, body: bytes, *, deadline: float) -> bytes:
        sent.append((path, body))
        return await post(path, body, deadline=deadline)

    stand.machine.reporting._transport.post = listening  # type: ignore[method-assign]
    await stand.person.pays_a_fine()
    await stand.person.goes()
    await asyncio.sleep(100)
    assert {path for path, _ in sent} >= {"/hb", "/tx/batch"}
    assert [path for path, body in sent if _found(body) and path != "/traffic/decisions"] == []


@story
async def test_the_card_that_was_read_is_no_longer_in_memory_after_goodbye(stand: Stand) -> None:
    def cards() -> list[object]:
        gc.collect()
        return [thing for thing in gc.get_objects() if isinstance(thing, IdentityCard)]

    await stand.person.pays_a_fine()
    assert len(cards()) == 1
    await stand.person.goes()
    assert cards() == []


@pytest.mark.parametrize("service", ["rights_record", "insured_certificate"])
@story
async def test_a_printed_record_leaves_no_copy_and_nothing_of_whose_it_was(stand: Stand, service: str) -> None:
    await begins(stand, service)
    stand.id_card_reader.lay("zhang")
    if service == "rights_record":
        await stand.person.sees(Table)
        stand.person.touches(Chosen("print"))
    await stand.person.sees(Done)
    await stand.person.goes()
    assert all(_found(_words(paper)) == [ZHANG.name] for paper in stand.document_printer.papers)
    assert _on_disk(stand.folder) == []
    assert _decrypted(stand.folder) == []
    assert _found(str(stand.logs).encode()) == []
    assert stand.document_printer.spool.keys() <= {1}
    assert all(job.state != 5 for job in stand.document_printer.spool.values())
