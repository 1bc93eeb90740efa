"""Any service that the publisher accepts can be walked to its end by a citizen, and its papers are made."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kiosk_app.contract.catalogue import NOTHING_SOLD, PURPOSE, Catalogue
from kiosk_app.contract.services import (
    DataService,
    Day,
    Digits,
    HowMany,
    OneOf,
    Question,
    allowed,
    asked,
    fee_of,
    fees_of,
)
from kiosk_app.contract.services_check import faults, readable
from kiosk_app.money.amounts import ZERO, Fen
from kiosk_app.offered import offered, unreadable
from kiosk_app.papers.as_data import Asked, request_sheet, request_slip
from kiosk_app.papers.proof import ByCode
from kiosk_app.services.as_data import Visit, fill_in
from kiosk_app.views import Back, ChooseOne, Chosen, EnterNumber, Intent, Table, Typed, View
from screens.words import LANGUAGES, Words
from tests.offers import both, offers, parking, service
from tests.stationery.reading import opened, words_of

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEYS = [f"k{n}" for n in range(4)]
IDS = [f"q{n}" for n in range(6)]
WORDS = Words({"phone": ""})
words = st.sampled_from([both("样本", "Sample"), both("第二项", "The second"), both("其他 <b>", "Other & more")])


@st.composite
def questions(draw: st.DrawFn, place: int, before: list[str]) -> dict[str, Any]:
    """One question; its conditions may exclude each other, so that some definitions are refused."""
    made: dict[str, Any] = {"id": IDS[place], "ask": draw(words), "kind": draw(st.sampled_from(KINDS))}
    if before:
        condition: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
            {
                "question": st.sampled_from(before if draw(st.integers(0, 9)) else IDS[: place + 1]),
                "among": st.lists(st.sampled_from(KEYS[:3]), min_size=1, max_size=2, unique=True),
            }
        )
        made["when"] = draw(st.lists(condition, max_size=2))
    match made["kind"]:
        case "choice":
            count = draw(st.integers(2, 4))
            made["options"] = [{"key": key, "title": draw(words)} for key in KEYS[:count]]
        case "count":
            least = draw(st.integers(0, 5))
            made |= {"least": least, "most": draw(st.integers(max(1, least), 120)), "unit": draw(words)}
        case "digits":
            shape = st.text("0123456789##", min_size=1, max_size=12)
            made["shapes"] = draw(st.lists(shape, min_size=1, max_size=3, unique=True))
        case "day":
            first = draw(st.integers(-400, 30))
            made |= {"earliest": first, "latest": first + draw(st.integers(0, 400))}
    return made


KINDS = ("choice", "choice", "count", "digits", "day")


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A whole service. It may have faults: what has none is what the test is about."""
    rows: list[dict[str, Any]] = []
    for place in range(draw(st.integers(0, 6))):
        rows.append(draw(questions(place, [row["id"] for row in rows if row["kind"] == "choice"])))
    fee: dict[str, Any] | None = draw(st.sampled_from([None, {"kind": "fixed", "fen": 500}, {"kind": "answer"}]))
    choices = [row for row in rows if row["kind"] == "choice"]
    if fee is not None and fee["kind"] == "answer":
        assume(choices)
        by = draw(st.sampled_from(choices))
        fees = {option["key"]: draw(st.integers(0, 5000)) for option in by["options"]}
        fee |= {"question": by["id"], "fen": fees}
    counts = [row["id"] for row in rows if row["kind"] == "count"]
    times: str = draw(st.sampled_from(["", *counts]))
    if fee is not None and times:
        fee = fee | {"times": times}
    names = ["reference", "time", *(row["id"] for row in rows)]
    lines = [both(f"甲 {{{name}}}", f"A {{{name}}}") for name in draw(st.lists(st.sampled_from(names), max_size=4))]
    sheet = {"title": draw(words), "office": draw(words), "body": [both("正文", "Body"), *lines]}
    changes = {"questions": rows, "slip": lines, "identify": False, "sheet": sheet if draw(st.booleans()) else None}
    made = parking(**changes) | ({"fee": fee} if fee else {})
    return made if fee else {name: value for name, value in made.items() if name != "fee"}


class Anybody:
    """A desk at which somebody answers as chance has it; now and then they go back, or type what is wrong."""

    def __init__(self, walked: DataService, data: st.DataObject) -> None:
        self.walked, self.data, self.asked_for = walked, data, 0
        self.clock = SimpleNamespace(now=lambda: NOW)

    async def ask(self, view: View) -> Intent:
        self.asked_for += 1
        for language in LANGUAGES:
            assert WORDS.say(view.title, language).strip()  # type: ignore[attr-defined]
        assert view.steps is not None
        chance = self.data.draw(st.integers(0, 9)) if self.asked_for < 30 else 9
        if chance == 0:
            return Back()
        match view:
            case Table():
                return Chosen("confirm")
            case ChooseOne():
                return Chosen(self.data.draw(st.sampled_from([row.key for row in view.rows])))
            case EnterNumber():
                typed = self._digits(view)
                assert len(typed) in view.lengths or chance == 1
                return Typed(typed)
        raise AssertionError(view)

    def _digits(self, view: EnterNumber) -> str:
        """What is right for the question of this page; its words are those of one of them."""
        for question in self.walked.questions:
            if not isinstance(question, OneOf) and entry_fits(question, view):
                return right(question, self.data)
        raise AssertionError(view)


def entry_fits(question: Question, view: EnterNumber) -> bool:
    said = dict(view.title.args)
    match question:
        case HowMany():
            same = dict(view.hint.args).get("most") == question.most and view.hint.id == "question.count"
        case Digits():
            same = view.hint.id == "question.digits" and view.lengths == tuple(
                sorted({len(s) for s in question.shapes})
            )
        case Day():
            last = (TODAY + timedelta(question.latest)).isoformat()
            same = view.hint.id == "question.day" and dict(view.hint.args)["last"] == last
        case _:
            same = False
    return same and said == {"zh": question.ask.zh, "en": question.ask.en}


def right(question: Question, data: st.DataObject) -> str:
    match question:
        case HowMany():
            return str(data.draw(st.integers(question.least, question.most)))
        case Digits():
            return data.draw(st.sampled_from(question.shapes)).replace("#", "7")
        case Day():
            ahead = data.draw(st.integers(question.earliest, question.latest))
            return f"{TODAY + timedelta(ahead):%Y%m%d}"
    raise AssertionError(question)


@given(row=definitions(), data=st.data())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_whatever_is_published_can_be_walked_to_its_end(row: dict[str, Any], data: st.DataObject) -> None:
    walked = service(row)
    assume(not list(faults(walked)))
    desk: Any = Anybody(walked, data)
    answers = None
    for _ in range(40):  # back out of the first question is the page before, and one begins again
        answers = asyncio.run(fill_in(desk, Visit(walked)))
        if answers is not None:
            break
    assert answers is not None
    assert allowed(walked, answers, TODAY)
    amount = fee_of(walked, answers)
    assert 0 <= amount <= 1_000_000
    assert fees_of(walked) == [] or amount % 1 == 0
    paid = Asked(
        service=walked, answers=answers, reference="44070399261123090000", number="D261123000001", amount=Fen(amount),
        at=NOW, by=ByCode("wechat", "4200001234") if amount else None, name="", site="样本", hotline="0750",
    )  # fmt: skip
    slip = request_slip(paid)
    assert not any("{" in line.left + line.right for line in slip.lines)
    if walked.sheet is not None:
        assert request_sheet(paid, walked.sheet).startswith(b"%PDF")


@given(row=definitions())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_every_question_of_what_is_published_is_asked_on_some_way_through_it(row: dict[str, Any]) -> None:
    walked = service(row)
    assume(not list(faults(walked)))
    for question in walked.questions:
        needed = {when.question for when in question.when}
        answers = {name: _towards(walked, question, name) for name in _all_needed(walked, needed)}
        assert question in asked(walked, answers), question.id


def _all_needed(walked: DataService, names: set[str]) -> set[str]:
    by_id = {one.id: one for one in walked.questions}
    more = {when.question for name in names for when in by_id[name].when}
    return names if more <= names else _all_needed(walked, names | more)


def _towards(walked: DataService, question: Question, name: str) -> str:
    """An option of ``name`` that every condition on the way to ``question`` has among its own."""
    way = [
        question,
        *(one for one in walked.questions if one.id in _all_needed(walked, {w.question for w in question.when})),
    ]
    sets = [set(when.among) for one in way for when in one.when if when.question == name]
    return min(set.intersection(*sets))


def test_a_title_with_a_letter_that_the_bold_face_or_every_face_lacks_is_printed_nevertheless() -> None:
    row = parking()
    row["sheet"] |= {"title": both("㐂村居民停车证😀", "Parking 😀"), "office": both("㐂村😀", "Office 😀")}
    walked = service(row)
    assert list(faults(walked)) == []
    made = Asked(
        service=walked, answers={"car": "motorcycle", "months": "1", "begins": "2026-11-23"}, reference="1", number="1",
        amount=ZERO, at=NOW, by=None, name="㐂样本", site="样本", hotline="0750",
    )  # fmt: skip
    assert walked.sheet is not None
    assert request_sheet(made, walked.sheet).startswith(b"%PDF")


@pytest.mark.parametrize("count", range(8, 13))
def test_the_longest_page_that_can_be_published_is_printed_whole_wherever_it_is_divided(count: int) -> None:
    english = "What to bring, and where the business is done. " * 4 + "End."
    line = both("很长的一句话说明要带什么材料" * 14 + "完", english)
    title, option = both("问" * 14, "Q" * 40), both("答" * 20, "A" * 48)
    options = [{"key": "aa", "title": option}, {"key": "bb", "title": option}]
    asked_ = [{"kind": "choice", "id": f"q{n}", "ask": title, "options": options} for n in range(count)]
    sheet = {"title": both("一" * 18, "W" * 60), "office": both("二" * 18, "M" * 60), "body": [line] * 12}
    walked = service(parking(questions=asked_, fee=None, slip=[], sheet=sheet))
    assert list(faults(walked)) == []
    made = Asked(
        service=walked, answers={f"q{n}": "aa" for n in range(count)}, reference="1", number="1", amount=ZERO, at=NOW,
        by=None, name="样本", site="样本", hotline="0750",
    )  # fmt: skip
    assert walked.sheet is not None
    page = request_sheet(made, walked.sheet)
    said = words_of(page)
    assert len(opened(page).pages) > 1
    assert (said.count("完"), said.count("End.")) == (12, 12)


def test_a_kiosk_takes_what_it_can_serve_and_names_what_it_cannot() -> None:
    ahead = parking(id="ahead", must_be_over=60)  # a rule that is not understood must not be left out
    wrong = parking(id="wrong", slip=[both("{nobody}", "{nobody}")])
    nameless = {"id": "nameless"}
    services, heads = readable(offers(parking(), ahead, wrong, nameless))
    assert [one.id for one in services] == ["record_copies", "file_transfer", "parking_permit"]
    assert [head.id for head in heads] == ["ahead", "wrong"]
    assert readable(None) == ([], [])
    document = Catalogue(
        purpose=PURPOSE, version=1, issued_at=NOW, exit_entry=NOTHING_SOLD, offers=offers(ahead, nameless)
    )
    assert unreadable(document, offered(document)) == "service ahead, 1 services without a head"


def test_what_is_read_is_what_was_written() -> None:
    assert service(msgspec.to_builtins(service(parking()))) == service(parking())
