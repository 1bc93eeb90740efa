"""The A4 voucher (缴款凭证): what was paid, for which decisions, how, where and when; PDF bytes, in memory only.

Chinese first, English beside it. It proves the payment and says that it is not the fiscal bill (财政电子票据), which
only the finance department issues. The same payment gives the same bytes (``invariant``), so that a reprint can be
compared. Text can be selected and read aloud: the font is embedded as TrueType with its Unicode map. reportlab
cannot embed the CFF outlines of Noto Sans CJK, hence WenQuanYi (Debian: fonts-wqy-microhei); on a machine without
it the PDF names the standard Chinese font STSong-Light, and the viewer or printer supplies it.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from kiosk_app.money.amounts import total, yuan
from kiosk_app.papers.proof import ByCode, PaidBy, PaidFines
from kiosk_app.papers.slips import channel_name, moment

FONTS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
)
INK, PALE, HEAD, LINE, GROUND = (HexColor(c) for c in ("#10222B", "#5A6B72", "#0B3B45", "#C9D3CF", "#F4F6F3"))
MARGIN = 22 * mm
WIDTH = A4[0] - 2 * MARGIN
QR_SIDE = 30 * mm


def fines_voucher(paid: PaidFines) -> bytes:
    """The voucher for paid penalty decisions."""
    out = BytesIO()
    frame = {"leftMargin": MARGIN, "rightMargin": MARGIN, "topMargin": 20 * mm, "bottomMargin": 24 * mm}
    about = {"title": f"Payment voucher {paid.reference}", "author": "", "creator": "", "producer": ""}
    sheet = SimpleDocTemplate(out, pagesize=A4, invariant=1, lang="zh-CN", **frame, **about)

    def footer(canvas: Canvas, _: SimpleDocTemplate) -> None:
        _footer(canvas, paid)

    sheet.build(
        [
            _heading(paid),
            Spacer(0, 7 * mm),
            _sum(paid),
            Spacer(0, 7 * mm),
            _decisions(paid),
            Spacer(0, 8 * mm),
            KeepTogether([_facts(paid), Spacer(0, 8 * mm), _notice(paid)]),
        ],
        onFirstPage=footer,
        onLaterPages=footer,
    )
    return out.getvalue()


# --- the parts of the page, from top to bottom ---


def _heading(paid: PaidFines) -> Table:
    words = [
        _text("交通违法罚款缴款凭证", 22, HEAD),
        _text("Voucher of payment · Traffic fines", 10.5, PALE),
        Spacer(0, 3 * mm),
        _text(f"流水号 Reference　{paid.reference}", 10, INK),
    ]
    caption = _text("扫码查验 Scan to verify", 7.5, PALE, TA_CENTER)
    code = [Qr(paid.proof_url), Spacer(0, 1.2 * mm), caption] if paid.proof_url else []
    return _plain([[words, code]], [WIDTH - QR_SIDE, QR_SIDE], [("VALIGN", (0, 0), (-1, -1), "TOP")])


def _sum(paid: PaidFines) -> Table:
    left = [_text("实缴金额", 12, INK), _text("Amount paid", 9, PALE)]
    right = _text(f"¥ {yuan(paid.amount)}", 24, HEAD, align=TA_RIGHT)
    style = [
        ("BACKGROUND", (0, 0), (-1, -1), GROUND),
        ("LINEBEFORE", (0, 0), (0, -1), 2.5, HEAD),
        ("LEFTPADDING", (0, 0), (0, -1), 5 * mm),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 5 * mm),
        ("TOPPADDING", (0, 0), (-1, -1), 4 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4 * mm),
    ]
    return _plain([[left, right]], [WIDTH / 2, WIDTH / 2], style)


def _decisions(paid: PaidFines) -> Table:
    """One row per decision; the heading repeats on every page."""
    heads = (
        ("处罚决定书编号", "Decision"),
        ("违法行为", "Violation"),
        ("罚款", "Fine"),
        ("加处罚款", "Late fee"),
        ("小计", "Sum"),
    )
    rows = [
        [[_text(chinese, 9.5, PALE, at), _text(english, 7.5, PALE, at)] for (chinese, english), at in _columns(heads)]
    ]
    for item in paid.items:
        late = yuan(item.late_fee) if item.late_fee else "—"
        due = (yuan(item.fine), late, yuan(total((item.fine, item.late_fee))))
        rows.append([_text(cell, 10, INK, at) for cell, at in _columns((item.number, item.what, *due))])
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 1, HEAD),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, HEAD),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6 * mm),
        ("RIGHTPADDING", (0, 0), (1, -1), 3 * mm),
    ]
    return _plain(rows, [38 * mm, WIDTH - 98 * mm, 20 * mm, 20 * mm, 20 * mm], style, repeat=1)


def _facts(paid: PaidFines) -> Table:
    voucher = paid.voucher or "已收款，稍后自动报送 Paid; will be reported"
    facts = [
        ("缴款人", "Payer", paid.payer),
        ("缴款时间", "Paid at", f"{moment(paid.paid_at)}（北京时间）"),
        ("缴款地点", "Issued at", paid.site),
        *_paid_by(paid.by),
        ("交警平台受理号", "Voucher number", voucher),
    ]
    rows = [
        [_text(f"{chinese}　{english}", 9, PALE), _text(value, 10, INK)] for chinese, english, value in facts if value
    ]
    style = [("TOPPADDING", (0, 0), (-1, -1), 1.1 * mm), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.1 * mm)]
    return _plain(rows, [62 * mm, WIDTH - 62 * mm], style)


def _paid_by(by: PaidBy) -> tuple[tuple[str, str, str], ...]:
    if isinstance(by, ByCode):
        return (("扫码支付", "By code", channel_name(by.channel)), ("支付机构流水", "Transaction", by.transaction))
    return (
        ("付款卡", "Card", f"{by.card_name} {by.card}".strip()),
        ("授权码 / 终端流水", "Authorisation / trace", f"{by.authorisation or '—'} / {by.trace}"),
    )


def _notice(paid: PaidFines) -> Table:
    words = [
        _text("本凭证用于证明缴款，不是财政电子票据。需要票据的，请扫描右上角二维码查询，或到交警窗口申领。", 9.5, INK),
        Spacer(0, 1 * mm),
        _text(
            "This voucher proves the payment. It is not the fiscal bill: scan the code above, "
            "or ask for the bill at the traffic police counter.",
            8.5,
            PALE,
        ),
        Spacer(0, 1 * mm),
        _text(f"咨询电话 Help　{paid.hotline}", 9.5, INK),
    ]
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 0.6, LINE),
        ("TOPPADDING", (0, 0), (-1, -1), 4 * mm),
    ]
    return _plain([[words]], [WIDTH], style)


def _footer(canvas: Canvas, paid: PaidFines) -> None:
    canvas.setFont(font(), 8)
    canvas.setFillColor(PALE)
    canvas.drawString(MARGIN, 14 * mm, f"{paid.site}　{moment(paid.paid_at)}　{paid.reference}")
    canvas.drawRightString(A4[0] - MARGIN, 14 * mm, f"第 {canvas.getPageNumber()} 页 Page {canvas.getPageNumber()}")


# --- building blocks ---


class Qr(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A QR code as vector squares, in a square of :data:`QR_SIDE`."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self._rows = segno.make(content, error="m", micro=False).matrix
        self.width = self.height = QR_SIDE

    def draw(self) -> None:
        side = QR_SIDE / len(self._rows)
        self.canv.setFillColor(INK)
        path = self.canv.beginPath()
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    path.rect(x * side, QR_SIDE - (y + 1) * side, side, side)
        self.canv.drawPath(path, stroke=0, fill=1)


def _columns(cells: tuple[Any, ...]) -> list[tuple[Any, int]]:
    """Each cell with its alignment: words left, amounts right."""
    return [(cell, TA_RIGHT if at >= 2 else 0) for at, cell in enumerate(cells)]


def _text(words: str, size: float, color: HexColor, align: int = 0) -> Paragraph:
    style = ParagraphStyle(
        "", fontName=font(), fontSize=size, leading=size * 1.4, textColor=color, alignment=align, wordWrap="CJK"
    )
    return Paragraph(escape(words), style)


def _plain(rows: list[list[Any]], widths: list[float], style: list[tuple[Any, ...]], *, repeat: int = 0) -> Table:
    bare = [
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    return Table(rows, colWidths=widths, style=bare + style, repeatRows=repeat)


@cache
def font() -> str:
    """The name of the Chinese font, registered with reportlab once."""
    path = next((path for path in FONTS if path.exists()), None)
    if path is None:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        return "STSong-Light"
    pdfmetrics.registerFont(TTFont("kiosk-cjk", str(path)))  # of a collection, the first
    return "kiosk-cjk"
