"""Join tokens: the office's word that a bearer may take a seat in a meeting.

Signed with Ed25519, so that every MCU can check one with the public key of its plan and none can
make one. Source: RFC 8037 §3.1 (EdDSA in JOSE).
"""

from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.quantities import ConferenceId, SiteId

_ISSUER = "nhipcau-office"
_AUDIENCE = "nhipcau-mcu"


@dataclass(frozen=True, slots=True)
class Seat:
    """What a token is for: a role in a meeting, and the site whose room it is (None: no room).

    `subtree` is an operator's: the site whose own and whose descendants' rooms it looks after.
    `bearer` is the name of whom it is made for, "" for whoever has it.
    """

    conference: ConferenceId
    role: str
    site: SiteId | None
    subtree: SiteId | None = None
    bearer: str = ""


class TokenIssuer:
    """Signs join tokens with a key that never leaves the office."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def public_key_pem(self) -> str:
        """Return the key against which MCUs check, as PEM."""
        return (
            self._key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def issue(self, seat: Seat, *, token_id: str, now_s: float, lifetime_s: float) -> str:
        """Return a signed token, valid from now for `lifetime_s` seconds.

        Args:
            seat: what it entitles to.
            token_id: unique; it names the token in logs, which never hold the token itself.
            now_s: seconds since 1970-01-01 UTC.
            lifetime_s: at most the length of the meeting and its rehearsal.
        """
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "jti": token_id,
            "iat": int(now_s),
            "exp": int(now_s + lifetime_s),
            "conference": seat.conference,
            "role": seat.role,
            "site": seat.site,
            **({} if seat.subtree is None else {"subtree": seat.subtree}),
            **({} if not seat.bearer else {"name": seat.bearer}),
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA")
