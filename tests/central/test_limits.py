"""How often who may call: each number of the table, by as many calls as it allows and one more (C.25)."""

from datetime import timedelta
from pathlib import Path

import pytest

from central.authority import Authority
from central.enrolment import Enrolment
from central.limits import PER_MINUTE, Limits
from central.photos import Shelf
from central.problems import Refused
from provisioning.device_key import DeviceKey
from tests.central.fleet import KIOSK, Fleet, HandClock, fleet

MAY = {
    "/hb": 10, "/about": 10, "/tx/batch": 60, "/traffic/decisions": 60, "/catalogue": 10,
    "/exit-entry/holder": 30, "/exit-entry/apply": 30, "/exit-entry/print": 60, "/exit-entry/progress": 30,
    "/social/record": 30, "/social/pensions": 30, "/social/benefits": 30, "/social/living": 30,
    "/social/confirm-living": 30, "/social/card": 30, "/social/change-card": 30, "/social/dues": 30,
    "/social/family-dues": 10,
    "/medical/account": 30, "/social/certificate": 10, "/cases/mine": 30, "/services/request": 30,
    "/feedback/matter": 10,
    "/papers/mine": 30, "/papers/copy": 10, "/photos/keep": 10,
    "/hall/places": 30, "/hall/slots": 30, "/hall/book": 10, "/hall/cancel": 10,
    "/counter/lacking": 30, "/counter/page": 120, "/counter/hand-in": 30,
    "/orders/create": 30, "/orders/query": 120, "/orders/close": 60, "/orders/refund": 60,
}  # fmt: skip
"""A kiosk serves one citizen at a time: what is asked more often is a fault, or somebody who tries something out."""
OTHER = "0198c0de-0000-7000-8000-000000000002"


@pytest.fixture
def central() -> Fleet:
    """With the limits that hold in the field."""
    central = fleet(limits=Limits())
    central.front.register(OTHER, DeviceKey.from_number(2).public_pem)
    return central


def calls(central: Fleet, path: str, times: int, kiosk: str = KIOSK) -> list[bool]:
    """Whether each of so many calls was one too many; what else is wrong with them is not asked."""
    return [central.front.post(kiosk, path, b"{}")[0] == 429 for _ in range(times)]


def test_every_path_of_kiosks_is_in_the_table() -> None:
    assert PER_MINUTE.keys() == MAY.keys() | {"/enrol"}


@pytest.mark.parametrize("path", MAY)
def test_a_kiosk_may_ask_so_often_in_a_minute_and_no_more(central: Fleet, path: str) -> None:
    assert calls(central, path, MAY[path] + 2) == [False] * MAY[path] + [True] * 2
    assert calls(central, path, 1, OTHER) == [False]
    central.clock.turn(minutes=1)
    assert calls(central, path, MAY[path] + 1) == [False] * MAY[path] + [True]


def test_who_asks_too_often_for_one_thing_is_answered_in_another(central: Fleet) -> None:
    assert calls(central, "/cases/mine", 31)[-1]
    assert not calls(central, "/papers/mine", 1)[0]


def test_the_answer_says_when_the_next_minute_begins(central: Fleet) -> None:
    central.clock.turn(seconds=20)
    calls(central, "/papers/copy", 10)
    with pytest.raises(Refused) as refused:
        central.front.answer(KIOSK, "/papers/copy", b"{}")
    assert refused.value.retry_after == 40


def test_an_address_may_try_ten_codes_a_minute_to_enrol(tmp_path: Path) -> None:
    clock = HandClock()
    central = fleet(clock=clock)
    enrolment = Enrolment(central.front.store, Authority(tmp_path, clock.now), clock, key=b"k" * 32)

    def tries(times: int) -> list[str]:
        codes = []
        for _ in range(times):
            with pytest.raises(Refused) as refused:
                enrolment.post("192.0.2.1", b"{}")
            codes.append(refused.value.code)
        return codes

    assert tries(11) == ["bad-message"] * 10 + ["too-many"]
    clock.at += timedelta(minutes=1)
    assert tries(1) == ["bad-message"]


def test_ten_codes_of_photos_for_a_caller_and_three_hundred_for_all_of_them() -> None:
    central = fleet()
    shelf = Shelf(central.front.store, central.clock, key=b"k" * 32)

    def fetched(caller: str) -> str:
        with pytest.raises(Refused) as refused:
            shelf.fetch(caller, "0000000000000")
        return refused.value.code

    assert [fetched("one") for _ in range(11)] == ["no-photo"] * 10 + ["too-many"]
    for caller in range(29):
        assert [fetched(f"{caller}") for _ in range(10)] == ["no-photo"] * 10
    # the refused eleventh of the first counted for itself alone
    assert fetched("somebody") == "too-many"
