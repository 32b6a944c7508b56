"""One-time codes of a second factor. Source: RFC 6238 §4 (TOTP), RFC 4226 §5.3 (truncation).

    seconds since 1970 // 30 = step ── HMAC-SHA-1(secret, step) ── 31 bits ── 6 digits

SHA-1 and 6 digits, because that is what every authenticator app understands. A step is taken once:
whoever overheard a code can't use it again (RFC 6238 §5.2).
"""

import base64
import hmac
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
# RFC 4226 §4 asks for 160 bits.
SECRET_BYTES = 20
# One step of clock difference to either side. Source: RFC 6238 §5.2.
_WINDOW = 1


def new_secret(random: bytes) -> str:
    """Return a secret in base32 out of `SECRET_BYTES` random bytes."""
    return base64.b32encode(random).decode()


def step_at(now_s: float) -> int:
    """Return the number of the step that it is now."""
    return int(now_s) // STEP_S


def code_of(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of one step.

    Args:
        secret: base32.
        step: see `step_at`.
        digits: 6 to 8.
    """
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def used_step(secret: str, code: str, now_s: float, last_step: int) -> int | None:
    """Return the step whose code was given, None for a wrong, an old or an already used one."""
    given = "".join(code.split())
    now = step_at(now_s)
    found = None
    # All are compared, so that the time tells nothing.
    for step in range(now - _WINDOW, now + _WINDOW + 1):
        right = hmac.compare_digest(code_of(secret, max(step, 0)).encode(), given.encode())
        if right and step > last_step:
            found = step
    return found


def enrolment_uri(secret: str, login: str, issuer: str = "Nhịp Cầu") -> str:
    """Return what an authenticator app reads from a QR code."""
    label = f"{quote(issuer)}:{quote(login)}"
    return (
        f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    )
