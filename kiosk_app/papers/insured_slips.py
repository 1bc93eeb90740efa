"""Slips of social security: a verification, a change of the card, a contribution. Chinese first, English beside it.

They name nobody in full and no number of a person or card: what ties them to somebody is the department's number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk_app.contract.social import Act, CardAct
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.papers.proof import PaidBy
from kiosk_app.papers.slips import RULE, moment, paid_by_lines

ACTS: Final[Mapping[CardAct, tuple[str, str]]] = {
    CardAct.ACTIVATE: ("社保卡已激活", "Card activated"),
    CardAct.REPORT_LOSS: ("社保卡已临时挂失", "Loss of the card reported"),
    CardAct.LIFT_LOSS: ("社保卡已解除挂失", "Report of loss lifted"),
    CardAct.RESET_PIN: ("社保卡密码已重置", "New PIN set"),
}


@dataclass(frozen=True)
class Contribution:
    """A contribution that was paid. ``voucher`` None: central has not answered yet, the report is on its way.

    ``insured``: for whom, if somebody else paid.
    """

    reference: str
    amount: Fen
    title: str
    title_en: str
    period: str
    base: Fen
    paid_at: datetime
    by: PaidBy
    voucher: str | None
    payer: str
    site: str
    hotline: str
    insured: str = ""


def living_slip(name: str, act: Act, *, site: str, hotline: str) -> Slip:
    """The result of a living verification."""
    until = [SlipLine("有效期至 Good until", act.until.isoformat(), style="strong")] if act.until else []
    return Slip(
        (
            SlipLine("养老待遇资格认证结果", style="title"),
            SlipLine("Living verification"),
            RULE,
            SlipLine("认证通过 Verified", style="strong"),
            SlipLine("姓名 Name", name),
            *until,
            *_feet(act, site, hotline),
        )
    )


def card_slip(name: str, what: CardAct, act: Act, *, site: str, hotline: str) -> Slip:
    """What was done about a card; a report of loss says when it ends by itself."""
    chinese, english = ACTS[what]
    until = (
        [
            SlipLine("自动解除 Ends on", act.until.isoformat(), style="strong"),
            SlipLine("请在此前到窗口办理正式挂失补卡"),
            SlipLine("Ask for a new card at a counter before."),
        ]
        if act.until
        else []
    )
    return Slip(
        (
            SlipLine(chinese, style="title"),
            SlipLine(english),
            RULE,
            SlipLine("姓名 Name", name),
            *until,
            *_feet(act, site, hotline),
        )
    )


def contribution_slip(paid: Contribution) -> Slip:
    """The receipt for a contribution."""
    reported = (
        [SlipLine("社保受理号 Voucher", paid.voucher)]
        if paid.voucher
        else [
            SlipLine("已收款，稍后自动报送社保"),
            SlipLine("Paid; reported as soon as the line is back."),
            SlipLine("若不予受理，款项将退还给您"),
            SlipLine("If it is refused, the money is returned."),
        ]
    )
    return Slip(
        (
            SlipLine("社会保险缴费凭条", style="title"),
            SlipLine("Social security contribution"),
            RULE,
            SlipLine(paid.title, style="strong"),
            SlipLine(paid.title_en),
            SlipLine("所属期 Period", paid.period),
            *([SlipLine("缴费基数 Base", f"¥{yuan(paid.base)}")] if paid.base else []),
            SlipLine("缴费人 Payer", paid.payer),
            *([SlipLine("参保人 Insured", paid.insured)] if paid.insured else []),
            RULE,
            SlipLine("合计 Total", f"¥{yuan(paid.amount)}", style="strong"),
            *paid_by_lines(paid.by),
            SlipLine("流水号 Reference", paid.reference),
            SlipLine("时间 Time", moment(paid.paid_at)),
            *reported,
            RULE,
            SlipLine("本凭条不是税收缴款凭证"),
            SlipLine("Not the tax office's certificate of payment."),
            SlipLine(paid.site),
            SlipLine("咨询电话 Help", paid.hotline),
        )
    )


def _feet(act: Act, site: str, hotline: str) -> tuple[SlipLine, ...]:
    return (
        SlipLine("受理号 Number", act.number),
        SlipLine("时间 Time", moment(act.at)),
        RULE,
        SlipLine(site),
        SlipLine("咨询电话 Help", hotline),
    )
