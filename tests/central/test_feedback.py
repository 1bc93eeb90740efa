"""What citizens said, as central keeps it: once, until it is settled, and scores as counts."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from central import feedback
from central.db import file_engine
from central.departments.rules import china_day
from central.problems import Refused
from kiosk_app.contract import FeedbackGiven
from tests.central.fleet import KIOSK, Fleet, fleet

PHONE = "13900001234"


@pytest.fixture
def central() -> Fleet:
    central = fleet()
    give(central, PHONE)
    return central


def give(central: Fleet, phone: str, reference: str = "90000000000000000001") -> None:
    now = central.clock.now()
    told = FeedbackGiven(reference=reference, kind="complaint", topic="staff", phone=phone, at=now)
    with central.front.store.write() as connection:
        feedback.given(connection, KIOSK, told, now)


def call(central: Fleet, reference: str, by: str) -> None:
    feedback.call_back(central.front.store, reference, by)


def settle(central: Fleet, reference: str, by: str) -> None:
    feedback.settle(central.front.store, central.clock, reference, by)


def refusal(central: Fleet, reference: str, does: Callable[[Fleet, str, str], None]) -> str:
    with pytest.raises(Refused) as refused:
        does(central, reference, "9999")
    return refused.value.code


def lines(central: Fleet) -> list[feedback.FeedbackLine]:
    with central.front.store.read() as connection:
        return feedback.lines(connection)


def test_what_comes_twice_is_kept_once_as_it_came_first(central: Fleet) -> None:
    give(central, "")
    assert [line.call for line in lines(central)] == ["139******34"]


def test_who_left_no_number_cannot_be_called(central: Fleet) -> None:
    give(central, "", "90000000000000000002")
    assert refusal(central, "90000000000000000002", call) == "no-number"
    assert {line.owner for line in lines(central)} == {""}


@pytest.mark.parametrize("does", [call, settle])
def test_a_settled_matter_stays_whose_it_was(central: Fleet, does: Callable[[Fleet, str, str], None]) -> None:
    [line] = lines(central)
    settle(central, line.reference, "1207")
    assert refusal(central, line.reference, does) == "settled"
    assert [line.owner for line in lines(central)] == ["1207"]
    assert refusal(central, "90000000000000000009", does) == "unknown-reference"


def test_scores_are_counted_from_the_day_that_is_asked_for(central: Fleet) -> None:
    day = china_day(central.clock.now())
    with central.front.store.write() as connection:
        feedback.rated(connection, KIOSK, 1, central.clock.now() - timedelta(days=40))
        feedback.rated(connection, KIOSK, 5, central.clock.now())
        feedback.rated(connection, KIOSK, 4, central.clock.now())
        [line] = feedback.scores(connection, day - timedelta(days=30))
        feedback.rated(connection, KIOSK, 2, central.clock.now().replace(hour=17))  # tomorrow in China
        [tomorrow] = feedback.scores(connection, day + timedelta(days=1))
    assert tomorrow.counts == [0, 1, 0, 0, 0]
    assert (line.counts, line.mean) == ([0, 0, 0, 1, 1], 4.5)


def test_what_is_wiped_is_overwritten_in_the_file(tmp_path: Path) -> None:
    engine = file_engine(tmp_path / "central.db")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    engine.dispose()
