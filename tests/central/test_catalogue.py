"""Stories of the signed catalogue: what is published, who signs it, what a kiosk believes and what it does not."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from central.authority import LEAF, Authority, DocumentSigner
from central.catalogue import SHIPPED, CatalogueFault, read
from central.commands import app
from central.db import file_engine
from central.departments.exit_entry import faults
from central.front import Front
from kiosk_app.contract import HeartbeatReply
from kiosk_app.contract.catalogue import (
    MOST_DOCUMENT,
    PURPOSE,
    PURPOSE_OID,
    AskCatalogue,
    Catalogue,
    CatalogueReply,
    ExitRules,
    SignedCatalogue,
    signed_bytes,
)
from kiosk_app.errors import CatalogueForged, CatalogueOlder
from offline_cache.catalogue import SqlCatalogue, verified
from offline_cache.store import Store, open_store
from tests.central.exit_fleet import Hall, RefusedError, hall
from tests.central.fleet import NOON, HandClock
from tests.kiosk_app.test_reporting import beat

RULES = read(SHIPPED, faults)
KEY = bytes(range(32))
replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), lambda: NOON)


@pytest.fixture
def office(authority: Authority) -> Hall:
    return hall(authority)


def fetch(office: Hall, have: int = 0) -> CatalogueReply:
    return msgspec.json.decode(office.post(AskCatalogue(have=have)), type=CatalogueReply)


def fetched(office: Hall) -> SignedCatalogue:
    signed = fetch(office).signed
    assert signed is not None
    return signed


@dataclass
class Kiosk:
    """The shelf of a kiosk over a real store."""

    folder: Path
    root: bytes
    clock: HandClock = field(default_factory=HandClock)

    def opened(self) -> Store:
        return open_store(self.folder / "store", KEY, reserve=1 << 20)

    def shelf(self, store: Store) -> SqlCatalogue:
        return SqlCatalogue(store, self.root, self.clock)


@pytest.fixture
def kiosk(tmp_path: Path, authority: Authority) -> Kiosk:
    return Kiosk(tmp_path, authority.root_pem.encode())


# --- publishing ---


def test_a_new_platform_publishes_the_rules_it_was_shipped_with(office: Hall) -> None:
    reply = fetch(office)
    assert reply.version == int(NOON.timestamp())
    document = msgspec.json.decode(fetched(office).document, type=Catalogue)
    assert (document.purpose, document.issued_at, document.exit_entry) == (PURPOSE, NOON, RULES)


def test_who_has_the_newest_gets_none(office: Hall) -> None:
    version = fetch(office).version
    assert fetch(office, version) == CatalogueReply(version=version)
    assert fetch(office, version + 1).signed is None


def dearer() -> ExitRules:
    return replace(RULES, fees=[replace(fee, fen=fee.fen + 100) for fee in RULES.fees])


def test_a_change_has_a_greater_version_and_central_goes_by_it(office: Hall) -> None:
    before = fetch(office).version
    version = office.fleet.front.catalogue.publish(dearer())
    assert version == before + 1
    assert office.offers("applied")["HK.L.3m1"].fee == 1600
    assert office.holder("applied").catalogue == version
    office.fleet.clock.turn(days=1)
    assert office.fleet.front.catalogue.publish(RULES) == int(office.fleet.clock.now().timestamp())


def test_publishing_what_is_published_changes_nothing(office: Hall) -> None:
    before = fetch(office).version
    office.fleet.clock.turn(hours=1)
    assert office.fleet.front.catalogue.publish(RULES) == before


def test_versions_go_on_growing_after_a_lost_database(authority: Authority) -> None:
    first = hall(authority)
    old = first.fleet.front.catalogue.publish(dearer())
    clock = HandClock()
    clock.turn(minutes=1)
    assert fetch(hall(authority, clock=clock)).version > old


def test_a_restart_publishes_nothing_and_keeps_what_holds(tmp_path: Path) -> None:
    clock = HandClock()
    version = Front(file_engine(tmp_path / "central.db"), clock).catalogue.publish(dearer())
    clock.turn(days=1)
    again = Front(file_engine(tmp_path / "central.db"), clock)
    with again.store.read() as connection:
        current = again.catalogue.current(connection)
    assert (current.version, current.exit_entry) == (version, dearer())


def test_the_heartbeat_names_the_newest_version(office: Hall) -> None:
    status, body = office.fleet.front.post(office.fleet.kiosk.id, "/hb", msgspec.json.encode(beat(1)))
    assert status == 200
    assert msgspec.json.decode(body, type=HeartbeatReply).catalogue == fetch(office).version


def test_without_a_signer_there_is_nothing_to_give() -> None:
    bare = hall()
    with pytest.raises(RefusedError) as no:
        fetch(bare)
    assert no.value.args == (503, "department-unavailable")
    assert bare.fleet.front.catalogue.version() == 0


def test_an_approval_keeps_the_fee_it_was_given_when_the_rules_change(office: Hall) -> None:
    approval = office.apply("applied", "HK.L.3m1")
    office.fleet.front.catalogue.publish(dearer())
    assert office.pay(approval).accepted


def test_a_fee_of_yesterdays_catalogue_is_refused(office: Hall) -> None:
    ask = office.application("applied", "HK.L.3m1")
    office.fleet.front.catalogue.publish(dearer())
    with pytest.raises(RefusedError) as no:
        office.approve(ask)
    assert no.value.code == "fee-changed"


@pytest.mark.parametrize(
    ("was", "is_", "fault"),
    [
        ("fen = 1500", "fenn = 1500", "missing required field"),
        ("fen = 1500", "fen = -1", ">= 0"),
        ("fen = 1500", "fen = 15.5", "int"),
        ("least_days = 30", "least_days = 30\nleast_day = 3", "least_day is unknown"),
        ("weekly = true", "weekly = true\nweekley = true", "weekley is unknown in MO.G.1ymw"),
        ("entries = 2\nfen = 3000", "entries = 2\nfen = 3000\nupto_month = 3", "upto_month is unknown in FeeRule"),
        ('id = "HK.T.3m1"', 'id = "HK.T.3mm"', "twice at the same time"),
        ("months = 3\n", "months = 0\n", ">= 1"),
        ("[destinations]", "[destinations", "Expected"),
    ],
)
def test_a_file_with_a_mistake_is_not_published(tmp_path: Path, was: str, is_: str, fault: str) -> None:
    file = tmp_path / "rules.toml"
    text = SHIPPED.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, is_, 1), "utf-8")
    with pytest.raises(CatalogueFault, match=fault):
        read(file, faults)


def test_rules_too_large_to_be_read_by_a_kiosk_are_not_published(office: Hall) -> None:
    many = replace(RULES, fees=RULES.fees * 2000)
    assert len(msgspec.json.encode(many)) > MOST_DOCUMENT
    with pytest.raises(CatalogueFault, match="at most"):
        office.fleet.front.catalogue.publish(many)


def test_a_person_publishes_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(SHIPPED.read_text("utf-8").replace("fen = 1500", "fen = 1600"), "utf-8")
    said = CliRunner().invoke(app, ["publish", str(file), "--data", str(tmp_path / "data")])
    assert said.exit_code == 0
    assert said.output.startswith("version ")
    file.write_text("nonsense", "utf-8")
    said = CliRunner().invoke(app, ["publish", str(file), "--data", str(tmp_path / "data")])
    assert (said.exit_code, "not published" in said.output) == (1, True)


# --- the signer ---


def test_the_signers_certificate_is_for_catalogues_and_nothing_else(office: Hall) -> None:
    leaf, issuing, root = x509.load_pem_x509_certificates(fetched(office).chain.encode())
    uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [use.dotted_string for use in uses] == [PURPOSE_OID]
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)


def test_the_key_changes_before_its_certificate_ends(authority: Authority) -> None:
    clock = HandClock()
    signer = DocumentSigner(authority, clock.now, PURPOSE, PURPOSE_OID)
    chains = [signer.sign(b"x")[1], signer.sign(b"y")[1]]
    clock.turn(days=LEAF.days / 2 + 1)
    assert chains[0] == chains[1] != signer.sign(b"z")[1]


# --- what a kiosk believes ---


def test_a_kiosk_keeps_what_central_signed_and_has_it_after_a_restart_without_a_network(
    office: Hall, kiosk: Kiosk
) -> None:
    with kiosk.opened() as store:
        shelf = kiosk.shelf(store)
        assert shelf.current() is None
        taken = shelf.take(fetched(office))
        assert shelf.current() == taken
    kiosk.clock.turn(days=400)  # the signer's certificate has ended meanwhile
    with kiosk.opened() as store:
        assert kiosk.shelf(store).current() == taken


def test_a_newer_one_takes_its_place(office: Hall, kiosk: Kiosk) -> None:
    with kiosk.opened() as store:
        shelf = kiosk.shelf(store)
        shelf.take(fetched(office))
        office.fleet.front.catalogue.publish(dearer())
        assert shelf.take(fetched(office)).exit_entry == dearer()
        rows = store.read(lambda db: db.execute("SELECT count(*) FROM catalogue").fetchone())
        assert rows == (1,)


def test_an_older_one_and_the_same_again_are_refused_also_after_a_restart(office: Hall, kiosk: Kiosk) -> None:
    old = fetched(office)
    office.fleet.front.catalogue.publish(dearer())
    new = fetched(office)
    with kiosk.opened() as store:
        shelf = kiosk.shelf(store)
        shelf.take(new)
        for one in (old, new):
            with pytest.raises(CatalogueOlder):
                shelf.take(one)
    with kiosk.opened() as store:
        shelf = kiosk.shelf(store)
        with pytest.raises(CatalogueOlder):
            shelf.take(old)
        kept = shelf.current()
        assert kept is not None
        assert kept.exit_entry == dearer()


def test_sections_and_fields_of_the_future_are_ignored(authority: Authority, kiosk: Kiosk) -> None:
    later = msgspec.to_builtins(catalogue(7)) | {"forms": {"x": 1}}
    later["exit_entry"]["options"][0]["colour"] = "red"
    with kiosk.opened() as store:
        assert kiosk.shelf(store).take(sign(authority, later)).exit_entry == RULES


def catalogue(version: int, **changes: Any) -> Catalogue:
    made = Catalogue(purpose=PURPOSE, version=version, issued_at=NOON, exit_entry=RULES)
    return replace(made, **changes)


def sign(authority: Authority, document: object, *, use: str = PURPOSE_OID, prefix: bool = True) -> SignedCatalogue:
    data = msgspec.json.encode(document)
    signature, chain = DocumentSigner(authority, lambda: NOON, "x", use).sign(signed_bytes(data) if prefix else data)
    return SignedCatalogue(document=data, signature=signature, chain=chain)


def refused(kiosk: Kiosk, signed: SignedCatalogue, why: str) -> None:
    """It is refused, and what was there stays."""
    with kiosk.opened() as store:
        shelf = kiosk.shelf(store)
        before = shelf.current()
        with pytest.raises(CatalogueForged, match=why):
            shelf.take(signed)
        assert shelf.current() == before


def test_a_fee_that_was_changed_on_the_way_is_refused_and_the_last_good_one_stays(office: Hall, kiosk: Kiosk) -> None:
    good = fetched(office)
    with kiosk.opened() as store:
        kiosk.shelf(store).take(good)
    forged = good.document.replace(b'"fen":8000', b'"fen":9000').replace(b'"version":1', b'"version":2')
    assert forged != good.document
    refused(kiosk, replace(good, document=forged), "signature")


@given(where=st.sampled_from(["document", "signature", "chain"]), place=st.floats(0, 1), by=st.integers(1, 127))
@settings(max_examples=80, deadline=None)
def test_one_changed_byte_anywhere_is_refused(where: str, place: float, by: int, authority: Authority) -> None:
    good = sign(authority, catalogue(7))
    value = getattr(good, where)
    at = int(place * (len(value) - 1))
    if isinstance(value, bytes):
        changed: bytes | str = value[:at] + bytes([value[at] ^ by]) + value[at + 1 :]
    else:
        changed = value[:at] + chr(ord(value[at]) ^ by) + value[at + 1 :]
    roots = x509.load_pem_x509_certificates(authority.root_pem.encode())
    try:
        said = verified(replace(good, **{where: changed}), roots, NOON)
    except CatalogueForged:
        return
    # what PEM and hex do not care about (line ends, case, text beside a certificate, a root that is pinned anyway)
    assert where != "document"
    assert said == catalogue(7)


@pytest.mark.parametrize(
    "use", [ExtendedKeyUsageOID.SERVER_AUTH.dotted_string, ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string, "2.25.1"]
)
def test_a_key_for_another_purpose_signs_no_catalogue(authority: Authority, kiosk: Kiosk, use: str) -> None:
    refused(kiosk, sign(authority, catalogue(7), use=use), "not for signing")


def test_a_signature_made_for_something_else_fits_nothing(authority: Authority, kiosk: Kiosk) -> None:
    refused(kiosk, sign(authority, catalogue(7), prefix=False), "signature")


def test_a_document_of_another_purpose_is_refused(authority: Authority, kiosk: Kiosk) -> None:
    refused(kiosk, sign(authority, catalogue(7, purpose="kiosk-config")), "another purpose")


@pytest.mark.parametrize("document", [[], {}, {"purpose": PURPOSE}, "x", {"purpose": PURPOSE, "version": -1}])
def test_what_is_signed_and_no_catalogue_is_refused(authority: Authority, kiosk: Kiosk, document: object) -> None:
    refused(kiosk, sign(authority, document), "not a catalogue")


def test_another_root_with_the_same_name_is_not_central(tmp_path: Path, kiosk: Kiosk) -> None:
    foreign = Authority(tmp_path / "foreign", lambda: NOON)
    refused(kiosk, sign(foreign, catalogue(7)), "no chain")


def test_a_foreign_chain_with_our_root_beside_it_is_not_central(
    tmp_path: Path, authority: Authority, kiosk: Kiosk
) -> None:
    forged = sign(Authority(tmp_path / "foreign", lambda: NOON), catalogue(7))
    ours = authority.chain_pem
    refused(kiosk, replace(forged, chain=forged.chain + ours), "no chain")
    refused(kiosk, replace(forged, chain=forged.chain[: forged.chain.index("-----END")] + ours), "no chain")


def test_a_kiosk_cannot_sign_what_kiosks_believe(authority: Authority, kiosk: Kiosk) -> None:
    """Its certificate is of the same authority; it can even make one for the purpose, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    mine = authority.issue(request.public_bytes(Encoding.PEM).decode(), "kiosk-1")
    below = ec.generate_private_key(ec.SECP256R1())
    leaf = _for_the_purpose(x509.load_pem_x509_certificate(mine.encode()), key, below)
    data = msgspec.json.encode(catalogue(7))
    signature = below.sign(signed_bytes(data), ec.ECDSA(SHA256())).hex()
    chain = leaf.public_bytes(Encoding.PEM).decode() + mine + authority.chain_pem
    refused(kiosk, SignedCatalogue(document=data, signature=signature, chain=chain), "no authority")


def _for_the_purpose(
    issuer: x509.Certificate, key: ec.EllipticCurvePrivateKey, below: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")]))
        .issuer_name(issuer.subject)
        .public_key(below.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(NOON + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(PURPOSE_OID)]), critical=False)
        .sign(key, SHA256())
    )


@pytest.mark.parametrize("days", [-1, 91])
def test_a_certificate_that_is_not_valid_now_is_refused(authority: Authority, kiosk: Kiosk, days: int) -> None:
    kiosk.clock.turn(days=days)
    refused(kiosk, sign(authority, catalogue(7)), "not valid now")


@pytest.mark.parametrize("chain", ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_chain_that_is_none_is_refused(authority: Authority, kiosk: Kiosk, chain: str) -> None:
    refused(kiosk, replace(sign(authority, catalogue(7)), chain=chain), "no chain")


@pytest.mark.parametrize("signature", ["", "zz", "00", "30" * 60, "é"])
def test_a_signature_that_is_none_is_refused(authority: Authority, kiosk: Kiosk, signature: str) -> None:
    refused(kiosk, replace(sign(authority, catalogue(7)), signature=signature), "signature")


def test_what_was_changed_in_the_store_is_not_used_and_a_fresh_one_is_taken(office: Hall, kiosk: Kiosk) -> None:
    with kiosk.opened() as store:
        kiosk.shelf(store).take(fetched(office))
        store.transact(lambda db: db.execute("UPDATE catalogue SET document = CAST('{}' AS BLOB)").close())
    with kiosk.opened() as store:
        shelf = kiosk.shelf(store)
        assert shelf.current() is None
        assert shelf.take(fetched(office)).exit_entry == RULES


def test_a_power_cut_while_it_is_written_leaves_the_old_one(
    office: Hall, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kiosk.opened() as store:
        old = kiosk.shelf(store).take(fetched(office))
    office.fleet.front.catalogue.publish(dearer())
    with kiosk.opened() as store:
        shelf = kiosk.shelf(store)
        shelf.current()

        def cut(*_: object) -> None:
            raise SystemExit

        monkeypatch.setattr(store, "transact", cut)
        with pytest.raises(SystemExit):
            shelf.take(fetched(office))
        assert shelf.current() == old


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"have":-1}', b'{"have":"x"}', b'{"have":1e99}', b'{"have":99999999999999999999}']
)
def test_a_question_of_another_shape_is_refused(office: Hall, body: bytes) -> None:
    assert office.fleet.front.post(office.fleet.kiosk.id, "/catalogue", body)[0] == 400
