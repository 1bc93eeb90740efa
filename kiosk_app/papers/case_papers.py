"""The slip for papers that were handed in: receipt, case, pages of each, what is still missing. It names nobody."""

from collections.abc import Sequence

from kiosk_app.contract.case_papers import HandedIn, LackingCase, LackingPaper
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.papers.slips import RULE, moment


def papers_slip(
    got: HandedIn, case: LackingCase, sent: Sequence[tuple[LackingPaper, int]], *, site: str, hotline: str
) -> Slip:
    """``sent``: papers and how many pages of each."""
    return Slip(
        (
            SlipLine("材料已提交窗口", style="title"),
            SlipLine("Papers handed in"),
            RULE,
            SlipLine("回执号 Receipt"),
            SlipLine(got.receipt, style="strong"),
            SlipLine(case.title),
            SlipLine(case.title_en),
            SlipLine("业务号 Case", case.case),
            SlipLine(case.centre),
            SlipLine("时间 Time", moment(got.at)),
            RULE,
            *(line for paper, pages in sent for line in _paper(paper, f"{pages} 页 p.")),
            SlipLine("共 In all", f"{got.pages} 页 p."),
            *_missing(case, got),
            RULE,
            SlipLine("窗口审核中，进度可在终端查询"),
            SlipLine("Being looked at; ask a machine how far."),
            SlipLine("咨询电话 Help", hotline),
            SlipLine(site),
        )
    )


def _paper(paper: LackingPaper, pages: str) -> tuple[SlipLine, ...]:
    return SlipLine(paper.name, pages), SlipLine(paper.name_en)


def _missing(case: LackingCase, got: HandedIn) -> tuple[SlipLine, ...]:
    if not got.missing:
        return ()
    head = SlipLine("还缺 Still missing", style="strong")
    term = SlipLine("请于此前补交 Until", case.until.isoformat())
    return RULE, head, *(line for paper in got.missing for line in _paper(paper, "")), term
