"""A synthetic room that is paired: a device with a key of its own, as a browser has one."""

from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, Field

from nhipcau.credentials import statements
from nhipcau.credentials.keys import decode_bytes, encode_bytes
from nhipcau.credentials.statements import Challenge
from nhipcau.quantities import DeviceId

_SIGNING = ec.ECDSA(SHA256())


class RoomDevice(BaseModel):
    """A device of the office.

    Attributes:
        device: its id, once it is enrolled.
        secret: the private key, 32 bytes in base64url.
        fronts: sockets at which it waits to be called, `ws://…/bell` or `wss://…/bell`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    device: DeviceId = DeviceId("")
    secret: str = Field(repr=False, max_length=60)
    fronts: tuple[str, ...] = Field(default=(), max_length=4)

    @classmethod
    def fresh(cls) -> "RoomDevice":
        """Return a device with a key of its own that is not enrolled yet."""
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return cls(secret=encode_bytes(number.to_bytes(32)))

    @cached_property
    def public(self) -> str:
        """The public key as a page sends it."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return encode_bytes(point)

    def sign(self, statement: bytes) -> str:
        """Return a signature in WebCrypto's form, r ‖ s."""
        r, s = decode_dss_signature(self._key.sign(statement, _SIGNING))
        return encode_bytes(r.to_bytes(32) + s.to_bytes(32))

    def admission(self, challenge: Challenge) -> dict[str, str]:
        """Return the proof that lets it into a meeting."""
        return self._proof(statements.admission(challenge, self.device, self.public))

    def bell(self, challenge: Challenge) -> dict[str, str]:
        """Return the proof by which it waits at a front."""
        return self._proof(statements.bell(challenge, self.device, self.public))

    def _proof(self, statement: bytes) -> dict[str, str]:
        signature = self.sign(statement)
        return {"device": self.device, "key": self.public, "signature": signature}

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(decode_bytes(self.secret)), ec.SECP256R1())
