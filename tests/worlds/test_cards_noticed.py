"""A card in the machine outlives every power cut, and the worlds would notice the bugs that lose or spoil one."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from kiosk_app.contract.exit_entry import IdentityCheck, Sameness
from kiosk_app.custody import Custody
from kiosk_app.custody_table import Place, Stay
from kiosk_app.desk import Desk
from kiosk_app.devices import EndorsementPrint, RetainReason
from kiosk_app.errors import KioskError
from kiosk_app.services import endorsement
from tests.worlds.faults import Plan
from tests.worlds.power import Crash
from tests.worlds.runner import run_one

TRAVELLER = Plan((), 0.0, ("endorsement",), person="li")


def traveller(*states: str) -> int:
    """The first seed in which a calm traveller's card comes to all of these; chance shifts with every view."""
    for seed in range(40):
        seen = {entry.state for entry in run_one(seed, plan=TRAVELLER)[0].journal if entry.kind == "permit"}
        if seen >= set(states) and len(seen & {"returned", "retained"}) == 1:
            return seed
    raise AssertionError(f"no traveller comes to {states}")


@pytest.fixture(scope="session")
def prints() -> int:
    """The traveller gets an endorsement and takes the card. Looked for before a test plants anything."""
    return traveller("printing", "returned")


@pytest.fixture(scope="session")
def keeps() -> int:
    """The card is forgotten."""
    return traveller("retained")


def test_a_card_and_its_money_survive_a_power_cut_around_every_move(prints: int) -> None:
    whole, faults = run_one(prints, plan=TRAVELLER)
    assert faults == []
    moves = [entry.seq for entry in whole.journal if entry.kind == "permit"]
    assert {"printing", "returned"} <= {entry.state for entry in whole.journal if entry.kind == "permit"}
    for entry in moves:
        for when in ("before", "after"):
            assert run_one(prints, Crash(entry, when), TRAVELLER)[1] == []


def test_the_worlds_notice_a_card_that_is_taken_in_before_its_record(
    monkeypatch: pytest.MonkeyPatch, prints: int
) -> None:
    def late(custody: Custody) -> Stay:
        return Stay("unwritten", Place.AWAITED)

    monkeypatch.setattr(Custody, "enter", late)
    assert any("record" in fault for fault in run_one(prints, plan=TRAVELLER)[1])


def test_the_worlds_notice_a_card_that_is_kept_before_its_record(monkeypatch: pytest.MonkeyPatch, prints: int) -> None:
    async def early(custody: Custody, stay: Stay, wait: float) -> Stay:
        await custody.unit.give_back(within=0.0)
        await custody.unit.retain(RetainReason.FORGOTTEN)
        return stay

    monkeypatch.setattr(Custody, "_out", early)
    assert run_one(prints, plan=TRAVELLER)[1]


def test_the_worlds_notice_a_print_that_is_ordered_anew_after_a_crash(
    monkeypatch: pytest.MonkeyPatch, prints: int
) -> None:
    async def again(custody: Custody, stay: Stay) -> Stay:
        anew = replace(stay, job=f"{stay.job}-again")
        with suppress(KioskError):
            unit = custody.unit._device  # type: ignore[attr-defined] # behind its guard
            unit._stay = 1  # the driver would refuse it too
            await unit.print(EndorsementPrint(anew.job, ("SAMPLE",)), lambda _: None)
        return custody.write(stay, Place.INSIDE, outcome="printed")

    printing = [entry.seq for entry in run_one(prints, plan=TRAVELLER)[0].journal if entry.state == "printing"]
    monkeypatch.setattr(Custody, "ask", again)
    found = run_one(prints, Crash(printing[0], "after"), TRAVELLER)[1]
    assert any("-again, which no record knows" in fault for fault in found)


def test_the_worlds_notice_a_print_that_only_the_record_knows(monkeypatch: pytest.MonkeyPatch, prints: int) -> None:
    async def hopeful(custody: Custody, stay: Stay) -> Stay:
        return custody.write(stay, Place.INSIDE, outcome="printed")

    printing = [entry.seq for entry in run_one(prints, plan=TRAVELLER)[0].journal if entry.state == "printing"]
    monkeypatch.setattr(Custody, "ask", hopeful)
    found = run_one(prints, Crash(printing[0], "after"), TRAVELLER)[1]
    assert any("printed, says the record" in fault for fault in found)


def test_the_worlds_notice_a_card_that_is_kept_and_central_never_hears_of_it(
    monkeypatch: pytest.MonkeyPatch, keeps: int
) -> None:
    write = Custody.write

    def silent(custody: Custody, stay: Stay, to: Place, *reports: Any, **changes: str) -> Stay:
        return write(custody, stay, to, *(() if to is Place.RETAINED else reports), **changes)

    world, faults = run_one(keeps, plan=TRAVELLER)
    assert (len(world.books().boxes), faults) == (1, [])
    monkeypatch.setattr(Custody, "write", silent)
    assert any("central knows of 0" in fault for fault in run_one(keeps, plan=TRAVELLER)[1])


def test_the_worlds_notice_an_approval_for_somebody_who_never_showed_to_be_the_holder(
    monkeypatch: pytest.MonkeyPatch,
    prints: int,
) -> None:
    async def trusting(desk: Desk, *_: Any, **__: Any) -> IdentityCheck:
        return IdentityCheck(way="id_card", result=Sameness.SAME, at=desk.clock.now())

    monkeypatch.setattr(endorsement, "check_identity", trusting)
    assert any("nobody had shown" in fault for fault in run_one(prints, plan=TRAVELLER)[1])
