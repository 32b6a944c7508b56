"""A room's browser as the tests need it: a P-256 key that signs in WebCrypto's form."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from nhipcau.credentials.keys import PublicKey, encode_bytes


class RoomBrowser:
    """One browser's key."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.key = PublicKey(encode_bytes(point))

    def sign(self, statement: bytes) -> str:
        """Return the signature as r ‖ s."""
        r, s = decode_dss_signature(self._private.sign(statement, ec.ECDSA(hashes.SHA256())))
        return encode_bytes(r.to_bytes(32) + s.to_bytes(32))
