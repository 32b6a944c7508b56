"""The DTLS identity of a process: one ECDSA P-256 certificate and its key, as PEM files.

WebRTC certificates are self-signed; the fingerprint in the SDP, which travels over TLS, is what
the other side trusts (RFC 8827 §6.5). A ready pair is handed to every connection: making one costs
a millisecond each and a worker thread of the transport.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Longer than any process lives, short enough that a stolen key does not serve for ever.
_LIFE = timedelta(days=365)
# A peer whose clock is behind must not find the certificate unborn.
_EARLY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Paths of the two PEM files."""

    certificate: Path
    key: Path


def make_certificate(folder: Path, now: datetime) -> Certificate:
    """Write a fresh pair into `folder` (made when missing) and return its paths.

    Args:
        folder: `dtls-certificate.pem` and `dtls-key.pem` (mode 600) are overwritten there.
        now: aware time; the pair is valid from two days before it for a year.

    Raises:
        OSError: the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    made = Certificate(folder / "dtls-certificate.pem", folder / "dtls-key.pem")
    made.certificate.write_bytes(_sign(key, now).public_bytes(serialization.Encoding.PEM))
    made.key.touch(mode=0o600)
    made.key.chmod(0o600)
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return made


def _sign(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nhipcau")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + _LIFE)
        .sign(key, hashes.SHA256())
    )
