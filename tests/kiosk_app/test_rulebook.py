"""Stories of the rulebook: fresh when central has news, last good one otherwise, and no fee that differs is paid."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from central.catalogue import SHIPPED, read
from central.departments.exit_entry import faults
from kiosk_app.central_desk import CentralDesk
from kiosk_app.contract import Alarm
from kiosk_app.contract.catalogue import PURPOSE, Catalogue, CatalogueReply, SignedCatalogue
from kiosk_app.contract.exit_entry import Approval, ApprovedItem
from kiosk_app.errors import (
    CatalogueForged,
    CatalogueMissing,
    CatalogueOlder,
    CentralUnreachable,
    DiskFull,
    FeeDiffers,
)
from kiosk_app.money.amounts import Fen
from kiosk_app.rulebook import AGAIN, Rulebook
from tests import virtual

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
RULES = read(SHIPPED, faults)
SIGNED = SignedCatalogue(document=b"", signature="", chain="")


class Shelf:
    """Stands for the store: what was taken, and what comes of the next one."""

    def __init__(self) -> None:
        self.kept: Catalogue | None = None
        self.next: Catalogue | Exception = CatalogueForged("nothing prepared")

    def current(self) -> Catalogue | None:
        return self.kept

    def take(self, signed: SignedCatalogue) -> Catalogue:
        if isinstance(self.next, Exception):
            raise self.next
        self.kept = self.next
        return self.next


class Alarms:
    """Stands for the journal: the alarms that were written."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []
        self.full = False

    def append(self, reference: str, kind: str, state: str, body: Any, *, reports: Any) -> None:
        if self.full:
            raise DiskFull("full")
        [(stream, alarm)] = reports
        assert (stream, alarm.component) == ("audit", "catalogue")
        assert isinstance(alarm, Alarm)
        self.told.append((alarm.code, alarm.raised))

    def latest(self, kind: str, *, leaving_out: Any) -> list[Any]:
        assert (kind, leaving_out) == ("alarm", ["cleared"])
        return [SimpleNamespace(reference=f"catalogue {code}") for code, raised in dict(self.told).items() if raised]


class Central:
    """Stands for the desk: answers what it was told, and counts how often it was asked."""

    def __init__(self) -> None:
        self.answer: CatalogueReply | Exception = CatalogueReply(version=0)
        self.asked: list[int] = []

    async def ask(self, question: Any, reply: Any) -> Any:
        self.asked.append(question.have)
        await asyncio.sleep(0.1)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Book:
    def __init__(self) -> None:
        self.shelf, self.central, self.alarms = Shelf(), Central(), Alarms()
        desk: CentralDesk = self.central  # type: ignore[assignment]
        self.book = Rulebook(self.shelf, desk, self.alarms)  # type: ignore[arg-type]

    def published(self, version: int) -> None:
        self.shelf.next = made(version)
        self.central.answer = CatalogueReply(version=version, signed=SIGNED)


def made(version: int) -> Catalogue:
    return Catalogue(purpose=PURPOSE, version=version, issued_at=NOW, exit_entry=RULES)


def story(whole: Callable[[Book], Awaitable[None]]) -> None:
    async def told() -> None:
        book = Book()
        running = asyncio.create_task(book.book.run())
        try:
            await whole(book)
        finally:
            running.cancel()
            await asyncio.wait({running})

    virtual.run(told())


def test_a_newer_version_in_a_heartbeat_is_fetched_once() -> None:
    async def whole(b: Book) -> None:
        b.published(5)
        b.book.told(5)
        await asyncio.sleep(1)
        b.book.told(5)
        await asyncio.sleep(1000)
        assert (b.central.asked, b.book.version, b.alarms.told) == ([0], 5, [])

    story(whole)


def test_who_shows_what_is_open_hears_of_a_new_version_and_of_no_other() -> None:
    async def whole(b: Book) -> None:
        heard = []
        b.book.renewed.append(lambda: heard.append(b.book.version))
        assert not b.book.suffices("face")  # no rules, no way
        b.published(5)
        b.book.told(5)
        await asyncio.sleep(1)
        b.shelf.next = CatalogueForged("x")
        b.book.told(6)
        await asyncio.sleep(1)
        assert heard == [5]
        assert (b.book.suffices("face"), b.book.suffices("id_card"), b.book.suffices("a wink")) == (True, True, False)

    story(whole)


def test_a_release_that_reads_what_the_one_before_could_not_clears_its_alarm() -> None:
    async def whole(b: Book) -> None:
        b.alarms.told = [("unread", True)]
        b.shelf.kept = made(5)
        await asyncio.sleep(1)
        assert b.alarms.told[1:] == [("unread", False)]

    story(whole)


def test_a_start_tells_nothing_a_second_time() -> None:
    async def whole(b: Book) -> None:
        b.alarms.told = [("unread", True)]
        b.shelf.kept = msgspec.structs.replace(made(5), unread=["house"])
        await asyncio.sleep(1)
        assert len(b.alarms.told) == 1
        b.published(6)
        b.book.told(6)
        await asyncio.sleep(1)
        assert b.alarms.told[1:] == [("unread", False)]

    story(whole)


def test_an_older_platform_asks_for_nothing() -> None:
    async def whole(b: Book) -> None:
        b.book.told(0)
        await asyncio.sleep(1000)
        assert b.central.asked == []

    story(whole)


def test_while_central_is_silent_it_is_asked_again_each_minute() -> None:
    async def whole(b: Book) -> None:
        b.central.answer = CentralUnreachable("cut")
        b.book.told(5)
        await asyncio.sleep(2 * AGAIN + 1)
        assert len(b.central.asked) == 3
        b.published(5)
        await asyncio.sleep(AGAIN)
        assert (b.book.version, b.alarms.told) == (5, [])

    story(whole)


@pytest.mark.parametrize(("error", "code"), [(CatalogueForged("x"), "forged"), (CatalogueOlder("x"), "older")])
def test_one_that_is_refused_is_told_once_and_cleared_when_a_good_one_comes(error: Exception, code: str) -> None:
    async def whole(b: Book) -> None:
        b.shelf.kept = made(4)
        b.published(5)
        b.shelf.next = error
        b.book.told(5)
        await asyncio.sleep(3 * AGAIN)
        assert (b.book.version, b.alarms.told) == (4, [(code, True)])
        b.published(5)
        await asyncio.sleep(AGAIN + 1)
        assert (b.book.version, b.alarms.told) == (5, [(code, True), (code, False)])

    story(whole)


def test_a_full_store_takes_no_alarm_and_stops_nothing() -> None:
    async def whole(b: Book) -> None:
        b.alarms.full = True
        b.published(5)
        b.shelf.next = CatalogueForged("x")
        b.book.told(5)
        await asyncio.sleep(AGAIN + 1)
        b.alarms.full = False
        await asyncio.sleep(AGAIN)
        assert b.alarms.told == [("forged", True)]

    story(whole)


def test_a_service_that_needs_a_version_waits_for_it_and_asks_once() -> None:
    async def whole(b: Book) -> None:
        b.published(5)
        await asyncio.gather(b.book.at_least(5), b.book.at_least(4), b.book.at_least(5))
        assert (b.central.asked, b.book.version) == ([0], 5)
        await b.book.at_least(5)
        assert len(b.central.asked) == 1

    story(whole)


def test_a_version_that_does_not_come_is_missing() -> None:
    async def whole(b: Book) -> None:
        b.central.answer = CatalogueReply(version=4)
        with pytest.raises(CatalogueMissing):
            await b.book.at_least(5)
        b.central.answer = CentralUnreachable("cut")
        with pytest.raises(CentralUnreachable):
            await b.book.at_least(5)

    story(whole)


# --- prices ---


def item(fee: int = 8000, entries: int = 0, until: date = date(2027, 3, 2)) -> ApprovedItem:
    return ApprovedItem(
        number="E1-1", offer="HK.S.1ym", destination="HK", purpose="S", entries=entries, stay=14, fee=fee,
        starts=date(2026, 3, 2), valid_until=until,
    )  # fmt: skip


def approval(*items: ApprovedItem, fee: int | None = None) -> Approval:
    total = sum(one.fee for one in items)
    return Approval(
        approval="E1", pay_until=NOW, fee=total if fee is None else fee, items=list(items), lines=[], catalogue=5
    )


def test_the_price_comes_from_the_catalogue_that_is_here() -> None:
    book = Book()
    with pytest.raises(CatalogueMissing):
        book.book.fee("CS", item())
    book.shelf.kept = made(5)
    assert book.book.fee("CS", item(fee=1)) == 8000
    assert book.book.fee("CS", item(until=date(2027, 3, 3))) == 12000
    with pytest.raises(FeeDiffers):
        book.book.fee("CS", item(entries=7))


def test_what_agrees_is_paid_and_nobody_is_told() -> None:
    book = Book()
    book.shelf.kept = made(5)
    book.book.agree("CS", approval(item(), item(fee=1500, entries=1)), Fen(9500))
    assert book.alarms.told == []


@pytest.mark.parametrize(
    ("approved", "shown"),
    [
        (approval(item(fee=9000)), 8000),  # central wants more than was shown
        (approval(item(fee=9000)), 9000),  # and was shown, but is not what central signed
        (approval(item()), 7000),
        (approval(item(), fee=9000), 8000),
        (approval(item(fee=6500), item(fee=3000, entries=1)), 9500),  # the sum alone is not enough
    ],
)
def test_a_fee_that_differs_is_not_paid_and_operations_hear_of_it(approved: Approval, shown: int) -> None:
    book = Book()
    book.shelf.kept = made(5)
    for _ in range(2):
        with pytest.raises(FeeDiffers):
            book.book.agree("CS", approved, Fen(shown))
    assert book.alarms.told == [("fee-differs", True)]
    book.book.agree("CS", approval(item()), Fen(8000))
    assert book.alarms.told == [("fee-differs", True), ("fee-differs", False)]


def test_the_messages_survive_the_wire() -> None:
    reply = CatalogueReply(version=5, signed=SignedCatalogue(document=b"\x00\xff", signature="ab", chain="c"))
    assert msgspec.json.decode(msgspec.json.encode(reply), type=CatalogueReply) == reply
