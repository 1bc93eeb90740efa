"""An A4 paper once more: by its holder's card at any machine, marked and numbered, and nothing of it stays there."""

import subprocess

import pytest

from central.departments.social import samples
from central.departments.social.tables import month as months
from kiosk_app.views import ChooseOne, Chosen, Done, EnterNumber, Menu, PlaceCard, Sorry, Table, Typed, text
from tests.social import begins, shows
from tests.stand import Stand, story


def words(pdf: bytes) -> str:
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(told.stdout.decode().split())


async def prints_record(stand: Stand, *, year: str = "") -> str:
    """Zhang prints their record, takes it and goes; its reference."""
    await shows(stand, "rights_record", "zhang", Table)
    if year:
        stand.person.touches(Chosen(year))
        await stand.person.sees(Table, "rights.year.title")
    stand.person.touches(Chosen("print"))
    await stand.person.sees(Done, "rights.done.printed")
    await stand.person.goes()
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    [entry] = stand.books_here.entries(kind="paper")
    return str(entry.reference)


async def prints_certificate(stand: Stand) -> str:
    done = await shows(stand, "insured_certificate", "zhang", Done)
    await stand.person.goes()
    return str(dict(done.facts[0].args)["code"])


async def lists(stand: Stand, who: str = "zhang") -> ChooseOne:
    await begins(stand, "reprint")
    stand.id_card_reader.lay(who)
    return await stand.person.sees(ChooseOne)


@story
async def test_a_record_comes_again_as_it_was_and_says_that_it_is_a_copy(stand: Stand) -> None:
    reference = await prints_record(stand)
    [original] = stand.document_printer.papers
    page = await lists(stand)
    assert [(row.key, row.name) for row in page.rows] == [(reference, text("reprint.paper.record"))]
    stand.person.touches(Chosen(reference))
    done = await stand.person.sees(Done, "reprint.done.printed")
    assert done.facts == (text("reprint.paper.marked", number=1), text("done.fact.reference", reference=reference))
    first, again = words(original), words(stand.document_printer.papers[-1])
    assert "补打" not in first
    assert "补打件第1次" in again
    assert "张样本" in again
    assert reference in again
    standings = first[first.index("一、参加") : first.index("二、历年")]
    assert standings in again
    assert first[first.index("三、") : first.index("金额单位")] in again
    stand.person.touches(Chosen("again"))
    done = await stand.person.sees(Done)
    assert done.facts[0] == text("reprint.paper.marked", number=2)
    assert "补打件第2次" in words(stand.document_printer.papers[-1])
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)


@story
async def test_one_year_comes_again_by_the_number_on_it_and_the_card(stand: Stand) -> None:
    reference = await prints_record(stand, year="2024")
    await begins(stand, "reprint")
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber, "reprint.number.title")
    stand.person.touches(Typed(reference))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("zhang")
    page = await stand.person.sees(ChooseOne)
    insurance = text("rights.insurance.pension")
    assert [row.name for row in page.rows] == [text("reprint.paper.history", year=2024, insurance=insurance)]
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Done, "reprint.done.printed")
    again = words(stand.document_printer.papers[-1])
    assert "社会保险个人缴费明细" in again
    assert "补打件第1次" in again
    assert "2024年12月" in again
    assert "2023年12月" not in again


@story
async def test_a_certificate_comes_again_sealed_under_its_code(stand: Stand) -> None:
    code = await prints_certificate(stand)
    page = await lists(stand)
    assert [(row.key, row.name) for row in page.rows] == [(code, text("reprint.paper.certificate"))]
    stand.person.touches(Chosen(code))
    await stand.person.sees(Done, "reprint.done.printed")
    again = stand.document_printer.papers[-1]
    assert again != stand.document_printer.papers[0]
    assert "补打件第1次" in words(again)
    assert code in words(again)
    assert stand.front.certificates.examine(again).verdict == "genuine"


@story
async def test_nobody_gets_the_paper_of_somebody_else(stand: Stand) -> None:
    reference = await prints_record(stand)
    await begins(stand, "reprint")
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed(reference))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("wang")
    await stand.person.sees(Sorry, "reprint.none.title")
    assert len(stand.document_printer.papers) == 1


@story
async def test_a_record_that_was_corrected_since_is_told_and_not_printed(stand: Stand) -> None:
    reference = await prints_record(stand)
    with stand.front.store.write() as central:
        mine = months.c.person == samples.SAMPLES["zhang"].token
        central.execute(months.update().where(mine).values(own=months.c.own + 1))
    await lists(stand)
    stand.person.touches(Chosen(reference))
    sorry = await stand.person.sees(Sorry)
    assert text("refused.books-changed") in (sorry.title, sorry.detail)
    assert len(stand.document_printer.papers) == 1


@story
async def test_without_central_the_list_says_that_it_is_short(stand: Stand) -> None:
    await prints_record(stand)
    await stand.person.pays_a_fine()
    await stand.person.goes()
    await begins(stand, "reprint")
    stand.network.up = False
    stand.id_card_reader.lay("zhang")
    page = await stand.person.sees(ChooseOne)
    assert page.subtitle == text("reprint.only_here")
    assert all(row.name != text("reprint.paper.record") for row in page.rows)


@story
async def test_without_an_a4_printer_the_list_says_why_it_cannot_be_had_here(stand: Stand) -> None:
    reference = await prints_record(stand)
    await stand.document_printer.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("document_printer"))
    page = await lists(stand)
    assert page.rows[0].refused == text("reprint.paper.no_printer")
    stand.person.touches(Chosen(reference))
    await stand.until(lambda: stand.glass.listens)
    assert isinstance(stand.glass.view, ChooseOne)


@story
async def test_a_copy_that_does_not_come_out_is_not_promised_and_the_next_has_another_number(stand: Stand) -> None:
    reference = await prints_record(stand)
    await lists(stand)
    stand.document_printer.jam_next()
    stand.person.touches(Chosen(reference))
    done = await stand.person.sees(Done, "reprint.done.failed")
    assert done.papers == ()


@pytest.mark.parametrize("lost", ["/papers/mine", "/papers/copy"])
@story
async def test_an_answer_that_is_lost_costs_nothing(stand: Stand, lost: str) -> None:
    reference = await prints_record(stand)
    await begins(stand, "reprint")
    stand.network.lose_next = lost
    stand.id_card_reader.lay("zhang")
    if lost == "/papers/mine":
        sorry = await stand.person.sees(Sorry, "reprint.none.title")
        assert sorry.detail == text("reprint.no_a4")
        return
    await stand.person.sees(ChooseOne)
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("again"))
    done = await stand.person.sees(Done, "reprint.done.printed")
    assert done.facts[0] == text("reprint.paper.marked", number=1)


@story
async def test_a_record_that_did_not_come_out_is_nowhere_listed(stand: Stand) -> None:
    stand.document_printer.jam_next()
    await shows(stand, "rights_record", "zhang", Table)
    stand.person.touches(Chosen("print"))
    await stand.person.sees(Done, "rights.done.failed")
    assert stand.books_here.entries(kind="paper") == []


@story
async def test_a_store_that_died_keeps_no_record_back(stand: Stand) -> None:
    await shows(stand, "rights_record", "zhang", Table)
    stand.kill_store()
    stand.person.touches(Chosen("print"))
    await stand.person.sees(Done, "rights.done.printed")
    assert len(stand.document_printer.papers) == 1


@story
async def test_nothing_of_an_a4_paper_stays_on_the_machine(stand: Stand) -> None:
    reference = await prints_record(stand)
    await lists(stand)
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Done)
    await stand.person.goes()
    kept = stand.store.read(lambda db: str(db.execute("SELECT * FROM journal").fetchall()))
    shelf = stand.store.read(lambda db: db.execute("SELECT * FROM proof").fetchall())
    assert shelf == []
    assert "张样本" not in kept
    assert "440703199003070013" not in kept
