"""Secrets that we hand out and keep only as hashes: session ids, device cookies, recovery codes.

Each has 50 random bits or many more, so that a plain SHA-256 keeps it: a slow hash is for what
people think up.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable

# 256 bits: a session's id, a device's cookie.
TOKEN_BYTES = 32
RECOVERY_CODES = 10
# 50 bits a code: ten letters of base32, written in two groups.
RECOVERY_BYTES = 10
_RECOVERY_LETTERS = 10


def new_token(random: bytes) -> str:
    """Return a token of letters that a cookie may carry, out of `TOKEN_BYTES` random bytes."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def new_recovery_code(random: bytes) -> str:
    """Return one recovery code out of `RECOVERY_BYTES` random bytes: "k3m9q-7xw2a"."""
    text = base64.b32encode(random).decode().lower()[:_RECOVERY_LETTERS]
    return f"{text[:5]}-{text[5:]}"


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_of_recovery(code: str) -> str:
    """Return what is kept of a recovery code, however it was typed."""
    return hash_of("".join(letter for letter in code.lower() if letter.isalnum()))


def is_among(hashed: str, kept: Iterable[str]) -> bool:
    """Return True when a hash is among the kept ones; takes as long whichever it is."""
    found = False
    for one in kept:
        found |= hmac.compare_digest(one, hashed)
    return found
