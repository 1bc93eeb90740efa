"""Papers of a service that is data: the slip, and an A4 page on the house's paper if the service has one.

Reference, sum, how it was paid and when are always there, whoever wrote the service; its own lines stand between them.
Digits that were answered (a telephone, an account) are masked, the name on the slip too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk_app.contract.guide import Said
from kiosk_app.contract.services import DataService, Day, Digits, HowMany, OneOf, Question, Sheet, asked, filled
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.papers.proof import PaidBy
from kiosk_app.papers.slips import RULE, moment, paid_by_lines
from stationery.house import Column, amount, body_text, facts, heading, note, paper, table
from stationery.imprint import Imprint
from stationery.typeface import marked

COLUMNS = (Column("事项", "Question", 70), Column("填写", "Answer", 0))
SAMPLE = Said(zh="样本：收费和办理均为示例，不是真实业务", en="Sample: fee and business are examples, not real")


@dataclass(frozen=True)
class Asked:
    """A request that was taken up. ``number``: of the case, "" while central has not answered to the payment.

    ``by`` None: it cost nothing. ``name``: as the card says it, empty where nobody was identified.
    """

    service: DataService
    answers: Mapping[str, str] = field(repr=False)
    reference: str
    number: str
    amount: Fen
    at: datetime
    by: PaidBy | None
    name: str = field(repr=False)
    site: str
    hotline: str


def said(question: Question, answer: str) -> Said:
    """An answer in words, as who gave it must see it to be sure of it."""
    match question:
        case OneOf():
            return next(option.title for option in question.options if option.key == answer)
        case HowMany():
            return Said(zh=f"{answer} {question.unit.zh}", en=f"{answer} {question.unit.en}")
        case Day():
            on = date.fromisoformat(answer)
            return Said(zh=f"{on.year} 年 {on.month} 月 {on.day} 日", en=answer)
        case _:
            return Said(zh=answer, en=answer)


def on_paper(question: Question, answer: str) -> Said:
    """The same as it may lie about: digits masked."""
    words = said(question, answer)
    return Said(zh=masked(words.zh), en=masked(words.en)) if isinstance(question, Digits) else words


def masked(digits: str) -> str:
    """``138******78``: who knows it recognises it."""
    return digits[:3] + "*" * (len(digits) - 5) + digits[-2:] if len(digits) > 6 else "*" * len(digits)


def request_slip(made: Asked) -> Slip:
    """The proof of a request, and of its payment if it was paid for."""
    service = made.service
    paid = [SlipLine("合计 Total", f"¥{yuan(made.amount)}", style="strong"), *paid_by_lines(made.by)] if made.by else []
    return Slip(
        (
            SlipLine(service.title.zh, style="title"),
            SlipLine(service.title.en),
            RULE,
            *_lines(service.slip, _values(made, f"{made.name[:1]}**")),
            *([RULE] if service.slip else []),
            *paid,
            *([SlipLine("流水号 Reference", made.reference)] if made.by else []),
            *_taken_up(made),
            SlipLine("时间 Time", moment(made.at)),
            *_ready(service),
            *(_both(SAMPLE) if service.sample else ()),
            RULE,
            SlipLine(made.site),
            SlipLine("咨询电话 Help", made.hotline),
        )
    )


def request_sheet(made: Asked, sheet: Sheet) -> bytes:
    """The A4 page, with everything that was answered."""
    imprint = Imprint(
        title=marked(sheet.title.zh),
        english=marked(sheet.title.en),
        department=marked(sheet.office.zh),
        site=marked(made.site),
        reference=made.reference,
        made_at=made.at,
        hotline=made.hotline,
        numbered="流水号" if made.by else "受理号",
    )
    values = _values(made, made.name)
    rows = [
        ("申请人", "Applicant", marked(made.name)),
        ("受理号", "Number", made.number or "已收款，稍后报送 Reported later"),
        ("时间", "Time (China)", moment(made.at)),
        ("流水号", "Reference", made.reference if made.by else ""),
    ]
    answers = [
        (marked(one.ask.zh), marked(_in_both(on_paper(one, made.answers[one.id]))))
        for one in asked(made.service, made.answers)
    ]
    body = [
        *([amount("实缴金额", "Amount paid", f"¥ {yuan(made.amount)}")] if made.by else []),
        facts([row for row in rows if row[2]]),
        *([*heading("填写内容", "What was answered"), table(COLUMNS, answers)] if answers else []),
        *heading("正文", "Text"),
        *(flow for words in _filled(sheet.body, values) for flow in _paragraph(words)),
        *(note(SAMPLE.zh, english=SAMPLE.en) if made.service.sample else []),
    ]
    return paper(imprint, marked(made.name), body)


def _paragraph(words: Said) -> list[object]:
    return [body_text(marked(words.zh)), *note("", english=marked(words.en))[1:]]


def _in_both(words: Said) -> str:
    return words.zh if words.zh == words.en else f"{words.zh}  {words.en}"


def _values(made: Asked, name: str) -> Callable[[str], Said | None]:
    """What a placeholder stands for; None for the answer to what was not asked."""
    ours = {
        "reference": made.reference,
        "number": made.number or "—",
        "name": name,
        "sum": f"¥{yuan(made.amount)}",
        "time": moment(made.at),
        "site": made.site,
    }
    answers = {one.id: on_paper(one, made.answers[one.id]) for one in asked(made.service, made.answers)}
    return lambda place: Said(zh=ours[place], en=ours[place]) if place in ours else answers.get(place)


def _filled(lines: list[Said], value: Callable[[str], Said | None]) -> Iterator[Said]:
    def chinese(name: str) -> str | None:
        found = value(name)
        return found.zh if found is not None else None

    def english(name: str) -> str | None:
        found = value(name)
        return found.en if found is not None else None

    for line in lines:
        zh, en = filled(line.zh, chinese), filled(line.en, english)
        if zh is not None and en is not None:
            yield Said(zh=zh, en=en)


def _lines(lines: list[Said], value: Callable[[str], Said | None]) -> Iterator[SlipLine]:
    for words in _filled(lines, value):
        yield from _both(words)


def _both(words: Said) -> tuple[SlipLine, SlipLine]:
    return SlipLine(words.zh), SlipLine(words.en)


def _taken_up(made: Asked) -> list[SlipLine]:
    if made.number:
        return [SlipLine("受理号 Number", made.number, style="strong")]
    return [
        SlipLine("已收款，稍后自动报送"),
        SlipLine("Paid; reported as soon as the line is back."),
        SlipLine("若不予受理，款项将退还给您"),
        SlipLine("If it is refused, the money is returned."),
    ]


def _ready(service: DataService) -> list[SlipLine]:
    """What is due afterwards, and where."""
    after = service.after
    if after is None:
        return []
    chinese = f"{after.days} 个工作日后到{after.where.zh}领取" if after.days else f"现在可到{after.where.zh}领取"
    english = f"Ready in {after.days} working days" if after.days else "Ready now"
    return [SlipLine(chinese, style="strong"), SlipLine(f"{english} at {after.where.en}")]
