"""Stories of A4 papers once more, at central: whose they are, as the books stood, numbered, and which have no copy."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.authority import Authority
from central.certificates.office import VALID, Verdict
from central.certificates.sealing import Sealer
from central.departments.rules import china_day
from central.departments.social import samples
from central.departments.social.tables import month as months
from central.issued.tables import paper_copy as copies
from central.problems import Refused
from kiosk_app.contract import RecordPrinted
from kiosk_app.contract.certificates import AskCertificate, Certificate
from kiosk_app.contract.papers import (
    PAPERS,
    AskCopy,
    AskPapers,
    Copy,
    IssuedPaper,
    PaperKind,
    Papers,
    printed_digest,
    printed_part,
)
from kiosk_app.contract.social import AskRecord, Insurance, InsuredKey, Record
from provisioning.device_key import DeviceKey
from tests.central.certified import OTHER_KIOSK
from tests.central.fleet import KIOSK, Fleet, HandClock, fleet
from tests.stationery.reading import words_of

ZHANG, LI = (samples.SAMPLES[who].person.id_number for who in ("zhang", "li"))
REFERENCE = "44070301260302120000"


@dataclass
class Desk:
    """A kiosk that asks for papers, at a central that seals."""

    central: Fleet

    def ask(self, question: Any, kind: type[Any], kiosk: str = KIOSK) -> Any:
        body = msgspec.json.encode(question)
        return msgspec.json.decode(self.central.front.answer(kiosk, question.path, body), type=kind)

    def record(self, number: str = ZHANG) -> Record:
        said: Record = self.ask(AskRecord(person=InsuredKey(number=number)), Record)
        return said

    def prints(self, reference: str = REFERENCE, insurance: Insurance | None = None, year: int = 0) -> Record:
        """A record comes out, and central is told; what stood on it."""
        record = self.record()
        assert record.at is not None
        part = printed_part(record, insurance, year)
        told = RecordPrinted(
            reference=reference,
            token=record.token,
            insurance=insurance,
            year=year,
            books=record.at,
            digest=printed_digest(part),
            at=self.central.clock.now(),
        )
        self.central.send(self.central.kiosk.event(told, PAPERS))
        return part

    def certificate(self, request: str = "visit-1") -> Certificate:
        made: Certificate = self.ask(AskCertificate(request=request, number=ZHANG), Certificate)
        return made

    def mine(self, number: str = ZHANG) -> list[IssuedPaper]:
        said: Papers = self.ask(AskPapers(number=number), Papers)
        return said.papers

    def copy(self, paper: str, request: str = "again-1", number: str = ZHANG, kiosk: str = KIOSK) -> Copy:
        made: Copy = self.ask(AskCopy(request=request, number=number, paper=paper), Copy, kiosk)
        return made

    def refused(self, *args: Any, **more: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.copy(*args, **more)
        return refused.value.code


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    clock = HandClock()
    sealing = fleet(sealer=Sealer(Authority(tmp_path / "authority", clock.now), clock.now), clock=clock)
    with sealing.front.store.write() as connection:
        samples.load(connection, china_day(clock.now()))
    sealing.front.register(OTHER_KIOSK, DeviceKey.from_number(2).public_pem, site="another site")
    sealing.front.certificates.address = "https://verify.example/verify/"
    return Desk(sealing)


# --- records ---


def test_a_record_that_came_out_is_listed_for_its_holder_and_its_copy_says_what_it_said(desk: Desk) -> None:
    first = desk.prints()
    [paper] = desk.mine()
    assert (paper.number, paper.what) == (REFERENCE, PaperKind.RECORD)
    assert desk.mine(LI) == []
    copy = desk.copy(REFERENCE)
    assert copy.record is not None
    assert msgspec.structs.replace(copy.record, at=first.at) == first
    assert (copy.n, copy.site, copy.pdf) == (1, "sample site", b"")


def test_a_copy_is_of_the_day_it_came_out_whatever_was_paid_since(desk: Desk) -> None:
    first = desk.prints()
    desk.central.clock.turn(days=20)
    row = {"person": samples.SAMPLES["zhang"].token, "period": 209901, "insurance": "pension", "employer": "new"}
    with desk.central.front.store.write() as connection:
        now = desk.central.clock.now()
        connection.execute(
            months.insert().values(row | {"base": 1, "own": 1, "employers": 1, "account": 1, "booked_at": now})
        )
    assert desk.record().months[-1].period == 209901
    copy = desk.copy(REFERENCE)
    assert copy.record is not None
    assert copy.record.as_of == first.as_of
    assert copy.record.months == first.months
    assert copy.record.standings == first.standings


def test_books_that_were_corrected_give_no_copy_of_what_they_do_not_say_any_more(desk: Desk) -> None:
    desk.prints()
    desk.prints("44070301260302120001", Insurance.MEDICAL, 2020)
    with desk.central.front.store.write() as connection:
        wrong = (months.c.person == samples.SAMPLES["zhang"].token) & (months.c.insurance == "pension")
        connection.execute(months.update().where(wrong).values(own=months.c.own + 1))
    assert desk.refused(REFERENCE) == "books-changed"
    assert desk.copy("44070301260302120001").n == 1  # what stands on this one was not corrected
    with desk.central.front.store.read() as connection:
        assert len(connection.execute(copies.select()).all()) == 1  # a refusal uses up no number


def test_a_year_of_one_insurance_comes_again_without_the_rest(desk: Desk) -> None:
    part = desk.prints(insurance=Insurance.PENSION, year=2024)
    [paper] = desk.mine()
    assert (paper.what, paper.insurance, paper.year) == (PaperKind.HISTORY, Insurance.PENSION, 2024)
    copy = desk.copy(REFERENCE)
    assert copy.record is not None
    assert (copy.record.standings, copy.record.account) == ([], [])
    assert {month.period // 100 for month in copy.record.months} == {2024}
    assert len(copy.record.months) == len(part.months) == 12


def test_what_the_wire_repeats_is_one_paper(desk: Desk) -> None:
    desk.prints()
    desk.prints()
    assert len(desk.mine()) == 1


def test_a_department_that_is_away_says_so_and_certificates_are_listed_all_the_same(desk: Desk) -> None:
    desk.prints()
    desk.certificate()
    desk.central.front.social.available = False  # type: ignore[attr-defined] # the reference platform's own adapter
    said = desk.ask(AskPapers(number=ZHANG), Papers)
    assert said.away
    assert [paper.what for paper in said.papers] == [PaperKind.CERTIFICATE]


# --- whose, and how often ---


def test_somebody_elses_paper_and_one_that_never_was_are_one_answer(desk: Desk) -> None:
    desk.prints()
    code = desk.certificate().code
    asked = [(REFERENCE, LI), (code, LI), ("44070301260302129999", ZHANG), (code[:-1] + "0", ZHANG), ("x", ZHANG)]
    assert {desk.refused(paper, number=number) for paper, number in asked} == {"unknown-paper"}
    assert desk.refused(REFERENCE, number="440703199001010000") == "unknown-paper"


def test_every_copy_has_its_own_number_whichever_machine_it_comes_from(desk: Desk) -> None:
    desk.prints()
    numbers = [desk.copy(REFERENCE, "a").n, desk.copy(REFERENCE, "a", kiosk=OTHER_KIOSK).n, desk.copy(REFERENCE, "b").n]
    assert numbers == [1, 2, 3]
    assert desk.copy(REFERENCE, "a").n == 1  # the answer was lost


def test_a_request_for_another_paper_under_the_same_name_is_refused(desk: Desk) -> None:
    desk.prints()
    code = desk.certificate().code
    desk.copy(REFERENCE)
    assert desk.refused(code) == "request-differs"


# --- certificates ---


def test_a_copy_of_a_certificate_is_marked_sealed_and_verified_under_the_same_code(desk: Desk) -> None:
    made = desk.certificate()
    desk.central.clock.turn(days=3)
    copy = desk.copy(made.code, kiosk=OTHER_KIOSK)
    said = "".join(words_of(copy.pdf).split())
    assert "补打件第1次" in said
    assert "Copyno.1,2026-03-05" in said
    assert "anothersite" in said
    assert made.code in said
    assert "samplesite2026-03-02" in said  # where and when the first one came out
    assert "补打" not in words_of(made.pdf)
    office = desk.central.front.certificates
    for pdf in (made.pdf, copy.pdf):
        examined = office.examine(pdf)
        assert examined.verdict is Verdict.GENUINE
        assert examined.registered is not None
        assert f"{examined.registered.code[:4]}" == made.code[:4]
    assert office.examine(copy.pdf + b"%").verdict is Verdict.ALTERED


def test_of_a_lost_answer_the_file_that_came_last_is_the_genuine_one(desk: Desk) -> None:
    made = desk.certificate()
    lost, came = desk.copy(made.code), desk.copy(made.code)
    assert lost.n == came.n == 1
    assert desk.central.front.certificates.examine(came.pdf).verdict is Verdict.GENUINE


def test_a_slow_seal_of_a_question_that_was_asked_again_does_not_take_the_place_of_the_file_that_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.certificate()
    office, came = desk.central.front.certificates, []
    seal = office.copy

    def slow(*args: Any) -> tuple[bytes, str]:
        sealed = seal(*args)
        monkeypatch.setattr(office, "copy", seal)
        desk.central.clock.turn(seconds=20)  # the kiosk waits no longer, and asks again
        came.append(desk.copy(made.code))
        return sealed

    monkeypatch.setattr(office, "copy", slow)
    desk.copy(made.code)
    assert office.examine(came[0].pdf).verdict is Verdict.GENUINE


def test_of_what_is_revoked_or_over_there_is_no_copy(desk: Desk) -> None:
    made, gone = desk.certificate(), desk.certificate("visit-2")
    desk.central.front.certificates.revoke(gone.code, "sample operator")
    assert {paper.number: paper.refused for paper in desk.mine()} == {made.code: "", gone.code: "revoked"}
    assert desk.refused(gone.code) == "revoked"
    desk.central.clock.at += VALID
    assert desk.copy(made.code).n == 1
    desk.central.clock.at += timedelta(days=1)
    assert desk.refused(made.code, "again-2") == "expired"
    assert desk.mine() == []


def test_a_central_without_a_seal_makes_no_copy(desk: Desk) -> None:
    made = desk.certificate()
    desk.central.front.certificates._sealer = None
    assert desk.refused(made.code) == "department-unavailable"
