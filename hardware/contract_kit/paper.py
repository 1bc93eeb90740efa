"""Printers: what is called printed is out, and what failed never comes out later, before the next citizen's paper.

Every paper of the kit carries a mark; a rig says which whole papers came out. The outcomes are three (printed, sent,
unknown), and only one of them is a promise.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from itertools import count
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from hardware.contract_kit.device import DeviceContract, case, ended, until
from hardware.contract_kit.rig import Rig, cannot
from kiosk_app.devices import PrintOutcome, Slip, SlipLine
from kiosk_app.errors import CoverOpen, DeviceOffline, PaperOut

DONE = (PrintOutcome.PRINTED, PrintOutcome.SENT)


class PrinterRig(Rig):
    """``printing``: the longest that one paper takes; ``late``: how long a paper that failed is waited for."""

    printing = 30.0
    late = 20.0

    def papers(self) -> Sequence[str]:
        """What can be read on every whole paper that came out, oldest first."""
        cannot("see the paper")

    async def run_out(self) -> None:
        """The paper ends in the middle of the next one, or at the latest before the one after it."""
        cannot("let the paper run out")

    async def refill(self) -> None:
        """Put paper in, and clear what hangs half printed."""
        cannot("refill paper")

    async def open_cover(self) -> None:
        """Open the cover."""
        cannot("open the cover")

    async def close_cover(self) -> None:
        """Close it."""
        cannot("close the cover")


class PrinterContract(DeviceContract[PrinterRig]):
    """What both kinds of printer keep."""

    _marks = count(1)

    async def put(self, driver: Any, mark: str) -> PrintOutcome:
        """Print one paper that carries ``mark``."""
        raise NotImplementedError

    async def ask(self, driver: Any) -> object:
        return await self.put(driver, self.mark())

    async def use(self, rig: PrinterRig, driver: Any) -> None:
        await self.prints(rig, driver, self.mark())

    def mark(self) -> str:
        """A new one."""
        return f"MARK-{next(self._marks):04d}"

    def times(self, rig: PrinterRig, mark: str) -> int:
        """On how many whole papers ``mark`` came out."""
        return sum(mark in paper for paper in rig.papers())

    async def prints(self, rig: PrinterRig, driver: Any, mark: str) -> None:
        """One paper, once and whole."""
        async with asyncio.timeout(rig.printing):
            outcome = await self.put(driver, mark)
        assert outcome in DONE
        if outcome is PrintOutcome.PRINTED:
            assert self.times(rig, mark) == 1
        await until(lambda: self.times(rig, mark), rig.late, "the paper is out")

    # --- the cases ---

    @case
    async def test_papers_come_out_once_and_in_order(self, rig: PrinterRig) -> None:
        async with self.at_work(rig) as driver:
            marks = [self.mark() for _ in range(3)]
            for mark in marks:
                await self.prints(rig, driver, mark)
            assert [self.times(rig, mark) for mark in marks] == [1, 1, 1]

    @case
    async def test_two_papers_at_once_follow_each_other(self, rig: PrinterRig) -> None:
        async with self.at_work(rig) as driver:
            marks = [self.mark(), self.mark()]
            outcomes = await asyncio.gather(*(ended(self.put(driver, mark), 4 * rig.printing) for mark in marks))
            for mark, outcome in zip(marks, outcomes, strict=True):
                assert outcome in DONE or isinstance(outcome, DeviceOffline)
                await asyncio.sleep(rig.late)
                assert self.times(rig, mark) == (outcome in DONE)
            assert not any(all(mark in paper for mark in marks) for paper in rig.papers())

    @case
    async def test_paper_that_runs_out_is_told_and_the_torn_paper_never_comes_out_later(self, rig: PrinterRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.run_out()
            torn = self.mark()
            said = await ended(self.put(driver, torn), 4 * rig.printing)
            if said in DONE:  # the paper ended behind it
                torn = self.mark()
                said = await ended(self.put(driver, torn), 4 * rig.printing)
            assert isinstance(said, PaperOut)
            assert not driver.condition.serves
            assert driver.condition.reason == PaperOut.reason
            await rig.refill()
            await self.serves(rig, driver)
            await self.prints(rig, driver, self.mark())
            await asyncio.sleep(rig.late)
            assert self.times(rig, torn) == 0

    @case
    async def test_an_open_cover_is_told_and_nothing_is_printed_behind_it(self, rig: PrinterRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.open_cover()
            refused = self.mark()
            assert isinstance(await ended(self.put(driver, refused), 4 * rig.printing), CoverOpen)
            assert not driver.condition.serves
            await rig.close_cover()
            await self.serves(rig, driver)
            await self.prints(rig, driver, self.mark())
            await asyncio.sleep(rig.late)
            assert self.times(rig, refused) == 0

    @case
    async def test_a_plug_pulled_in_the_middle_is_never_called_printed_unless_it_is(self, rig: PrinterRig) -> None:
        async with self.at_work(rig) as driver:
            for seconds in (0.5, 0.1, 1.0)[: rig.cycles]:
                mark = self.mark()
                printing = asyncio.create_task(ended(self.put(driver, mark), rig.answer))
                await asyncio.sleep(seconds)
                await rig.unplug()
                outcome = await printing
                assert outcome is not PrintOutcome.PRINTED or self.times(rig, mark) == 1
                await self.does_not_serve(rig, driver)
                await rig.plug_in()
                await self.serves(rig, driver)
                await self.prints(rig, driver, self.mark())
                assert self.times(rig, mark) <= 1
                assert all(len(set(re.findall(r"MARK-\d+", paper))) <= 1 for paper in rig.papers())

    @case
    async def test_a_paper_nobody_wants_any_more_does_not_come_out_before_the_next(self, rig: PrinterRig) -> None:
        async with self.at_work(rig) as driver:
            unwanted, wanted = self.mark(), self.mark()
            printing = asyncio.create_task(self.put(driver, unwanted))
            await asyncio.sleep(0.2)
            printing.cancel()
            with suppress(asyncio.CancelledError):
                await printing
            await self.prints(rig, driver, wanted)
            before, after = self.times(rig, unwanted), [paper for paper in rig.papers() if wanted in paper]
            await asyncio.sleep(rig.late)
            assert self.times(rig, unwanted) == before <= 1
            assert unwanted not in after[0]


class ReceiptPrinterContract(PrinterContract):
    """Slip printers."""

    role = "receipt_printer"

    async def put(self, driver: Any, mark: str) -> PrintOutcome:
        middle = (SlipLine("样本 Sample", style="title"), *(SlipLine(f"行 {n}", "1.00") for n in range(9)))
        lines = (SlipLine(mark), *middle, SlipLine(mark))  # whichever part comes out shows whose it is
        outcome: PrintOutcome = await driver.print(Slip(lines, qr="https://example.invalid/"))
        return outcome

    @case
    async def test_whether_a_slip_was_taken_is_known_or_said_to_be_unknown(self, rig: PrinterRig) -> None:
        async with self.at_work(rig) as driver:
            await self.use(rig, driver)
            assert await driver.paper_taken() in {True, False, None}


class DocumentPrinterContract(PrinterContract):
    """A4 printers."""

    role = "document_printer"

    async def put(self, driver: Any, mark: str) -> PrintOutcome:
        out = BytesIO()
        page = Canvas(out, invariant=1, pageCompression=0)
        page.drawString(100, 700, mark)
        page.showPage()
        page.save()
        outcome: PrintOutcome = await driver.print(out.getvalue(), "contract")
        return outcome
