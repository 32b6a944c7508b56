"""From those who are called to the plan of their conference, and to its links. Pure.

The keys of an emergency conference follow from the directory's secret and the conference's id: any
MCU can make a link into a conference that another one runs, and nobody else can.
"""

import hashlib
import hmac
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.credentials.keys import decode_bytes, encode_bytes
from nhipcau.ports.directory import CALL_LIFETIME_S, Directory, EmergencyCall
from nhipcau.ports.messages import ConferencePlan, PlannedDevice, PlannedSite
from nhipcau.quantities import ConferenceId, SiteId

# As `admission` checks them.
_ISSUER = "nhipcau-office"
_AUDIENCE = "nhipcau-mcu"
_KEY_BYTES = 32
_LAYOUT = "auto"


@dataclass(frozen=True, slots=True)
class Links:
    """What the calling office gets of its conference.

    Attributes:
        chair: the chair's page.
        token: a console's, by which a page sees who has come.
    """

    chair: str
    token: str


def call_plan(
    directory: Directory, call: EmergencyCall, sites: tuple[PlannedSite, ...]
) -> ConferencePlan:
    """Return the plan of a conference that is called now.

    Args:
        directory: what the office told.
        call: its conference.
        sites: who is called, in calling order, the chair's among them.

    Raises:
        ValueError: the directory has no secret.
    """
    here = {one.site for one in sites}
    return ConferencePlan(
        conference=call.conference,
        title=call.title,
        mcu=call.mcu,
        chair_site=call.chair_site,
        layout=_LAYOUT,
        sites=tuple(
            one.model_copy(update={"parent": _nearest(directory, one, here)}) for one in sites
        ),
        token_public_key_pem=_public_pem(_token_key(directory, call.conference)),
        devices=tuple(
            PlannedDevice(device=one.device, site=one.site, keys=one.keys)
            for one in directory.devices
            if one.site in here
        ),
        revoked=directory.revoked,
        ticket_key=encode_bytes(_derived(directory, "ticket key", call.conference)),
        tickets_end_s=call.at_ms // 1000 + CALL_LIFETIME_S,
        origins=_origins(directory),
    )


def links(directory: Directory, call: EmergencyCall, token_id: str, now_s: float) -> Links:
    """Return the links of whoever called; they end with the call's tickets.

    Args:
        directory: what the office told.
        call: any MCU's.
        token_id: unpredictable; names both tokens in logs.
        now_s: seconds since 1970-01-01 UTC.
    """
    key = _token_key(directory, call.conference)

    def token(role: str, site: SiteId | None) -> str:
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "jti": f"{token_id}-{role}",
            "iat": int(now_s),
            "exp": call.at_ms // 1000 + CALL_LIFETIME_S,
            "conference": call.conference,
            "role": role,
            "site": site,
        }
        return jwt.encode(claims, key, algorithm="EdDSA")

    chair = token("chair", call.chair_site)
    return Links(f"{call.url}/chair#token={chair}", token("console", None))


def _origins(directory: Directory) -> tuple[str, ...]:
    # Whoever presses does so on a page of some front.
    fronts = (one.url for one in directory.fronts)
    return tuple(dict.fromkeys((*directory.origins, *fronts)))[:20]


def _nearest(directory: Directory, site: PlannedSite, here: set[SiteId]) -> SiteId | None:
    """Return the nearest site above that takes part, too."""
    parents = {one.site: one.parent for one in directory.sites}
    step, seen = site.parent, {site.site}
    while step is not None and step not in here:
        if step in seen:
            return None
        seen.add(step)
        step = parents.get(step)
    return step


def _token_key(directory: Directory, conference: ConferenceId) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_derived(directory, "token key", conference))


def _derived(directory: Directory, purpose: str, conference: ConferenceId) -> bytes:
    """Return 32 bytes for one purpose of one conference. Source: RFC 2104 (HMAC)."""
    secret = decode_bytes(directory.emergency_key)
    if len(secret) != _KEY_BYTES:
        raise ValueError("the directory has no secret of 32 bytes")
    return hmac.new(secret, f"{purpose}\n{conference}".encode(), hashlib.sha256).digest()


def _public_pem(key: Ed25519PrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
