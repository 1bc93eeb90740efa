"""Papers for a case at a counter: photographed, looked at, sent whole or not at all, and nothing of them stays."""

import asyncio
import gc
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from central.departments.counter import samples
from central.departments.counter.tables import hand_in, page, wanted
from kiosk_app import health
from kiosk_app.contract.case_papers import AskLacking, HandIn, SendPage
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import (
    CameraCovered,
    DeviceOffline,
    KioskError,
    PageBlurred,
    PageCutOff,
    PageDark,
    PageGlare,
    PageMoving,
)
from kiosk_app.services.steps.photograph import Shot
from kiosk_app.spoken import public, sentence_of
from kiosk_app.views import (
    Attract,
    Back,
    ChooseOne,
    Chosen,
    Done,
    IdleWarning,
    Leave,
    LivePage,
    Menu,
    PortraitReview,
    Printing,
    Sorry,
    Table,
    text,
)
from tests.social import begins
from tests.stand import Stand, story
from tests.tabletop import page_file

BIRTH, LEASE = samples.SAMPLES[0].number, samples.SAMPLES[1].number
TAKE, USE, AGAIN, NEXT, SEND = (Chosen(key) for key in ("take", "use", "again", "next", "send"))


async def lays_card(stand: Stand, who: str = "zhang") -> None:
    await begins(stand, "case_papers")
    stand.id_card_reader.lay(who)


async def chooses(stand: Stand, case: str = BIRTH) -> Table:
    """Card, and this case: the papers that it lacks."""
    await lays_card(stand)
    await stand.person.sees(ChooseOne, "case_papers.title")
    stand.person.touches(Chosen(case))
    return await stand.person.sees(Table)


async def takes(stand: Stand, name: str) -> PortraitReview:
    """Lay this page down and touch the shutter; the page, large."""
    stand.table.lay(name)
    await stand.person.sees(LivePage)
    stand.person.touches(TAKE)
    return await stand.person.sees(PortraitReview)


async def photographs(stand: Stand, *names: str, of_more: bool = False) -> Table:
    """A whole paper, from the list of papers and back to it."""
    stand.person.touches(NEXT)
    for at, name in enumerate(names, 1):
        review = await takes(stand, name)
        assert review.picture == page_file(name)
        assert review.large
        stand.person.touches(USE)
        if at < len(names) or of_more:
            await stand.person.sees(ChooseOne, "page.more.title")
            stand.person.touches(Chosen("next" if at < len(names) else "whole"))
    return await stand.person.sees(Table)


async def photographs_all(stand: Stand) -> Table:
    await chooses(stand)
    await photographs(stand, "hukou-1", "hukou-2", of_more=True)
    await photographs(stand, "marriage")
    return await photographs(stand, "bank")


def arrived(stand: Stand) -> dict[str, int]:
    """What central has as handed in: pages of each paper of the case."""
    count = sa.func.count()
    came = page.join(hand_in, (hand_in.c.n == page.c.hand_in) & hand_in.c.received_at.is_not(None))
    with stand.engine.connect() as central:
        rows = central.execute(sa.select(page.c.paper, count).select_from(came).group_by(page.c.paper))
        return {row[0]: row[1] for row in rows}


def lacking(stand: Stand, case: str = BIRTH) -> set[str]:
    with stand.engine.connect() as central:
        where = (wanted.c.case == case, wanted.c.handed_in.is_(None))
        return set(central.execute(sa.select(wanted.c.key).where(*where)).scalars())


def digests(stand: Stand) -> set[str]:
    with stand.engine.connect() as central:
        return set(central.execute(sa.select(page.c.digest)).scalars())


# --- the way it goes ---


@story
async def test_papers_are_photographed_looked_at_and_handed_in(stand: Stand) -> None:
    look = await chooses(stand)
    assert look.subtitle == text(
        "case_papers.look.next", paper=text("plain.both", zh="户口簿", en="Household register")
    )
    assert [action for action, _ in look.actions] == ["next"]  # nothing to send yet
    look = await photographs(stand, "hukou-1", "hukou-2", of_more=True)
    assert look.rows[0].cells[1] == text("case_papers.state.taken", count=2)
    assert [action for action, _ in look.actions] == ["send", "next"]
    await photographs(stand, "marriage")
    look = await photographs(stand, "bank")
    assert (look.title, [action for action, _ in look.actions]) == (text("case_papers.look.ready"), ["send"])
    stand.person.touches(SEND)
    shown = await stand.person.sees(Printing)
    assert shown.detail == text("case_papers.sending.page", at=1, count=4)
    done = await stand.person.sees(Done, "case_papers.done")
    assert done.facts[0] == text("case_papers.fact.receipt", number="P261123000001")
    assert done.facts[2] == text("case_papers.fact.pages", papers=3, pages=4)
    assert done.warnings == ()
    assert arrived(stand) == {"hukou": 2, "marriage": 1, "bank": 1}
    assert digests(stand) == {
        Shot(page_file(name), (0, 0)).digest for name in ("hukou-1", "hukou-2", "marriage", "bank")
    }
    [slip] = stand.slips()
    assert all(words in slip for words in ("P261123000001", BIRTH, "户口簿", "2 页", "共 In all", "4 页"))
    assert "还缺" not in slip
    assert not stand.table_camera.open
    await stand.person.goes()
    await begins(stand, "my_cases")
    stand.id_card_reader.lay("zhang")
    rows = (await stand.person.sees(Table)).rows
    assert text("cases.state.received") in {row.cells[1] for row in rows}


@story
async def test_some_papers_can_be_sent_now_and_the_slip_says_what_is_missing(stand: Stand) -> None:
    await chooses(stand)
    await photographs(stand, "hukou-1", of_more=True)
    stand.person.touches(SEND)
    done = await stand.person.sees(Done, "case_papers.done")
    missing = text("plain.both", zh="结婚证、银行卡复印件", en="Marriage certificate, Copy of the bank card")
    assert done.warnings == (text("case_papers.fact.missing", papers=missing),)
    [slip] = stand.slips()
    after = slip.partition("还缺")[2]
    assert "结婚证" in after
    assert "户口簿" not in after
    assert lacking(stand) == {"marriage", "bank"}


@story
async def test_who_lacks_nothing_is_told_so_and_where_to_ask(stand: Stand) -> None:
    await lays_card(stand, "zhao")
    sorry = await stand.person.sees(Sorry, "case_papers.none")
    assert sorry.facts == (text("sorry.phone", phone=stand.site.hotline),)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)


@story
async def test_the_social_security_card_says_whose_cases_too(stand: Stand) -> None:
    await begins(stand, "case_papers")
    stand.chip_card_reader.insert("zhang")
    view = await stand.person.sees(ChooseOne, "case_papers.title")
    assert [row.key for row in view.rows] == [LEASE, BIRTH]


# --- under the camera ---


@pytest.mark.parametrize(
    "wrong", [PageCutOff(), PageMoving(), PageDark(), PageBlurred(), PageGlare(), CameraCovered("document_camera")]
)
@story
async def test_what_is_wrong_with_the_page_is_said_and_nothing_is_taken(stand: Stand, wrong: KioskError) -> None:
    await chooses(stand)
    stand.person.touches(NEXT)
    await sees_said(stand, "error.page_missing")
    stand.table.lay("hukou-1", wrong=wrong)
    await sees_said(stand, wrong.citizen)
    stand.person.touches(TAKE)
    await asyncio.sleep(6)
    assert isinstance(stand.glass.view, LivePage)
    assert stand.table.files == []
    stand.table.lay("hukou-1")
    view = await sees_said(stand, "page.say.ready")
    assert view.right
    assert public(view)
    assert sentence_of(view) == view.say


async def sees_said(stand: Stand, sentence: str) -> LivePage:
    await stand.until(lambda: isinstance(stand.glass.view, LivePage) and stand.glass.view.say.id == sentence)
    assert isinstance(stand.glass.view, LivePage)
    return stand.glass.view


@story
async def test_a_page_is_taken_again_until_it_is_good(stand: Stand) -> None:
    await chooses(stand)
    stand.person.touches(NEXT)
    for answer in (AGAIN, Back(), USE):
        await takes(stand, f"hukou-1 {answer}")
        stand.person.touches(answer)
    await stand.person.sees(ChooseOne, "page.more.title")
    stand.person.touches(Chosen("whole"))
    look = await stand.person.sees(Table)
    assert look.rows[0].cells[1] == text("case_papers.state.taken", count=1)


@story
async def test_back_is_local_and_keeps_what_was_photographed(stand: Stand) -> None:
    await chooses(stand)
    await photographs(stand, "hukou-1", of_more=True)
    stand.person.touches(NEXT)
    await stand.person.sees(LivePage)
    stand.person.touches(Back())  # no marriage certificate
    await stand.person.sees(Table)
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne, "case_papers.title")
    stand.person.touches(Chosen(BIRTH))
    look = await stand.person.sees(Table)
    assert look.rows[0].cells[1] == text("case_papers.state.taken", count=1)
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne, "case_papers.title")
    stand.person.touches(Back())
    await stand.person.sees(Menu)
    assert digests(stand) == set()


@story
async def test_back_from_one_more_page_takes_the_last_one_again(stand: Stand) -> None:
    await chooses(stand)
    stand.person.touches(NEXT)
    await takes(stand, "crooked")
    stand.person.touches(USE)
    await stand.person.sees(ChooseOne, "page.more.title")
    stand.person.touches(Back())
    assert (await stand.person.sees(LivePage)).title.args[0][1] == 1  # the first page still
    stand.person.touches(Back())
    look = await stand.person.sees(Table)
    assert look.rows[0].cells[1] == text("case_papers.state.lacking")


@story
async def test_a_paper_that_was_photographed_is_shown_again_and_can_be_taken_anew(stand: Stand) -> None:
    await photographs_all(stand)
    stand.person.touches(Chosen("hukou"))
    for name in ("hukou-1", "hukou-2"):
        assert (await stand.person.sees(PortraitReview)).picture == page_file(name)
        stand.person.touches(USE)
    await stand.person.sees(Table)
    stand.person.touches(Chosen("bank"))
    await stand.person.sees(PortraitReview)
    stand.person.touches(AGAIN)
    await takes(stand, "another bank")
    stand.person.touches(USE)
    await stand.person.sees(Table)
    stand.person.touches(SEND)
    await stand.person.sees(Done, "case_papers.done")
    assert Shot(page_file("another bank"), (0, 0)).digest in digests(stand)
    assert Shot(page_file("bank"), (0, 0)).digest not in digests(stand)


@story
async def test_a_paper_has_no_more_pages_than_it_may_have(stand: Stand) -> None:
    await chooses(stand)
    stand.person.touches(NEXT)
    for at in (1, 2, 3):
        await takes(stand, f"hukou-{at}")
        stand.person.touches(USE)
        if at < 3:
            await stand.person.sees(ChooseOne, "page.more.title")
            stand.person.touches(Chosen("next"))
    await stand.person.sees(Table)


@story
async def test_a_camera_that_dies_is_said_and_what_was_taken_is_still_there(stand: Stand) -> None:
    await chooses(stand)
    await photographs(stand, "hukou-1", of_more=True)
    stand.person.touches(NEXT)
    await stand.person.sees(LivePage)
    stand.table.dead = DeviceOffline("document_camera", "pulled")
    await sees_said(stand, DeviceOffline.citizen)
    stand.person.touches(Back())
    await stand.person.sees(Table)
    stand.person.touches(NEXT)
    sorry = await stand.person.sees(Sorry, DeviceOffline.citizen)
    assert sorry.detail == text("case_papers.still_here")
    stand.person.touches(Chosen("back"))
    await stand.person.sees(Table)
    stand.person.touches(SEND)
    await stand.person.sees(Done, "case_papers.done")
    assert arrived(stand) == {"hukou": 1}


@story
async def test_nobody_at_the_desk_is_asked_for_and_then_forgotten(stand: Stand) -> None:
    await chooses(stand)
    stand.person.touches(NEXT)
    await stand.person.sees(IdleWarning, within=stand.patience.card + 20)
    stand.person.touches(Chosen("more_time"))
    await stand.person.sees(LivePage)
    await stand.person.sees(IdleWarning, within=stand.patience.card + 20)
    await stand.person.sees(Attract)
    assert not stand.table_camera.open


# --- sending ---


@story
async def test_a_lost_answer_is_asked_again_and_nothing_doubles(stand: Stand) -> None:
    await photographs_all(stand)
    stand.network.lose_next = SendPage.path
    stand.person.touches(SEND)
    sorry = await stand.person.sees(Sorry)
    assert sorry.detail == text("case_papers.unsent")
    assert arrived(stand) == {}
    stand.person.touches(AGAIN)
    await stand.person.sees(Done, "case_papers.done")
    assert arrived(stand) == {"hukou": 2, "marriage": 1, "bank": 1}
    assert len(stand.slips()) == 1


@story
async def test_what_central_has_is_not_sent_again(stand: Stand) -> None:
    await photographs_all(stand)
    sent: list[str] = []
    post = stand.network.post

    async def watched(path: str, body: bytes, *, deadline: float) -> bytes:
        if path == SendPage.path:
            sent.append(json.loads(body)["digest"])
            if len(sent) == 3:
                stand.network.up = False
        return await post(path, body, deadline=deadline)

    stand.network.post = watched  # type: ignore[method-assign]
    stand.person.touches(SEND)
    await stand.person.sees(Sorry)
    stand.network.up = True
    stand.person.touches(AGAIN)
    await stand.person.sees(Done, "case_papers.done")
    assert len(sent) == 5  # four, and the one that was lost


@story
async def test_who_gives_up_sending_has_handed_in_nothing_and_still_has_the_photos(stand: Stand) -> None:
    await photographs_all(stand)
    stand.network.up = False
    stand.person.touches(SEND)
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("back"))
    look = await stand.person.sees(Table, "case_papers.look.ready")
    assert [row.cells[1] for row in look.rows] == [text("case_papers.state.taken", count=n) for n in (2, 1, 1)]
    assert stand.slips() == []
    stand.network.up = True
    stand.person.touches(SEND)
    await stand.person.sees(Done, "case_papers.done")
    assert arrived(stand) == {"hukou": 2, "marriage": 1, "bank": 1}


@story
async def test_a_hand_in_without_an_answer_is_never_said_to_have_arrived(stand: Stand) -> None:
    await photographs_all(stand)
    stand.network.lose_next = HandIn.path
    stand.person.touches(SEND)
    sorry = await stand.person.sees(Sorry, "case_papers.unsure")
    assert {key for key, _ in sorry.actions} == {"counter", "again"}
    stand.person.touches(Chosen("counter"))
    await stand.person.sees(Sorry, "counter.title")
    [slip] = stand.slips()
    assert "结果没有送达，请窗口核实" in slip
    with stand.engine.connect() as central:
        [request] = central.execute(sa.select(hand_in.c.request)).scalars()
    assert request in slip  # the counter finds it by this


@story
async def test_asked_again_it_has_the_same_receipt(stand: Stand) -> None:
    await photographs_all(stand)
    stand.network.lose_next = HandIn.path
    stand.person.touches(SEND)
    await stand.person.sees(Sorry, "case_papers.unsure")
    stand.person.touches(AGAIN)
    done = await stand.person.sees(Done, "case_papers.done")
    assert done.facts[0] == text("case_papers.fact.receipt", number="P261123000001")


@story
async def test_a_case_that_is_closed_meanwhile_takes_nothing_and_says_so(stand: Stand) -> None:
    await photographs_all(stand)
    stand.front.photographed.staff.decide(BIRTH, "counter 3")
    stand.person.touches(SEND)
    sorry = await stand.person.sees(Sorry, "refused.case-closed")
    assert sorry.detail == text("case_papers.refused")
    assert digests(stand) == set()
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    assert stand.slips() == []


@story
async def test_pages_that_were_wiped_before_the_hand_in_are_sent_once_more(stand: Stand) -> None:
    await photographs_all(stand)
    post = stand.network.post
    wiped: list[int] = []

    async def wiping(path: str, body: bytes, *, deadline: float) -> bytes:
        if path == HandIn.path and not wiped:
            with stand.front.store.write() as central:
                wiped.append(central.execute(page.delete()).rowcount)
        return await post(path, body, deadline=deadline)

    stand.network.post = wiping  # type: ignore[method-assign]
    stand.person.touches(SEND)
    await stand.person.sees(Done, "case_papers.done")
    assert wiped == [4]
    assert arrived(stand) == {"hukou": 2, "marriage": 1, "bank": 1}


@story
async def test_central_that_cannot_say_what_is_lacking_is_asked_again(stand: Stand) -> None:
    await begins(stand, "case_papers")
    stand.network.lose_next = AskLacking.path
    stand.id_card_reader.lay("zhang")
    await stand.person.sees(Sorry)
    stand.person.touches(AGAIN)
    await stand.person.sees(ChooseOne, "case_papers.title")


@story
async def test_a_slip_that_does_not_come_out_is_not_promised(stand: Stand) -> None:
    await photographs_all(stand)
    await stand.receipt_printer.unplug()
    stand.person.touches(SEND)
    done = await stand.person.sees(Done, "case_papers.done")
    assert done.papers == ()
    assert any(words.id == "done.warning.slip_failed" for words in done.warnings)


# --- in the menu ---


def test_it_needs_a_desk_camera_a_reader_and_central_and_says_what_it_lacks() -> None:
    (service,) = (one for one in health.SERVICES if one.key == "case_papers")
    there = {role: Condition(DeviceState.ONLINE) for role in service.roles}
    gone = Condition(DeviceState.OFFLINE)
    assert health.why_closed(service, health.Parts(there, till="menu.closed.card_terminal")) is None
    closed = health.why_closed(service, health.Parts(there | {"document_camera": gone}))
    assert closed == text("menu.closed.device", device=text("device.document_camera"))
    for one in ("id_card_reader", "chip_card_reader"):
        assert health.why_closed(service, health.Parts(there | {one: gone})) is None
    both = there | {"id_card_reader": gone, "chip_card_reader": gone}
    assert health.why_closed(service, health.Parts(both)) == text(
        "menu.closed.device", device=text("device.id_card_reader")
    )
    assert health.why_closed(service, health.Parts(there, central=False)) == text("menu.closed.central")
    assert health.why_closed(service, health.Parts(there | {"receipt_printer": gone})) is None


# --- nothing stays ---


def shots() -> list[object]:
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, Shot)]


def written(folder: Path, needle: bytes) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and needle in file.read_bytes()]


async def leaves(stand: Stand) -> None:
    stand.person.touches(Leave())
    await stand.until(lambda: isinstance(stand.glass.view, Attract))


async def walks_off(stand: Stand) -> None:
    await stand.until(lambda: isinstance(stand.glass.view, Attract), within=600)


async def hands_in(stand: Stand) -> None:
    stand.person.touches(SEND)
    await stand.person.sees(Done, "case_papers.done")
    await stand.person.goes()


@pytest.mark.parametrize("end", [leaves, walks_off, hands_in])
@story
async def test_no_picture_is_left_on_this_machine_however_the_visit_ends(stand: Stand, end: Any) -> None:
    await photographs_all(stand)
    assert len(shots()) == 4
    await end(stand)
    stand.glass.seen.clear()  # what this test has looked at
    await asyncio.sleep(1)
    assert shots() == []
    assert not stand.table_camera.open
    for name in (b"hukou-1", b"marriage"):
        assert written(stand.folder, name) == []
    assert stand.logs
    for told in (str(stand.logs), "".join(stand.slips())):
        assert not [secret for secret in ("张样本", "440703199003070013", "hukou-1") if secret in told]


@story
async def test_no_picture_survives_a_power_cut(stand: Stand) -> None:
    await photographs_all(stand)
    await stand.power_cut()
    assert written(stand.folder, b"hukou-1") == []


@story
async def test_no_view_that_asks_repeats_the_identity_number(stand: Stand) -> None:
    await photographs_all(stand)
    said = [str(view) for _, view in stand.glass.seen]
    assert not [words for words in said if "440703199003070013" in words or "张样本" in words]
