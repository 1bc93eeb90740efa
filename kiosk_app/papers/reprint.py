"""Papers that come out once more: marked as such at their head, numbered and dated, and never another original.

Three kinds: the slip that was handed out, as it was; what a department knows of something that was paid for or done
elsewhere; and, of a payment whose proof is no longer kept, where its money is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kiosk_app.contract.cases import MyCase
from kiosk_app.devices import Slip, SlipLine
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.papers.slips import IN_DOUBT, RULE, WHERE_THE_MONEY_IS, moment, where_the_money_is

BUSINESS: Final[Mapping[str, tuple[str, str]]] = {
    "fines": ("交通违法罚款缴费", "Traffic fine paid"),
    "endorsement": ("往来港澳台签注缴费", "Travel endorsement paid"),
    "contribution": ("社会保险缴费", "Social security contribution paid"),
    "living": ("养老待遇资格认证通过", "Living verification passed"),
    "activate": ("社保卡已激活", "Card activated"),
    "report_loss": ("社保卡已临时挂失", "Loss of the card reported"),
    "lift_loss": ("社保卡已解除挂失", "Report of loss lifted"),
    "reset_pin": ("社保卡密码已重置", "New PIN set"),
}
"""By what kind of business it is; another one is titled by what its department says."""


@dataclass(frozen=True)
class Statement:
    """A payment as the journal knows it: ``state`` by its name, ``at`` when it began."""

    reference: str
    amount: Fen
    state: str
    at: datetime


def reprinted(slip: Slip, number: int, at: datetime, machine: str, *, state: str = "") -> Slip:
    """``slip``, marked. ``number``: of this paper, 0 where nobody can count; ``state``: where the money is."""
    chinese, english = WHERE_THE_MONEY_IS.get(state, IN_DOUBT) if state else ("", "")
    now = [SlipLine(f"目前状态 {chinese}"), SlipLine(f"Now: {english}")] if state else []
    head = (
        SlipLine("补打件", style="title"),
        SlipLine("Reprint. Not an original."),
        SlipLine(f"本机第 {number} 次补打" if number else "本机补打", moment(at), style="strong"),
        SlipLine(f"Reprint no. {number} on machine" if number else "On machine", machine),
        *now,
        RULE,
    )
    return replace(slip, lines=(*head, *slip.lines))


def department_slip(case: MyCase, *, site: str, hotline: str) -> Slip:
    """What a department says of something: no original of it was ever printed here."""
    title, english = BUSINESS.get(case.what, (case.title, case.title_en))
    money = [SlipLine("合计 Total", f"¥{yuan(Fen(case.amount))}", style="strong")] if case.amount else []
    paid = [SlipLine("流水号 Reference", case.reference)] if case.reference else []
    return Slip(
        (
            SlipLine(title, style="title"),
            SlipLine(english),
            RULE,
            *(SlipLine(line) for line in case.lines),
            *money,
            *paid,
            SlipLine("受理号 Number", case.number),
            SlipLine("时间 Time", moment(case.at)),
            RULE,
            SlipLine("按业务部门记录出具，不是财政电子票据"),
            SlipLine("By the department's records; no fiscal bill."),
            SlipLine(site),
            SlipLine("咨询电话 Help", hotline),
        )
    )


def statement_slip(payment: Statement) -> Slip:
    """Where the money of a payment is; what it was for is no longer kept here."""
    return Slip(
        (
            SlipLine("缴费情况", style="title"),
            SlipLine("About your payment"),
            *where_the_money_is(payment.state, payment.amount, payment.reference, payment.at),
        )
    )
