"""The bytes that a device signs. Each purpose has a domain of its own, so that a signature given
for one is worth nothing for another; each part carries its length, so that no two statements of one
domain share their bytes.

    nhipcau/<purpose>/1 ⏎ <length>:<part> ⏎ <length>:<part> ⏎ …
"""

from dataclasses import dataclass

_VERSION = 1


def _statement(purpose: str, *parts: str) -> bytes:
    lines = [f"nhipcau/{purpose}/{_VERSION}"]
    lines += [f"{len(part.encode())}:{part}" for part in parts]
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Challenge:
    """What an MCU asks a device to sign: one nonce for one connection, for a short time.

    `at_ms` is the MCU's wall clock when it asked.
    """

    nonce: str
    conference: str
    mcu: str
    at_ms: int


def admission(challenge: Challenge, device: str, public_key: str) -> bytes:
    """Return what a device signs to be admitted to a meeting by an MCU."""
    return _statement(
        "admission",
        challenge.conference,
        challenge.mcu,
        challenge.nonce,
        str(challenge.at_ms),
        device,
        public_key,
    )


def bell(challenge: Challenge, device: str, public_key: str) -> bytes:
    """Return what a device signs to wait at an MCU's front for being called."""
    return _statement(
        "bell", challenge.mcu, challenge.nonce, str(challenge.at_ms), device, public_key
    )


def pairing(code: str, public_key: str) -> bytes:
    """Return what a device signs to be enrolled: the code as it is kept, and its key."""
    return _statement("pairing", code, public_key)


def rotation(device: str, public_key: str, at_ms: int) -> bytes:
    """Return what the old and the new key sign, so that the new one follows the old."""
    return _statement("rotation", device, public_key, str(at_ms))


def agenda(device: str, at_ms: int) -> bytes:
    """Return what a device signs to be told its next meetings."""
    return _statement("agenda", device, str(at_ms))
