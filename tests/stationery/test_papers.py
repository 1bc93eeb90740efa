"""Stories of papers: exact, the same each time, readable by people and programs, and honest about what they are."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics

from stationery import typeface
from stationery.social import contribution_history, insured_certificate, rights_record
from stationery.typeface import Unprintable
from stationery.wording import masked, money, period
from tests.stationery import samples
from tests.stationery.reading import lines_of, opened, words_of
from tests.stationery.samples import (
    AS_OF,
    CERTIFICATE,
    COPIED,
    FIRST,
    HISTORY,
    LAST,
    RIGHTS,
    STANDINGS,
    VERIFIED,
    ZHANG,
)


def history(insurances: tuple[str, ...] = ("pension",), first: int = FIRST, last: int = LAST) -> bytes:
    return contribution_history(ZHANG, samples.record(), HISTORY, insurances=insurances, first=first, last=last)


def certificate() -> bytes:
    return insured_certificate(ZHANG, (*STANDINGS[:4], samples.NEVER), AS_OF, CERTIFICATE, VERIFIED)


def test_the_same_value_gives_the_same_bytes_and_another_moment_gives_others() -> None:
    record = samples.record()
    paper = rights_record(ZHANG, record, RIGHTS)
    assert paper == rights_record(ZHANG, record, RIGHTS)
    assert paper != rights_record(ZHANG, record, replace(RIGHTS, made_at=RIGHTS.made_at.replace(minute=31)))
    assert history() == history()
    assert certificate() == certificate()


def test_a_copy_says_on_every_page_which_it_is_and_is_the_first_paper_else() -> None:
    first, again = rights_record(ZHANG, samples.record(), RIGHTS), rights_record(ZHANG, samples.record(), COPIED)
    assert "补打" not in words_of(first)
    for page in range(1, len(opened(again).pages) + 1):
        said = "".join(words_of(again, page=page).split())
        assert "补打件第2次2026-03-2009:05" in said
        assert said.endswith("江海区自助服务区（样本）")
    assert "Copyno.2,2026-03-2009:05" in "".join(words_of(again).split())
    assert not Counter(words_of(first).split()) - Counter(words_of(again).split())


def test_a_certificate_says_until_when_it_can_be_verified_at_all() -> None:
    assert "登记保留至2027年8月29日" in "".join(words_of(certificate()).split())
    assert "2027-08-29" in words_of(certificate())


def test_a_ten_year_history_has_every_month_once_with_its_amounts_and_each_year_summed_up() -> None:
    lines = [line for line in lines_of(history()) if "至" not in line]
    for month in samples.months(("pension",)):
        line = next(line for line in lines if line.startswith(period(month.period)))
        assert line.split()[-3:] == [money(month.base), money(month.own), money(month.employers)]
    assert sum(bool(re.match(r"20\d\d年\d\d月 ", line)) for line in lines) == 120
    sums = [found.groups() for line in lines if (found := re.match(r"(20\d\d) 年\s+小计\s+(\d+) 个月", line))]
    assert sums == [("2016", "10"), *((str(year), "12") for year in range(2017, 2026)), ("2026", "2")]


def test_pages_say_which_of_how_many_they_are_whose_they_are_and_repeat_the_heads() -> None:
    paper = history()
    count = len(opened(paper).pages)
    assert count == 4
    for page in range(1, count + 1):
        text = "".join(words_of(paper, page=page).split())
        assert f"第{page}页共{count}页" in text
        assert {"缴费月份", "缴费单位", "缴费基数"} <= set(words_of(paper, page=page).split())
        assert "张样本440703********0013" in text or page == 1


def test_no_year_is_torn_apart_by_a_page() -> None:
    paper = history()
    for page in range(1, len(opened(paper).pages)):
        lines = [line for line in lines_of(paper, page=page) if line.startswith("20")]
        assert "小计" in lines[-1]


def test_only_the_chosen_insurances_and_months_are_printed_and_an_empty_one_says_so() -> None:
    text = words_of(history(("medical", "injury"), 202001, 202012))
    assert "基本医疗保险" in text
    assert "工伤保险" in text
    assert "基本养老保险" not in text
    assert "2019年12月" not in text
    assert text.count("2020年06月") == 2
    assert "本期间没有缴费记录。" in words_of(history(("pension",), 201001, 201012))


def test_the_record_adds_up_by_year_and_shows_the_account() -> None:
    lines = [line.split() for line in lines_of(rights_record(ZHANG, samples.record(), RIGHTS))]
    own, employers = sum(m.own for m in samples.months()), sum(m.employers for m in samples.months())
    assert ["合计", *["120"] * 5, money(own), money(employers)] in lines
    for year in samples.account():
        assert [
            str(year.year), money(year.before), money(year.paid), money(year.interest), str(year.months),
            money(year.after),
        ] in lines  # fmt: skip


def test_papers_carry_a_masked_number_and_those_without_seal_say_that_they_are_no_proof() -> None:
    for paper in (rights_record(ZHANG, samples.record(), RIGHTS), history(), certificate()):
        text = words_of(paper)
        assert masked(ZHANG.number) in text
        assert ZHANG.number not in text
        assert ZHANG.number.encode() not in paper
    assert "未加盖电子印章，不作对外证明" in words_of(history()).replace("\n", "")
    assert "未加盖" not in words_of(certificate())


def test_a_certificate_has_code_address_validity_and_what_is_certified() -> None:
    text, lines = words_of(certificate()), [line.split() for line in lines_of(certificate())]
    assert "兹证明张样本在我局参加社会保险。截至2026年3月1日" in text
    assert VERIFIED.code in text
    assert "https://verify.example/verify" in text
    assert text.count("2026年8月29日") == 2
    assert ["基本养老保险", "Pension", "正常参保", "2016年03月", "120", "个月"] in lines
    assert ["工伤保险", "Work", "injury", "暂停缴费", "2016年03月", "120", "个月"] in lines
    assert ["生育保险", "Maternity", "未参保", "—", "—"] in lines


def test_a_name_with_a_rare_character_is_printed_and_can_be_copied() -> None:
    rare = replace(ZHANG, name="㐂𠮷样本")  # one of extension A, one beyond the basic plane
    text = words_of(insured_certificate(rare, STANDINGS, AS_OF, CERTIFICATE, VERIFIED))
    assert "兹证明㐂𠮷样本在" in text


def test_a_name_that_no_typeface_has_is_refused_and_not_printed_with_a_hole() -> None:
    unknown = replace(ZHANG, name="张\U000313a0样本")
    with pytest.raises(Unprintable):
        insured_certificate(unknown, STANDINGS, AS_OF, CERTIFICATE, VERIFIED)
    certificate()  # and the next paper is not harmed


def test_a_machine_without_the_typeface_prints_in_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    forget = (typeface.regular.cache_clear, typeface.bold.cache_clear)
    with monkeypatch.context() as patched:
        patched.setattr(typeface, "HOME", Path("/nowhere"))
        for registry in ("_fonts", "_dynFaceNames"):
            patched.setattr(pdfmetrics, registry, {})
        for clear in forget:
            clear()
        paper = certificate()
    for clear in forget:
        clear()
    assert "兹证明张样本在" in words_of(paper)
    assert b"KioskSong" not in paper
    assert b"KioskSong" in certificate()


def test_no_line_begins_with_a_comma() -> None:
    for paper in (certificate(), history(), rights_record(ZHANG, samples.record(), RIGHTS)):
        assert not [line for line in words_of(paper).splitlines() if line and line[0] in "，。；：、）”"]


def test_an_insurance_that_was_never_joined_leaves_no_column() -> None:
    only = samples.record()
    only = replace(only, months=samples.months(("pension",)), account=())
    text = words_of(rights_record(ZHANG, only, RIGHTS))
    assert "三、" not in text
    assert "失业" not in text.split("二、")[1]
