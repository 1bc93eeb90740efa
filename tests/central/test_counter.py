"""Papers for cases at counters: whose they are, nothing twice and nothing in half, what is kept and for how long."""

import asyncio
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
import sqlalchemy as sa
from PIL import Image
from typer.testing import CliRunner

from central import console
from central.commands import app
from central.db import file_engine
from central.departments.counter import pages, samples
from central.departments.counter.tables import hand_in, opened, page
from central.departments.rules import china_day
from central.departments.samples import LI, ZHANG
from central.payments import night
from central.problems import Refused
from central.server import Central, Settings
from kiosk_app.contract import BATCH_BYTES, Problem
from kiosk_app.contract.case_papers import (
    MOST_PAGE,
    AskLacking,
    HandedIn,
    HandIn,
    Lacking,
    PageKept,
    SendPage,
    SentPaper,
)
from kiosk_app.contract.cases import Cases, Office, ask_cases
from tests.central.fleet import KIOSK, Fleet, fleet

BIRTH, LEASE = samples.SAMPLES[0].number, samples.SAMPLES[1].number
OTHER = "0198c0de-0000-7000-8000-000000000002"
Reply = TypeVar("Reply")


def drawn(shade: int, size: tuple[int, int] = (600, 850)) -> bytes:
    """A page of one grey."""
    file = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(file, "JPEG", quality=80)
    return file.getvalue()


ONE, TWO, THREE = drawn(200), drawn(150), drawn(100)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def central() -> Fleet:
    return town()


def town(**settings: Any) -> Fleet:
    made = fleet(**settings)
    with made.front.store.write() as connection:
        samples.load(connection, china_day(made.clock.now()))
    made.front.register(OTHER, made.kiosk.key.public_pem, site="another sample site")
    return made


def ask(central: Fleet, question: Any, reply: type[Reply], kiosk: str = KIOSK) -> Reply:
    status, body = central.front.post(kiosk, question.path, msgspec.json.encode(question))
    assert status == 200, body
    return msgspec.json.decode(body, type=reply)


def refused(central: Fleet, question: Any, kiosk: str = KIOSK) -> str:
    status, body = central.front.post(kiosk, question.path, msgspec.json.encode(question))
    assert status in {404, 409, 422}, body
    return msgspec.json.decode(body, type=Problem).type


def a_page(data: bytes = ONE, at: int = 1, **changes: Any) -> SendPage:
    made = SendPage(
        request="R1", number=ZHANG.id_number, case=BIRTH, paper="hukou", page=at, digest=digest(data), picture=data
    )
    return msgspec.structs.replace(made, **changes)


def the_hand_in(papers: Mapping[str, Sequence[bytes]], **changes: Any) -> HandIn:
    sent = [SentPaper(paper=key, digests=[digest(data) for data in pages]) for key, pages in papers.items()]
    return msgspec.structs.replace(HandIn(request="R1", number=ZHANG.id_number, case=BIRTH, papers=sent), **changes)


def hands_in_all(central: Fleet, request: str = "R1") -> HandedIn:
    papers = {"hukou": [ONE, TWO], "marriage": [THREE], "bank": [ONE]}
    for paper, pictures in papers.items():
        for number, data in enumerate(pictures, 1):
            ask(central, a_page(data, number, paper=paper, request=request), PageKept)
    return ask(central, the_hand_in(papers, request=request), HandedIn)


def lacks(central: Fleet, number: str = ZHANG.id_number) -> dict[str, list[str]]:
    found = ask(central, AskLacking(number=number), Lacking).cases
    return {case.case: [paper.key for paper in case.papers] for case in found}


def state(central: Fleet, case: str = BIRTH) -> str:
    offices = ask(central, ask_cases(ZHANG.id_number), Cases).offices
    [mine] = [one.cases for one in offices if one.office is Office.COUNTER]
    return {one.number: one.state for one in mine}[case]


def stored(central: Fleet) -> int:
    with central.front.store.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(page)).scalar_one()


# --- the way it goes ---


def test_papers_arrive_page_by_page_and_the_case_says_so(central: Fleet) -> None:
    assert lacks(central) == {LEASE: ["lease"], BIRTH: ["hukou", "marriage", "bank"]}  # the sooner term first
    assert state(central) == "lacking"
    for paper, data, number in (("hukou", ONE, 1), ("hukou", TWO, 2), ("bank", THREE, 1)):
        ask(central, a_page(data, number, paper=paper), PageKept)
    assert lacks(central)[BIRTH] == ["hukou", "marriage", "bank"]  # nothing counts before it is handed in
    got = ask(central, the_hand_in({"hukou": [ONE, TWO], "bank": [THREE]}), HandedIn)
    assert (got.receipt, got.pages, [one.key for one in got.missing]) == ("P260302000001", 3, ["marriage"])
    assert lacks(central)[BIRTH] == ["marriage"]
    ask(central, a_page(paper="marriage", request="R2"), PageKept)
    rest = ask(central, the_hand_in({"marriage": [ONE]}, request="R2"), HandedIn)
    assert rest.missing == []
    assert BIRTH not in lacks(central)
    assert state(central) == "received"


def test_a_lost_answer_is_asked_for_again_and_nothing_doubles(central: Fleet) -> None:
    for _ in range(3):
        ask(central, a_page(), PageKept)
    assert stored(central) == 1
    got = [ask(central, the_hand_in({"hukou": [ONE]}), HandedIn) for _ in range(3)]
    assert got[0] == got[1] == got[2]
    with central.front.store.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(hand_in)).scalar_one() == 1


def test_the_same_answer_even_when_the_case_was_decided_between_the_two(central: Fleet) -> None:
    first = hands_in_all(central)
    central.front.photographed.staff.decide(BIRTH, "counter 3")
    again = the_hand_in({"hukou": [ONE, TWO], "marriage": [THREE], "bank": [ONE]})
    assert ask(central, again, HandedIn) == first
    assert refused(central, msgspec.structs.replace(again, number=LI.id_number)) == "unknown-case"


# --- what is refused ---


def test_somebody_elses_case_is_no_case(central: Fleet) -> None:
    assert BIRTH not in lacks(central, LI.id_number)
    assert refused(central, a_page(number=LI.id_number)) == "unknown-case"
    assert refused(central, a_page(case="C0000000000")) == "unknown-case"
    ask(central, a_page(), PageKept)
    assert refused(central, the_hand_in({"hukou": [ONE]}, number=LI.id_number)) == "unknown-case"


def test_a_machine_that_is_not_enrolled_is_not_heard(central: Fleet) -> None:
    status, _ = central.front.post("nobody", SendPage.path, msgspec.json.encode(a_page()))
    assert status == 403


@pytest.mark.parametrize("when", ["before the first page", "between the pages", "before the hand-in"])
def test_a_case_that_is_closed_meanwhile_takes_nothing(central: Fleet, when: str) -> None:
    if when != "before the first page":
        ask(central, a_page(), PageKept)
    central.front.photographed.staff.decide(BIRTH, "counter 3")
    late = the_hand_in({"hukou": [ONE]}) if when == "before the hand-in" else a_page(TWO, 2)
    assert refused(central, late) == "case-closed"
    assert state(central) == "decided"
    assert BIRTH not in lacks(central)


def test_papers_are_taken_to_the_end_of_the_last_day(central: Fleet) -> None:
    central.clock.turn(days=24)
    ask(central, a_page(), PageKept)
    central.clock.turn(days=1)
    assert refused(central, the_hand_in({"hukou": [ONE]})) == "term-over"
    assert lacks(central) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + bytes(1000),
        b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40 + b"\xff\xd9",  # only looks like one
        ONE[: len(ONE) // 2],
        ONE[:-1],
        ONE + b"more",
        drawn(9, (399, 800)),
        drawn(9, (500, 6001)),
        drawn(9, (4001, 4000)),
    ],
)
def test_what_is_no_picture_of_a_page_is_refused(central: Fleet, data: bytes) -> None:
    assert refused(central, a_page(data)) == "no-page"
    assert stored(central) == 0


def test_a_digest_of_something_else_is_refused(central: Fleet) -> None:
    assert refused(central, a_page(digest=digest(TWO))) == "no-page"


def test_the_largest_page_passes_and_a_larger_one_does_not(central: Fleet) -> None:
    largest = msgspec.json.encode(a_page(bytes(MOST_PAGE), request="R" * 32, paper="样" * 64, case="样" * 64))
    assert len(largest) <= BATCH_BYTES
    assert central.front.post(KIOSK, SendPage.path, largest)[0] == 422
    larger = msgspec.json.encode(a_page(bytes(MOST_PAGE + 1)))
    assert central.front.post(KIOSK, SendPage.path, larger)[0] == 400


def test_another_picture_in_the_place_of_one_is_refused(central: Fleet) -> None:
    ask(central, a_page(), PageKept)
    assert refused(central, a_page(TWO)) == "page-differs"


def test_more_pages_than_the_paper_may_have_and_papers_nobody_asked_for_are_refused(central: Fleet) -> None:
    assert refused(central, a_page(ONE, 4)) == "too-many-pages"
    assert refused(central, a_page(paper="diary")) == "paper-not-wanted"


def test_a_hand_in_that_names_a_page_that_is_not_here_is_refused_whole(central: Fleet) -> None:
    assert refused(central, the_hand_in({"hukou": [ONE]})) == "pages-missing"
    ask(central, a_page(), PageKept)
    for wrong in ([ONE, TWO], [TWO]):
        assert refused(central, the_hand_in({"hukou": wrong})) == "pages-missing"
    twice = [SentPaper(paper="hukou", digests=[digest(ONE)])] * 2
    assert refused(central, msgspec.structs.replace(the_hand_in({}), papers=twice)) == "pages-missing"
    assert lacks(central)[BIRTH] == ["hukou", "marriage", "bank"]


def test_what_came_from_elsewhere_meanwhile_is_not_taken_twice(central: Fleet) -> None:
    ask(central, a_page(), PageKept)
    ask(central, a_page(), PageKept, OTHER)
    ask(central, the_hand_in({"hukou": [ONE]}), HandedIn, OTHER)
    assert refused(central, the_hand_in({"hukou": [ONE]})) == "paper-not-wanted"


def test_another_case_under_the_same_request_is_refused(central: Fleet) -> None:
    ask(central, a_page(), PageKept)
    assert refused(central, a_page(case=LEASE, paper="lease")) == "request-differs"


# --- what is kept ---


def test_the_database_shows_no_picture_and_a_page_in_another_place_does_not_open(
    central: Fleet, tmp_path: Path
) -> None:
    hands_in_all(central)
    with central.front.store.write() as connection:
        rows = connection.execute(sa.select(page).order_by(page.c.paper, page.c.page)).all()
        assert all(ONE[20:60] not in row.sealed and b"JFIF" not in row.sealed for row in rows)
        assert len({row.sealed for row in rows}) == 4  # the same picture twice is not seen to be the same
        where = (page.c.paper == "hukou", page.c.page == 1)
        connection.execute(page.update().where(*where).values(sealed=rows[0].sealed))
    with pytest.raises(Refused, match="page-spoilt"):
        central.front.photographed.staff.open(BIRTH, "counter 3", tmp_path)
    assert list(tmp_path.iterdir()) == [], "half of a case is on nobody's desk"
    with central.front.store.read() as connection:
        assert connection.execute(sa.select(opened)).all() == []


def test_who_begins_anew_at_a_machine_leaves_nothing_of_who_did_not_finish(central: Fleet) -> None:
    ask(central, a_page(), PageKept)
    ask(central, a_page(request="R1"), PageKept, OTHER)
    ask(central, a_page(TWO, request="R2"), PageKept)
    assert stored(central) == 2  # the other machine's stays
    assert refused(central, the_hand_in({"hukou": [ONE]})) == "pages-missing"


@pytest.mark.parametrize(
    ("done", "term"), [("begun", pages.UNFINISHED), ("handed in", pages.LONGEST), ("decided", pages.KEPT)]
)
def test_pages_are_wiped_when_their_time_is_over(central: Fleet, done: str, term: timedelta) -> None:
    ask(central, a_page(), PageKept)
    if done != "begun":
        hands_in_all(central)
    if done == "decided":
        central.front.photographed.staff.decide(BIRTH, "counter 3")
    there = stored(central)
    central.clock.turn(seconds=term.total_seconds() - 1)
    assert (central.front.photographed.expire(), stored(central)) == (0, there)
    central.clock.turn(seconds=1)
    assert (central.front.photographed.expire(), stored(central)) == (there, 0)
    assert central.front.photographed.expire() == 0
    assert state(central) == {"begun": "lacking", "handed in": "received", "decided": "decided"}[done]


def test_the_night_wipes_what_is_over(central: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "LOOK", 0.0)

    async def main() -> None:
        watch = asyncio.create_task(night.nights(central.front, central.clock))
        await asyncio.sleep(0)
        central.clock.turn(days=2)
        async with asyncio.timeout(30):
            while stored(central):  # noqa: ASYNC110 - the work is done in a thread
                await asyncio.sleep(0)
        watch.cancel()

    ask(central, a_page(), PageKept)
    asyncio.run(main())


def test_what_is_wiped_is_overwritten_in_the_file(tmp_path: Path) -> None:
    central = town(engine=file_engine(tmp_path / "central.db"))
    ask(central, a_page(), PageKept)
    with central.front.store.read() as connection:
        sealed = connection.execute(sa.select(page.c.sealed)).scalar_one()
    assert sealed[100:160] in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    central.clock.turn(days=2)
    central.front.photographed.expire()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert sealed[100:160] not in left


# --- at the counter ---


def test_staff_sees_that_papers_came_and_no_picture_and_nobody(central: Fleet) -> None:
    hands_in_all(central)
    shown = console.page(central.front)
    assert BIRTH in shown
    assert "P260302000001" in shown
    assert "▲ 待处理 to look at" in shown
    assert ZHANG.id_number not in shown
    assert ZHANG.name not in shown


def test_who_opens_the_papers_says_who_it_is_and_gets_what_was_sent(central: Fleet, tmp_path: Path) -> None:
    hands_in_all(central)
    files = central.front.photographed.staff.open(BIRTH, "counter 3", tmp_path / "case")
    assert [path.name for path in files] == ["01-01.jpg", "01-02.jpg", "02-01.jpg", "03-01.jpg"]
    assert [path.read_bytes() for path in files] == [ONE, TWO, THREE, ONE]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    with central.front.store.read() as connection:
        [row] = connection.execute(sa.select(opened)).all()
    assert (row.case, row.by, row.at, row.pages) == (BIRTH, "counter 3", central.clock.now(), 4)
    with pytest.raises(Refused, match="no-papers"):
        central.front.photographed.staff.open(LEASE, "counter 3", tmp_path)


def test_a_paper_that_cannot_be_used_is_asked_for_again_and_its_pages_go(central: Fleet) -> None:
    hands_in_all(central)
    central.front.photographed.staff.send_back(BIRTH, "hukou", "counter 3")
    assert lacks(central)[BIRTH] == ["hukou"]
    assert state(central) == "lacking"
    assert stored(central) == 2
    ask(central, a_page(THREE, request="R2"), PageKept)
    assert ask(central, the_hand_in({"hukou": [THREE]}, request="R2"), HandedIn).missing == []
    with pytest.raises(Refused, match="no-papers"):
        central.front.photographed.staff.send_back(LEASE, "lease", "counter 3")


def test_a_decided_case_is_decided_once(central: Fleet) -> None:
    staff = central.front.photographed.staff
    staff.decide(BIRTH, "counter 3")
    with pytest.raises(Refused, match="case-closed"):
        staff.decide(BIRTH, "counter 4")
    with pytest.raises(Refused, match="case-closed"):
        staff.send_back(BIRTH, "hukou", "counter 4")


def test_the_counter_works_from_the_command_line_also_after_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    central = Central(Settings(data))
    central.load_samples()
    central.front.register(KIOSK, fleet().kiosk.key.public_pem)
    sent = a_page()
    for question in (sent, the_hand_in({"hukou": [ONE]})):
        assert central.front.post(KIOSK, question.path, msgspec.json.encode(question))[0] == 200

    def run(*words: str) -> tuple[int, str]:
        ran = CliRunner().invoke(app, [*words, "--by", "counter 3", "--data", str(data)])
        return ran.exit_code, ran.output

    assert run("papers", BIRTH, "--out", str(tmp_path / "out")) == (0, f"{tmp_path}/out/01-01.jpg\ndone\n")
    assert (tmp_path / "out" / "01-01.jpg").read_bytes() == ONE
    assert run("send-back", BIRTH, "hukou") == (0, "done\n")
    assert run("decide", BIRTH) == (0, "done\n")
    assert run("decide", BIRTH)[0] == 1
