"""What a pensioner of 80 would stumble over, and what the machine does about it (``docs/pensioner.md``)."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from kiosk_app.contract.feedback import FeedbackGiven
from kiosk_app.contract.guide import Said
from kiosk_app.contract.hall import Centre
from kiosk_app.contract.services import Day
from kiosk_app.papers.as_data import said
from kiosk_app.papers.feedback import feedback_slip
from kiosk_app.portrait.liveness import WITHIN
from kiosk_app.services.steps.question import hint
from kiosk_app.services.steps.shown import long_day, queue
from kiosk_app.views import (
    Attract,
    Bars,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    IdleWarning,
    LivePortrait,
    Menu,
    Sorry,
    Table,
    text,
)
from screens.words import Words
from tests.faces import Someone
from tests.kiosk_app.test_living_verification import TODAY
from tests.social import begins, shows
from tests.stand import Stand, story

WORDS = Words()


@story
async def test_what_pensioners_come_for_stands_first(stand: Stand) -> None:
    menu = await stand.person.comes()
    social = [item.key for item in menu.items if item.family == "social"]
    assert social[:3] == ["living_verification", "pension_payments", "medical_account"]


@story
async def test_the_poster_names_the_families_in_the_order_of_the_menu(stand: Stand) -> None:
    attract = await stand.person.sees(Attract)
    assert attract.services[0] == text("family.social.title")
    assert attract.services[-1] == text("family.hall.title")


@story
async def test_declining_the_face_leads_where_the_screen_said(stand: Stand) -> None:
    consent = await shows(stand, "living_verification", "li", Consent)
    assert text("consent.way.decline") not in {words for _, words, _ in consent.ways}, "no identity card helps here"
    stand.person.touches(Chosen("decline"))
    assert (await stand.person.sees(Sorry)).title == text("counter.title")
    assert len(stand.slips()) == 1


@story
async def test_a_card_that_was_taken_is_not_asked_for_any_more(stand: Stand) -> None:
    done = await shows(stand, "insured_certificate", "zhang", Done)
    assert done.take == ("card",)
    stand.id_card_reader.lift()
    await stand.until(lambda: isinstance(stand.glass.view, Done) and stand.glass.view.take == ())


@story
async def test_without_the_large_printer_the_family_says_so_and_nothing_is_offered_to_be_printed(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().catalogue)
    await stand.document_printer.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("document_printer"))
    await stand.person.comes()
    stand.person.touches(Chosen("social"))
    await stand.until(lambda: isinstance(stand.glass.view, Menu) and stand.glass.view.family == "social")
    assert isinstance(stand.glass.view, Menu)
    assert text("menu.note.no_document") in stand.glass.view.notes
    stand.person.touches(Chosen("rights_record"))
    await stand.until(lambda: not isinstance(stand.glass.view, Menu))
    stand.id_card_reader.lay("zhang")
    years = await stand.person.sees(Table)
    assert text("rights.no_printer") in years.facts
    assert [key for key, _ in years.actions] == ["picture"]
    stand.person.touches(Chosen("picture"))
    picture = await stand.person.sees(Bars)
    assert picture.subtitle == text("rights.no_printer")
    assert [key for key, _ in picture.actions] == ["list"]


@story
async def test_a_day_to_remember_is_written_as_one_says_it(stand: Stand) -> None:
    assert long_day(TODAY) == text("named", zh="2026 年 11 月 23 日", en="2026-11-23")
    await begins(stand, "pension_payments")
    stand.id_card_reader.lay("wang")
    page = await stand.person.sees(Table)
    assert [str(column.title.id) for column in page.columns[:2]] == ["pensions.column.month", "pensions.column.total"]


@story
async def test_who_asks_for_large_letters_has_twice_the_time(stand: Stand) -> None:
    stand.glass.large = True
    placing = await begins(stand, "pension_payments")
    assert placing.seconds == 120
    stand.id_card_reader.lay("wang")
    await stand.person.sees(Table)
    asked = asyncio.get_running_loop().time()
    await stand.person.sees(IdleWarning)
    assert asyncio.get_running_loop().time() - asked == pytest.approx(60, abs=1)
    await stand.person.sees(Done)  # the card still lies there
    stand.id_card_reader.lift()
    await stand.person.sees(Attract)
    assert not stand.glass.large, "the next person begins anew"


@story
async def test_who_is_sent_to_a_counter_knows_for_what_and_when_it_is_open(stand: Stand) -> None:
    await shows(stand, "living_verification", "li", Consent)
    stand.person.touches(Chosen("decline"))
    sorry = await stand.person.sees(Sorry)
    assert [fact.id for fact in sorry.facts[1:3]] == ["counter.for", "counter.open"]
    [slip] = stand.slips()
    assert "养老待遇资格认证" in slip
    assert "窗口时间 Counters" in slip


@story
async def test_who_asks_for_large_letters_need_not_hurry_before_the_camera(stand: Stand) -> None:
    stand.glass.large = True
    await shows(stand, "living_verification", "li", Consent)
    stand.scene.enter(Someone("li"))
    stand.person.touches(Chosen("agree"))
    await stand.until(lambda: isinstance(stand.glass.view, LivePortrait) and stand.glass.view.gesture)
    assert isinstance(stand.glass.view, LivePortrait)
    assert stand.glass.view.seconds == 2 * round(WITHIN)


@story
async def test_who_does_not_know_pinyin_finds_the_families_first(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().guide)
    await stand.person.comes()
    stand.person.touches(Chosen("guide"))
    topics = await stand.person.sees(ChooseOne)
    keys = [row.key for row in topics.rows]
    assert keys[:3] == ["social", "border", "road"]
    assert keys[-2:] == ["search", "notices"]


def test_what_a_sentence_calls_a_service_stands_so_on_the_menu() -> None:
    for language in ("zh_CN", "en"):
        name = WORDS.say(text("menu.my_cases.title"), language)
        assert name in WORDS.say(text("complaint.fact.card"), language)
        if language == "zh_CN":
            assert f"“{name}”" in WORDS.say(text("case_papers.fact.looked_at"), language)
            given = FeedbackGiven(
                reference="44070326112309301205", kind="praise", topic="staff", at=datetime(2026, 11, 23, tzinfo=UTC)
            )
            assert any(f"“{name}”" in line.left for line in feedback_slip(given, site="", hotline="").lines)


def test_an_answer_that_is_a_day_is_read_back_as_one_says_it() -> None:
    question = Day(id="by", ask=Said(zh="哪天", en="When"), earliest=0, latest=365)
    assert said(question, "2027-01-05").zh == "2027 年 1 月 5 日"


def test_the_hint_of_a_day_does_not_say_its_bounds_twice() -> None:
    question = Day(id="by", ask=Said(zh="哪天", en="When"), earliest=0, latest=365)
    assert hint(question, TODAY).id == "question.day"
    helped = hint(msgspec.structs.replace(question, help=Said(zh="一年以内", en="Within a year")), TODAY)
    assert dict(helped.args)["bounds"] == text("question.day.how", example=f"{TODAY:%Y %m %d}")


def test_nobody_waits_no_minutes() -> None:
    centre = Centre(
        id="a", name="样本", name_en="Sample", address="", metres=None,
        opens="09:00", closes="17:00", open=True, waiting=0, minutes=0,
    )  # fmt: skip
    assert queue(centre) == text("places.no_queue")
    assert queue(msgspec.structs.replace(centre, waiting=2, minutes=8)).id == "places.queue"
