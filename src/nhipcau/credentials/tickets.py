"""Resume tickets: an MCU's word to a room or a guest that it was admitted, good at every MCU of the
plan until the meeting ends. The key is the meeting's own and reaches the MCUs with the plan.

A device's ticket names the thumbprint of its key, and is taken only together with a proof of that
key: copied, it is of no use. Source: RFC 7800 §3 (`cnf`), RFC 9449 §6.1 (`jkt`), RFC 8037 §3.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.credentials.keys import decode_bytes
from nhipcau.quantities import ConferenceId, SiteId

ISSUER = "nhipcau-mcu"
_AUDIENCE = "nhipcau-resume"
_ALGORITHM = "EdDSA"
_REQUIRED = ["iss", "aud", "exp", "iat", "conference", "site", "credential"]


class TicketError(Exception):
    """The text is no ticket of this meeting."""


@dataclass(frozen=True, slots=True)
class ResumeTicket:
    """What a ticket says.

    Attributes:
        conference: the meeting.
        site: whose seat it is for.
        credential: by which the bearer was first admitted; removal voids it.
        thumbprint: the key that must be proven with it, None for a guest's.
        expires_s: seconds since 1970-01-01 UTC.
        chairs: it is no seat's, but opens the chair's page.
    """

    conference: ConferenceId
    site: SiteId
    credential: str
    thumbprint: str | None
    expires_s: int
    chairs: bool = False


def sign_ticket(ticket: ResumeTicket, key: str, now_s: float) -> str:
    """Return the ticket as text; `key` is the meeting's, base64url of 32 bytes.

    Raises:
        ValueError: `key` is none.
    """
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": _AUDIENCE,
        "iat": int(now_s),
        "exp": ticket.expires_s,
        "conference": ticket.conference,
        "site": ticket.site,
        "credential": ticket.credential,
    }
    if ticket.thumbprint is not None:
        claims["cnf"] = {"jkt": ticket.thumbprint}
    if ticket.chairs:
        claims["chairs"] = True
    return jwt.encode(claims, _private_key(key), algorithm=_ALGORITHM)


def read_ticket(text: str, key: str) -> ResumeTicket:
    """Return what a ticket says, if it was signed with the meeting's key.

    Its time and its meeting are for the caller to judge, who has a clock and a plan.

    Raises:
        TicketError: it is none, or another key signed it.
    """
    try:
        claims: Mapping[str, Any] = jwt.decode(
            text,
            _private_key(key).public_key(),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=ISSUER,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        return _ticket(claims)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise TicketError(f"not a ticket of this meeting: {error}") from None


def is_resume_ticket(text: str) -> bool:
    """Return True when `text` says of itself that it is a resume ticket; nothing is checked."""
    try:
        claims = jwt.decode(text, options={"verify_signature": False})
    except jwt.PyJWTError:
        return False
    return claims.get("iss") == ISSUER


def _ticket(claims: Mapping[str, Any]) -> ResumeTicket:
    words = [claims[name] for name in ("conference", "site", "credential")]
    bound = claims.get("cnf")
    thumbprint = None if bound is None else bound["jkt"]
    if not all(isinstance(word, str) for word in words) or not isinstance(thumbprint, str | None):
        raise ValueError("a claim is not text")
    chairs = claims.get("chairs") is True
    return ResumeTicket(words[0], words[1], words[2], thumbprint, int(claims["exp"]), chairs)


# One key for each meeting of this process; making it anew for every admission costs more than
# the signature.
@lru_cache(maxsize=64)
def _private_key(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(decode_bytes(key))
