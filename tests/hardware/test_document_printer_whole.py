"""The A4 chain for real: driver, printing host, private cupsd, IPP printer. What comes out is what went in."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from hardware.drivers.document_printer import DocumentPrinter, printing_host
from hardware.simulators.print_queue import PrintQueue
from kiosk_app.devices import DeviceState, PrintOutcome
from kiosk_app.errors import PaperJam, PaperOut
from tests.central.certified import certifying

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(bool(PrintQueue.missing()), reason=f"not installed: {PrintQueue.missing()}"),
]


def pdf(*pages: str) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for text in pages:
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


DOCUMENT = pdf("canary-4711", "second page")


def story(tell: Callable[[DocumentPrinter, PrintQueue], Awaitable[None]]) -> None:
    async def main() -> None:
        with tempfile.TemporaryDirectory(prefix="a4-") as folder:
            async with PrintQueue(Path(folder)) as queue:
                driver = DocumentPrinter(printing_host(queue.server), queue=queue.queue, patience=20.0)
                life = asyncio.create_task(driver.run())
                async with asyncio.timeout(10):
                    await condition(driver, DeviceState.ONLINE)
                try:
                    await tell(driver, queue)
                finally:
                    life.cancel()
                    with suppress(asyncio.CancelledError):
                        await life

    asyncio.run(main())


async def condition(driver: DocumentPrinter, state: DeviceState) -> None:
    changed = asyncio.Event()
    driver.watch(lambda _: changed.set())
    while driver.condition.state is not state:
        changed.clear()
        await changed.wait()


def test_a_document_comes_out_byte_for_byte_and_no_copy_stays_in_the_spool() -> None:
    async def tell(driver: DocumentPrinter, queue: PrintQueue) -> None:
        assert await driver.print(DOCUMENT, "voucher") is PrintOutcome.PRINTED
        assert queue.papers == [DOCUMENT]
        assert queue.spooled == []
        queue.take_paper()
        assert not [path for path in queue.folder.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]

    story(tell)


def test_of_a_sealed_certificate_not_a_piece_stays_behind_however_its_job_ends(tmp_path: Path) -> None:
    certificate = certifying(tmp_path).ask().pdf

    async def tell(driver: DocumentPrinter, queue: PrintQueue) -> None:
        assert await driver.print(certificate, "document") is PrintOutcome.PRINTED  # one page, though it was added to
        assert queue.papers == [certificate]
        queue.take_paper()
        assert _pieces(certificate, queue.folder) == []
        queue.jam()
        with pytest.raises(PaperJam):
            await driver.print(certificate, "document")
        assert _pieces(certificate, queue.folder / "spool") == []
        queue.clear_jam()
        await condition(driver, DeviceState.ONLINE)
        assert await driver.print(DOCUMENT, "document") is PrintOutcome.PRINTED  # the printer has thrown the other away
        assert _pieces(certificate, queue.folder) == []

    story(tell)


def _pieces(document: bytes, folder: Path) -> list[Path]:
    """Files with any part of ``document``: compressed as it is, no word of it would be found."""
    parts = [document[at : at + 48] for at in range(0, len(document) - 48, 997)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(part in path.read_bytes() for part in parts)]


def test_a_jammed_job_is_cancelled_in_the_printer_too_and_never_comes_out() -> None:
    async def tell(driver: DocumentPrinter, queue: PrintQueue) -> None:
        queue.jam()
        with pytest.raises(PaperJam):
            await driver.print(DOCUMENT, "voucher")
        queue.clear_jam()
        await condition(driver, DeviceState.ONLINE)
        assert await driver.print(pdf("next"), "voucher") is PrintOutcome.PRINTED
        assert queue.papers == [pdf("next")]

    story(tell)


def test_an_empty_tray_closes_the_printer_and_a_refill_opens_it() -> None:
    async def tell(driver: DocumentPrinter, queue: PrintQueue) -> None:
        await queue.paper_out()
        with pytest.raises(PaperOut):
            await driver.print(DOCUMENT, "voucher")
        await queue.refill()
        await condition(driver, DeviceState.ONLINE)
        assert await driver.print(DOCUMENT, "voucher") is PrintOutcome.PRINTED

    story(tell)


def test_a_printer_switched_off_is_offline_and_comes_back() -> None:
    async def tell(driver: DocumentPrinter, queue: PrintQueue) -> None:
        await queue.switch_off()
        await condition(driver, DeviceState.OFFLINE)
        await queue.switch_on()
        await condition(driver, DeviceState.ONLINE)
        assert await driver.print(DOCUMENT, "voucher") is PrintOutcome.PRINTED

    story(tell)


def test_the_tray_is_read_as_the_printer_itself_counts_it() -> None:
    async def tell(driver: DocumentPrinter, _: PrintQueue) -> None:
        assert driver.condition.levels["paper"] == 100
        assert "follows jobs" in driver.capabilities
        assert "duplex" not in driver.capabilities

    story(tell)
