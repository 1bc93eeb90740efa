"""Stories of sealed certificates: made once, from the books, and nobody else's file passes for one."""

import os
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from central import codes
from central.authority import Authority, Issued, _usage
from central.certificates.office import GUESSES, VALID, State, Verdict
from central.certificates.sealing import Sealer, SealState
from central.departments.rules import china_day
from central.problems import Refused
from stationery import social
from stationery.imprint import Imprint, Verified
from tests.central.certified import ADDRESS, LI, OTHER_KIOSK, RARE, ZHANG, Certifying, certifying
from tests.stationery.reading import elements, opened, words_of


@pytest.fixture
def central(tmp_path: Path) -> Certifying:
    return certifying(tmp_path)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Certifying, bytes]:
    central = certifying(tmp_path_factory.mktemp("sealed"))
    return central, central.ask().pdf


def forged(central: Certifying, *, name: str, code: str) -> bytes:
    """What a forger can make: our paper, our code, another name; no seal yet."""
    imprint = Imprint(
        title="社会保险参保证明",
        english="Certificate of social insurance",
        department="蓬江区社会保险基金管理局",
        site="x",
        reference=code,
        made_at=central.clock.now(),
        hotline="12333",
        identifier=codes.read(code, codes.CERTIFICATE),
    )
    standings = [social.Standing("pension", "paying", 400, 199001)]
    valid = Verified(code, ADDRESS + code.replace("-", ""), china_day(central.clock.now()) + VALID)
    day = china_day(central.clock.now())
    return social.insured_certificate(social.Insured(name, ZHANG), standings, day, imprint, valid)


# --- issuing ---


def test_a_certificate_says_what_the_books_say_and_its_code_leads_to_it(central: Certifying) -> None:
    made = central.ask()
    text = words_of(made.pdf)
    assert "兹证明张样本在我局参加社会保险" in text
    assert made.code in text
    found = central.front.certificates.find(made.code)
    assert found is not None
    assert found.facts is not None
    assert (found.facts.name, found.facts.number, found.state) == ("张样本", ZHANG, State.VALID)
    assert found.valid_until == made.valid_until == china_day(central.clock.now()) + VALID
    file = opened(made.pdf)
    (figure,) = elements(file, "Figure")
    assert str(figure.Alt).endswith(ADDRESS + made.code.replace("-", ""))


def test_the_same_request_is_answered_with_the_same_bytes_whatever_the_books_say_meanwhile(central: Certifying) -> None:
    first = central.ask()
    central.clock.turn(days=3)
    central.books.months += 1
    assert central.ask() == first
    assert central.ask("visit-2").pdf != first.pdf
    assert central.ask("visit-1", kiosk=OTHER_KIOSK).code != first.code  # each kiosk names its own visits


def test_many_kiosks_at_once_each_get_their_own(central: Certifying) -> None:
    with ThreadPoolExecutor(8) as kiosks:
        made = list(kiosks.map(lambda n: central.ask(f"visit-{n % 8}"), range(16)))
    assert made[:8] == made[8:]
    assert len({certificate.code for certificate in made}) == 8
    for certificate in made[:8]:
        assert central.front.certificates.examine(certificate.pdf).verdict is Verdict.GENUINE
        assert f"验证码　{certificate.code}".replace("　", "") in "".join(words_of(certificate.pdf).split())


def test_a_request_for_another_person_under_the_same_name_is_refused(central: Certifying) -> None:
    central.ask()
    with pytest.raises(Refused, match="request-differs"):
        central.ask(number=LI)


@pytest.mark.parametrize(("number", "code"), [("110105194912310028", "unknown-insured"), (RARE, "unprintable-name")])
def test_who_cannot_have_one_is_told_why(central: Certifying, number: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        central.ask(number=number)


def test_a_department_that_does_not_answer_is_not_guessed_for(central: Certifying) -> None:
    central.books.available = False
    with pytest.raises(Refused, match="department-unavailable"):
        central.ask()


def test_codes_cannot_be_guessed_and_a_slip_of_the_finger_is_told_from_a_wrong_one(central: Certifying) -> None:
    certificates = [central.ask(f"visit-{n}").code for n in range(8)]
    assert len({code[:4] for code in certificates}) == 8  # no part of them counts up
    for code in certificates:
        assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z*~$=]", code)
        wrong = ("1" if code[0] == "0" else "0") + code[1:]
        with pytest.raises(codes.MistypedError):
            central.front.certificates.find(wrong)
    unknown = codes.show(codes.make(2**80 - 5, codes.CERTIFICATE))
    assert central.front.certificates.find(unknown) is None
    assert central.front.certificates.find(certificates[0].lower().replace("-", " ")) is not None


# --- the seal ---


def test_the_seal_is_a_signature_that_others_can_check(central: Certifying, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(central.ask().pdf)
    environment = {**os.environ, "TZ": "UTC"}
    said = subprocess.run(["pdfsig", path], env=environment, capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Mar 02 2026 04:00:00" in said  # the injected clock's
    file = opened(path.read_bytes())
    (field,) = file.Root.AcroForm.Fields
    assert field.AP.N.Resources  # the round seal


def test_sealing_leaves_metadata_as_they_were(central: Certifying) -> None:
    file = opened(central.ask().pdf)
    assert str(file.docinfo.ModDate) == "D:20260302040000+00'00'"
    with file.open_metadata() as said:
        assert said["xmp:ModifyDate"] == "2026-03-02T04:00:00+00:00"
        assert said["pdfaid:conformance"] == "A"


def test_a_new_key_seals_after_half_a_life_and_old_seals_stay_good(central: Certifying) -> None:
    sealer = Sealer(central.authority, central.clock.now)
    first = sealer.seal(forged(central, name="张样本", code=central.ask().code), "局")
    central.clock.turn(days=2 * 365)
    second = sealer.seal(forged(central, name="张样本", code=central.ask("later").code), "局")
    assert sealer.look(first) is sealer.look(second) is SealState.OURS
    third = sealer.seal(forged(central, name="张样本", code=central.ask("third").code), "局")
    assert sealed_by(first) != sealed_by(second) == sealed_by(third)


def sealed_by(pdf: bytes) -> int:
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return int(signature.signer_cert.serial_number)


def test_a_certificate_of_ours_that_is_not_for_seals_makes_no_seal(central: Certifying) -> None:
    sealer = Sealer(central.authority, central.clock.now)
    sealer._signer = central.authority.signer("catalogue", "1.3.6.1.4.1.59999.1")
    paper = forged(central, name="张样本", code=central.ask().code)
    assert sealer.look(sealer.seal(paper, "局")) is not SealState.OURS


def test_a_certificate_of_ours_that_may_sign_but_something_else_makes_no_seal(central: Certifying) -> None:
    sealer = Sealer(central.authority, central.clock.now)
    key = ec.generate_private_key(ec.SECP256R1())
    use = x509.ObjectIdentifier("1.3.6.1.4.1.59999.1")
    leaf = central.authority._leaf("other", key.public_key(), use, usage=_usage(content_commitment=True))
    sealer._signer = Issued(leaf.sign(central.authority._issuing.key, hashes.SHA256()), key)
    paper = forged(central, name="张样本", code=central.ask().code)
    assert sealer.look(sealer.seal(paper, "局")) is SealState.FOREIGN


def test_a_seal_that_does_not_cover_the_whole_file_is_broken(central: Certifying) -> None:
    sealer = Sealer(central.authority, central.clock.now)
    assert sealer.look(central.ask().pdf) is SealState.OURS
    assert sealer.look(appended(central.ask().pdf)) is SealState.BROKEN


# --- whether a file is genuine ---


def test_the_file_as_it_was_sealed_is_genuine_also_when_it_is_expired_or_revoked(central: Certifying) -> None:
    made = central.ask()
    examined = central.front.certificates.examine(made.pdf)
    assert examined.verdict is Verdict.GENUINE
    assert examined.registered is not None
    assert examined.registered.state is State.VALID
    central.clock.at += VALID
    assert central.front.certificates.examine(made.pdf).registered.state is State.VALID  # type: ignore[union-attr]
    central.clock.at += timedelta(days=1)
    examined = central.front.certificates.examine(made.pdf)
    assert examined.verdict is Verdict.GENUINE
    assert examined.registered is not None
    assert examined.registered.state is State.EXPIRED
    central.front.certificates.revoke(made.code, "sample operator")
    examined = central.front.certificates.examine(made.pdf)
    assert examined.registered is not None
    assert examined.registered.state is State.REVOKED


def test_a_certificate_is_revoked_once_and_an_unknown_one_not_at_all(central: Certifying) -> None:
    made = central.ask()
    central.front.certificates.revoke(made.code, "sample operator")
    with pytest.raises(Refused, match="unknown-certificate"):
        central.front.certificates.revoke(made.code, "sample operator")


@pytest.mark.parametrize("where", [0.05, 0.3, 0.6, 0.9, 0.97])
def test_one_byte_changed_anywhere_is_told(central: Certifying, where: float) -> None:
    altered = bytearray(central.ask().pdf)
    altered[int(len(altered) * where)] ^= 1
    assert central.front.certificates.examine(bytes(altered)).verdict in {Verdict.ALTERED, Verdict.UNREADABLE}


def cut(pdf: bytes) -> bytes:
    return pdf[: len(pdf) // 2]


def appended(pdf: bytes) -> bytes:
    return pdf + b"\n% and this\n"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (appended, Verdict.ALTERED),
        (cut, Verdict.UNREADABLE),
        (lambda _: b"", Verdict.UNREADABLE),
        (lambda _: b"%PDF-1.7\n" + b"[" * 50_000, Verdict.UNREADABLE),
    ],
)
def test_a_file_that_is_more_or_less_than_ours_is_not_ours(
    central: Certifying, change: Callable[[bytes], bytes], verdict: Verdict
) -> None:
    assert central.front.certificates.examine(change(central.ask().pdf)).verdict is verdict


def test_other_facts_under_a_true_code_are_told_and_the_true_ones_named(central: Certifying, tmp_path: Path) -> None:
    made = central.ask()
    paper = forged(central, name="李四样本", code=made.code)
    unsealed = central.front.certificates.examine(paper)
    assert unsealed.verdict is Verdict.UNSEALED
    another = Sealer(Authority(tmp_path / "forger", central.clock.now), central.clock.now)
    sealed = central.front.certificates.examine(another.seal(paper, "蓬江区社会保险基金管理局"))
    assert sealed.verdict is Verdict.FORGED
    assert sealed.registered is not None
    assert sealed.registered.facts is not None
    assert sealed.registered.facts.name == "张样本"


def test_a_file_under_our_own_seal_that_the_register_does_not_have_is_not_believed(central: Certifying) -> None:
    paper = forged(central, name="李四样本", code=central.ask().code)
    stolen_key = Sealer(central.authority, central.clock.now)
    assert central.front.certificates.examine(stolen_key.seal(paper, "局")).verdict is Verdict.ALTERED


def test_what_a_paper_says_of_its_holder_can_be_compared(central: Certifying) -> None:
    office = central.front.certificates
    found = office.find(central.ask().code)
    assert found is not None
    assert office.agrees(found, " 张样本", "0013 ")
    assert not office.agrees(found, "李样本", "0013")
    assert not office.agrees(found, "张样本", "0014")


def test_whoever_looked_before_the_last_guess_has_no_more_guesses_than_others(central: Certifying) -> None:
    office = central.front.certificates
    found = office.find(central.ask().code)  # many pages were opened at once
    assert found is not None
    for n in range(GUESSES):
        assert not office.agrees(found, f"张{n}", "0013")
    with pytest.raises(Refused, match="guessed-out"):
        office.agrees(found, "张九", "0013")


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_to_a_file_it_gets_an_answer_and_not_that_it_is_genuine(
    sealed: tuple[Certifying, bytes], data: st.DataObject
) -> None:
    central, pdf = sealed
    changed = bytearray(pdf)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        piece = data.draw(st.binary(max_size=8))
        changed[at : at + data.draw(st.integers(0, 8))] = piece
    verdict = central.front.certificates.examine(bytes(changed)).verdict
    assert (verdict is Verdict.GENUINE) == (bytes(changed) == pdf)
