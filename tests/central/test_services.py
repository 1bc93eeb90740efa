"""Services as data at central: what is published and what is not, which requests are taken up, which payments count."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from central import console
from central.authority import Authority
from central.catalogue import SHIPPED_HOUSE, SHIPPED_OFFERS, CatalogueFault, read_house, read_offers
from central.commands import app
from central.db import file_engine
from central.departments import requests
from central.departments.requests.tables import request as table
from central.departments.rules import CHINA
from central.departments.samples import ZHANG
from central.problems import Refused
from kiosk_app.contract import ServicePaid, Verdict
from kiosk_app.contract.cases import AskCases, Cases, Office
from kiosk_app.contract.guide import Said
from kiosk_app.contract.house import Closing, Hours, House
from kiosk_app.contract.requests import AskRequest, Requested
from kiosk_app.contract.services import Offers
from tests.central.exit_fleet import Hall, RefusedError, hall
from tests.central.fleet import NOON
from tests.offers import offers, parking

CAR = {"car": "small", "months": "3", "phone": "13900005678", "begins": "2026-03-03"}
WORDS = Said(zh="检修", en="Repairs")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), lambda: NOON)


@pytest.fixture
def town(authority: Authority) -> Hall:
    made = hall(authority)
    made.fleet.front.catalogue.publish(offers(parking()))
    return made


def version(town: Hall) -> int:
    return town.fleet.front.catalogue.version()


def question(town: Hall, **changes: Any) -> AskRequest:
    asked = AskRequest(
        request="R1", service="parking_permit", catalogue=version(town), answers=CAR, holder=ZHANG.id_number
    )
    return msgspec.structs.replace(asked, **changes)


def ask(town: Hall, **changes: Any) -> Requested:
    return msgspec.json.decode(town.post(question(town, **changes)), type=Requested)


def free(town: Hall, **changes: Any) -> Requested:
    answers = {"place": "school", "by": "2026-03-30"}
    return ask(town, **({"request": "F1", "service": "file_transfer", "answers": answers} | changes))


def code(town: Hall, **changes: Any) -> str:
    with pytest.raises(RefusedError) as no:
        ask(town, **changes)
    return no.value.code


def pay(town: Hall, reply: Requested, **changes: Any) -> Verdict:
    paid = ServicePaid(
        reference="P1", amount=reply.amount, paid_at=town.fleet.clock.now(), trace=7, receipt_no=7,
        terminal_id="12345678", token=reply.token, service="parking_permit", catalogue=version(town),
    )  # fmt: skip
    [verdict] = town.fleet.say(msgspec.structs.replace(paid, **changes))
    return verdict


def mine(town: Hall, number: str = ZHANG.id_number, knows: bool = True) -> Cases:
    known = [office.value for office in Office] if knows else []
    return msgspec.json.decode(town.post(AskCases(number=number, knows=known)), type=Cases)


# --- publishing ------------------------------------------------------------------------------------------------


def test_what_is_shipped_can_be_published() -> None:
    assert [row["id"] for row in read_offers(SHIPPED_OFFERS).services] == ["record_copies", "file_transfer"]
    assert read_house(SHIPPED_HOUSE).notices


BROKEN = [
    ('en = "Copies of what?"', 'en = ""', "service record_copies: questions[0].ask: the English is missing"),
    (', en = "Copies of what?" }', " }", "service record_copies: questions[0].ask: the English is missing"),
    ('en = "Copies of what?"', 'en = "什么 of what?"', "question paper: its English has Chinese characters in it"),
    ("材料：{paper}", "材料：{papers}", "slip line 1: unknown placeholder {papers}"),
    ("材料：{paper}", "材料：{paper", "slip line 1: a brace of its Chinese begins or ends no placeholder"),
    ("材料：{paper}", "材料：", "slip line 1: its two languages have different placeholders"),
    ("certified = 1000", "sealed = 1000", "there is a fee for sealed, and form has no such answer"),
    ("certified = 1000", "sealed = 1000", "the answer certified of form has no fee"),
    ('question = "form"', 'question = "copies"', "the fee goes by copies, which is no choice"),
    ('question = "form"', 'question = "phone"', "the fee goes by phone, which is no choice"),
    ('times = "copies"', 'times = "notify"', "the fee is times notify, which is no count"),
    ("certified = 1000", "certified = 10.5", "Expected `int`"),
    ("certified = 1000", "certified = 900000", "more than 1000000 is no fee of a machine"),
    ("plain = 200, certified = 1000", "plain = 0, certified = 0", "its fee is never more than nothing"),
    ('among = ["yes"]', 'among = ["perhaps"]', "it can never be reached by perhaps: notify has no such option"),
    ('question = "notify"', 'question = "later"', "question phone: it depends on later, which is no choice before it"),
    ('key = "no"', 'key = "yes"', "question notify: option yes is there 2 times"),
    ('id = "notify"', 'id = "copies"', "question copies is there twice"),
    ('id = "notify"', 'id = "name"', "this name is a placeholder of the house"),
    ("least = 1\nmost = 5", "least = 6\nmost = 5", "its least is more than its most"),
    ("earliest = 0\nlatest = 365", "earliest = 9\nlatest = 5", "its earliest day is after its latest"),
    ('id = "record_copies"', 'id = "complaint"', "its id is that of a service which every machine has"),
    ('id = "record_copies"', 'id = "social"', "its id is that of a family"),
    ('id = "record_copies"', 'id = "hall"', "its id is that of a family"),
    ('id = "record_copies"', 'id = "file_transfer"', "service file_transfer is there 2 times"),
    ('id = "record_copies"', 'id = "Record copies"', "expected a short name (small letters, digits and _"),
    ('zh = "档案材料复印"', 'zh = "档案材料复印以及其他很多很多别的"', "its Chinese is longer than 14 letters"),
    ("minutes = 4", "minutes = 4\nminuets = 5", "unknown field `minuets`"),
    ('kind = "count"', 'kind = "guess"', "Invalid value 'guess'"),
    ("材料：{paper}", r"材料：\u001B@{paper}", "slip line 1: it has characters that cannot be seen"),
    ("Copies from your file", r"Copies from \u202Eyour file", "title: it has characters that cannot be seen"),
    ("公共就业服务机构（样本）", "公共就业服务机构和其他许多机构（样本）", "sheet office: its Chinese is longer"),
    ('shapes = ["1##########"]', 'shapes = ["1[0-9]*"]', "digits, and # for any digit: in `questions[4].sh"),
    ("identify = true\nsample = true\nfee", "identify = false\nsample = true\nfee", None),
    ("transfer", "transfer", None),
]  # fmt: skip


@pytest.mark.parametrize(("was", "is_", "fault"), BROKEN)
def test_a_file_with_a_mistake_is_not_published_and_each_mistake_is_said(
    tmp_path: Path, was: str, is_: str, fault: str | None
) -> None:
    file = tmp_path / "services.toml"
    text = SHIPPED_OFFERS.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, is_, 1), "utf-8")
    if fault is None:
        assert read_offers(file)
        return
    with pytest.raises(CatalogueFault) as no:
        read_offers(file)
    assert fault in str(no.value)


def test_a_name_where_nobody_is_identified_and_a_sum_of_what_is_free_are_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "services.toml"
    text = SHIPPED_OFFERS.read_text("utf-8")
    second = text.rindex("identify = true")
    file.write_text(text[:second] + text[second:].replace("identify = true", "identify = false", 1), "utf-8")
    with pytest.raises(CatalogueFault, match=r"\{name\}, and nobody is identified"):
        read_offers(file)
    file.write_text(text.replace("转往：{place}", "{sum}").replace("To: {place}", "{sum}"), "utf-8")
    with pytest.raises(CatalogueFault, match=r"\{sum\}, and there is no fee"):
        read_offers(file)


def test_conditions_that_exclude_each_other_are_a_question_that_nobody_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "services.toml"
    text = SHIPPED_OFFERS.read_text("utf-8").replace(
        'when = [{ question = "notify", among = ["yes"] }]',
        'when = [{ question = "notify", among = ["yes"] }, { question = "notify", among = ["no"] }]',
    )
    file.write_text(text, "utf-8")
    with pytest.raises(CatalogueFault, match="question phone can never be reached: its conditions exclude each other"):
        read_offers(file)


def test_a_person_checks_publishes_and_withdraws_from_the_command_line(tmp_path: Path) -> None:
    file, data = tmp_path / "services.toml", str(tmp_path / "data")
    text = SHIPPED_OFFERS.read_text("utf-8")
    file.write_text(text.replace("certified = 1000", "sealed = 1000").replace("{paper}", "{p}"), "utf-8")
    arguments = ["publish", str(file), "--section", "services", "--data", data]
    said = CliRunner().invoke(app, [*arguments, "--check"])
    assert said.exit_code == 1
    assert len(said.output.strip().splitlines()) >= 4
    assert all(line.startswith("not published: ") for line in said.output.strip().splitlines())
    file.write_text(text.replace('picture = "copies"', 'picture = "unicorn"'), "utf-8")
    assert "expected one of person, coin," in CliRunner().invoke(app, [*arguments, "--check"]).output
    file.write_text(text[: text.rindex("[[services]]")], "utf-8")
    assert "nothing is wrong" in CliRunner().invoke(app, [*arguments, "--check"]).output
    assert CliRunner().invoke(app, arguments).output.startswith("version ")


def test_a_service_under_the_id_of_an_entry_of_the_guide_is_not_published(town: Hall) -> None:
    front = town.fleet.front
    with front.store.read() as connection:
        guide = front.catalogue.current(connection).guide
    assert guide is not None
    with pytest.raises(CatalogueFault, match="an entry of the guide has this id"):
        front.catalogue.publish(offers(parking(id=guide.entries[0].id)))
    entry = msgspec.structs.replace(guide.entries[0], id="parking_permit")
    with pytest.raises(CatalogueFault, match="an entry of the guide has this id"):
        front.catalogue.publish(msgspec.structs.replace(guide, entries=[*guide.entries, entry]))


def test_a_platform_that_serves_no_samples_offers_nothing_by_itself_and_takes_no_sample_fee() -> None:
    front = hall().fleet.front
    with front.store.read() as connection:
        assert front.catalogue.current(connection).offers is None
    front.offer_samples()
    with front.store.read() as connection:
        assert front.catalogue.current(connection).offers is not None


# --- a request -------------------------------------------------------------------------------------------------


def test_what_costs_something_is_no_case_before_it_is_paid(town: Hall) -> None:
    reply = ask(town)
    assert (reply.amount, reply.number, reply.changed) == (9000, "", False)
    assert of_services(town) == []
    verdict = pay(town, reply)
    assert (verdict.accepted, verdict.voucher) == (True, "D260302000001")
    [case] = of_services(town)
    assert (case.number, case.state, case.title, case.amount, case.reference) == (
        "D260302000001", "accepted", "居民停车证", 9000, "P1",
    )  # fmt: skip


def of_services(town: Hall, number: str = ZHANG.id_number) -> list[Any]:
    [office] = [one for one in mine(town, number).offices if one.office is Office.SERVICES]
    assert not office.away
    return office.cases


def test_what_is_free_is_a_case_at_once_and_only_once(town: Hall) -> None:
    first = free(town)
    assert free(town) == first
    assert first.number == "D260302000001"
    assert len(of_services(town)) == 1


def test_the_same_request_with_other_answers_is_refused(town: Hall) -> None:
    ask(town)
    assert code(town, answers=CAR | {"months": "4"}) == "request-differs"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"service": "nothing"}, "unknown-service"),
        ({"holder": ""}, "card-needed"),
        ({"holder": "440703198001010001"}, "bad-id-number"),
        ({"answers": CAR | {"months": "13"}}, "answer-not-allowed"),
        ({"answers": CAR | {"car": "boat"}}, "answer-not-allowed"),
        ({"answers": CAR | {"phone": "29900005678"}}, "answer-not-allowed"),
        ({"answers": CAR | {"begins": "2026-03-01"}}, "answer-not-allowed"),
        ({"answers": {"car": "small"}}, "answer-not-allowed"),
        ({"answers": CAR | {"car": "motorcycle"}}, "answer-not-allowed"),
        ({"answers": CAR | {"more": "1"}}, "answer-not-allowed"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_any_money(
    town: Hall, changes: dict[str, Any], refused: str
) -> None:
    assert code(town, **changes) == refused


def test_a_service_that_changed_since_the_kiosk_read_it_takes_up_nothing(town: Hall) -> None:
    old = version(town)
    town.fleet.front.catalogue.publish(offers(parking(minutes=9)))
    reply = ask(town, catalogue=old)
    assert (reply.changed, reply.catalogue, reply.token) == (True, version(town), "")
    assert not free(town, catalogue=old).changed  # another service did not change
    assert ask(town, catalogue=12).changed


def test_a_closed_service_takes_up_nothing(town: Hall) -> None:
    closing = Closing(services=["parking_permit"], since=noon(-1), until=noon(1), why=WORDS)
    town.fleet.front.catalogue.publish(House(closings=[closing]))
    assert code(town) == "service-closed"
    assert free(town).number


def test_who_began_before_it_closed_and_before_midnight_is_still_served_and_pays(town: Hall) -> None:
    rule = Hours(
        services=["parking_permit", "file_transfer"], days=[1, 2, 3, 4, 5, 6, 7], opens="08:00", closes="24:00"
    )
    town.fleet.front.catalogue.publish(House(hours=[rule]))
    town.fleet.clock.turn(hours=12, minutes=14)  # the second of March is over for fourteen minutes
    assert free(town, answers={"place": "school", "by": "2026-03-02"}).number
    reply = ask(town, answers=CAR | {"begins": "2026-03-02"})
    town.fleet.clock.turn(minutes=14)
    assert pay(town, reply).accepted
    assert code(town, request="R2") == "service-closed"


def noon(hours: int) -> datetime:
    return NOON.astimezone(CHINA).replace(tzinfo=None) + timedelta(hours=hours)


def test_an_office_that_cannot_answer_says_so_and_nothing_is_taken_up(town: Hall) -> None:
    town.fleet.front.requests.available = False
    assert code(town) == "department-unavailable"
    [office] = [one for one in mine(town).offices if one.office is Office.SERVICES]
    assert office.away


# --- a payment -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"amount": 8999}, "amount-changed"),
        ({"token": "guessed"}, "unknown-request"),
        ({"service": "record_copies"}, "unknown-service"),
        ({"catalogue": 3}, "unknown-service"),
    ],
)
def test_a_payment_that_does_not_fit_is_refused_and_the_request_stays_open(
    town: Hall, changes: dict[str, Any], refused: str
) -> None:
    reply = ask(town)
    assert pay(town, reply, **changes).code == refused
    assert pay(town, reply, reference="P2").accepted


def test_a_request_is_paid_for_once(town: Hall) -> None:
    reply = ask(town)
    assert pay(town, reply).accepted
    assert pay(town, reply).accepted  # the same report again
    assert pay(town, reply, reference="P2").code == "already-paid"


def test_a_payment_counts_by_the_version_that_the_kiosk_had(town: Hall) -> None:
    reply, old = ask(town), version(town)
    fee = {"kind": "fixed", "fen": 100}
    town.fleet.front.catalogue.publish(offers(parking(fee=fee)))
    assert pay(town, reply, catalogue=old).accepted


def test_a_payment_by_another_version_is_judged_by_that_one(town: Hall) -> None:
    reply = ask(town)
    questions = parking()["questions"]
    questions[1]["most"] = 2
    town.fleet.front.catalogue.publish(offers(parking(questions=questions)))
    assert pay(town, reply).code == "answer-not-allowed"
    town.fleet.front.catalogue.publish(Offers(services=[]))
    assert pay(town, reply, reference="P2").code == "unknown-service"


def test_a_service_that_closed_while_somebody_paid_is_still_given_and_later_it_is_not(town: Hall) -> None:
    reply = ask(town)
    closing = Closing(services=["parking_permit"], since=noon(0), until=noon(9), why=WORDS)
    town.fleet.front.catalogue.publish(House(closings=[closing]))
    town.fleet.clock.turn(minutes=30)
    assert pay(town, reply).code == "service-closed"
    town.fleet.clock.turn(minutes=-20)
    assert pay(town, reply, reference="P2").accepted


def test_money_that_goes_back_leaves_no_case(town: Hall) -> None:
    reply = ask(town)
    assert pay(town, reply).accepted
    town.fleet.say(town.fleet.moved("P1", "reversed", 9000))
    assert of_services(town) == []
    assert pay(town, reply, reference="P2").code == "given-back"


# --- cases -----------------------------------------------------------------------------------------------------


def test_somebody_elses_cases_are_nobodys(town: Hall) -> None:
    free(town)
    assert of_services(town, "34052419800101001X") == []


def test_a_release_that_knows_no_such_office_can_read_the_answer(town: Hall) -> None:
    free(town)
    assert Office.SERVICES not in {one.office for one in mine(town, knows=False).offices}


def test_who_does_it_has_it_and_what_is_done_is_done_once(town: Hall) -> None:
    store, clock = town.fleet.front.store, town.fleet.clock
    number = free(town).number
    assert requests.take(store, number, "Wu") == [
        "service: file_transfer", f"holder: {ZHANG.id_number}", "place: school", "by: 2026-03-30"
    ]  # fmt: skip
    requests.finish(store, clock, number, "Wu")
    assert of_services(town)[0].state == "done"
    with pytest.raises(Refused):
        requests.finish(store, clock, number, "Wu")
    with store.read() as connection:
        [line] = requests.lines(connection)
    assert (line.state, line.owner) == ("done", "Wu")


def test_what_nobody_paid_for_is_forgotten_when_no_report_can_come_any_more(town: Hall) -> None:
    store = town.fleet.front.store
    ask(town)
    free(town)
    assert town.fleet.front.forget().requests == 0
    town.fleet.clock.turn(days=41)
    assert town.fleet.front.forget().requests == 1
    with store.read() as connection:
        assert connection.execute(sa.select(table.c.service)).scalars().all() == ["file_transfer"]


def test_what_is_done_names_nobody_after_its_time_and_nothing_is_left_in_the_file(
    authority: Authority, tmp_path: Path
) -> None:
    made = hall(authority, engine=file_engine(tmp_path / "central.db"))
    made.fleet.front.catalogue.publish(offers(parking()))
    verdict = pay(made, ask(made))
    store, clock = made.fleet.front.store, made.fleet.clock

    def left() -> bytes:
        assert store.overwrite()
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert CAR["phone"].encode() in left()
    requests.finish(store, clock, verdict.voucher, "Wu")
    assert CAR["phone"].encode() not in left()
    assert b"2026-03-03" in left()
    clock.turn(days=90)
    forget = made.fleet.front.forget
    assert (forget().requests, len(of_services(made))) == (0, 1)
    clock.turn(days=1)
    assert (forget().requests, of_services(made), forget().requests) == (1, [], 0)
    assert b"2026-03-03" not in left()
    with store.read() as connection:
        assert [line.state for line in requests.lines(connection)] == ["done"]


def test_what_nobody_does_loses_its_telephone_after_operators_were_told_and_stays_to_be_done(town: Hall) -> None:
    verdict, front, clock = pay(town, ask(town)), town.fleet.front, town.fleet.clock
    clock.turn(days=149)
    assert front.forget().ending == 0
    assert "its telephone is wiped soon" not in console.page(front)
    clock.turn(days=2)
    assert front.forget().ending == 1
    assert "its telephone is wiped soon" in console.page(front)
    clock.turn(days=30)
    assert front.forget().ending == 0
    assert CAR["phone"] not in " ".join(said := requests.take(front.store, verdict.voucher, "Wu"))
    assert {f"holder: {ZHANG.id_number}", "phone: *", f"months: {CAR['months']}"} <= set(said), "it can still be done"


def test_the_example_of_the_handbook_can_be_published(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/add-a-service.md").read_text("utf-8")
    file = tmp_path / "services.toml"
    file.write_text(page.partition("```toml\n")[2].partition("```")[0], "utf-8")
    assert [row["id"] for row in read_offers(file).services] == ["parking_permit"]
