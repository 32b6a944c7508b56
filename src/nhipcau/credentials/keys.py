"""A device's key as the browser's WebCrypto gives it: ECDSA on P-256, the private half unseen.

page  exportKey("raw") ─ 65 bytes, base64url ─▶ PublicKey ─▶ thumbprint
page  sign(SHA-256)    ─ r ‖ s, 64 bytes     ─▶ verify
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

# An uncompressed point: 04, x, y. Source: SEC 1 §2.3.3.
_POINT_BYTES = 65
_HALF_BYTES = 32
_ALGORITHM = ec.ECDSA(hashes.SHA256())
# The longest text that can be a key or a signature, so that nobody has us decode a novel.
MAX_KEY_TEXT = 100
MAX_SIGNATURE_TEXT = 100


class BadKeyError(ValueError):
    """The text is no P-256 public key."""


def encode_bytes(data: bytes) -> str:
    """Return `data` as base64url without padding. Source: RFC 4648 §5."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_bytes(text: str) -> bytes:
    """Return the bytes of base64url without padding.

    Raises:
        ValueError: the text is not what `encode_bytes` writes.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64url") from None
    if encode_bytes(data) != text:
        raise ValueError("not the shortest base64url")
    return data


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One device's public key; `text` is the uncompressed point as base64url."""

    text: str

    @classmethod
    def read(cls, text: str) -> "PublicKey":
        """Return the key in `text`.

        Raises:
            BadKeyError: it is no point of P-256 in its one canonical form.
        """
        key = cls(text)
        key.point()
        return key

    def point(self) -> ec.EllipticCurvePublicKey:
        """Return the key for the library that checks signatures.

        Raises:
            BadKeyError: it is no point of P-256.
        """
        try:
            data = decode_bytes(self.text) if len(self.text) <= MAX_KEY_TEXT else b""
            if len(data) != _POINT_BYTES:
                raise ValueError("length")
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
        except ValueError:
            raise BadKeyError("not a P-256 public key") from None

    def thumbprint(self) -> str:
        """Return the name of the key by its content. Source: RFC 7638 §3, for RFC 7518 §6.2."""
        data = decode_bytes(self.text)
        x, y = data[1 : 1 + _HALF_BYTES], data[1 + _HALF_BYTES :]
        members = f'{{"crv":"P-256","kty":"EC","x":"{encode_bytes(x)}","y":"{encode_bytes(y)}"}}'
        return encode_bytes(hashlib.sha256(members.encode()).digest())

    def verifies(self, signature: str, statement: bytes) -> bool:
        """Return True when the key's owner signed `statement`.

        Args:
            signature: r ‖ s, 64 bytes, base64url: the form that WebCrypto gives, untrusted.
            statement: the bytes that were to be signed (`statements`).

        Source: FIPS 186-5 §6.4; W3C Web Cryptography §23 (ECDSA).
        """
        try:
            data = decode_bytes(signature) if len(signature) <= MAX_SIGNATURE_TEXT else b""
            if len(data) != 2 * _HALF_BYTES:
                return False
            r, s = data[:_HALF_BYTES], data[_HALF_BYTES:]
            der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
            self.point().verify(der, statement, _ALGORITHM)
        except (ValueError, InvalidSignature):
            return False
        return True
