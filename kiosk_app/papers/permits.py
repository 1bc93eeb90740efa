"""Slips about travel permits: the receipt of acceptance, and where a card is that its citizen did not get back.

Chinese first, English beside it. Nothing names a person: no name, no permit number; what ties a slip to its holder is
the department's approval and our reference. The card holds the endorsement, the slip only says what was done.
"""

from dataclasses import dataclass
from datetime import datetime

from kiosk_app.devices import Slip, SlipLine
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.papers.proof import PaidBy
from kiosk_app.papers.slips import RULE, moment, paid_by_lines

DESTINATIONS = {"HK": ("香港", "Hong Kong"), "MO": ("澳门", "Macao"), "TW": ("台湾", "Taiwan")}
PURPOSES = {
    "T": ("探亲", "Family visit"),
    "S": ("商务", "Business"),
    "L": ("团队旅游", "Group travel"),
    "G": ("个人旅游", "Individual travel"),
    "Q": ("其他", "Other"),
    "D": ("逗留", "Residence"),
    "R": ("人才", "Talent"),
}
"""``domain.md`` 4.2; a letter that this version does not know is shown as it is."""
TIMES = {0: ("多次", "multiple entries"), 1: ("一次", "one entry"), 2: ("二次", "two entries")}


def destination(key: str) -> tuple[str, str]:
    """A destination's name, Chinese and English."""
    return DESTINATIONS.get(key, (key, key))


def purpose(letter: str) -> tuple[str, str]:
    """A purpose's name, Chinese and English."""
    return PURPOSES.get(letter, (letter, letter))


def entries(count: int, *, weekly: bool = False) -> tuple[str, str]:
    """How often one may enter, Chinese and English."""
    if weekly:
        return "一周一次", "once a week"
    return TIMES.get(count, (f"{count} 次", f"{count} entries"))


def term(months: int) -> tuple[str, str]:
    """How long it is valid as the counter calls it, Chinese and English: 三个月, 一年."""
    count, unit, english = (months // 12, "年", "year") if months % 12 == 0 else (months, "个月", "month")
    chinese = dict(enumerate("零一两三四五六七八九十")).get(count, str(count))
    return f"{chinese}{unit}", f"{count} {english}{'s' * (count > 1)}"


@dataclass(frozen=True)
class Endorsed:
    """One endorsement on a receipt: what the department approved, in its own words, and the fee."""

    number: str
    destination: str
    purpose: str
    entries: str
    valid_until: str
    fee: Fen


@dataclass(frozen=True)
class Endorsements:
    """What was approved and what became of the print. ``printed`` False: paid, and still to be printed.

    ``by`` None: it was paid before, at this machine or another one. No ``items``: nothing was bought, and the back that
    was spoiled is printed anew.
    """

    reference: str
    approval: str
    items: tuple[Endorsed, ...]
    amount: Fen
    by: PaidBy | None
    at: datetime
    printed: bool
    site: str
    hotline: str


@dataclass(frozen=True)
class KeptPermit:
    """A permit that is not with its citizen. ``kept`` False: it is still in the unit, and comes out or is kept."""

    reference: str
    kept: bool
    at: datetime
    site: str
    hotline: str


def endorsement_receipt(done: Endorsements) -> Slip:
    """智能签注受理回执."""
    lines = [SlipLine("智能签注受理回执", style="title"), SlipLine("Receipt for endorsements"), RULE]
    for item in done.items:
        chinese, english = destination(item.destination)
        lines += [
            SlipLine(f"{chinese} {item.purpose} {item.entries}", f"¥{yuan(item.fee)}", style="strong"),
            SlipLine(f"{english}, until {item.valid_until}"),
            SlipLine("编号 Number", item.number),
        ]
    lines += [
        *([RULE, SlipLine("合计 Total", f"¥{yuan(done.amount)}", style="strong")] if done.items else []),
        *(paid_by_lines(done.by) if done.by is not None else []),
        SlipLine("受理号 Approval", done.approval),
        SlipLine("流水号 Reference", done.reference),
        SlipLine("时间 Time", moment(done.at)),
        RULE,
        *(_printed() if done.printed else to_be_printed() if done.items else _to_be_mended()),
        SlipLine(done.site),
        SlipLine("咨询电话 Help", done.hotline),
    ]
    return Slip(tuple(lines))


def on_the_card() -> list[SlipLine]:
    """It was printed."""
    return [SlipLine("签注已打印在证件背面，请核对"), SlipLine("Printed on your card: please check it.")]


def _printed() -> list[SlipLine]:
    return [*on_the_card(), SlipLine("本回执不是财政电子票据"), SlipLine("Not the fiscal bill.")]


def _to_be_mended() -> list[SlipLine]:
    return [
        SlipLine("证件背面尚未打印完整", style="strong"),
        SlipLine("The back of your card is not complete."),
        SlipLine("凭证件可在任一自助机或窗口免费重打"),
        SlipLine("Any machine or counter prints it free."),
    ]


def to_be_printed() -> list[SlipLine]:
    """It is paid, and nobody knows that it was printed: what the citizen can do."""
    return [
        SlipLine("已缴费，签注尚未确认打印", style="strong"),
        SlipLine("Paid; the print is not confirmed."),
        SlipLine("凭证件可在任一自助机免费补打"),
        SlipLine("With your card, any machine prints it"),
        SlipLine("free of charge: choose 'progress'."),
        SlipLine("如未打印，也可致电办理退款"),
        SlipLine("Or call us for a refund."),
    ]


def kept_permit_slip(kept: KeptPermit) -> Slip:
    """Where the card is, and what is needed to fetch it."""
    where = (
        [
            SlipLine("您的证件已由本机保管", style="strong"),
            SlipLine("Your permit is kept in this machine."),
            SlipLine("请凭身份证件和本单到下列地点领取"),
            SlipLine("Fetch it here with your ID and this slip:"),
        ]
        if kept.kept
        else [
            SlipLine("您的证件仍在机器中", style="strong"),
            SlipLine("Your permit is still in the machine."),
            SlipLine("工作人员已收到通知，请勿用力拉拽"),
            SlipLine("Staff are informed; please do not pull."),
        ]
    )
    return Slip(
        (
            SlipLine("出入境证件保管单", style="title"),
            SlipLine("About your travel permit"),
            RULE,
            *where,
            SlipLine(kept.site),
            SlipLine("咨询电话 Help", kept.hotline),
            RULE,
            SlipLine("保管号 Number", kept.reference),
            SlipLine("时间 Time", moment(kept.at)),
        )
    )
