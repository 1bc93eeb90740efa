"""The A4 printer's driver against a simulated queue with the traps of the real one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from hardware.channel import Channel, ChannelClosed, memory_pair
from hardware.drivers.document_printer import DocumentPrinter, pages_of
from hardware.drivers.printer_reasons import levels_of, supplies_of, trouble
from hardware.simulators.document_printer import DocumentPrinterSimulator
from kiosk_app.devices import DeviceState, PrintOutcome
from kiosk_app.errors import CoverOpen, DeviceError, DeviceFault, DeviceOffline, PaperJam, PaperOut
from tests.virtual import run

ONE_PAGE = b"%PDF-1.4 << /Type /Pages /Count 1 >> << /Type /Page /Parent 1 0 R >>"
TWO_PAGES = ONE_PAGE + b" << /Type /Page /Parent 1 0 R >>"

Told = Callable[[DocumentPrinter, DocumentPrinterSimulator], Awaitable[None]]


@asynccontextmanager
async def connected(printer: DocumentPrinterSimulator) -> AsyncIterator[DocumentPrinter]:
    served: set[asyncio.Task[None]] = set()

    async def opener() -> Channel:
        if not printer.plugged:
            raise ChannelClosed("no host")
        ours, theirs = memory_pair()
        served.add(asyncio.create_task(printer.serve(theirs)))
        return ours

    driver = DocumentPrinter(opener, queue="a4", patience=60.0)
    life = asyncio.create_task(driver.run())
    await asyncio.sleep(0.5)
    try:
        yield driver
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


def story(tell: Told, printer: Callable[[], DocumentPrinterSimulator] = DocumentPrinterSimulator) -> None:
    async def main() -> None:
        simulator = printer()
        async with connected(simulator) as driver:
            await tell(driver, simulator)

    run(main())


@asynccontextmanager
async def meanwhile(seconds: float, act: Callable[[], object]) -> AsyncIterator[None]:
    async def later() -> None:
        await asyncio.sleep(seconds)
        done = act()
        if isinstance(done, Awaitable):
            await done

    task = asyncio.create_task(later())
    yield
    await task


def test_printed_means_that_every_page_is_out_and_the_spool_is_empty() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        assert await driver.print(TWO_PAGES, "voucher") is PrintOutcome.PRINTED
        assert printer.papers == [TWO_PAGES]
        assert printer.in_tray == 2
        assert printer.spool == {}

    story(tell)


def test_a_printer_that_says_nothing_of_itself_has_been_sent_the_document() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        assert await driver.print(ONE_PAGE, "voucher") is PrintOutcome.SENT
        assert printer.papers == [ONE_PAGE]

    story(tell, lambda: DocumentPrinterSimulator(confirms=False))


def test_completed_with_the_sheet_stuck_is_unknown() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.lie()
        printer.jam_next()
        assert await driver.print(ONE_PAGE, "voucher") is PrintOutcome.UNKNOWN
        assert printer.papers == []
        assert printer.spool == {}

    story(tell)


def test_fewer_pages_counted_than_sent_is_not_called_printed() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.miscount()
        assert await driver.print(TWO_PAGES, "voucher") is PrintOutcome.SENT

    story(tell)


def test_an_empty_tray_is_known_before_anything_is_sent() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.paper_out()
        await asyncio.sleep(4)
        assert driver.condition.reason == "paper_out"
        assert driver.condition.supplies["paper"] == "out"
        with pytest.raises(PaperOut):
            await driver.print(ONE_PAGE, "voucher")

    story(tell)


def test_paper_ending_in_the_middle_is_paper_out_and_not_processing_for_ever() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.refill(1)
        with pytest.raises(PaperOut):
            await driver.print(TWO_PAGES, "voucher")
        assert printer.spool == {}

    story(tell)


@pytest.mark.parametrize("confirms", [True, False])
def test_after_the_refill_the_paused_queue_prints_again_and_never_the_old_job(confirms: bool) -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.refill(1)
        with pytest.raises(PaperOut):
            await driver.print(TWO_PAGES, "voucher")
        assert printer.paused
        printer.refill()
        await asyncio.sleep(7)
        assert driver.condition.serves
        assert not printer.state()["paused"]
        assert await driver.print(ONE_PAGE, "voucher") in {PrintOutcome.PRINTED, PrintOutcome.SENT}
        assert printer.papers == [ONE_PAGE]

    story(tell, lambda: DocumentPrinterSimulator(confirms=confirms))


def test_a_jam_ends_the_job() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.jam_next()
        with pytest.raises(PaperJam):
            await driver.print(ONE_PAGE, "voucher")
        assert driver.condition.reason == "paper_jam"
        printer.clear_jam()
        await asyncio.sleep(7)
        assert await driver.print(ONE_PAGE, "voucher") is PrintOutcome.PRINTED

    story(tell)


def test_an_open_cover_is_named() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.open_cover()
        with pytest.raises(CoverOpen):
            await driver.print(ONE_PAGE, "voucher")

    story(tell)


def test_a_cover_opened_for_a_moment_does_not_end_the_job() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        async with meanwhile(0.2, printer.open_cover), meanwhile(1.2, printer.close_cover):
            assert await driver.print(TWO_PAGES, "voucher") is PrintOutcome.PRINTED

    story(tell)


def test_a_printer_switched_off_is_offline_though_its_queue_is_there() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.switch_off()
        await asyncio.sleep(4)
        assert driver.condition.state is DeviceState.OFFLINE
        with pytest.raises(DeviceOffline):
            await driver.print(ONE_PAGE, "voucher")

    story(tell)


def test_a_printer_switched_off_in_the_middle_is_unknown() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        async with meanwhile(3.0, printer.switch_off):
            assert await driver.print(TWO_PAGES, "voucher") is PrintOutcome.UNKNOWN

    story(tell)


def test_a_host_that_hangs_is_ended_and_the_outcome_unknown() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        async with meanwhile(1.0, printer.freeze):
            assert await driver.print(TWO_PAGES, "voucher") is PrintOutcome.UNKNOWN
        assert driver.condition.state is DeviceState.OFFLINE
        printer.thaw()
        await asyncio.sleep(20)
        assert driver.condition.serves
        assert printer.spool == {}

    story(tell)


def test_a_crash_of_the_host_purges_the_document_when_it_is_back() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        async with meanwhile(1.0, printer.unplug):
            assert await driver.print(TWO_PAGES, "voucher") is PrintOutcome.UNKNOWN
        assert printer.spool
        await printer.plug_in()
        await asyncio.sleep(20)
        assert printer.spool == {}
        assert printer.papers == []

    story(tell)


def test_a_garbled_answer_of_the_host_is_not_believed() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.corrupt(1)
        with pytest.raises(DeviceOffline):
            await driver.print(ONE_PAGE, "voucher")
        await asyncio.sleep(3)
        assert await driver.print(ONE_PAGE, "voucher") is PrintOutcome.PRINTED

    story(tell)


def test_a_queue_paused_in_the_middle_is_resumed_once() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        async with meanwhile(0.2, printer.pause):
            assert await driver.print(TWO_PAGES, "voucher") is PrintOutcome.PRINTED

    story(tell)


def test_a_job_that_never_ends_is_given_up_as_unknown_and_purged() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        endless = ONE_PAGE + b" << /Type /Page >>" * 100
        assert await driver.print(endless, "voucher") is PrintOutcome.UNKNOWN
        assert printer.spool == {}
        assert len(printer.papers) == 0

    story(tell)


def test_walking_away_leaves_nothing_in_the_spool() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printing = asyncio.create_task(driver.print(TWO_PAGES, "voucher"))
        await asyncio.sleep(1)
        assert printer.spool
        printing.cancel()
        with suppress(asyncio.CancelledError):
            await printing
        assert printer.spool == {}

    story(tell)


def test_little_paper_is_told_and_still_serves() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.refill(20)
        await asyncio.sleep(4)
        assert driver.condition.serves
        assert driver.condition.supplies["paper"] == "low"

    story(tell)


@pytest.mark.parametrize(
    ("reasons", "error"),
    [
        (["none"], None),
        (["cups-waiting-for-job-completed", "media-low-warning"], None),
        (["media-empty-report"], PaperOut),
        (["media-needed-warning", "media-empty-warning"], PaperOut),
        (["media-jam-error", "cover-open-error"], CoverOpen),
        (["media-jam"], PaperJam),
        (["connecting-to-device"], DeviceOffline),
        (["toner-empty-error"], DeviceFault),
        (["vendor-thing-error"], DeviceFault),
        (["vendor-thing-warning"], None),
    ],
)
def test_reasons_of_printers_in_our_words(reasons: list[str], error: type[DeviceError] | None) -> None:
    assert type(trouble("document_printer", reasons)) is (error or type(None))


def test_toner_is_low_when_the_marker_is_under_its_own_limit() -> None:
    device = {"state": 3, "reasons": ["none"], "marker_levels": [9], "marker_low_levels": [10]}
    assert supplies_of({"device": device, "queue": {}})["toner"] == "low"


@pytest.mark.parametrize(
    ("device", "levels"),
    [
        ({"marker_levels": [63]}, {"toner": 63}),
        ({"marker_levels": [63, 20, 90], "marker_types": ["toner", "toner", "waste-toner"]}, {"toner": 20}),
        ({"marker_levels": [-3]}, {}),
        (
            {"supplies": ["type=toner;maxcapacity=100;level=41;", "type=wasteToner;maxcapacity=100;level=3"]},
            {"toner": 41},
        ),
        ({"marker_levels": [-2], "supplies": ["type=toner;maxcapacity=200;level=50"]}, {"toner": 25}),
        ({"trays": ["type=sheetFeedAutoRemovableTray;maxcapacity=250;level=50;name=main"]}, {"paper": 20}),
        ({"trays": ["type=x;maxcapacity=250;level=0", "type=y;maxcapacity=250;level=250"]}, {"paper": 50}),
        ({"trays": ["type=x;maxcapacity=-2;level=-2", "type=sheetFeedManual;maxcapacity=1;level=1"]}, {}),
        ({"trays": ["level=much;maxcapacity=;;x", ""], "supplies": ["nonsense"]}, {}),
    ],
)
def test_levels_are_what_the_printer_measures_and_nothing_else(device: dict[str, Any], levels: dict[str, int]) -> None:
    assert levels_of({"device": {"state": 3, "reasons": ["none"], **device}, "queue": {}}) == levels


def test_the_driver_tells_levels_and_what_the_printer_can() -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer.refill(125)
        printer.set_toner(63)
        await asyncio.sleep(4)
        assert driver.condition.levels == {"paper": 50, "toner": 63}
        assert driver.capabilities == {"follows jobs", "duplex"}

    story(tell)


def test_a_queue_that_cannot_ask_its_printer_claims_nothing() -> None:
    async def tell(driver: DocumentPrinter, _: DocumentPrinterSimulator) -> None:
        assert (driver.condition.levels, driver.capabilities) == ({}, frozenset())

    story(tell, lambda: DocumentPrinterSimulator(confirms=False))


def test_pages_are_counted_where_the_page_tree_is_readable() -> None:
    assert (pages_of(TWO_PAGES), pages_of(b"%PDF-1.7 compressed")) == (2, None)


@pytest.mark.parametrize(
    "said",
    [
        {"queue": {}, "device": None},
        {"queue": {"state": 3}, "device": None},
        {"queue": {"state": "idle", "reasons": []}, "device": None},
        {"queue": {"state": 3, "reasons": []}, "device": {"state": 3}},
        {"queue": {"state": 3, "reasons": []}, "device": 7},
        {"queue": {"state": 3, "reasons": []}},
        {},
    ],
)
def test_a_queue_that_does_not_say_how_it_is_is_a_fault_and_not_the_end_of_the_machine(said: dict[str, object]) -> None:
    async def tell(driver: DocumentPrinter, printer: DocumentPrinterSimulator) -> None:
        printer._status = lambda: said  # type: ignore[method-assign]
        await asyncio.sleep(5)
        assert driver.condition.state is DeviceState.HARDWARE_ERROR
        with pytest.raises(DeviceFault):
            await driver.print(ONE_PAGE, "voucher")
        del printer._status
        await asyncio.sleep(5)
        assert await driver.print(ONE_PAGE, "voucher") is PrintOutcome.PRINTED

    story(tell)
