"""The verdict of a scripted visit tells the truth: each disagreement is one problem. And what the command refuses."""

from pathlib import Path
from typing import Any

import pytest

from hardware.simulators.samples import CARDS
from kiosk_app import demo
from kiosk_app.demo_children import ChildFailed
from kiosk_app.demo_faults import FAULTS, Expects, after
from kiosk_app.demo_keeper import Keeper
from kiosk_app.demo_verdict import (
    PICTURE,
    case_problems,
    hand_in_problems,
    left_behind,
    money_problems,
    paper_problems,
    permit_problems,
)
from kiosk_app.demo_world import Folder, World

PAYMENT = {"reference": "440703012611230001", "amount": 70000, "state": "settled", "open": False}
KIOSK = {"payments": [PAYMENT], "days": [{"taken": 70000}], "outbox_waiting": 0}
CENTRAL = {"held": 70000, "owed": 0, "streams": [{"quarantined": 0, "forks": 0}]}
LEDGER = [{"kind": "payment", "amount": 70000, "state": "booked"}]
PAPERS = {"receipt-1.txt": "流水号 440703012611230001", "voucher-1.pdf": "4407 0301 2611 2300 01"}


def test_three_books_that_agree_are_no_problem() -> None:
    assert money_problems(KIOSK, CENTRAL, LEDGER, Expects()) == []
    assert paper_problems(KIOSK, PAPERS, Expects()) == []


@pytest.mark.parametrize(
    ("kiosk", "central", "ledger", "says"),
    [
        ({"payments": []}, {}, None, "no payment"),
        ({}, {"held": 0}, None, "money differs: kiosk 70000, terminal 70000, provider 0, central 0 fen"),
        ({}, {}, [], "terminal 0"),
        ({}, {}, LEDGER * 2, "terminal 140000"),
        ({}, {}, [{"kind": "payment", "amount": 70000, "state": "reversed"}], "terminal 0"),
        ({"payments": [PAYMENT | {"open": True, "state": "unknown"}]}, {}, None, "is still unknown"),
        ({"payments": [PAYMENT | {"state": "reversed"}]}, {}, None, "ended reversed, not settled"),
        ({"outbox_waiting": 2}, {}, None, "2 events were never reported"),
        ({}, {"owed": 1}, None, "owes money"),
        ({}, {"streams": [{"quarantined": 0, "forks": 1}]}, None, "set events aside"),
    ],
)
def test_each_disagreement_is_told(
    kiosk: dict[str, Any], central: dict[str, Any], ledger: list[dict[str, Any]] | None, says: str
) -> None:
    problems = money_problems(KIOSK | kiosk, CENTRAL | central, LEDGER if ledger is None else ledger, Expects())
    assert len(problems) == 1
    assert says in problems[0]


def test_of_citizens_one_after_the_other_all_papers_are_expected() -> None:
    assert after(("guide", "rights_record", "places")) == Expects(slips=1, vouchers=1, pays=False)
    assert after(("endorsement_declines_face", "progress")) == Expects(slips=2, vouchers=0, pays=True, free=1)
    assert after(("traffic_fines",)) == Expects()


def test_money_at_the_payment_provider_is_money_too() -> None:
    trades = [{"state": "paid", "amount": 70000}, {"state": "refunded", "amount": 5}, {"state": "open", "amount": 7}]
    assert money_problems(KIOSK, CENTRAL, [], Expects(), trades) == []
    [problem] = money_problems(KIOSK, CENTRAL, LEDGER, Expects(), trades)
    assert "provider 70000" in problem


def test_an_order_that_became_a_persons_case_is_told() -> None:
    assert money_problems(KIOSK, CENTRAL | {"cases": [{}]}, LEDGER, Expects()) == ["1 orders are a person's case"]


def test_a_missing_paper_and_one_without_reference_are_told() -> None:
    assert paper_problems(KIOSK, {"voucher-1.pdf": PAPERS["voucher-1.pdf"]}, Expects()) == [
        "0 papers of kind receipt were printed, not 1"
    ]
    assert paper_problems(KIOSK, PAPERS | {"receipt-1.txt": "..."}, Expects()) == [
        "receipt-1.txt does not bear the reference"
    ]


def test_the_paper_of_a_visit_that_cost_nothing_bears_no_reference() -> None:
    both = after(("traffic_fines", "guide"))
    papers = PAPERS | {"receipt-2.txt": "..."}
    assert paper_problems(KIOSK, papers, both) == []
    assert len(paper_problems(KIOSK, papers | {"receipt-1.txt": "..."}, both)) == 2


COUNTER = CENTRAL | {"counter": [{"receipts": [["P1", "R1"]]}]}


def test_papers_that_were_handed_in_have_a_slip_and_the_other_way_round() -> None:
    assert hand_in_problems(COUNTER, {"receipt-1.txt": "回执号 P1"}) == []
    assert hand_in_problems(COUNTER, {}) == ["P1 was handed in, and no slip says so"]
    assert hand_in_problems(CENTRAL, {"receipt-1.txt": "回执号 P1"}) == [
        "receipt-1.txt is of a hand-in that central does not know"
    ]


@pytest.mark.parametrize(
    "where", ["kiosk/kiosk.store-wal", "logs/kiosk.log", "bench/document_printer/spool/d00001-001"]
)
@pytest.mark.parametrize("code", ["utf-8", "gb18030", "utf-16-le"])
def test_a_citizen_left_behind_is_found_wherever_it_is(tmp_path: Path, where: str, code: str) -> None:
    folder = Folder(tmp_path)
    world = World(folder, "", "", Keeper.__new__(Keeper))
    path = tmp_path / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0\xff nothing personal")
    assert left_behind(world) == []
    path.write_bytes(b"\0\xff" + CARDS["zhang"].text.number.encode(code))
    assert left_behind(world) == [f"the citizen's ID number 张样本 is in {where}"]


STAY = {"reference": "44070301261126062628", "place": "returned", "approval": "E1", "payment": PAYMENT["reference"]}
TRAVEL = KIOSK | {"permits": [STAY]}
UNIT: dict[str, Any] = {"jobs": {f"{STAY['reference']}-1": "PRINTED"}, "box": [], "card": None, "position": "NONE"}
PRINTED = CENTRAL | {"exit_entry": [{"approval": "E1", "state": "printed"}], "boxes": []}
BACK = {"payments": [PAYMENT | {"state": "reversed"}]}


def test_a_card_that_bears_what_was_paid_is_no_problem() -> None:
    assert case_problems(TRAVEL, PRINTED, UNIT) == []
    assert permit_problems(TRAVEL, UNIT, Expects()) == []
    spoiled = UNIT | {"jobs": {f"{STAY['reference']}-1": "SPOILED"}}
    given_back = PRINTED | {"exit_entry": [{"approval": "E1", "state": "given_back"}]}
    assert case_problems(TRAVEL | BACK, given_back, spoiled) == []


@pytest.mark.parametrize(
    ("kiosk", "central", "unit", "says"),
    [
        ({}, {}, {"jobs": {}}, "E1 is not printed: central says printed, and its money is settled"),
        ({}, {"exit_entry": [{"approval": "E1", "state": "paid"}]}, {}, "E1 is printed: central says paid"),
        ({}, {"exit_entry": []}, {}, "central says nothing"),
        (BACK, {}, {}, "its money is reversed"),
        ({"permits": [STAY | {"approval": ""}]}, {}, {}, "was printed without an approval"),
        ({}, {}, {"box": ["li"]}, "1 permits are kept, and central knows of 0"),
    ],
)
def test_a_print_that_does_not_fit_its_case_is_told(
    kiosk: dict[str, Any], central: dict[str, Any], unit: dict[str, Any], says: str
) -> None:
    [problem] = case_problems(TRAVEL | kiosk, PRINTED | central, UNIT | unit)
    assert says in problem


def test_a_permit_that_is_not_where_the_books_say_is_told() -> None:
    [problem] = permit_problems(TRAVEL, UNIT | {"box": ["li"]}, Expects())
    assert problem == "1 permits are kept, the books say 0, and 0 should be"
    [problem] = permit_problems(TRAVEL, UNIT | {"card": {"key": "li"}, "position": "EXIT"}, Expects())
    assert problem == "a permit is still in the unit: EXIT"


def test_the_documents_picture_is_looked_for_too(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (folder.central / "portraits").mkdir()
    picture = bytes(range(256)) * 100
    (folder.central / "portraits" / "anybody.jpg").write_bytes(picture)
    world = World(folder, "", "", Keeper.__new__(Keeper))
    (folder.kiosk / "kiosk.store-wal").write_bytes(b"page" + picture[PICTURE] + b"page")
    assert left_behind(world) == ["the citizen's picture is in kiosk/kiosk.store-wal"]


def test_a_folder_of_somebody_else_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ChildFailed, match="neither empty nor an earlier run"):
        demo.begin(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_run_folder_is_begun_anew(tmp_path: Path) -> None:
    (demo.begin(tmp_path).root / "result.json").touch()
    demo.begin(tmp_path)
    assert not (tmp_path / "result.json").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"headless": True, "script": ""}, "needs --script"),
        ({"headless": True, "script": "marriage"}, "there are: traffic_fines, traffic_fines_by_number"),
        ({"headless": True, "script": "guide,marriage"}, "No script 'marriage'"),
        ({"headless": True, "script": "traffic_fines", "fault": "flood"}, ", ".join(FAULTS)),
        ({"headless": True, "script": "traffic_fines", "terminal": "cash"}, "there are: zvt, umsips"),
    ],
)
def test_a_command_that_cannot_be_meant_names_what_is_allowed(
    arguments: dict[str, Any], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.main(out=tmp_path, **arguments) == 2
    assert says in capsys.readouterr().out
