"""Worlds in which somebody sends papers to a counter; and proof that they would notice what must not happen."""

from datetime import UTC, datetime

import pytest

from central.departments.counter import office
from central.departments.counter.tables import page as pages
from kiosk_app.contract.case_papers import HandedIn
from kiosk_app.errors import CentralUnreachable
from kiosk_app.services.steps import photograph
from kiosk_app.services.steps.handing_in import HandingIn
from tests.worlds.faults import Plan
from tests.worlds.papers import SERVICE, broken
from tests.worlds.power import Crash
from tests.worlds.runner import run_one

SENDS = Plan((), 0.0, (SERVICE,) * 2)
SHAKY = Plan(("replies_lost",), 0.05, (SERVICE,) * 3)


def receipts(seed: int, plan: Plan = SENDS) -> int:
    """How many hand-ins arrived in this world, in which every promise holds."""
    world, faults = run_one(seed, plan=plan)
    assert faults == []
    return sum(len(line.receipts) for line in world.books().counter)


def test_papers_arrive_whole_and_once_whatever_the_line_does() -> None:
    assert sum(receipts(seed) for seed in range(3))
    assert sum(receipts(seed, SHAKY) for seed in range(8))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_power_cut_hands_in_nothing_in_half(when: str) -> None:
    for entry in range(1, 4):
        _, faults = run_one(2, Crash(entry, when), plan=SENDS)
        assert faults == []


def noticed(seeds: int, plan: Plan) -> bool:
    return any([*broken(run_one(seed, plan=plan)[0])] for seed in range(seeds))


def test_the_worlds_notice_a_hand_in_that_is_claimed_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    send = HandingIn._send

    async def hopeful(hand: HandingIn) -> HandedIn:
        try:
            return await send(hand)
        except CentralUnreachable:
            return HandedIn(receipt="P260000000000", at=datetime(2026, 11, 23, tzinfo=UTC), pages=1, missing=[])

    monkeypatch.setattr(HandingIn, "_send", hopeful)
    assert noticed(12, SHAKY)


def test_the_worlds_notice_a_central_that_believes_what_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not come is taken for there: the kiosk leaves out the last page, and central does not look."""
    monkeypatch.setattr(office, "_all_there", lambda *_: True)
    keep = office.Counters.keep_page

    def forgetful(counters, connection, kiosk, ask, now):  # type: ignore[no-untyped-def]
        kept = keep(counters, connection, kiosk, ask, now)
        if ask.page > 1 or ask.paper == "bank":
            connection.execute(pages.delete().where(pages.c.digest == ask.digest))
        return kept

    monkeypatch.setattr(office.Counters, "keep_page", forgetful)
    assert noticed(6, SENDS)


def test_the_worlds_notice_a_picture_that_is_not_the_one_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    init = photograph.Shot.__init__

    def other(shot: photograph.Shot, data: bytes, size: tuple[int, int]) -> None:
        init(shot, data[:-2] + b"\xff\xfe\x00\x03x\xff\xd9" if size != (0, 0) else data, size)

    monkeypatch.setattr(photograph.Shot, "__init__", other)
    assert noticed(4, SENDS)
