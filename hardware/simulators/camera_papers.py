"""Papers that a counter may ask for, as A4 sheets drawn on the spot. No authority ever issued one: each says SAMPLE.

They look enough like the real ones to be told apart on a screen: a page of a household register, a marriage
certificate, a copy of a bank card, a contract. The person on them is the sample citizen.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from hardware.simulators.escpos_paper import font
from hardware.simulators.samples import ZHANG

A4_MM = (210, 297)
PAGE_DPI = 150
PAPER = (247, 246, 242)
INK = (34, 34, 40)
RED = (196, 32, 40)
BODY = (
    "样本文件 仅供演示使用，不具有任何效力。",
    "申请人：张样本    身份号码：440703199003070013",
    "兹证明上述样本人员于样本年样本月在本市样本街道居住，",
    "所填事项与登记内容一致。本文件由模拟器绘制，用于检验",
    "文件拍摄仪的取景、校正与增强。",
)
PALE, GREY = (226, 218, 206), (150, 158, 166)
MM: Final = PAGE_DPI / 25.4


class Sheet:
    """A drawing in millimetres."""

    def __init__(self, title: str, ground: tuple[int, int, int] = PAPER) -> None:
        self.picture = Image.new("RGB", (round(A4_MM[0] * MM), round(A4_MM[1] * MM)), ground)
        self.draw = ImageDraw.Draw(self.picture)
        mark = Image.new("L", self.picture.size)
        ImageDraw.Draw(mark).text((22 * MM, 116 * MM), "样本 SAMPLE", 255, font(round(26 * MM)))
        self.picture.paste(PALE, mask=mark.rotate(30))
        self.words(28, 20, title, 10)

    def words(self, x: float, y: float, said: str, size: float = 5, ink: tuple[int, int, int] = INK) -> None:
        """Left upper corner, and the height of letters."""
        self.draw.text((x * MM, y * MM), said, ink, font(round(size * MM)))

    def box(self, left: float, top: float, right: float, low: float) -> None:
        """An outline."""
        self.draw.rectangle([v * MM for v in (left, top, right, low)], outline=INK, width=round(0.4 * MM))

    def rows(self, top: float, rows: tuple[tuple[str, str], ...], *, left: float = 22, right: float = 188) -> None:
        """A table of two columns."""
        for at, (name, said) in enumerate(rows):
            y = top + 15 * at
            self.box(left, y, right, y + 15)
            self.words(left + 3, y + 4, name)
            self.words(left + 52, y + 4, said)

    def seal(self, x: float, y: float) -> None:
        """Round, red, and of nobody."""
        self.draw.ellipse([v * MM for v in (x, y, x + 42, y + 42)], outline=RED, width=round(1.2 * MM))
        self.words(x + 8, y + 17, "样本专用章", 5.2, RED)


def _register(page: int) -> Image.Image:
    sheet = Sheet(f"样本 · 户口簿 第{page}页")
    member = (
        (("姓名", ZHANG.name), ("与户主关系", "户主")) if page == 1 else (("姓名", "张小样本"), ("与户主关系", "子"))
    )
    sheet.rows(45, (*member, ("性别", "男"), ("出生地", "广东省江门市样本街道"), ("住址", "蓬江区样本路 1 号")))
    sheet.seal(134, 232)
    return sheet.picture


def _marriage() -> Image.Image:
    sheet = Sheet("样本 · 结婚证")
    sheet.rows(45, (("持证人", ZHANG.name), ("登记日期", "样本年样本月样本日"), ("结婚证字号", "J000000-0000-000000")))
    sheet.draw.rectangle([v * MM for v in (60, 110, 150, 170)], fill=GREY)
    sheet.words(82, 134, "样本合影", 8, PAPER)
    sheet.seal(128, 200)
    return sheet.picture


def _bank() -> Image.Image:
    sheet = Sheet("样本 · 银行卡复印件")
    sheet.draw.rounded_rectangle([v * MM for v in (40, 60, 126, 114)], 4 * MM, outline=INK, width=round(0.6 * MM))
    sheet.words(46, 68, "样本银行 SAMPLE BANK", 5)
    sheet.words(46, 90, "6200 0000 0000 0000", 6)
    sheet.words(40, 130, "仅用于样本业务", 6)
    return sheet.picture


def _contract() -> Image.Image:
    sheet = Sheet("样本 · 租赁合同")
    for at in range(16):
        sheet.words(22, 48 + 10 * at, "样本条款：本合同由模拟器绘制，不具有任何效力。")
    sheet.seal(130, 230)
    return sheet.picture


@lru_cache(maxsize=4)
def a4_page(number: int = 0, dpi: int = PAGE_DPI) -> Image.Image:
    """A page with Chinese text, a table, a grey picture and a red stamp; ``number`` makes it another one."""
    mm = dpi / 25.4
    page = Image.new("RGB", (round(A4_MM[0] * mm), round(A4_MM[1] * mm)), PAPER)
    draw = ImageDraw.Draw(page)
    body = font(round(4.2 * mm))
    draw.text((60 * mm, 22 * mm), f"样本证明 第{number}号", INK, font(round(8 * mm)))
    rows = [BODY[(row + number) % len(BODY)] for row in range(14)]
    for row, text in enumerate(rows):
        draw.text((22 * mm, (45 + 9 * row) * mm), text, INK, body)
    for row in range(5):
        draw.line((22 * mm, (180 + 12 * row) * mm, 188 * mm, (180 + 12 * row) * mm), INK, max(1, round(0.3 * mm)))
    draw.rectangle((24 * mm, 235 * mm, 59 * mm, 280 * mm), GREY)
    draw.ellipse((130 * mm, 235 * mm, 172 * mm, 277 * mm), outline=RED, width=round(1.2 * mm))
    draw.text((138 * mm, 249 * mm), "样本专用章", RED, font(round(5.4 * mm)))
    return page


DRAWN: Final[Mapping[str, Callable[[], Image.Image]]] = {
    "hukou-1": lambda: _register(1),
    "hukou-2": lambda: _register(2),
    "marriage": _marriage,
    "bank": _bank,
    "lease": _contract,
}
PAPERS: Final = tuple(DRAWN)


@lru_cache(maxsize=4)
def sheet_of(page: int | str) -> Image.Image:
    """One of :data:`PAPERS` by name, or a page of text by number."""
    return DRAWN[page]() if isinstance(page, str) else a4_page(page)
