"""What people read out and type: pairing codes and PINs. Neither is kept; only a hash of it is.

A pairing code is looked up by its hash, so that hash is keyed with a secret of the office (whoever
copies the database has no list to try codes against). A PIN is checked against one record, so its
hash is salted and slow.
"""

import hashlib
import hmac
from collections.abc import Callable

from nhipcau.credentials.keys import decode_bytes, encode_bytes

# No 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: what is read out over a telephone is typed as it was meant.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
# 23^8 is 7.8e10: with 10 minutes and some tries a minute nobody finds one by trying.
CODE_LETTERS = 8
_GROUP = 4
PIN_DIGITS = 6
# RFC 7914 §2: 16 MiB and some 50 ms for one guess. A PIN is short; what protects it is that the
# tries are counted, and that whoever copies the record needs a day for a million guesses.
_COST, _BLOCK, _LANES = 2**14, 8, 1
_SALT_BYTES = 16
_SALT_AND_HASH = 2


def make_code(below: Callable[[int], int]) -> str:
    """Return a fresh pairing code as it is shown, `XXXX-XXXX`.

    Args:
        below: gives a number from 0 to below its argument, unpredictable (`secrets.randbelow`).
    """
    letters = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(CODE_LETTERS))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def normal_code(typed: str) -> str | None:
    """Return a code as it is hashed and signed, None when what was typed can't be one."""
    letters = "".join(letter for letter in typed.upper() if letter not in " -–.")
    good = len(letters) == CODE_LETTERS and set(letters) <= set(ALPHABET)
    return letters if good else None


def code_hash(code: str, secret: bytes) -> str:
    """Return the hash under which a code is kept; `code` is normal. Source: RFC 2104."""
    return hmac.new(secret, b"pairing code\n" + code.encode(), hashlib.sha256).hexdigest()


def make_pin(below: Callable[[int], int]) -> str:
    """Return a fresh PIN of six digits."""
    return f"{below(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def pin_record(pin: str, salt: bytes) -> str:
    """Return what is kept of a PIN: salt and slow hash. Takes some 50 ms."""
    return f"{encode_bytes(salt)}.{encode_bytes(_slow_hash(pin, salt))}"


def pin_matches(pin: str, record: str) -> bool:
    """Return True when `pin` is the one that `record` was made of. Takes some 50 ms."""
    parts = record.split(".")
    if len(parts) != _SALT_AND_HASH:
        return False
    salt, kept = decode_bytes(parts[0]), decode_bytes(parts[1])
    return hmac.compare_digest(_slow_hash(pin, salt), kept)


def _slow_hash(pin: str, salt: bytes) -> bytes:
    if len(salt) != _SALT_BYTES:
        raise ValueError(f"a salt has {_SALT_BYTES} bytes")
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)
