"""The A4 voucher (缴款凭证): what was paid, for which decisions, how, where and when; PDF bytes, in memory only.

Chinese first, English beside it, on the house's paper (:mod:`stationery.house`): tagged, PDF/A, and the same payment
gives the same bytes, so that a reprint can be compared. It proves the payment and says that it is not the fiscal bill
(财政电子票据), which only the finance department issues.
"""

from kiosk_app.money.amounts import total, yuan
from kiosk_app.papers.proof import ByCode, PaidBy, PaidFine, PaidFines
from kiosk_app.papers.slips import channel_name, moment
from stationery.house import Column, amount, facts, heading, issued, note, paper, table
from stationery.imprint import Imprint, Verified
from stationery.typeface import marked

COLUMNS = (
    Column("处罚决定书编号", "Decision", 38),
    Column("违法行为", "Violation", 0),
    Column("罚款", "Fine", 20, "right"),
    Column("加处罚款", "Late fee", 20, "right"),
    Column("小计", "Sum", 22, "right"),
)


def fines_voucher(paid: PaidFines) -> bytes:
    """The voucher for paid penalty decisions."""
    imprint = Imprint(
        title="交通违法罚款缴款凭证",
        english="Voucher of payment · Traffic fines",
        department="",
        site=marked(paid.site),
        reference=paid.reference,
        made_at=paid.paid_at,
        hotline=paid.hotline,
    )
    body = [
        amount("实缴金额", "Amount paid", f"¥ {yuan(paid.amount)}"),
        *heading("缴款", "Payment"),
        facts(_facts(paid)),
        *heading("处罚决定", "Decisions"),
        table(COLUMNS, [_row(item) for item in paid.items]),
        *note(
            "本凭证用于证明缴款，不是财政电子票据。需要票据的，请扫描二维码查询，或到交警窗口申领。",
            english="This voucher proves the payment. It is not the fiscal bill: scan the code, or ask for the bill at "
            "the traffic police counter.",
        ),
    ]
    if paid.proof_url:
        verified = Verified(paid.reference, paid.proof_url, name=("流水号", "Reference"))
        body.append(issued(imprint, verified))
    return paper(imprint, marked(paid.payer), body)


def _row(item: PaidFine) -> tuple[str, ...]:
    late = yuan(item.late_fee) if item.late_fee else "—"
    return item.number, marked(item.what), yuan(item.fine), late, yuan(total((item.fine, item.late_fee)))


def _facts(paid: PaidFines) -> list[tuple[str, str, str]]:
    rows = [
        ("缴款人", "Payer", marked(paid.payer)),
        ("缴款时间", "Paid at (China)", moment(paid.paid_at)),
        *_paid_by(paid.by),
        ("流水号", "Reference", paid.reference),
        ("交警平台受理号", "Voucher number", paid.voucher or "已收款，稍后自动报送 Paid; will be reported"),
    ]
    return [row for row in rows if row[2]]


def _paid_by(by: PaidBy) -> tuple[tuple[str, str, str], ...]:
    if isinstance(by, ByCode):
        return (("扫码支付", "By code", channel_name(by.channel)), ("支付机构流水", "Transaction", by.transaction))
    return (
        ("付款卡", "Card", marked(f"{by.card_name} {by.card}".strip())),
        ("授权码 / 流水", "Approval / trace", f"{by.authorisation or '—'} / {by.trace}"),
    )
