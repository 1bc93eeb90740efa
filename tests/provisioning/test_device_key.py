"""Stories of the device key: made once, private, and its signatures repeat."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_public_key

from provisioning.device_key import DeviceKey


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "device.key"
    first = DeviceKey.load_or_make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert DeviceKey.load_or_make(path).public_pem == first.public_pem
    assert [p.name for p in path.parent.iterdir()] == ["device.key"]


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    DeviceKey.load_or_make(path)
    path.chmod(0o640)
    with pytest.raises(PermissionError):
        DeviceKey.load_or_make(path)


def test_a_power_cut_while_the_key_was_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "device.partial").write_bytes(b"half a k")
    assert DeviceKey.load_or_make(tmp_path / "device.key").public_pem


def test_a_signature_repeats_and_verifies() -> None:
    key = DeviceKey.from_number(7)
    signature = key.sign(b"event")
    assert signature == DeviceKey.from_number(7).sign(b"event") != key.sign(b"Event")
    public = load_pem_public_key(key.public_pem.encode())
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(bytes.fromhex(signature), b"event", ec.ECDSA(SHA256()))


def test_only_a_p256_key_is_a_device_key() -> None:
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="P-256"):
        DeviceKey.from_pem(other)
