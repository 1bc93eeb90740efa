"""The insured certificate: sealed by central, printed as it is, and known to whoever asks central about it."""

import subprocess

import pytest

from central.certificates.office import State, Verdict
from central.departments.social.tables import person as persons
from kiosk_app.views import Attract, Chosen, Done, Leave, Menu, Sorry, text
from tests.social import begins, shows
from tests.stand import Stand, story


def words(pdf: bytes) -> str:
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return told.stdout.decode()


def code_of(done: Done) -> str:
    return str(dict(done.facts[0].args)["code"])


@story
async def test_a_citizen_gets_a_certificate_that_central_knows_as_genuine(stand: Stand) -> None:
    done = await shows(stand, "insured_certificate", "zhang", Done, "certificate.done.printed")
    assert done.papers == ("document_printer",)
    assert done.facts[2] == text("certificate.verify")
    [paper] = stand.document_printer.papers
    said = words(paper)
    assert "张样本" in said
    assert "440703199003070013" not in said
    assert code_of(done) in said
    examined = stand.front.certificates.examine(paper)
    assert examined.verdict is Verdict.GENUINE
    assert examined.registered is not None
    assert examined.registered.state is State.VALID
    assert stand.papers_of("document") == ["intended", "printed"]
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)


@story
async def test_a_second_print_is_the_same_certificate(stand: Stand) -> None:
    await shows(stand, "insured_certificate", "zhang", Done)
    stand.person.touches(Chosen("document"))
    await stand.person.sees(Done)
    first, second = stand.document_printer.papers
    assert first == second


@story
async def test_an_answer_that_was_lost_does_not_make_a_second_certificate(stand: Stand) -> None:
    await begins(stand, "insured_certificate")
    stand.network.lose_next = "/social/certificate"
    stand.id_card_reader.lay("zhang")
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Done, "certificate.done.printed")
    with stand.engine.connect() as central:
        assert len(central.exec_driver_sql("SELECT code FROM certificate").all()) == 1


@story
async def test_a_jam_is_said_and_the_certificate_is_printed_once_more(stand: Stand) -> None:
    stand.document_printer.jam_next()
    failed = await shows(stand, "insured_certificate", "zhang", Done, "certificate.done.failed")
    assert failed.papers == ()
    stand.document_printer.clear_jam()
    await stand.until(lambda: stand.machine.parts().serves("document_printer"))
    stand.person.touches(Chosen("document"))
    again = await stand.person.sees(Done, "certificate.done.printed")
    assert code_of(again) == code_of(failed)


@story
async def test_without_a_printer_the_menu_says_so_before_anybody_begins(stand: Stand) -> None:
    await stand.document_printer.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("document_printer"))
    menu = await stand.person.comes()
    closed = {item.key: item.closed for item in menu.items}
    assert closed["insured_certificate"] == text("menu.closed.device", device=text("device.document_printer"))
    assert closed["rights_record"] is None


@story
async def test_a_name_that_cannot_be_printed_goes_to_the_counter(stand: Stand) -> None:
    with stand.engine.begin() as central:
        central.execute(persons.update().where(persons.c.token == "insured-zhang").values(name="张\U000313a0"))
    sorry = await shows(stand, "insured_certificate", "zhang", Sorry)
    assert sorry.title == text("refused.unprintable-name")


@pytest.mark.parametrize("answer", ["back", "leave"])
@story
async def test_who_gives_up_on_a_silent_department_pays_with_nothing(stand: Stand, answer: str) -> None:
    stand.front.social.available = False  # type: ignore[attr-defined] # the reference platform's own adapter
    sorry = await shows(stand, "insured_certificate", "zhang", Sorry)
    assert sorry.detail == text("look_up.again")
    stand.person.touches(Leave() if answer == "leave" else Chosen("back"))
    await stand.person.sees(Attract if answer == "leave" else Menu)
    assert stand.document_printer.papers == []
