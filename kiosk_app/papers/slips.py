"""Slips for the receipt printer, from plain values; Chinese first, English beside it.

A slip says what is true and no more: a payment reported later says so, and money in doubt comes with reference,
amount and telephone. It is not the fiscal bill (财政电子票据), and says so.
"""

from datetime import datetime

from kiosk_app.devices import Slip, SlipLine
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.papers.proof import ByCode, PaidBy, PaidFines, Trouble

RULE = SlipLine("", style="rule")
WHERE_THE_MONEY_IS = {
    "declined": ("未扣款", "Nothing was taken."),
    "abandoned": ("未扣款", "Nothing was taken."),
    "reversed": ("已原路退回", "Returned the way you paid."),
    "reversing": ("正在原路退回", "Being returned the way you paid."),
    "refund due": ("待人工退款", "Will be refunded by our staff."),
    "refunded": ("已人工退款", "Refunded by our staff."),
    "completed": ("已缴费，待报送", "Paid; the report is on its way."),
    "settled": ("已缴费", "Paid."),
}
CHANNELS = {"wechat": "微信支付 WeChat Pay", "alipay": "支付宝 Alipay"}
IN_DOUBT = ("款项核实中", "Your payment is being checked.")


def fines_receipt(paid: PaidFines) -> Slip:
    """The receipt for paid penalty decisions."""
    lines = [SlipLine("交通违法罚款缴费凭条", style="title"), SlipLine("Traffic fine receipt"), RULE]
    for item in paid.items:
        lines.append(SlipLine(f"决定书 {item.number}", style="strong"))
        lines.append(SlipLine(item.what, f"¥{yuan(item.fine)}"))
        if item.late_fee:
            lines.append(SlipLine("加处罚款 Late fee", f"¥{yuan(item.late_fee)}"))
    lines += [
        RULE,
        SlipLine("合计 Total", f"¥{yuan(paid.amount)}", style="strong"),
        *paid_by_lines(paid.by),
        SlipLine("流水号 Reference", paid.reference),
        SlipLine("时间 Time", moment(paid.paid_at)),
    ]
    if paid.voucher is None:
        lines += [
            SlipLine("已收款，稍后自动报送交警平台"),
            SlipLine("Paid; reported as soon as the line is back."),
            SlipLine("若不予受理，款项将退还给您"),
            SlipLine("If it is refused, the money is returned."),
        ]
    else:
        lines.append(SlipLine("交警平台受理号 Voucher", paid.voucher))
    lines += [
        RULE,
        SlipLine("本凭条不是财政电子票据" + ("，扫码可查验" if paid.proof_url else "")),
        SlipLine("Not the fiscal bill." + (" Scan the code to verify." if paid.proof_url else "")),
        SlipLine(paid.site),
        SlipLine("咨询电话 Help", paid.hotline),
    ]
    return Slip(tuple(lines), qr=paid.proof_url)


def paid_by_lines(by: PaidBy) -> list[SlipLine]:
    """How it was paid, as every slip says it."""
    if isinstance(by, ByCode):
        return [
            SlipLine("扫码支付 By code", channel_name(by.channel)),
            SlipLine("支付流水 Transaction"),
            SlipLine(by.transaction),
        ]
    card = SlipLine("付款 Card", f"{by.card_name} {by.card}".strip())
    return [card, SlipLine("授权码 Authorisation", by.authorisation)] if by.authorisation else [card]


def channel_name(channel: str) -> str:
    """The provider as a person knows it; its key if this version does not."""
    return CHANNELS.get(channel, channel)


def where_the_money_is(state: str, amount: Fen, reference: str, at: datetime) -> tuple[SlipLine, ...]:
    """Of a payment without a proof: what became of it, and by what it is found again."""
    chinese, english = WHERE_THE_MONEY_IS.get(state, IN_DOUBT)
    return (
        RULE,
        SlipLine(chinese, style="strong"),
        SlipLine(english),
        SlipLine("金额 Amount", f"¥{yuan(amount)}"),
        SlipLine("流水号 Reference", reference),
        SlipLine("时间 Time", moment(at)),
    )


def trouble_slip(trouble: Trouble) -> Slip:
    """For a payment without a proof: reference, amount, where the money is, and whom to call."""
    return Slip(
        (
            SlipLine("缴费情况说明", style="title"),
            SlipLine("About your payment"),
            *where_the_money_is(trouble.state, trouble.amount, trouble.reference, trouble.at),
            RULE,
            *trouble.notes,
            SlipLine("请保留本凭条；如有疑问请凭流水号致电"),
            SlipLine("Keep this slip; call with the reference."),
            SlipLine("咨询电话 Help", trouble.hotline),
            SlipLine(trouble.site),
        )
    )


def moment(at: datetime) -> str:
    """As the citizen's clock shows it."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
