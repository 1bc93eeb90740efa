"""Living verification: a pensioner is found to be alive, or is told where a person looks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

from central.departments.social.tables import person as persons
from kiosk_app.contract.catalogue import months_after
from kiosk_app.portrait.liveness import Gesture
from kiosk_app.services.steps.shown import long_day
from kiosk_app.views import Chosen, Consent, Done, LivePortrait, Menu, Sorry, text
from tests.faces import Someone
from tests.social import begins, department, is_held, shows
from tests.stand import Stand, story

TODAY = date(2026, 11, 23)


@asynccontextmanager
async def obeying(stand: Stand, who: str = "li") -> AsyncIterator[None]:
    """Somebody stands before the camera and does what is asked."""
    stand.scene.enter(Someone(who))

    async def obey() -> None:
        asked: tuple[str, int] = ("", -1)
        while True:
            view = stand.glass.view
            if isinstance(view, LivePortrait) and view.gesture and (view.gesture, view.done) != asked:
                asked = (view.gesture, view.done)
                await asyncio.sleep(0.6)
                await stand.scene.act(Gesture(view.gesture))
            await asyncio.sleep(0.02)

    task = asyncio.create_task(obey())
    try:
        yield
    finally:
        task.cancel()


async def agrees(stand: Stand) -> None:
    consent = await stand.person.sees(Consent)
    assert text("living.purpose") in dict(consent.points).values()
    assert text("consent.need.counter") in dict(consent.points).values(), 'the way that "no" leads here'
    assert consent.ways[0] == ("decline", text("consent.way.to_counter"), text("consent.note.to_counter"))
    stand.person.touches(Chosen("agree"))


@story
async def test_a_pensioner_who_is_due_is_verified_and_has_it_in_writing(stand: Stand) -> None:
    await begins(stand, "living_verification")
    stand.id_card_reader.lay("li")
    await agrees(stand)
    async with obeying(stand):
        done = await stand.person.sees(Done, "living.done.title")
    until = months_after(TODAY, 12)
    assert done.facts[0] == text("living.until", date=long_day(until))
    assert done.warnings == ()
    [slip] = stand.slips()
    assert "认证通过" in slip
    assert until.isoformat() in slip
    assert "李样本" not in slip
    assert department(stand, "li").living_on == TODAY
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    assert is_held(stand, "li")


@story
async def test_who_was_verified_this_year_is_told_until_when_it_is_good(stand: Stand) -> None:
    sorry = await shows(stand, "living_verification", "wang", Sorry)
    assert sorry.title == text("living.refused.not_due")
    until = months_after(TODAY - timedelta(days=60), 12)
    assert sorry.detail == text("living.until", date=long_day(until))
    assert sorry.calm, "good news is not drawn as a failure"
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)


@story
async def test_who_has_no_pension_has_nothing_to_verify(stand: Stand) -> None:
    sorry = await shows(stand, "living_verification", "zhang", Sorry)
    assert (sorry.title, sorry.detail) == (text("living.refused.not_pensioner"), text("living.no_pension"))


@story
async def test_who_declines_the_face_check_goes_to_a_counter_and_nothing_is_confirmed(stand: Stand) -> None:
    await shows(stand, "living_verification", "li", Consent)
    stand.person.touches(Chosen("decline"))
    sorry = await stand.person.sees(Sorry, "counter.title")
    assert sorry.detail == text("counter.declined")
    assert "选择不做人脸核验" in stand.slips()[0]
    assert department(stand, "li").living_on == TODAY - timedelta(days=340)


@story
async def test_somebody_else_with_the_card_is_not_alive(stand: Stand) -> None:
    await shows(stand, "living_verification", "li", Consent)
    stand.person.touches(Chosen("agree"))
    async with obeying(stand, "zhang"):
        await stand.person.sees(Sorry, "face.failed.not_same")
        stand.person.touches(Chosen("again"))
        await stand.person.sees(Sorry, "counter.title")
    assert department(stand, "li").living_on == TODAY - timedelta(days=340)


@story
async def test_without_a_picture_at_the_department_a_person_looks(stand: Stand) -> None:
    with stand.engine.begin() as central:
        central.execute(persons.update().values(portrait=b""))
    await shows(stand, "living_verification", "li", Consent)
    stand.person.touches(Chosen("agree"))
    sorry = await stand.person.sees(Sorry, "counter.title")
    assert sorry.detail == text("counter.unavailable")


@story
async def test_an_answer_that_is_lost_is_asked_for_again_and_confirms_once(stand: Stand) -> None:
    await begins(stand, "living_verification")
    stand.id_card_reader.lay("li")
    await agrees(stand)
    stand.network.lose_next = "/social/confirm-living"
    async with obeying(stand):
        sorry = await stand.person.sees(Sorry)
    assert sorry.detail == text("look_up.again")
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Done, "living.done.title")
    with stand.engine.connect() as central:
        assert len(central.exec_driver_sql("SELECT * FROM social_act").all()) == 1


@story
async def test_who_gives_up_on_a_lost_answer_has_a_slip_for_the_counter(stand: Stand) -> None:
    await begins(stand, "living_verification")
    stand.id_card_reader.lay("li")
    await agrees(stand)
    stand.network.lose_next = "/social/confirm-living"
    async with obeying(stand):
        await stand.person.sees(Sorry)
    stand.person.touches(Chosen("back"))
    sorry = await stand.person.sees(Sorry, "counter.title")
    assert sorry.detail == text("counter.unsent")


@story
async def test_a_slip_that_does_not_come_out_leaves_the_number_on_the_screen(stand: Stand) -> None:
    stand.receipt_printer.paper_out_next()
    await begins(stand, "living_verification")
    stand.id_card_reader.lay("li")
    await agrees(stand)
    async with obeying(stand):
        done = await stand.person.sees(Done, "living.done.title")
    assert [warning.id for warning in done.warnings] == ["done.warning.slip_failed"]
    assert done.facts[1].id == "insured.fact.number"


@story
async def test_nothing_of_the_face_is_kept_but_what_the_check_said(stand: Stand) -> None:
    await begins(stand, "living_verification")
    stand.id_card_reader.lay("li")
    await agrees(stand)
    async with obeying(stand):
        await stand.person.sees(Done)
    [entry] = stand.books_here.entries(kind="face_check")
    assert set(entry.body) == {"score", "threshold", "tries", "models"}
