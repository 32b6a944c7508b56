"""The DTLS identity."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from nhipcau.webrtc.certificate import make_certificate

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_the_pair_is_p256_and_valid_now(tmp_path: Path) -> None:
    made = make_certificate(tmp_path / "new" / "folder", NOON)
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert certificate.not_valid_before_utc < NOON < certificate.not_valid_after_utc


def test_only_the_owner_reads_the_key(tmp_path: Path) -> None:
    made = make_certificate(tmp_path, NOON)
    assert made.key.stat().st_mode & 0o777 == 0o600


def test_every_pair_is_another(tmp_path: Path) -> None:
    first = make_certificate(tmp_path, NOON).certificate.read_bytes()
    assert make_certificate(tmp_path, NOON).certificate.read_bytes() != first
