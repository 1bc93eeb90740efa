"""The receipt printer driver against the simulated printer: each story is one thing that happens to paper."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from hardware.channel import Channel, ChannelClosed, memory_pair
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from kiosk_app.devices import Condition, DeviceState, PrintOutcome, Slip, SlipLine
from kiosk_app.errors import CoverOpen, DeviceOffline, PaperJam, PaperOut
from tests.virtual import run

SLIP = Slip((SlipLine("缴款回执", style="title"), *(SlipLine(f"行 {n}", "1.00") for n in range(12))), "https://a.test")
NEXT = Slip((SlipLine("第二张"),))


@asynccontextmanager
async def connected(
    printer: ReceiptPrinterSimulator, *, spoil: Callable[[bytes], list[bytes]] | None = None
) -> AsyncIterator[ReceiptPrinter]:
    served: set[asyncio.Task[None]] = set()

    async def opener() -> Channel:
        if not printer.plugged:
            raise ChannelClosed("no such device")
        ours, theirs = memory_pair()
        if spoil is not None:
            theirs.hook = spoil
        served.add(asyncio.create_task(printer.serve(theirs)))
        return ours

    driver = ReceiptPrinter(opener, presenter=printer.presenter)
    life = asyncio.create_task(driver.run())
    await asyncio.sleep(1.5)
    try:
        yield driver
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


def story(
    tell: Callable[[ReceiptPrinter, ReceiptPrinterSimulator], Awaitable[None]],
    printer: Callable[[], ReceiptPrinterSimulator] = ReceiptPrinterSimulator,
) -> None:
    async def main() -> None:
        simulator = printer()
        async with connected(simulator) as driver:
            await tell(driver, simulator)

    run(main())


async def after(seconds: float, act: Callable[[], object]) -> None:
    await asyncio.sleep(seconds)
    result = act()
    if isinstance(result, Awaitable):
        await result


def test_printed_is_said_only_after_the_slip_was_cut() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        assert await driver.print(SLIP) is PrintOutcome.PRINTED
        assert [paper.cut for paper in printer.papers] == [True]
        assert "行 11" in printer.papers[0].text

    story(tell)


def test_a_printer_that_cannot_confirm_has_been_sent_the_slip() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        assert await driver.print(SLIP) is PrintOutcome.SENT
        assert len(printer.papers) == 1

    story(tell, lambda: ReceiptPrinterSimulator(confirms=False))


def test_it_is_online_with_enough_paper() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        assert driver.condition.state is DeviceState.ONLINE
        assert driver.condition.supplies == {"paper": "ok"}

    story(tell)


def test_a_roll_near_its_end_is_told_and_still_prints() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.near_end()
        await asyncio.sleep(4)
        assert driver.condition.serves
        assert driver.condition.supplies == {"paper": "low"}
        assert await driver.print(SLIP) is PrintOutcome.PRINTED

    story(tell)


def test_without_paper_nothing_is_sent() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.paper_out()
        with pytest.raises(PaperOut):
            await driver.print(SLIP)
        printer.refill()
        await asyncio.sleep(4)
        assert printer.papers == []
        assert driver.condition.serves

    story(tell)


def test_paper_ending_in_the_middle_is_paper_out_and_the_rest_is_never_printed() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.paper_out_next(4)
        with pytest.raises(PaperOut):
            await driver.print(SLIP)
        assert driver.condition.reason == "paper_out"
        printer.refill()
        await asyncio.sleep(5)
        assert await driver.print(NEXT) is PrintOutcome.PRINTED
        torn, second = printer.papers
        assert not torn.cut
        assert "行 11" not in torn.text + second.text

    story(tell)


def test_an_open_cover_is_refused_and_heals_by_itself() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.open_cover()
        with pytest.raises(CoverOpen):
            await driver.print(SLIP)
        assert driver.condition.reason == "cover_open"
        printer.close_cover()
        await asyncio.sleep(4)
        assert driver.condition.serves

    story(tell)


def test_a_cover_opened_in_the_middle_stops_the_slip() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        opening = asyncio.create_task(after(0.1, printer.open_cover))
        with pytest.raises(CoverOpen):
            await driver.print(SLIP)
        await opening

    story(tell)


def test_a_jammed_cutter_is_a_jam_and_recovers_after_it_was_cleared() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.jam_next()
        with pytest.raises(PaperJam):
            await driver.print(SLIP)
        await asyncio.sleep(10)
        assert driver.condition.reason == "paper_jam"
        printer.clear_jam()
        await asyncio.sleep(7)
        assert driver.condition.serves
        assert await driver.print(NEXT) is PrintOutcome.PRINTED

    story(tell)


def test_power_lost_in_the_middle_is_unknown() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        cut = asyncio.create_task(after(0.1, printer.lose_power))
        assert await driver.print(SLIP) is PrintOutcome.UNKNOWN
        await cut
        assert driver.condition.state is DeviceState.OFFLINE
        assert printer.papers == []

    story(tell)


def test_it_comes_back_after_power_and_forgets_the_old_slip() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        cut = asyncio.create_task(after(0.1, printer.lose_power))
        await driver.print(SLIP)
        await cut
        await printer.plug_in()
        await asyncio.sleep(20)
        assert driver.condition.serves
        assert await driver.print(NEXT) is PrintOutcome.PRINTED
        assert "行 11" not in printer.papers[-1].text

    story(tell)


def test_a_printer_that_freezes_after_the_data_left_is_unknown() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        freezing = asyncio.create_task(after(0.1, printer.freeze))
        assert await driver.print(SLIP) is PrintOutcome.UNKNOWN
        await freezing

    story(tell)


def test_a_frozen_printer_is_offline_before_anything_is_sent() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.freeze()
        with pytest.raises(DeviceOffline):
            await driver.print(SLIP)

    story(tell)


def test_an_unplugged_printer_is_offline() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        await printer.unplug()
        await asyncio.sleep(1)
        assert driver.condition.state is DeviceState.OFFLINE
        with pytest.raises(DeviceOffline):
            await driver.print(SLIP)

    story(tell)


def test_one_torn_status_answer_is_not_a_fault() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.corrupt(1)
        assert await driver.print(SLIP) is PrintOutcome.PRINTED

    story(tell)


def test_a_presenter_knows_whether_the_slip_was_taken() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        await driver.print(SLIP)
        assert await driver.paper_taken() is False
        printer.take_paper()
        assert await driver.paper_taken() is True

    story(tell, lambda: ReceiptPrinterSimulator(presenter=True))


def test_a_slip_that_was_left_is_known_after_a_reconnect_before_anybody_is_served() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        assert driver.condition.supplies["slip"] == "none"
        await driver.print(SLIP)
        await printer.unplug()
        await asyncio.sleep(1)
        said: list[Condition] = []
        driver.watch(said.append)
        await printer.plug_in()
        await asyncio.sleep(20)
        assert [condition.supplies["slip"] for condition in said if condition.serves] == ["waiting"]
        printer.take_paper()
        assert await driver.paper_taken() is True
        assert driver.condition.supplies["slip"] == "none"

    story(tell, lambda: ReceiptPrinterSimulator(presenter=True))


def test_a_printer_that_was_called_a_presenter_and_is_none_serves_all_the_same() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printer.presenter = False
        await printer.unplug()
        await asyncio.sleep(1)
        await printer.plug_in()
        await asyncio.sleep(20)
        assert driver.condition.serves
        assert "slip" not in driver.condition.supplies

    story(tell, lambda: ReceiptPrinterSimulator(presenter=True))


def test_without_a_presenter_nobody_claims_to_know() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        await driver.print(SLIP)
        assert await driver.paper_taken() is None

    story(tell)


def test_two_slips_wait_for_each_other() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        outcomes = await asyncio.gather(driver.print(SLIP), driver.print(NEXT))
        assert set(outcomes) == {PrintOutcome.PRINTED}
        assert "第二张" in printer.papers[1].text
        assert "第二张" not in printer.papers[0].text

    story(tell)


def test_a_cancelled_slip_does_not_come_out_later() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printing = asyncio.create_task(driver.print(SLIP))
        await asyncio.sleep(0.2)
        printing.cancel()
        with suppress(asyncio.CancelledError):
            await printing
        await asyncio.sleep(5)
        assert "行 11" not in printer.printing.text

    story(tell)


def test_bytes_that_come_one_by_one_are_the_same_bytes() -> None:
    async def main() -> None:
        printer = ReceiptPrinterSimulator()
        async with connected(printer, spoil=lambda data: [bytes((byte,)) for byte in data]) as driver:
            assert await driver.print(SLIP) is PrintOutcome.PRINTED

    run(main())


def test_a_printer_found_without_paper_can_confirm_after_the_refill() -> None:
    async def main() -> None:
        printer = ReceiptPrinterSimulator()
        printer.paper_out()
        async with connected(printer) as driver:
            printer.refill()
            await asyncio.sleep(5)
            assert await driver.print(SLIP) is PrintOutcome.PRINTED

    run(main())


def test_what_a_crashed_kiosk_left_in_the_buffer_is_not_printed_after_the_refill() -> None:
    async def main() -> None:
        printer = ReceiptPrinterSimulator()
        printer.paper_out_next(4)
        async with connected(printer) as crashed:
            printing = asyncio.create_task(crashed.print(SLIP))
            await asyncio.sleep(0.1)
            crashed._clear = _nothing  # type: ignore[method-assign] # killed: it clears nothing any more
            printing.cancel()
            await asyncio.wait([printing])
        async with connected(printer) as driver:
            printer.refill()
            await asyncio.sleep(5)
            assert await driver.print(NEXT) is PrintOutcome.PRINTED
        assert "行 11" not in "".join(paper.text for paper in printer.papers)

    run(main())


async def _nothing() -> None:
    pass


def test_half_a_slip_nobody_wants_is_cut_off_before_the_next_citizens_slip() -> None:
    async def tell(driver: ReceiptPrinter, printer: ReceiptPrinterSimulator) -> None:
        printing = asyncio.create_task(driver.print(SLIP))
        await asyncio.sleep(0.3)
        printing.cancel()
        with suppress(asyncio.CancelledError):
            await printing
        assert await driver.print(NEXT) is PrintOutcome.PRINTED
        half, whole = printer.papers
        assert "缴款回执" in half.text
        assert whole.text.strip() == "第二张"

    story(tell)


def test_half_a_slip_that_hangs_from_before_the_start_is_cut_off_too() -> None:
    async def main() -> None:
        printer = ReceiptPrinterSimulator()
        async with connected(printer) as driver:
            printing = asyncio.create_task(driver.print(SLIP))
            await asyncio.sleep(0.3)
        printing.cancel()
        async with connected(printer) as driver:
            assert await driver.print(NEXT) is PrintOutcome.PRINTED
        assert [paper.text.strip() == "第二张" for paper in printer.papers] == [False, True]

    run(main())
