"""Admission: is this token one of our office's, for this meeting, for a site that is invited?

The MCU needs nobody to answer that: the office's public key is in the plan it holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from nhipcau.conference.commands import Role
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import SiteId

_ISSUER = "nhipcau-office"
_AUDIENCE = "nhipcau-mcu"
_ALGORITHM = "EdDSA"
_REQUIRED = ["iss", "aud", "exp", "iat", "jti", "conference", "role"]


class AdmissionError(Exception):
    """Not admitted; `code` is an error code of docs/PROTOCOL.md."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a good token entitles to; `subtree`: the part of the roster that an operator serves."""

    role: Role
    site: SiteId | None
    subtree: SiteId | None = None


def admit(plan: ConferencePlan | None, token: str, now_s: float) -> Ticket:
    """Return what `token` entitles to in the planned conference.

    Args:
        plan: the plan that this MCU runs, None when it has none yet.
        token: a JWT, untrusted.
        now_s: seconds since 1970-01-01 UTC, against which `exp` is held.

    Raises:
        AdmissionError: `token_invalid`, `token_expired`, `wrong_conference` or `unknown_site`.
    """
    if plan is None:
        raise AdmissionError("wrong_conference", "this MCU has no conference now")
    claims = _verified(plan.token_public_key_pem, token)
    if float(claims["exp"]) < now_s:
        raise AdmissionError("token_expired", "the link's time is over")
    if claims["conference"] != plan.conference:
        raise AdmissionError("wrong_conference", "the link is for another meeting")
    if claims["role"] not in set(Role):
        raise AdmissionError("token_invalid", "the token names no role of ours")
    role = Role(claims["role"])
    subtree = _subtree(plan, claims) if role is Role.OPERATOR else None
    site = claims.get("site")
    if site is None and role is not Role.SITE:
        return Ticket(role, None, subtree)
    if site not in {planned.site for planned in plan.sites}:
        raise AdmissionError("unknown_site", "the site is not invited to this meeting")
    return Ticket(role, SiteId(site), subtree)


def _subtree(plan: ConferencePlan, claims: Mapping[str, Any]) -> SiteId:
    """Return where an operator's reach begins: a site of the plan, or a parent of one."""
    subtree = claims.get("subtree")
    if not isinstance(subtree, str):
        raise AdmissionError("token_invalid", "an operator's token must name its subtree")
    known = {planned.site for planned in plan.sites} | {planned.parent for planned in plan.sites}
    if subtree not in known:
        raise AdmissionError("unknown_site", "nobody of this operator's subtree is invited")
    return SiteId(subtree)


def _verified(public_key_pem: str, token: str) -> Mapping[str, Any]:
    """Return the claims of a token whose signature, issuer and audience are right."""
    try:
        # Expiry is held against the clock port above, so that tests can pass hours.
        claims: Mapping[str, Any] = jwt.decode(
            token,
            public_key_pem,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise AdmissionError("token_invalid", f"not a token of this meeting: {error}") from None
    return claims
