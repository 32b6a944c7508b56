"""Certificates for a bus that has no authority of its own beside it: one is made for the occasion.

The authority's key is forgotten as soon as it has signed, so that nobody can sign another.
"""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nhipcau.bus.leaves import TlsFiles

_LIFE = timedelta(days=365)
# A clock that is behind must not find the certificates unborn.
_EARLY = timedelta(days=2)
_LOOPBACK = ipaddress.ip_address("127.0.0.1")


def make_certificates(folder: Path, names: Sequence[str], now: datetime) -> dict[str, TlsFiles]:
    """Write a certificate for each name, all signed by a fresh authority; return their files.

    Args:
        folder: made where it is missing, readable by us alone.
        names: of the servers; each is reached at 127.0.0.1.
        now: aware time; they are valid from two days before it for a year.

    Raises:
        OSError: the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    signer, root = ec.generate_private_key(ec.SECP256R1()), _name("nhipcau bus")
    authority = folder / "authority.pem"
    base = _base(signer.public_key(), root, root, now)
    of_all = base.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    _write(authority, of_all.sign(signer, hashes.SHA256()))
    made = {}
    for name in names:
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName([x509.IPAddress(_LOOPBACK)])
        one = _base(key.public_key(), _name(name), root, now).add_extension(alternatives, False)
        files = TlsFiles(folder / f"{name}.pem", folder / f"{name}.key", authority)
        _write(files.certificate, one.sign(signer, hashes.SHA256()))
        _write_key(files.key, key)
        made[name] = files
    return made


def _base(
    key: ec.EllipticCurvePublicKey, subject: x509.Name, issuer: x509.Name, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + _LIFE)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
