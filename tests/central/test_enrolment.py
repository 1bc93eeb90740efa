"""Stories of enrolment: one code, one key, one certificate; and what happens to everything else."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store
from hypothesis import given
from hypothesis import strategies as st

from central import codes
from central.authority import LEAF, Authority, BadRequestError, requested_key
from central.enrolment import Enrolment, Place, key_in
from central.limits import Limits
from central.problems import Refused
from central.tables import alarm, enrolment
from kiosk_app.contract import Enrol, Enrolled
from provisioning.device_key import DeviceKey
from tests.central.fleet import PLENTY, Fleet, fleet

KEY, OTHER = DeviceKey.from_number(1), DeviceKey.from_number(2)


@pytest.fixture
def office(tmp_path: Path) -> tuple[Fleet, Enrolment]:
    central, random = fleet(), Random(5)
    authority = Authority(tmp_path, central.clock.now)
    ids = iter(f"0198c0de-0000-7000-8000-00000000010{n}" for n in range(9))
    made = Enrolment(
        central.front.store,
        authority,
        central.clock,
        key=b"k" * 32,
        place=Place("https://proof.example/", "0750-1234567"),
        random=random.getrandbits,
        new_id=lambda: next(ids),
        limits=Limits(PLENTY),
    )
    return central, made


def refusal(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.status, refused.value.code


def ask(enrolments: Enrolment, code: str, key: DeviceKey = KEY) -> Enrolled:
    return enrolments.enrol(Enrol(code=code, csr=key.request()))


def wrong(code: str) -> str:
    """Another code with the same selector and a fitting check symbol."""
    plain = codes.read(code)
    return codes.show(plain[:-1] + ("0" if plain[-1] != "0" else "1"))


# --- codes ---


@given(st.integers(0, 2**60 - 1))
def test_a_code_is_read_as_it_is_shown_however_it_is_typed(random: int) -> None:
    code = codes.make(random)
    shown = codes.show(code)
    assert codes.read(shown) == code
    assert codes.read(shown.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code


@given(st.integers(0, 2**60 - 1), st.integers(0, 11), st.integers(1, 31))
def test_one_wrong_character_is_a_slip_and_not_another_code(random: int, place: int, by: int) -> None:
    code, digits = codes.make(random), "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    slip = code[:place] + digits[(digits.index(code[place]) + by) % 32] + code[place + 1 :]
    with pytest.raises(codes.MistypedError):
        codes.read(slip + codes.show(code)[-1])


@given(st.text())
def test_anything_may_be_typed(text: str) -> None:
    try:
        codes.read(text)
    except codes.MistypedError:
        return


# --- redeeming ---


def test_a_code_becomes_a_certificate_and_a_trusted_kiosk(office: tuple[Fleet, Enrolment]) -> None:
    central, enrolments = office
    answer = ask(enrolments, enrolments.new_code("蓬江"))
    assert (answer.site, answer.hotline, answer.proof_url) == ("蓬江", "0750-1234567", "https://proof.example/")
    central.kiosk.id, central.kiosk.key, central.kiosk.heads = answer.kiosk, KEY, {}
    assert central.send(central.kiosk.event(central.moved("R1", "approved"))).streams["pay"].rejected == []


def test_every_machine_gets_a_number_that_no_other_has(office: tuple[Fleet, Enrolment]) -> None:
    _, enrolments = office
    limits = [ask(enrolments, enrolments.new_code("x"), DeviceKey.from_number(n + 1)).number for n in range(3)]
    assert limits == ["44070301", "44070302", "44070303"]


def test_the_certificate_carries_the_identity_central_gave_and_nothing_else(office: tuple[Fleet, Enrolment]) -> None:
    central, enrolments = office
    answer = ask(enrolments, enrolments.new_code("x"))
    certificate = x509.load_pem_x509_certificate(answer.certificate.encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [name.value for name in names] == [f"urn:kiosk:{answer.kiosk}"]
    uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert certificate.not_valid_after_utc == central.clock.now() + LEAF
    issuing, root = x509.load_pem_x509_certificates(answer.chain.encode())
    verifier = PolicyBuilder().store(Store([root])).time(datetime(2026, 4, 1, tzinfo=UTC)).build_client_verifier()
    assert verifier.verify(certificate, [issuing]).chain[-1] == root


def test_a_lost_reply_is_repeated_for_fifteen_minutes(office: tuple[Fleet, Enrolment]) -> None:
    central, enrolments = office
    code = enrolments.new_code("x")
    first = ask(enrolments, code)
    central.clock.turn(minutes=14)
    assert ask(enrolments, code) == first
    central.clock.turn(minutes=1)
    assert refusal(lambda: ask(enrolments, code)) == (409, "code-used")


def test_another_key_with_a_used_code_is_refused_and_raises_an_alarm(office: tuple[Fleet, Enrolment]) -> None:
    central, enrolments = office
    code = enrolments.new_code("x")
    answer = ask(enrolments, code)
    assert refusal(lambda: ask(enrolments, code, OTHER)) == (409, "code-used")
    with central.front.store.read() as connection:
        assert [(a.kiosk, a.code) for a in connection.execute(sa.select(alarm))] == [(answer.kiosk, "code-used-twice")]


def test_a_code_is_good_for_a_day(office: tuple[Fleet, Enrolment]) -> None:
    central, enrolments = office
    code = enrolments.new_code("x")
    central.clock.turn(hours=24)
    assert refusal(lambda: ask(enrolments, code)) == (403, "code-expired")


def test_five_wrong_tries_burn_a_code(office: tuple[Fleet, Enrolment]) -> None:
    _, enrolments = office
    code = enrolments.new_code("x")
    for _ in range(5):
        assert refusal(lambda: ask(enrolments, wrong(code))) == (403, "code-unknown")
    assert refusal(lambda: ask(enrolments, code)) == (403, "code-burnt")


def test_a_slip_of_the_finger_costs_no_try(office: tuple[Fleet, Enrolment]) -> None:
    _, enrolments = office
    code = enrolments.new_code("x")
    for _ in range(9):
        assert refusal(lambda: ask(enrolments, code[:-1] + "?")) == (422, "code-mistyped")
    assert ask(enrolments, code).kiosk


def test_codes_do_not_lie_in_the_database(office: tuple[Fleet, Enrolment]) -> None:
    central, enrolments = office
    secret = codes.read(enrolments.new_code("x"))[codes.SELECTOR :]
    with central.front.store.read() as connection:
        assert all(secret not in str(value) for row in connection.execute(sa.select(enrolment)) for value in row)


def test_too_many_enrolments_from_one_address_are_slowed(tmp_path: Path) -> None:
    central = fleet()
    authority = Authority(tmp_path, central.clock.now)
    enrolments = Enrolment(central.front.store, authority, central.clock, key=b"k")
    codes_ = [refusal(lambda: enrolments.post("10.0.0.1", b"{}"))[0] for _ in range(11)]
    assert codes_ == [400] * 10 + [429]
    assert refusal(lambda: enrolments.post("10.0.0.2", b"{}"))[0] == 400


# --- requests ---


def request_by(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root of everything")])
    return x509.CertificateSigningRequestBuilder(name).sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    "csr", ["", "hello", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"]
)
def test_what_is_no_request_gets_no_certificate(office: tuple[Fleet, Enrolment], csr: str) -> None:
    _, enrolments = office
    code = enrolments.new_code("x")
    assert refusal(lambda: enrolments.enrol(Enrol(code=code, csr=csr))) == (422, "bad-csr")
    assert ask(enrolments, code).kiosk


def test_only_p256_keys_get_certificates() -> None:
    requested_key(request_by(ec.generate_private_key(ec.SECP256R1())))
    for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        with pytest.raises(BadRequestError):
            requested_key(request_by(key))


def test_a_request_that_its_key_did_not_sign_is_refused() -> None:
    mine, theirs = KEY.request(), OTHER.request()
    a, b = (x509.load_pem_x509_csr(pem.encode()) for pem in (mine, theirs))
    point = Encoding.X962, PublicFormat.UncompressedPoint
    swapped = a.public_key().public_bytes(*point), b.public_key().public_bytes(*point)
    forged = a.public_bytes(Encoding.DER).replace(*swapped)
    pem = x509.load_der_x509_csr(forged).public_bytes(Encoding.PEM).decode()
    with pytest.raises(BadRequestError):
        requested_key(pem)


def test_the_authority_is_the_same_after_a_restart(tmp_path: Path) -> None:
    clock = fleet().clock
    first, second = Authority(tmp_path, clock.now), Authority(tmp_path, clock.now)
    assert first.chain_pem == second.chain_pem
    assert len(first.fingerprint) == 64
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")} == {0o600}


def test_a_key_is_made_once_whole_and_for_nobody_else_and_half_of_one_is_no_key(tmp_path: Path) -> None:
    key = key_in(tmp_path / "papers.key")
    assert (len(key), key_in(tmp_path / "papers.key")) == (32, key)
    assert [(file.name, file.stat().st_mode & 0o777) for file in tmp_path.iterdir()] == [("papers.key", 0o600)]
    for torn in (b"", key[:20]):
        (tmp_path / "papers.key").write_bytes(torn)
        with pytest.raises(ValueError, match="put the right one back"):
            key_in(tmp_path / "papers.key")
