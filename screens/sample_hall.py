"""Views around every visit with sample data: the guide, a complaint, the faces at the goodbye."""

from kiosk_app.money.amounts import Fen
from kiosk_app.views import (
    Choice,
    ChooseOne,
    Column,
    Consent,
    Done,
    EnterNumber,
    Steps,
    Table,
    TableRow,
    Text,
    View,
    text,
)

ANSWER = (
    "您好！您反映的上午排队时间长的问题已核实：该中心自十二月一日起，上午九时至十一时增开两个社保窗口，并安排专人在"
    "自助区协助老年人办理。取号机故障已于当日修复。感谢您的监督，欢迎再次反映。"
)
"""As long as an office may write it."""
GUIDE = tuple(text(f"guide.step.{name}") for name in ("look", "choose", "read"))
COMPLAINT = tuple(text(f"complaint.step.{name}") for name in ("what", "about", "call", "number"))
NUMBER = "44070326112309301205"


def both(zh: str, en: str) -> Text:
    """Data in two languages."""
    return text("plain.both", zh=zh, en=en)


def row(label: str, words: Text) -> TableRow:
    """One line of an entry; a blank label: it belongs to the one above."""
    return TableRow(cells=(text(f"guide.row.{label}") if label.strip() else label, words))


REPRINT = tuple(text(f"reprint.step.{name}") for name in ("which", "choose", "print"))
CASES = tuple(text(f"my_cases.step.{name}") for name in ("identify", "read"))


HALL: dict[str, View] = {
    "guide_topics": ChooseOne(
        title=text("guide.title"),
        rows=(
            Choice(key="search", name=text("guide.search"), lines=(text("guide.search.line"),)),
            Choice(key="social", name=both("社会保障", "Social security"), lines=(text("guide.count", count=10),)),
            Choice(key="border", name=both("出入境", "Exit and entry"), lines=(text("guide.count", count=5),)),
            Choice(key="road", name=both("交通违法、车驾管", "Traffic"), lines=(text("guide.count", count=3),)),
            Choice(key="notices", name=text("guide.notices"), lines=(text("guide.notices.line"),)),
        ),
        steps=Steps(GUIDE, 0),
    ),
    "guide_search": EnterNumber(
        title=text("guide.search.title"), hint=text("guide.search.hint"), lengths=tuple(range(1, 9)), value="725",
        letters=True, steps=Steps(GUIDE, 0),
    ),
    "guide_entry": Table(
        title=both("往来港澳、台湾通行证签注", "New endorsement on a travel permit"),
        columns=(
            Column(title=text("guide.column.what"), share=0.42),
            Column(title=text("guide.column.said"), share=1.0),
        ),
        rows=(
            row("here", text("guide.here.open")),
            row("who", both("持卡式通行证，且本机开放办理的人", "Holders whom the rules let do it here")),
            row("bring", both("本人卡式往来港澳或往来台湾通行证", "Your travel permit to Hong Kong, Macao or Taiwan")),
            row("\u2003", both("本人有效居民身份证", "Your valid resident identity card")),
            row("\u2003", both("银行卡，或手机支付", "A bank card, or a telephone that pays")),
            row("long", text("guide.takes", count=6)),
            row("fee", text("guide.fee.span", low="15.00", high="240.00")),
        ),
        actions=(("print", text("guide.print")),),
        steps=Steps(GUIDE, 2),
    ),
    "complaint_topic": ChooseOne(
        title=text("complaint.topic.title"),
        rows=tuple(
            Choice(key=key, name=text(f"complaint.topic.{key}"))
            for key in ("waiting", "staff", "machine", "rules", "money", "other")
        ),
        steps=Steps(COMPLAINT, 1),
    ),
    "complaint_call": Consent(
        title=text("complaint.call.title"),
        points=tuple(
            (text(f"complaint.call.about.{of}"), text(f"complaint.call.said.{of}")) for of in ("why", "who", "kept")
        ),
        ways=tuple(
            (way, text(f"complaint.call.way.{way}"), text(f"complaint.call.note.{way}"))
            for way in ("silent", "call", "card")
        ),
        steps=Steps(COMPLAINT, 2),
    ),
    "complaint_done": Done(
        title=text("complaint.done.complaint"),
        facts=(
            text("complaint.fact.number", number=NUMBER),
            text("complaint.fact.call"),
            text("complaint.fact.queued"),
        ),
        take=("receipt",),
        actions=(("again", text("done.action.again")), ("other", text("done.action.other"))),
        steps=Steps(COMPLAINT, 3),
        faces=True,
    ),
    "reprint_choose": ChooseOne(
        title=text("reprint.choose.title", name="张**"),
        subtitle=text("reprint.only_here"),
        rows=(
            Choice(
                key=NUMBER,
                name=text("cases.what.fines"),
                lines=(
                    text("reprint.row.here", at="2026-11-23 14:32"),
                    text("done.fact.reference", reference=NUMBER),
                ),
                amount=Fen(70000),
            ),
            Choice(
                key="7KQM-2V0X-9RTD-5C4W-H",
                name=text("reprint.paper.certificate"),
                lines=(
                    text("reprint.paper.at", at="2026-11-02 09:10"),
                    text("certificate.code", code="7KQM-2V0X-9RTD-5C4W-H"),
                ),
                refused=text("reprint.paper.revoked"),
            ),
        ),
        steps=Steps(REPRINT, 1),
    ),
    "matter_answer": Table(
        title=text("matter.title"),
        columns=(
            Column(title=text("guide.column.what"), share=0.42),
            Column(title=text("guide.column.said"), share=1.0),
        ),
        rows=tuple(
            TableRow(cells=(text(f"matter.row.{name}"), words))
            for name, words in (
                ("about", text("cases.about", what=text("complaint.kind.complaint"),
                               title=text("complaint.topic.waiting"))),
                ("number", NUMBER),
                ("at", "2026-11-23 14:32"),
                ("state", text("matter.state.settled")),
                ("answer", text("plain", words=ANSWER)),
                ("until", text("named", zh="2027 年 2 月 21 日", en="2027-02-21")),
            )
        ),
        steps=Steps(CASES, 1),
    ),
    "family_confirm": Consent(
        title=text("family.confirm.title", name="林**"),
        points=(
            (text("family.confirm.about.who"), text("family.confirm.who", name="林**")),
            (text("family.confirm.about.number"), text("family.confirm.number", ending="0021")),
            (text("family.confirm.about.back"), text("family.confirm.back")),
        ),
        ways=tuple((way, text(f"family.way.{way}"), text(f"family.note.{way}")) for way in ("pay", "back")),
        steps=Steps(CASES, 1),
    ),
    "my_cases": Table(
        title=text("my_cases.title"),
        facts=(text("cases.away.exit_entry"),),
        columns=(
            Column(title=text("my_cases.column.what"), share=1.7),
            Column(title=text("my_cases.column.state"), share=1.1),
            Column(title=text("my_cases.column.at"), share=1.2),
            Column(title=text("my_cases.column.amount"), share=0.8, number=True),
        ),
        rows=(
            TableRow(
                cells=(text("cases.what.contribution"), text("cases.state.accepted"), "2026-11-23", "955.00"),
            ),
            TableRow(cells=(text("cases.what.living"), text("cases.state.done"), "2026-11-02", "—")),
        ),
        empty=text("my_cases.none"),
        steps=Steps(CASES, 1),
    ),
}  # fmt: skip
"""By the name of the sample."""
