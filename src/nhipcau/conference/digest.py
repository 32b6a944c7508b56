"""The running digest of a log: one hash that says which events came before, and in which order.

    genesis ─ SHA-256(digest │ record) ─▶ digest of 1 ─ SHA-256(digest │ record) ─▶ digest of 2 …

Two logs with the same digest at the same number hold the same events up to there.
"""

import hashlib

# The digest of a log without events.
GENESIS = ""


def next_digest(digest: str, record: bytes) -> str:
    """Return the digest of a log after one more record, as 64 hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(digest) + record).hexdigest()
