"""Views of a service that is data with sample data, as the shipped sample asks it."""

from kiosk_app.money.amounts import Fen
from kiosk_app.views import (
    Choice,
    ChooseOne,
    Column,
    Done,
    EnterNumber,
    Menu,
    MenuItem,
    Steps,
    Table,
    TableRow,
    Text,
    View,
    text,
)


def both(zh: str, en: str) -> Text:
    """Data in two languages."""
    return text("plain.both", zh=zh, en=en)


STEPS = tuple(text(f"as_data.step.{name}") for name in ("read", "card", "answer", "check", "pay", "proof"))
READ, ANSWER, CHECK, PROOF = (Steps(STEPS, at) for at in (0, 2, 3, 5))
COPIES = both("档案材料复印", "Copies from your file")
SAMPLE = both("样本：收费和办理均为示例，不是真实业务", "Sample: fee and business are examples, not real")
READY = text("as_data.ready", days=3, where=both("公共就业服务窗口", "the employment service counter"))
COLUMNS = (Column(title=text("guide.column.what"), share=0.5), Column(title=text("guide.column.said"), share=1.0))


def rows(*pairs: tuple[Text, Text]) -> tuple[TableRow, ...]:
    """Two cells each."""
    return tuple(TableRow(cells=pair) for pair in pairs)


OFFERED: dict[str, View] = {
    "offered_menu": Menu(
        family="social",
        notes=(text("notice.warning", said=both("医保中心系统维护，今晚 20:00 恢复", "Medical office back at 20:00")),),
        items=(
            MenuItem(
                key="record_copies", family="social", title=COPIES, picture="copies",
                detail=both("复印学历、工龄等材料", "Copies of papers in your personal file"),
            ),
            MenuItem(
                key="file_transfer", family="social", title=both("档案转递申请", "Moving your file"), picture="folder",
                detail=both("把个人档案转到别处", "To the place that keeps it from now on"),
                closed=text("menu.closed.release"),
            ),
        ),
    ),
    "offered_about": Table(
        title=COPIES,
        facts=(SAMPLE,),
        columns=COLUMNS,
        rows=rows(
            (text("as_data.row.what"), both("复印学历、工龄等材料", "Copies of papers in your personal file")),
            (text("as_data.row.who"), both("档案存放在本地公共就业服务机构的人", "Whoever has a file kept here")),
            (text("as_data.row.bring"), both("本人身份证或社会保障卡", "Identity or social security card")),
            (text("as_data.row.long"), text("guide.takes", count=4)),
            (text("as_data.row.fee"), text("as_data.each", fee=text("guide.fee.span", low="2.00", high="10.00"))),
            (text("as_data.row.after"), READY),
        ),
        actions=(("begin", text("as_data.begin")),),
        steps=READ,
    ),
    "offered_choice": ChooseOne(
        title=both("要哪一种复印件？", "Which kind of copy?"),
        rows=(
            Choice(
                key="plain", name=both("普通复印件", "Plain copy"), amount=Fen(200), lines=(both("留存", "To keep"),)
            ),
            Choice(
                key="certified", name=both("盖章复印件", "Certified copy"), amount=Fen(1000),
                lines=(both("加盖档案管理专用章，可交给单位", "Stamped, to be handed in elsewhere"),),
            ),
        ),
        steps=ANSWER,
    ),
    "offered_day": EnterNumber(
        title=both("最晚哪天要转到？", "By which day?"),
        hint=text(
            "question.help", help=both("今天起一年以内", "Within a year from today"),
            bounds=text("question.day.how", example="2026 11 23"),
        ),
        lengths=(8,), value="20270125", groups=(4, 2, 2), steps=ANSWER,
    ),
    "offered_check": Table(
        title=text("as_data.check", title=COPIES),
        facts=(SAMPLE,),
        columns=COLUMNS,
        rows=rows(
            (both("要复印什么材料？", "Copies of what?"), both("工龄和工作经历", "Years of work")),
            (both("要哪一种复印件？", "Which kind of copy?"), both("盖章复印件", "Certified copy")),
            (both("每样要几份？", "How many of each?"), both("2 份", "2 copies")),
            (both("手机号码", "Your mobile number"), text("plain", words="13900001234")),
            (text("as_data.row.fee"), text("as_data.sum", amount=Fen(2000))),
        ),
        actions=(("confirm", text("as_data.pay", amount=Fen(2000))),),
        steps=CHECK,
    ),
    "offered_done": Done(
        title=text("as_data.done.handed_in"),
        facts=(
            text("as_data.done.what", title=both("档案转递申请", "Moving your file"), time="14:33"),
            text("as_data.done.number", number="D261123000002"),
            READY,
            SAMPLE,
        ),
        take=("card",),
        papers=("receipt_printer", "document_printer"),
        actions=(("again", text("done.action.again")), ("other", text("done.action.other"))),
        steps=PROOF,
        faces=True,
    ),
}  # fmt: skip
"""By the name of the sample."""
