"""Slips and the voucher: what stands on them, and what must not."""

import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk_app.devices import Slip
from kiosk_app.money.amounts import Fen
from kiosk_app.papers.proof import ByCard, ByCode, PaidFine, PaidFines, Trouble
from kiosk_app.papers.slips import WHERE_THE_MONEY_IS, fines_receipt, trouble_slip
from kiosk_app.papers.voucher import fines_voucher

RED_LIGHT = PaidFine("4407031000000181", "违反道路交通信号灯通行", Fen(20000), Fen(600))
PARKED = PaidFine("4407031901234566", "违反规定停放、临时停车", Fen(20000), Fen(0))
PAID = PaidFines(
    reference="PJ03-000123",
    amount=Fen(40600),
    items=(RED_LIGHT, PARKED),
    paid_at=datetime(2026, 11, 22, 17, 42, tzinfo=UTC),
    by=ByCard("中国银联", "**** 4321", "123456", 42),
    voucher="440726112300017",
    payer="样**",
    site="样本自助区 3 号机",
    hotline="12345",
    proof_url="https://kiosk.example/p/PJ03-000123",
)
TROUBLE = Trouble("PJ03-000124", Fen(20600), "refund due", PAID.paid_at, PAID.site, PAID.hotline)


def words(slip: Slip) -> str:
    return "\n".join(f"{line.left} {line.right}" for line in slip.lines)


def read(pdf: bytes, tmp_path: Path, *options: str) -> str:
    path = tmp_path / "voucher.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True, text=True).stdout


# --- slips ---


def test_the_receipt_names_every_decision_and_the_sum() -> None:
    slip = words(fines_receipt(PAID))
    for said in (
        "4407031000000181",
        "4407031901234566",
        "¥200.00",
        "¥6.00",
        "¥406.00",
        "PJ03-000123",
        "440726112300017",
    ):
        assert said in slip


def test_the_receipt_shows_the_time_of_china() -> None:
    assert "2026-11-23 01:42" in words(fines_receipt(PAID))


def test_a_fine_in_time_has_no_line_for_a_late_fee() -> None:
    assert "Late fee" not in words(fines_receipt(replace(PAID, items=(PARKED,))))


BY_CODE = replace(PAID, by=ByCode("alipay", "2026112322001400001234567890"))


def test_a_receipt_by_code_names_the_provider_and_its_number_and_no_card() -> None:
    slip = words(fines_receipt(BY_CODE))
    for said in ("扫码支付 By code", "支付宝 Alipay", "2026112322001400001234567890"):
        assert said in slip
    for unsaid in ("授权码", "Card", "4321"):
        assert unsaid not in slip


def test_a_channel_this_version_does_not_know_is_named_by_its_key() -> None:
    assert "digital-yuan" in words(fines_receipt(replace(PAID, by=ByCode("digital-yuan", "1"))))


def test_the_voucher_by_code_says_the_same(tmp_path: Path) -> None:
    text = read(fines_voucher(BY_CODE), tmp_path)
    for said in ("扫码支付", "支付宝 Alipay", "2026112322001400001234567890"):
        assert said in text
    assert "授权码" not in text


def test_a_payment_that_is_not_reported_yet_says_so() -> None:
    slip = words(fines_receipt(replace(PAID, voucher=None)))
    assert "稍后自动报送" in slip
    assert "受理号" not in slip


def test_a_receipt_printed_before_the_verdict_says_that_a_refusal_returns_the_money() -> None:
    assert "If it is refused, the money is returned." in words(fines_receipt(replace(PAID, voucher=None)))
    assert "refused" not in words(fines_receipt(PAID))


def test_the_receipt_carries_the_proof_as_a_code() -> None:
    assert fines_receipt(PAID).qr == PAID.proof_url


def test_the_receipt_says_that_it_is_not_the_fiscal_bill() -> None:
    assert "不是财政电子票据" in words(fines_receipt(PAID))


@pytest.mark.parametrize("state", [*WHERE_THE_MONEY_IS, "a state of tomorrow"])
def test_every_trouble_slip_has_reference_amount_and_telephone(state: str) -> None:
    slip = words(trouble_slip(replace(TROUBLE, state=state)))
    assert all(said in slip for said in ("PJ03-000124", "¥206.00", "12345"))


def test_a_state_that_is_not_final_never_promises_anything() -> None:
    assert "核实中" in words(trouble_slip(replace(TROUBLE, state="unknown")))


# --- the voucher ---


def test_the_voucher_can_be_read_as_text(tmp_path: Path) -> None:
    text = read(fines_voucher(PAID), tmp_path)
    for said in (
        "缴款凭证",
        "4407031000000181",
        "违反规定停放、临时停车",
        "406.00",
        "样**",
        "**** 4321",
        "01:42",
        "PJ03-000123",
    ):
        assert said in text


def test_the_voucher_says_that_it_is_not_the_fiscal_bill(tmp_path: Path) -> None:
    assert "不是财政电子票据" in read(fines_voucher(PAID), tmp_path)


def test_the_same_payment_gives_the_same_bytes() -> None:
    assert fines_voucher(PAID) == fines_voucher(PAID)


def test_a_voucher_of_a_payment_not_reported_yet_says_so(tmp_path: Path) -> None:
    assert "稍后自动报送" in read(fines_voucher(replace(PAID, voucher=None)), tmp_path)


def test_many_decisions_go_on_with_the_heading_on_every_page(tmp_path: Path) -> None:
    items = tuple(replace(RED_LIGHT, number=f"{n:016d}") for n in range(60))
    pdf = fines_voucher(replace(PAID, items=items))
    pages = read(pdf, tmp_path).rstrip("\f").split("\f")
    assert len(pages) == len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) > 1
    assert all("PJ03-000123" in page for page in pages)
    assert all("处罚决定书编号" in page for page in pages[:-1])
    assert all(any(item.number in page for page in pages) for item in items)


def test_markup_in_a_name_is_text(tmp_path: Path) -> None:
    evil = replace(RED_LIGHT, what="<b>违法 & </para> <img src='file:///etc/passwd'/>")
    assert "</para>" in read(fines_voucher(replace(PAID, items=(evil,))), tmp_path)


def test_a_character_that_no_typeface_has_does_not_cost_the_citizen_the_voucher(tmp_path: Path) -> None:
    strange = replace(RED_LIGHT, what="违法\U000313a0行为\x07")
    text = read(fines_voucher(replace(PAID, items=(strange,), payer="\U000313a0**")), tmp_path)
    assert "违法〓行为〓" in text
    assert "〓**" in text


def test_a_payment_without_a_proof_address_has_no_code() -> None:
    assert len(fines_voucher(replace(PAID, proof_url=""))) < len(fines_voucher(PAID))


def test_the_file_itself_tells_nothing_about_the_payer() -> None:
    assert b"kiosk" not in fines_voucher(PAID).split(b"/Info")[-1].lower()
