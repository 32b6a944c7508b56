"""The emergency pass: the office's word that its bearer may call rooms together, for a long time.

Any MCU checks one with the office's public key and the list of those that were revoked, both in its
directory. Source: RFC 8037 §3.1 (EdDSA in JOSE).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from nhipcau.quantities import SiteId

_ISSUER = "nhipcau-office"
# Another audience than a join token's, so that neither is taken for the other.
_AUDIENCE = "nhipcau-emergency"
_ALGORITHM = "EdDSA"
_REQUIRED = ["iss", "aud", "exp", "iat", "jti", "site", "name"]
# A pass is some 400 letters; nobody has us decode a novel.
MAX_PASS_TEXT = 2000


class PassError(Exception):
    """The text is no pass of this installation."""


@dataclass(frozen=True, slots=True)
class EmergencyPass:
    """What a pass says.

    Attributes:
        id: by which it is revoked, and called in the audit.
        site: the leader's room; it reaches this one and all below it.
        name: whom it was given to.
        expires_s: seconds since 1970-01-01 UTC.
    """

    id: str
    site: SiteId
    name: str
    expires_s: int


def sign_pass(given: EmergencyPass, key: Ed25519PrivateKey, now_s: float) -> str:
    """Return the pass as text, signed with the office's key."""
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "jti": given.id,
        "iat": int(now_s),
        "exp": given.expires_s,
        "site": given.site,
        "name": given.name,
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def read_pass(text: str, public_key_pem: str) -> EmergencyPass:
    """Return what a pass says, if the office signed it.

    Its time, and whether it was revoked, are for the caller to judge.

    Raises:
        PassError: it is none, or another key signed it.
    """
    if len(text) > MAX_PASS_TEXT:
        raise PassError("not a pass: too long")
    try:
        claims: Mapping[str, Any] = jwt.decode(
            text,
            _public_key(public_key_pem),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        words = [claims[name] for name in ("jti", "site", "name")]
        if not all(isinstance(word, str) for word in words):
            raise ValueError("a claim is not text")
        return EmergencyPass(words[0], SiteId(words[1]), words[2], int(claims["exp"]))
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise PassError(f"not a pass of this installation: {error}") from None


@lru_cache(maxsize=8)
def _public_key(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the office's key is of another kind")
    return key
