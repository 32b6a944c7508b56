"""Signed lines: what holds a chain from outside. One line each, so that syslog can carry it.

    nhipcau-audit 1 checkpoint chain=… n=… hash=… at=… key=… sig=…
    nhipcau-audit 1 cut        chain=… n=… hash=… at=… export=… public=… key=… sig=…
    nhipcau-audit 1 export     sha256=… at=… key=… sig=…

A checkpoint says that row `n` had this hash at that moment. A cut says that the rows up to `n` were
taken away lawfully and stand in a file with this SHA-256. `key` is the fingerprint of the
installation's Ed25519 key; the signature is over all before ` sig=`. Source: RFC 8032 §5.1.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from nhipcau.audit.chain import Head

# 64 bits tell any number of installations apart; the signature is what proves.
_FINGERPRINT_DIGITS = 16
_LINE = re.compile(
    r"nhipcau-audit 1 (?P<kind>checkpoint|cut|export)(?P<words>(?: [a-z0-9]+=[^\s=]+)+)"
    r" sig=(?P<sig>[-_A-Za-z0-9]{86})(?![-_A-Za-z0-9=])"
)


class SignedLineError(ValueError):
    """A line is not what it should be."""


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A line that was signed, or says so; `holds` tells."""

    kind: str
    words: Mapping[str, str]
    text: str

    def holds(self, keys: "Mapping[str, Ed25519PublicKey]") -> bool:
        """Return True when one of the keys, by fingerprint, has signed it."""
        signed, _, signature = self.text.rpartition(" sig=")
        key = keys.get(self.words.get("key", ""))
        if key is None:
            return False
        try:
            key.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode())
        except (InvalidSignature, binascii.Error):
            return False
        return True

    @property
    def head(self) -> Head:
        """The row that a checkpoint or a cut names.

        Raises:
            SignedLineError: it names none.
        """
        try:
            return Head(self.words["chain"], int(self.words["n"]), self.words["hash"])
        except (KeyError, ValueError) as error:
            raise SignedLineError(f"it names no row: {self.text}") from error

    @property
    def at(self) -> datetime:
        """When it was signed, by the clock of whoever signed it.

        Raises:
            SignedLineError: it does not say.
        """
        try:
            return datetime.fromisoformat(self.words["at"])
        except (KeyError, ValueError) as error:
            raise SignedLineError(f"it has no time: {self.text}") from error


class Signer:
    """Signs lines with the key of an installation."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = public_hex(key.public_key())
        self.fingerprint = fingerprint(key.public_key())

    def checkpoint(self, head: Head, at_s: float) -> SignedLine:
        """Return a checkpoint of a chain's row."""
        return self._sign("checkpoint", at_s, _words(head))

    def cut(self, head: Head, at_s: float, export_sha256: str, public: str) -> SignedLine:
        """Return a cut after a chain's row; `public` is the key of that chain."""
        return self._sign("cut", at_s, {**_words(head), "export": export_sha256, "public": public})

    def export(self, sha256: str, at_s: float) -> SignedLine:
        """Return the last line of an exported file."""
        return self._sign("export", at_s, {"sha256": sha256})

    def _sign(self, kind: str, at_s: float, words: Mapping[str, str]) -> SignedLine:
        at = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="microseconds")
        told = {**words, "at": at, "key": self.fingerprint}
        text = f"nhipcau-audit 1 {kind} " + " ".join(f"{k}={v}" for k, v in told.items())
        signature = base64.urlsafe_b64encode(self._key.sign(text.encode())).rstrip(b"=")
        return SignedLine(kind, told, f"{text} sig={signature.decode()}")


def find_signed(line: str) -> SignedLine | None:
    """Return the signed line within a line of a log; None where there is none."""
    found = _LINE.search(line)
    if found is None:
        return None
    words = dict(word.split("=", 1) for word in found["words"].split())
    return SignedLine(found["kind"], words, found[0])


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return what a key is called."""
    return hashlib.sha256(bytes.fromhex(public_hex(key))).hexdigest()[:_FINGERPRINT_DIGITS]


def public_hex(key: Ed25519PublicKey) -> str:
    """Return a public key as 64 hex digits."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()


def keys_by_fingerprint(publics: Iterable[str]) -> dict[str, Ed25519PublicKey]:
    """Return public keys, given as hex digits, under their fingerprints.

    Raises:
        SignedLineError: one is no key.
    """
    keys = {}
    for public in publics:
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        except ValueError as error:
            raise SignedLineError(f"no public key: {public!r}") from error
        keys[fingerprint(key)] = key
    return keys


def _words(head: Head) -> dict[str, str]:
    return {"chain": head.chain, "n": str(head.number), "hash": head.hash}
