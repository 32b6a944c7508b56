"""Admission: does what an endpoint shows entitle it to a seat in this meeting?

    a link's token     signed by the office                      ─┐
    a device's proof   its key, signing this connection's nonce   ├─▶ Ticket ─▶ resume ticket
    a guest's link     signed by the office, and a PIN            │
    a resume ticket    signed by an MCU of the plan              ─┘

The MCU needs nobody to answer that: the office's public key, the devices' public keys, the guests'
PINs (as slow hashes) and the key of the resume tickets are in the plan that it holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from nhipcau.conference.commands import Role
from nhipcau.conference.decide_gate import guest_credential
from nhipcau.credentials import statements
from nhipcau.credentials.keys import BadKeyError, PublicKey
from nhipcau.credentials.statements import Challenge
from nhipcau.credentials.tickets import (
    ResumeTicket,
    TicketError,
    is_resume_ticket,
    read_ticket,
    sign_ticket,
)
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import DeviceId, SiteId

_ISSUER = "nhipcau-office"
_AUDIENCE = "nhipcau-mcu"
_ALGORITHM = "EdDSA"
_REQUIRED = ["iss", "aud", "exp", "iat", "jti", "conference", "role"]
_GUEST = "guest"
_MAX_NAME = 200
# A page signs within some milliseconds; the rest is for a machine that is waking up.
PROOF_MS = 30_000


class AdmissionError(Exception):
    """Not admitted; `code` is an error code of docs/PROTOCOL.md."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Proof:
    """A device's word: who it is, its public key, and its signature of the challenge."""

    device: DeviceId
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that an endpoint shows; `challenge` is what this MCU asked it to sign, if it did."""

    token: str = ""
    proof: Proof | None = None
    pin: str | None = None
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What was shown entitles to this.

    Attributes:
        role: what its commands may do.
        site: whose seat, None for a page without one.
        subtree: the part of the roster that an operator serves.
        credential: what is barred when its bearer is removed.
        thumbprint: the device's key, which its resume ticket is bound to.
        pin_record: what a guest's PIN is yet to be held against.
        resumes: it was shown by a resume ticket.
        bearer: the name of whom the link was made for, "" where nobody said.
    """

    role: Role
    site: SiteId | None
    subtree: SiteId | None = None
    credential: str = ""
    thumbprint: str | None = None
    is_guest: bool = False
    pin_record: str | None = None
    resumes: bool = False
    bearer: str = ""


def admit_shown(plan: ConferencePlan | None, shown: Shown, now_s: float) -> Ticket:
    """Return what all that an endpoint shows entitles to; a PIN is not looked at here.

    Args:
        plan: the plan that this MCU runs, None when it has none yet.
        shown: untrusted, but for its challenge.
        now_s: seconds since 1970-01-01 UTC.

    Raises:
        AdmissionError: `token_invalid`, `token_expired`, `wrong_conference`, `unknown_site`,
            `proof_invalid`, `unknown_device` or `revoked`.
    """
    if plan is None:
        raise AdmissionError("wrong_conference", "this MCU has no conference now")
    ticket = _entitled(plan, shown, now_s)
    if ticket.credential in plan.barred:
        raise AdmissionError("removed", "whoever showed this was removed from the meeting")
    return ticket


def _entitled(plan: ConferencePlan, shown: Shown, now_s: float) -> Ticket:
    if shown.token and is_resume_ticket(shown.token):
        return _resumed(plan, shown, now_s)
    if shown.proof is None:
        return admit(plan, shown.token, now_s)
    if shown.token:
        raise AdmissionError("token_invalid", "a link and a device's proof can't be shown at once")
    return _device(plan, _proven(plan, shown, now_s))


def admit(plan: ConferencePlan | None, token: str, now_s: float) -> Ticket:
    """Return what a link's token entitles to in the planned conference.

    Raises:
        AdmissionError: `token_invalid`, `token_expired`, `wrong_conference` or `unknown_site`.
    """
    if plan is None:
        raise AdmissionError("wrong_conference", "this MCU has no conference now")
    claims = _verified(plan.token_public_key_pem, token)
    if float(claims["exp"]) < now_s:
        raise AdmissionError("token_expired", "the link's time is over")
    _check_conference(plan, str(claims["conference"]), "link")
    if claims["role"] == _GUEST:
        return _invited(plan, SiteId(str(claims.get("site"))), now_s)
    if claims["role"] not in set(Role):
        raise AdmissionError("token_invalid", "the token names no role of ours")
    role = Role(claims["role"])
    subtree = _subtree(plan, claims) if role is Role.OPERATOR else None
    credential = f"link:{claims['jti']}"
    if claims["conference"] != plan.conference:
        return _of_branch(plan, Ticket(role, claims.get("site"), subtree, credential))
    site = claims.get("site")
    if site is None and role is not Role.SITE:
        bearer = str(claims.get("name", ""))[:_MAX_NAME]
        return Ticket(role, None, subtree, credential, bearer=bearer)
    if site not in {planned.site for planned in plan.sites}:
        raise AdmissionError("unknown_site", "the site is not invited to this meeting")
    if any(guest.site == site for guest in plan.guests):
        raise AdmissionError("token_invalid", "a guest comes by its invitation")
    return Ticket(role, SiteId(site), subtree, credential)


def resume_text(plan: ConferencePlan | None, ticket: Ticket, now_s: float) -> str | None:
    """Return the resume ticket for whoever was admitted by `ticket`.

    Only devices and guests get one: a link is one already. None also where the plan has no key.
    """
    bound = ticket.thumbprint is not None or ticket.is_guest
    if plan is None or not plan.ticket_key or not bound or ticket.site is None:
        return None
    if plan.tickets_end_s <= now_s:
        return None
    return sign_ticket(
        ResumeTicket(
            plan.conference, ticket.site, ticket.credential, ticket.thumbprint, plan.tickets_end_s
        ),
        plan.ticket_key,
        now_s,
    )


def chair_text(plan: ConferencePlan | None, ticket: Ticket, now_s: float) -> str | None:
    """Return the ticket by which whoever is in the chairing room of a branch opens the chair's
    page; None for others, and where no ticket is given.
    """
    if plan is None or plan.parent is None or not plan.ticket_key:
        return None
    seated = ticket.role is Role.SITE and ticket.site == plan.chair_site and not ticket.is_guest
    if not seated or plan.tickets_end_s <= now_s:
        return None
    chairing = ResumeTicket(
        plan.conference,
        plan.chair_site,
        ticket.credential,
        None,
        plan.tickets_end_s,
        chairs=True,
    )
    return sign_ticket(chairing, plan.ticket_key, now_s)


def _check_conference(plan: ConferencePlan, conference: str, what: str) -> None:
    """Go on with what is for this conference, or for the one whose branch it is."""
    if conference not in (plan.conference, plan.parent):
        raise AdmissionError("wrong_conference", f"the {what} is for another meeting")


def _of_branch(plan: ConferencePlan, ticket: Ticket) -> Ticket:
    """Return what a link of the parent is worth in a branch: a room's seat, an operator's part;
    who looks after all of the branch chairs it. Nobody else has a part in it.
    """
    if ticket.role is Role.OPERATOR:
        if ticket.subtree == plan.chair_site:
            return Ticket(Role.CHAIR, plan.chair_site, credential=ticket.credential)
        return ticket
    if ticket.role is not Role.SITE:
        raise AdmissionError("wrong_conference", "the link is for the meeting that was split")
    if ticket.site not in {planned.site for planned in plan.sites}:
        raise AdmissionError("unknown_site", "the site has no part in this branch")
    return ticket


def _proven(plan: ConferencePlan, shown: Shown, now_s: float) -> Proof:
    """Return the proof when its signature is of this connection's challenge, and in time."""
    proof, challenge = shown.proof, shown.challenge
    if proof is None or challenge is None:
        raise AdmissionError("proof_invalid", "a device signs the challenge of this connection")
    if challenge.conference != plan.conference:
        raise AdmissionError("proof_invalid", "the challenge was for another meeting")
    if not 0 <= now_s * 1000 - challenge.at_ms <= PROOF_MS:
        raise AdmissionError("proof_invalid", "the challenge's time is over")
    try:
        key = PublicKey.read(proof.key)
    except BadKeyError as error:
        raise AdmissionError("proof_invalid", str(error)) from None
    statement = statements.admission(challenge, proof.device, proof.key)
    if not key.verifies(proof.signature, statement):
        raise AdmissionError("proof_invalid", "the signature is not of this challenge")
    return proof


def _device(plan: ConferencePlan, proof: Proof) -> Ticket:
    """Return the seat of an enrolled device whose proof is good."""
    for planned in plan.devices:
        if planned.device == proof.device and proof.key in planned.keys:
            return _device_ticket(plan, planned.site, proof)
    if proof.device in plan.revoked:
        raise AdmissionError("revoked", "this device was revoked")
    raise AdmissionError("unknown_device", "this device is not enrolled for this meeting")


def _device_ticket(plan: ConferencePlan, site: SiteId, proof: Proof) -> Ticket:
    if proof.device in plan.revoked:
        raise AdmissionError("revoked", "this device was revoked")
    if site not in {planned.site for planned in plan.sites}:
        raise AdmissionError("unknown_site", "the site is not invited to this meeting")
    thumbprint = PublicKey(proof.key).thumbprint()
    credential = f"device:{proof.device}"
    return Ticket(Role.SITE, site, credential=credential, thumbprint=thumbprint)


def _resumed(plan: ConferencePlan, shown: Shown, now_s: float) -> Ticket:
    try:
        if not plan.ticket_key:
            raise TicketError("this meeting has no resume tickets")
        resume = read_ticket(shown.token, plan.ticket_key)
    except TicketError as error:
        raise AdmissionError("token_invalid", str(error)) from None
    if resume.expires_s < now_s:
        raise AdmissionError("token_expired", "the ticket's time is over")
    _check_conference(plan, resume.conference, "ticket")
    if resume.chairs:
        return Ticket(Role.CHAIR, plan.chair_site, credential=resume.credential, resumes=True)
    if resume.thumbprint is None:
        return replace(_invited(plan, resume.site, now_s), pin_record=None, resumes=True)
    proof = _proven(plan, shown, now_s)
    ticket = _device_ticket(plan, resume.site, proof)
    if (ticket.thumbprint, ticket.credential) != (resume.thumbprint, resume.credential):
        raise AdmissionError("proof_invalid", "the ticket is another device's")
    return replace(ticket, resumes=True)


def _invited(plan: ConferencePlan, site: SiteId, now_s: float) -> Ticket:
    """Return a guest's seat, its PIN yet to be checked."""
    for guest in plan.guests:
        if guest.site == site:
            if guest.expires_s < now_s:
                raise AdmissionError("token_expired", "the invitation's time is over")
            return Ticket(
                Role.SITE,
                site,
                credential=guest_credential(site),
                is_guest=True,
                pin_record=guest.pin,
            )
    raise AdmissionError("unknown_site", "the invitation was withdrawn")


def _subtree(plan: ConferencePlan, claims: Mapping[str, Any]) -> SiteId:
    """Return where an operator's reach begins: a site of the plan, or a parent of one."""
    subtree = claims.get("subtree")
    if not isinstance(subtree, str):
        raise AdmissionError("token_invalid", "an operator's token must name its subtree")
    known = {planned.site for planned in plan.sites} | {planned.parent for planned in plan.sites}
    if subtree not in known:
        raise AdmissionError("unknown_site", "nobody of this operator's subtree is invited")
    return SiteId(subtree)


# Reading the key costs as much as checking a signature with it; a plan has one.
@lru_cache(maxsize=8)
def _public_key(pem: str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise AdmissionError("token_invalid", f"the plan's key is none: {error}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise AdmissionError("token_invalid", "the plan's key is of another kind")
    return key


def _verified(public_key_pem: str, token: str) -> Mapping[str, Any]:
    """Return the claims of a token whose signature, issuer and audience are right."""
    try:
        # Expiry is held against the clock port above, so that tests can pass hours.
        claims: Mapping[str, Any] = jwt.decode(
            token,
            _public_key(public_key_pem),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise AdmissionError("token_invalid", f"not a token of this meeting: {error}") from None
    return claims
