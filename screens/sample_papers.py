"""Views of papers for a counter's case with sample data. The page is drawn, and nobody's."""

import io

from PIL import Image, ImageDraw

from kiosk_app.devices import Frame
from kiosk_app.views import (
    Choice,
    ChooseOne,
    Column,
    Done,
    LivePage,
    PortraitReview,
    Printing,
    Sorry,
    Steps,
    Table,
    TableRow,
    Text,
    View,
    text,
)

REGISTER = text("plain.both", zh="户口簿", en="Household register")


def drawn_page(width: int = 620, height: int = 877) -> Image.Image:
    """A sheet with lines where words would be, and a red ring."""
    page = Image.new("RGB", (width, height), "#F7F6F2")
    draw = ImageDraw.Draw(page)
    draw.rectangle([width * 0.3, height * 0.06, width * 0.7, height * 0.1], fill="#22222A")
    for at in range(16):
        y = height * (0.16 + 0.04 * at)
        draw.rectangle([width * 0.12, y, width * (0.88 if at % 4 else 0.6), y + height * 0.014], fill="#5A5A62")
    draw.ellipse([width * 0.6, height * 0.82, width * 0.8, height * 0.96], outline="#C42028", width=6)
    return page


class DrawnDesk:
    """A dark desk for ever, with a page on it or none."""

    def __init__(self, *, page: bool = True, width: int = 1024, height: int = 768) -> None:
        desk = Image.new("RGB", (width, height), "#3A3430")
        if page:
            desk.paste(drawn_page(467, 660).rotate(2, expand=True, fillcolor="#3A3430"), (272, 46))
        self.frame: Frame | None = Frame(width, height, 1, 0.0, memoryview(desk.tobytes()))

    def latest(self) -> Frame | None:
        """The one picture there is."""
        return self.frame


def photographed() -> bytes:
    """The page as a JPEG."""
    file = io.BytesIO()
    drawn_page().save(file, "JPEG", quality=88)
    return file.getvalue()


PAGE = photographed()
STEPS = tuple(text(f"case_papers.step.{name}") for name in ("identify", "case", "shoot", "send"))
CHOOSE, SHOOT, SEND = (Steps(STEPS, at) for at in (1, 2, 3))
BUSINESS = text("plain.both", zh="生育津贴申领（样本）", en="Maternity pay (sample)")
CENTRE = text("plain.both", zh="样本环市街政务服务中心", en="Sample Huanshi Street Service Centre")
MARRIAGE = text("plain.both", zh="结婚证", en="Marriage certificate")
BANK = text("plain.both", zh="银行卡复印件", en="Copy of the bank card")


def look(title: str, pages: tuple[int, int, int], *actions: tuple[str, Text]) -> Table:
    """The papers, of each so many pages."""
    lacking = text("case_papers.state.lacking")
    states = [text("case_papers.state.taken", count=count) if count else lacking for count in pages]
    names = (REGISTER, MARRIAGE, BANK)
    return Table(
        title=text(f"case_papers.look.{title}"),
        subtitle=text("case_papers.look.next", paper=names[pages.index(0)]) if 0 in pages else None,
        facts=(text("case_papers.for", title=BUSINESS), text("case_papers.kept", centre=CENTRE, days=30)),
        columns=(
            Column(title=text("case_papers.column.paper"), share=1.3),
            Column(title=text("case_papers.column.state"), share=1.0),
        ),
        rows=tuple(TableRow(cells=pair, key=f"{at}") for at, pair in enumerate(zip(names, states, strict=True))),
        actions=actions,
        steps=SEND if all(pages) else SHOOT,
    )


TITLE = text("page.title.of", paper=REGISTER, number=1)


def live(say: str, *, right: bool = False, page: bool = True) -> LivePage:
    """The desk with this said of it."""
    return LivePage(
        title=TITLE, live=DrawnDesk(page=page), say=text(say), right=right, take=text("page.take"), steps=SHOOT
    )


PAPERS: dict[str, View] = {
    "papers_case": ChooseOne(
        title=text("case_papers.title"),
        rows=(
            Choice(
                key="C4407260018", name=BUSINESS,
                lines=(
                    CENTRE,
                    text("case_papers.row.lacks", papers=text(
                        "plain.both", zh="户口簿、结婚证、银行卡复印件",
                        en="Household register, Marriage certificate, Copy of the bank card",
                    )),
                    text("case_papers.row.until", until=text("named", zh="2026 年 12 月 20 日", en="2026-12-20")),
                ),
            ),
        ),
        steps=CHOOSE,
    ),
    "papers_look": look("title", (0, 0, 0), ("next", text("page.take"))),
    "papers_some": look(
        "title", (2, 0, 0), ("send", text("case_papers.send_these")), ("next", text("page.take"))
    ),
    "papers_ready": look("ready", (2, 1, 1), ("send", text("case_papers.send"))),
    "page_none": live("error.page_missing", page=False),
    "page_glare": live("error.page_glare"),
    "page_ready": live("page.say.ready", right=True),
    "page_review": PortraitReview(
        title=text("page.review.title"), picture=PAGE, size=(620, 877), large=True, use=text("page.use"),
        again=text("page.again"), steps=SHOOT,
    ),
    "papers_sending": Printing(
        title=text("case_papers.sending"), detail=text("case_papers.sending.page", at=2, count=4), percent=40,
        usually=8, steps=SEND,
    ),
    "papers_done": Done(
        title=text("case_papers.done"),
        facts=(
            text("case_papers.fact.receipt", number="P261123000007"),
            text("case_papers.for", title=BUSINESS),
            text("case_papers.fact.pages", papers=2, pages=3),
            text("case_papers.fact.looked_at"),
        ),
        warnings=(text("case_papers.fact.missing", papers=MARRIAGE),),
        take=("card", "receipt"),
        actions=(("again", text("done.action.again")), ("other", text("done.action.other"))),
        steps=SEND,
        faces=True,
    ),
    "papers_unsure": Sorry(
        title=text("case_papers.unsure"), detail=text("look_up.again"),
        actions=(("counter", text("case_papers.to_counter")), ("again", text("sorry.action.again"))), steps=SEND,
    ),
}  # fmt: skip
"""By the name of the sample."""
