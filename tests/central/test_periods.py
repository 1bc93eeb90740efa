"""What central forgets in a night: everything whose time is over, overwritten in the file, and nothing else."""

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from central import console, feedback
from central.authority import Authority
from central.certificates.office import KEPT, VALID
from central.certificates.sealing import Sealer
from central.certificates.tables import certificate as certificates
from central.commands import app, serving
from central.db import file_engine
from central.departments.rules import china_day
from central.departments.social import samples
from central.issued import register
from central.issued.tables import paper_copy, record_paper
from central.payments.reconcile import Night
from central.periods import LONGEST, STANDARD, Periods
from central.registry import Kiosk
from central.server import Central, Settings
from central.tables import event as events
from kiosk_app.contract import FeedbackGiven, RecordPrinted
from kiosk_app.contract.certificates import AskCertificate
from kiosk_app.contract.feedback import FEEDBACK
from kiosk_app.contract.papers import PAPERS
from tests.central.fleet import KIOSK, Fleet, HandClock, fleet
from tests.central.test_central_night import Nights

ZHANG = samples.SAMPLES["zhang"].person
PHONE = "13900001234"


def sealing(folder: Path, **settings: object) -> Fleet:
    clock = HandClock()
    sealer = Sealer(Authority(folder / "authority", clock.now), clock.now)
    central = fleet(sealer=sealer, clock=clock, **settings)
    with central.front.store.write() as connection:
        samples.load(connection, china_day(clock.now()))
    return central


def certify(central: Fleet, request: str) -> None:
    kiosk = Kiosk(KIOSK, "sample site", central.kiosk.key.public_pem)
    central.front.certificates.issue(kiosk, AskCertificate(request=request, number=ZHANG.id_number))


def comes_out(central: Fleet, reference: str) -> None:
    now = central.clock.now()
    told = RecordPrinted(reference=reference, token="insured-zhang", books=now, digest="0" * 64, at=now)
    with central.front.store.write() as connection:
        register.printed(connection, KIOSK, told, now)
        row = {"kiosk": KIOSK, "request": reference, "paper": reference, "n": 1, "digest": "", "at": now}
        connection.execute(paper_copy.insert().values(row))


def count(central: Fleet, table: sa.Table) -> int:
    with central.front.store.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_printed_record_can_be_had_again_for_its_period_and_is_forgotten_with_its_copies(tmp_path: Path) -> None:
    central = sealing(tmp_path)
    comes_out(central, "44070301260302120000")
    central.clock.turn(days=10)
    comes_out(central, "44070301260312120000")
    central.clock.turn(days=25)
    assert central.front.forget().records == 0
    central.clock.turn(seconds=1)
    assert central.front.forget().records == 1
    assert (count(central, record_paper), count(central, paper_copy)) == (1, 1)


def test_whose_a_printed_record_was_goes_with_it_also_in_the_event(tmp_path: Path) -> None:
    central = sealing(tmp_path, engine=file_engine(tmp_path / "db" / "central.db"))
    for reference in ("44070301260302120000", "44070301260302120001"):
        now = central.clock.now()
        told = RecordPrinted(reference=reference, token="only-here", books=now, digest="0" * 64, at=now)
        central.send(central.kiosk.event(told, PAPERS))
        central.clock.turn(days=30)
    central.front.forget()
    with central.front.store.read() as connection:
        raws = connection.execute(sa.select(events.c.raw).order_by(events.c.seq)).scalars().all()
    assert [b"only-here" in raw for raw in raws] == [False, True]
    central.clock.turn(days=30)
    assert central.front.forget().records == 1
    assert not any(b"only-here" in file.read_bytes() for file in (tmp_path / "db").iterdir())


def test_a_kiosk_whose_clock_is_years_ahead_does_not_keep_its_papers_for_years(tmp_path: Path) -> None:
    central = sealing(tmp_path)
    now = central.clock.now()
    wrong = now + timedelta(days=4000)
    told = RecordPrinted(reference="4" * 20, token="insured-zhang", books=now, digest="0" * 64, at=wrong)
    central.send(central.kiosk.event(told, PAPERS))
    central.clock.turn(days=36)
    assert central.front.forget().records == 1


def test_of_a_certificate_the_file_goes_first_and_the_facts_on_the_day_that_the_paper_says(tmp_path: Path) -> None:
    central = sealing(tmp_path)
    certify(central, "visit-1")

    def kept() -> tuple[bool, bool, bool]:
        with central.front.store.read() as connection:
            [row] = connection.execute(sa.select(certificates)).all()
        return bool(row.document), bool(row.facts), bool(row.number)

    central.clock.at += VALID
    central.front.forget()
    assert kept() == (True, True, True)
    central.clock.turn(days=1)
    central.front.forget()
    assert kept() == (False, True, True)
    central.clock.at += KEPT
    assert central.front.forget().certificates == 1
    assert kept() == (False, False, False)
    assert central.front.forget().certificates == 0


@pytest.mark.parametrize("name", [field.name for field in fields(Periods)])
def test_every_period_is_a_setting(tmp_path: Path, name: str) -> None:
    """A day that is one second over by a shorter period, and not by the standard one."""
    shorter = replace(STANDARD, **{name: getattr(STANDARD, name) - timedelta(days=3)})
    if name == "warning":
        shorter = replace(STANDARD, warning=timedelta(days=33))

    def after(periods: Periods) -> tuple[object, ...]:
        central = sealing(tmp_path / str(id(periods)), periods=periods)
        certify(central, "visit-1")
        comes_out(central, "44070301260302120000")
        said = FeedbackGiven(reference="9" * 20, kind="praise", topic="staff", at=central.clock.now())
        answered = FeedbackGiven(reference="8" * 20, kind="praise", topic="staff", phone=PHONE, at=central.clock.now())
        central.send(*(central.kiosk.event(one, FEEDBACK) for one in (said, answered)))
        feedback.settle(central.front.store, central.clock, "8" * 20, "1207", "谢谢")
        begin, told = central.clock.now(), []
        for passed in (
            STANDARD.records,
            STANDARD.answers,
            STANDARD.open - STANDARD.warning,
            STANDARD.open,
            VALID + STANDARD.certificates,
        ):
            central.clock.at = begin + passed
            told.append(central.front.forget())
        return tuple(told)

    assert after(shorter) != after(STANDARD)


def test_what_is_forgotten_is_nowhere_in_the_files_of_the_database(tmp_path: Path) -> None:
    central = sealing(tmp_path, engine=file_engine(tmp_path / "db" / "central.db"))
    certify(central, "visit-1")
    answer = "这是一段只在这里出现的答复文字"
    for n, reference in enumerate(("7" * 20, "6" * 20)):
        at = central.clock.now()
        said = FeedbackGiven(reference=reference, kind="complaint", topic="staff", phone=f"139{n}0001234", at=at)
        central.send(central.kiosk.event(said, FEEDBACK))
    feedback.settle(central.front.store, central.clock, "7" * 20, "1207", answer)

    def found(words: str) -> bool:
        files = [file.read_bytes() for file in (tmp_path / "db").iterdir()]
        return any(words.encode() in content for content in files)

    with central.front.store.read() as connection:
        [row] = connection.execute(sa.select(certificates)).all()
    whole = row.facts.decode()
    facts = [whole[at : at + 40] for at in range(0, len(whole) - 40, 40)]  # a page of the file may end in between
    assert found(answer)
    assert found("13910001234")
    assert any(map(found, facts))
    central.clock.at += timedelta(days=2000)
    forgotten = central.front.forget()
    assert forgotten.overwritten
    assert (forgotten.certificates, forgotten.answers, forgotten.ended) == (1, 1, 1)
    assert not found(answer)
    assert not found("13910001234")
    assert not found("13900001234")
    assert not any(map(found, facts))


def test_a_reader_in_the_way_is_told_and_the_next_night_overwrites(tmp_path: Path) -> None:
    engine = file_engine(tmp_path / "db" / "central.db")
    central = sealing(tmp_path, engine=engine)
    sa.event.listen(engine, "checkout", lambda driver, *_: driver.execute("PRAGMA busy_timeout=10"))
    with engine.begin() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM event").all()
        comes_out(central, "44070301260302120000")
        assert not central.front.forget().overwritten
    assert central.front.forget().overwritten


# --- who is told ---


def test_operators_see_what_the_night_forgot_and_that_a_matter_ended_unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch, lambda: Night(looked=0, changed=0, silent=0))
    nights.pass_by(days=1)
    assert (
        "✓ 0 certificates, 0 records, 0 answers, 0 requests forgotten; 0 matters ended unsettled, 0 will soon"
        in console.page(nights.central.front)
    )
    at = nights.central.clock.now() - timedelta(days=200)
    with nights.central.front.store.write() as connection:
        told = FeedbackGiven(reference="9" * 20, kind="complaint", topic="staff", at=at)
        feedback.given(connection, KIOSK, told, at)
    nights.pass_by(days=1)
    assert "▲ 0 certificates, 0 records, 0 answers, 0 requests forgotten; 1 matters ended unsettled" in console.page(
        nights.central.front
    )


def test_a_forgetting_that_fails_is_told_and_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch, lambda: Night(looked=0, changed=0, silent=0))

    def fail() -> None:
        raise OSError("disk")

    monkeypatch.setattr(nights.central.front, "forget", fail)
    nights.pass_by(days=2)
    assert "▲ failed: OSError" in console.page(nights.central.front)


def test_the_command_line_sets_the_periods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Settings] = []

    def stopped(settings: Settings) -> Central:
        seen.append(settings)
        raise SystemExit(0)

    monkeypatch.setattr(serving, "Central", stopped)
    days = {"certificate": 10, "record": 11, "open": 40, "answer": 13}
    options = [word for name, value in days.items() for word in (f"--{name}-days", str(value))]
    CliRunner().invoke(app, ["--data", str(tmp_path), *options])
    [settings] = seen
    assert settings.periods == Periods(
        certificates=timedelta(days=10), records=timedelta(days=11), open=timedelta(days=40), answers=timedelta(days=13)
    )
    CliRunner().invoke(app, ["--data", str(tmp_path)])
    assert seen[-1].periods == STANDARD


@pytest.mark.parametrize("name", ["certificate", "record", "open", "answer"])
@pytest.mark.parametrize("days", ["-1", "99999999", "ten"])
def test_a_period_that_is_none_is_refused_at_the_start_in_plain_words(tmp_path: Path, name: str, days: str) -> None:
    said = CliRunner().invoke(app, ["--data", str(tmp_path / "data"), f"--{name}-days", days])
    assert said.exit_code == 2
    assert f"--{name}-days" in said.output
    assert not (tmp_path / "data").exists()


def test_the_longest_periods_that_can_be_set_work(tmp_path: Path) -> None:
    longest = timedelta(days=LONGEST)
    periods = Periods(certificates=longest, records=longest, open=longest, answers=longest)
    central = sealing(tmp_path, periods=periods)
    certify(central, "visit-1")
    assert central.front.forget() == replace(central.front.forget(), overwritten=True)
