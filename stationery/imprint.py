"""What is around the body of every paper: head, foot, the heads of later pages, and the end with seal and QR code."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from stationery.canvas import OfficialCanvas
from stationery.drawn import INK, SEAL, qr
from stationery.flow import line
from stationery.typeface import bold, boldest, regular
from stationery.wording import CHINA, chinese_day

PALE, LINE, GROUND = HexColor("#5B5B5B"), HexColor("#C4C4C4"), HexColor("#F3F3F1")
SIDE, TOP, FOOT = 22 * mm, 20 * mm, 22 * mm
WIDTH: Final = A4[0] - 2 * SIDE
QR_SIDE: Final = 25 * mm
MARK: Final = (43 * mm, 11.5 * mm)
"""Of the frame that says that a paper is a copy."""


@dataclass(frozen=True)
class Copied:
    """That a paper is no first one: the how-manieth copy, when and where it came out."""

    number: int
    at: datetime
    site: str


@dataclass(frozen=True)
class Imprint:
    """What a paper says of itself. ``reference``: ours, of the visit or the certificate; ``site``: where it came out.

    ``department`` "": the machine itself says it, and nobody signs. ``identifier``: for programs, in the metadata only.
    ``copied``: it came out before; everything else is of the first one. ``numbered``: what kind of number it is.
    """

    title: str
    english: str
    department: str
    site: str
    reference: str
    made_at: datetime
    hotline: str
    identifier: str = ""
    copied: Copied | None = None
    numbered: str = "流水号"


@dataclass(frozen=True)
class Verified:
    """How to verify it: the code as it is printed, the address in the QR code, until when it is valid (None: always).

    ``kept_until``: the last day on which the register can say what it was.

    ``page``: where the code can be typed; "" if nowhere. ``name``: what the code is called, Chinese and English.
    """

    code: str
    url: str
    valid_until: date | None = None
    page: str = ""
    name: tuple[str, str] = ("验证码", "Verification code")
    kept_until: date | None = None


class Head(Flowable):  # type: ignore[misc]
    """Department, title in the middle, a strong and a fine rule."""

    def __init__(self, imprint: Imprint) -> None:
        super().__init__()
        self._imprint = imprint
        self.width, self.height = WIDTH, 33 * mm

    def draw(self) -> None:
        canvas, imprint = self.canv, self._imprint
        line(canvas, WIDTH / 2, self.height - 4 * mm, imprint.department, 10.5, spread=1.5)
        line(
            canvas,
            WIDTH / 2,
            self.height - 16 * mm,
            imprint.title,
            21,
            face=boldest(imprint.title),
            tag="H1",
            spread=2.5,
        )
        line(canvas, WIDTH / 2, self.height - 22.5 * mm, imprint.english, 9, color=PALE, lang="en")
        if imprint.copied is not None:
            self._mark(imprint.copied)
        with canvas.artifact():
            canvas.setStrokeColor(INK)
            for up, wide in ((5.6 * mm, 1.4), (4.7 * mm, 0.4)):
                canvas.setLineWidth(wide)
                canvas.line(0, up, WIDTH, up)

    def _mark(self, copied: Copied) -> None:
        """A frame above the title, where a copy in black and white shows it too."""
        canvas, left, low = self.canv, WIDTH - MARK[0], self.height + 0.3 * mm
        with canvas.artifact():
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(1)
            canvas.rect(left, low, *MARK)
        middle = left + MARK[0] / 2
        line(canvas, middle, low + 6.7 * mm, f"补打件　第 {copied.number} 次", 11, face=bold())
        english = f"Copy no. {copied.number}, {copied.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        line(canvas, middle, low + 2.4 * mm, english, 7.5, lang="en")


class Issued(Flowable):  # type: ignore[misc]
    """The end of a paper: how to verify it, and who says it, when; with a ``field`` for a seal."""

    def __init__(self, imprint: Imprint, verified: Verified | None, field: str) -> None:
        super().__init__()
        self._imprint, self._verified, self._field = imprint, verified, field
        self.width, self.height = WIDTH, SEAL + 4 * mm if field else (QR_SIDE + 2 * mm if verified else 16 * mm)

    def draw(self) -> None:
        canvas, imprint = self.canv, self._imprint
        if self._verified:
            self._how_to_verify(self._verified)
        middle = WIDTH - max(SEAL, stringWidth(imprint.department, regular(), 11)) / 2 - 1 * mm
        base = SEAL / 2 - 8 * mm if self._field else self.height / 2 - 2 * mm
        if not imprint.department:
            return
        line(canvas, middle, base + 7 * mm, imprint.department, 11)
        line(canvas, middle, base, chinese_day(imprint.made_at.astimezone(CHINA).date()), 11)
        if self._field:
            canvas.signature(self._field, f"{imprint.department}电子印章", middle - SEAL / 2, 0, SEAL)

    def _how_to_verify(self, verified: Verified) -> None:
        canvas, top = self.canv, self.height
        with canvas.content(canvas.tree.root.add("Figure", words=f"核验二维码，内容为 {verified.url}")):
            qr(canvas, verified.url, 0, top - QR_SIDE, QR_SIDE)
        x = QR_SIDE + 5 * mm
        lines = [
            (f"{verified.name[0]}　{verified.code}", 10.5, INK, ""),
            (verified.name[1], 7.5, PALE, "en"),
        ]
        if verified.page:
            lines.append((f"扫描二维码，或在以下网页输入{verified.name[0]}核对真伪：", 8.5, INK, ""))
            lines.append((verified.page.rstrip("/"), 8, INK, "en"))
        else:
            lines.append(("扫描二维码核对真伪", 8.5, INK, ""))
        english = "Scan or type the code to verify." if verified.page else "Scan to verify."
        if until := verified.valid_until:
            lines.append((f"有效期至 {chinese_day(until)}", 8.5, INK, ""))
            english += f" Valid until {until:%Y-%m-%d}"
        lines.append((english, 7.5, PALE, "en"))
        y = top - 4 * mm
        for words, size, color, lang in lines:
            line(canvas, x, y, words, size, color=color, lang=lang, centre=False)
            y -= 4.6 * mm


def foot(canvas: OfficialCanvas, imprint: Imprint, made: datetime, page: int, pages: int) -> None:
    """Where and when it came out, under which number, and the page of how many."""
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, 16.5 * mm, A4[0] - SIDE, 16.5 * mm)
    canvas.setFillColor(PALE)
    canvas.setFont(regular(), 7.8)
    canvas.drawString(SIDE, 12.4 * mm, f"{imprint.site}　{made:%Y-%m-%d %H:%M}")
    help_at = f"　咨询电话 {imprint.hotline}" if imprint.hotline else ""
    canvas.drawString(SIDE, 8.8 * mm, f"{imprint.numbered} {imprint.reference}{help_at}")
    if copied := imprint.copied:
        again = f"补打件　第 {copied.number} 次　{copied.at.astimezone(CHINA):%Y-%m-%d %H:%M}　{copied.site}"
        canvas.drawRightString(A4[0] - SIDE, 5.2 * mm, again)
    canvas.setFont(regular(), 8.5)
    canvas.drawRightString(A4[0] - SIDE, 12.4 * mm, f"第 {page} 页　共 {pages} 页")


def running_head(canvas: OfficialCanvas, imprint: Imprint, holder: str) -> None:
    """What and whose a later page is."""
    y = A4[1] - TOP
    canvas.setFillColor(PALE)
    canvas.setFont(regular(), 8.5)
    canvas.drawString(SIDE, y, imprint.title)
    canvas.drawRightString(A4[0] - SIDE, y, holder)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, y - 2.2 * mm, A4[0] - SIDE, y - 2.2 * mm)
