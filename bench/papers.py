"""What a paper costs: a ten-year history as a PDF, beside reportlab's bare cost for the same words in the same run.

Ours draws a tagged table with repeated heads, page totals and one composite font; bare reportlab draws the same strings
at the same places with `drawString` in the same typeface, and nothing else: no table, no tags, no metadata. The limit
is 500 ms for what a citizen waits for. The first one of a process reads the typeface, and is told apart.
"""

import statistics
import time
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from stationery.social import contribution_history, insured_certificate, rights_record
from stationery.typeface import HOME, REGULAR
from stationery.wording import money, period
from tests.stationery import samples
from tests.stationery.samples import AS_OF, CERTIFICATE, FIRST, HISTORY, LAST, RIGHTS, STANDINGS, VERIFIED, ZHANG

RUNS = 12
ROWS = 40
ALL = tuple(samples.RATES)


def measure() -> dict[str, Any]:
    """Milliseconds of :data:`RUNS` (``cpu``: of this process alone, however busy the machine is), and kilobytes."""
    record = samples.record()

    def history(*insurances: str) -> bytes:
        return contribution_history(ZHANG, record, HISTORY, insurances=insurances, first=FIRST, last=LAST)

    started = time.perf_counter()
    history("pension")
    figures: dict[str, Any] = {"first of a process, with reading the typeface": in_ms(time.perf_counter() - started)}
    bare(("pension",))
    makers: dict[str, Callable[[], bytes]] = {
        "ten years, one insurance (120 months)": lambda: history("pension"),
        "the same, bare reportlab": lambda: bare(("pension",)),
        "ten years, all five (600 months)": lambda: history(*ALL),
        "the same, bare reportlab ": lambda: bare(ALL),
        "rights record of ten years": lambda: rights_record(ZHANG, record, RIGHTS),
        "insured certificate, before its seal": lambda: insured_certificate(
            ZHANG, STANDINGS, AS_OF, CERTIFICATE, VERIFIED
        ),
    }
    return figures | {name: timed(make) for name, make in makers.items()}


@lru_cache(maxsize=1)
def _typeface() -> str:
    font = TTFont("bare", str(HOME / REGULAR), shapable=False)
    font.face.name = b"Bare"  # reportlab would take ours again, which has the same face
    pdfmetrics.registerFont(font)
    return "bare"


def bare(insurances: tuple[str, ...]) -> bytes:
    """The same cells, forty to a page."""
    typeface = _typeface()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    rows = [
        (period(month.period), month.employer, money(month.base), money(month.own), money(month.employers))
        for insurance in insurances
        for month in samples.months((insurance,))
    ]
    for at, (when, who, *amounts) in enumerate(rows):
        if at % ROWS == 0:
            if at:
                canvas.showPage()
            canvas.setFont(typeface, 9)
        y = 275 * mm - at % ROWS * 6 * mm
        canvas.drawString(23 * mm, y, when)
        canvas.drawString(44 * mm, y, who)
        for column, amount in enumerate(amounts):
            canvas.drawRightString((143 + 22 * column) * mm, y, amount)
    canvas.save()
    return out.getvalue()


def timed(make: Callable[[], bytes]) -> dict[str, Any]:
    """Milliseconds and kilobytes of :data:`RUNS` papers."""
    times, size, busy = [], 0, time.process_time()
    for _ in range(RUNS):
        started = time.perf_counter()
        size = len(make())
        times.append(time.perf_counter() - started)
    cpu = (time.process_time() - busy) / RUNS
    return {
        "median ms": in_ms(statistics.median(times)),
        "worst ms": in_ms(max(times)),
        "cpu ms": in_ms(cpu),
        "kB": size // 1000,
    }


def in_ms(seconds: float) -> int:
    """In milliseconds."""
    return round(seconds * 1000)
