"""The rights record: everything that was paid, on screen as table and picture, on paper for oneself."""

import asyncio
import subprocess
from datetime import date

import pytest

from kiosk_app.contract.social import Insurance, InsuredState, Month, Record, Standing
from kiosk_app.services.rights_pages import Place, page_of, years_of
from kiosk_app.services.rights_record import READ
from kiosk_app.views import Attract, Back, Bars, Chosen, Done, Leave, Menu, PlaceCard, Sorry, Table, text
from tests.social import begins, shows
from tests.stand import Stand, story


def words(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


@story
async def test_a_citizen_looks_at_ten_years_and_takes_them_home(stand: Stand) -> None:
    person = stand.person
    years = await shows(stand, "rights_record", "zhang", Table)
    assert [row.key for row in years.rows] == [str(year) for year in range(2026, 2015, -1)]
    assert [fact.id for fact in years.facts] == ["rights.standing", "rights.account"]

    person.touches(Chosen("2025"))
    months = await person.sees(Table, "rights.year.title")
    assert [row.cells[0] for row in months.rows] == [f"2025-{month:02d}" for month in range(1, 13)]
    person.touches(Back())
    await person.sees(Table, "rights.title")

    person.touches(Chosen("picture"))
    picture = await person.sees(Bars)
    assert [bar.name for bar in picture.bars] == [str(year) for year in range(2016, 2027)]
    person.touches(Chosen("medical"))
    medical = await person.sees(Bars)
    assert medical.tab == "medical"
    person.touches(Chosen("list"))
    table = await person.sees(Table)
    assert table.tab == "medical"

    person.touches(Chosen("print"))
    done = await person.sees(Done, "rights.done.printed")
    assert done.papers == ("document_printer",)
    assert done.take == ("card",)
    [paper] = stand.document_printer.papers
    said = words(paper)
    assert "社会保险个人权益记录单" in said
    assert "张样本" in said
    assert "440703199003070013" not in said
    person.touches(Chosen("other"))
    await person.sees(Menu)
    assert stand.papers_of("document") == ["intended", "printed"]


@story
async def test_a_year_that_is_shown_is_printed_month_by_month(stand: Stand) -> None:
    await shows(stand, "rights_record", "zhang", Table)
    stand.person.touches(Chosen("2024"))
    await stand.person.sees(Table, "rights.year.title")
    stand.person.touches(Chosen("print"))
    await stand.person.sees(Done, "rights.done.printed")
    said = words(stand.document_printer.papers[0])
    assert "社会保险个人缴费明细" in said
    assert "2024年12月" in said
    assert "2023年12月" not in said


@story
async def test_the_paper_is_made_beside_the_loop_and_a_second_one_is_the_same(stand: Stand) -> None:
    await shows(stand, "rights_record", "zhang", Table)
    stand.person.touches(Chosen("print"))
    await stand.person.sees(Done)
    stand.person.touches(Chosen("document"))
    await stand.person.sees(Done)
    assert len(stand.made_aside) == 1
    assert stand.document_printer.papers == stand.made_aside * 2


@story
async def test_a_record_that_does_not_come_out_is_not_promised(stand: Stand) -> None:
    stand.document_printer.jam_next()
    await shows(stand, "rights_record", "zhang", Table)
    stand.person.touches(Chosen("print"))
    done = await stand.person.sees(Done, "rights.done.failed")
    assert done.papers == ()
    stand.person.touches(Leave())
    await stand.person.sees(Attract)


@story
async def test_who_was_never_insured_is_told_so(stand: Stand) -> None:
    page = await shows(stand, "rights_record", "lin", Table)
    assert (page.rows, page.empty, page.facts) == ((), text("rights.empty"), ())
    assert [key for key, _ in page.actions] == ["print"]


@story
async def test_central_gone_before_the_look_up_is_said_and_one_touch_asks_again(stand: Stand) -> None:
    await begins(stand, "rights_record")
    stand.network.up = False
    stand.id_card_reader.lay("zhang")
    sorry = await stand.person.sees(Sorry)
    assert sorry.detail == text("look_up.nothing_done")
    stand.network.up = True
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Table)


@story
async def test_a_department_that_does_not_answer_is_said(stand: Stand) -> None:
    stand.front.social.available = False  # type: ignore[attr-defined] # the reference platform's own adapter
    sorry = await shows(stand, "rights_record", "zhang", Sorry)
    assert sorry.title.id == "error.central_unreachable"
    stand.person.touches(Chosen("back"))
    await stand.person.sees(Menu)


@story
async def test_a_record_left_open_is_forgotten(stand: Stand) -> None:
    await shows(stand, "rights_record", "zhang", Table)
    stand.id_card_reader.lift()
    await stand.person.sees(Attract)
    assert stand.glass.forgotten == 1


@story
async def test_the_next_person_does_not_see_the_record_of_the_last(stand: Stand) -> None:
    await shows(stand, "rights_record", "zhang", Table)
    stand.person.touches(Back())
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("rights_record"))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lift()
    await asyncio.sleep(2)
    stand.id_card_reader.lay("lin")
    page = await stand.person.sees(Table)
    assert dict(page.title.args) == {"name": "林**"}


# --- pages -----------------------------------------------------------------------------------------------------


def record(*months: Month) -> Record:
    standing = Standing(insurance=Insurance.PENSION, state=InsuredState.PAYING, months=len(months), since=202401)
    return Record(
        token="t", name="张**", standings=[standing], months=list(months), account=[], as_of=date(2026, 11, 23)
    )


def month(period: int, own: int = 100, insurance: Insurance = Insurance.PENSION, employer: str = "甲") -> Month:
    return Month(period=period, insurance=insurance, employer=employer, base=1000, own=own, employers=2 * own)


def test_a_year_sums_up_its_months_and_no_other_insurance() -> None:
    books = record(month(202312), month(202401), month(202402, 50), month(202401, 7, Insurance.MEDICAL))
    newest, oldest = years_of(books, Insurance.PENSION)
    assert (newest.year, newest.months, newest.own, newest.employers) == (2024, 2, 150, 300)
    assert (oldest.year, oldest.months) == (2023, 1)


def test_a_month_with_two_employers_is_one_month() -> None:
    books = record(month(202401), month(202401, employer="乙"))
    [year] = years_of(books, Insurance.PENSION)
    assert (year.months, year.own) == (1, 200)


def test_a_change_of_employer_is_told_with_its_months() -> None:
    books = record(month(202401), month(202402), month(202403, employer="乙"))
    page = page_of(books, Place(year=2024), READ)
    assert isinstance(page, Table)
    assert [dict(fact.args)["name"] for fact in page.facts] == ["甲", "乙"]
    assert dict(page.facts[0].args)["last"] == "2024-02"


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [
        (Place(), "2025", Place(year=2025)),
        (Place(), "picture", Place(picture=True)),
        (Place(picture=True), "medical", Place(Insurance.MEDICAL, picture=True)),
        (Place(Insurance.INJURY, picture=True), "list", Place(Insurance.INJURY)),
    ],
)
def test_a_touch_leads_where_it_says(start: Place, key: str, end: Place) -> None:
    assert start.to(key) == end


def test_a_picture_shows_no_more_years_than_can_be_read() -> None:
    books = record(*(month(year * 100 + 1) for year in range(1990, 2027)))
    picture = page_of(books, Place(picture=True), READ)
    assert isinstance(picture, Bars)
    assert [bar.name for bar in picture.bars] == [str(year) for year in range(2012, 2027)]
