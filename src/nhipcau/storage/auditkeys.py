"""The audit key of an installation, and the public keys of others that it has met.

AUDIT/key.pem       private, readable by its owner alone; made at the first start
AUDIT/known-keys    one line each: public key, the process that first brought it
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.audit.signed import Signer
from nhipcau.ports.tree import StoreError

_KEY = "key.pem"
_KNOWN = "known-keys"


def open_signer(folder: Path) -> Signer:
    """Return the installation's signer; makes its key where there is none.

    Two processes that start at once get the same key.

    Raises:
        StoreError: the key can't be read, written, or is none of ours.
    """
    path = folder / _KEY
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _make_key(path)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise StoreError(f"the audit key {path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError(f"the audit key {path} is no Ed25519 key")
    return Signer(key)


def _make_key(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(draft, path)
        except FileExistsError:
            # Somebody else was first: theirs is the key.
            return
    finally:
        draft.unlink()


def known_keys(folder: Path) -> list[str]:
    """Return the public keys that are trusted here, the installation's own one included.

    Raises:
        StoreError: they can't be read.
    """
    path = folder / _KNOWN
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, ValueError) as error:
        raise StoreError(f"the known audit keys {path}: {error}") from error
    keys = [line.split()[0] for line in lines if line.split()]
    own = [open_signer(folder).public] if (folder / _KEY).exists() else []
    return [*own, *(key for key in dict.fromkeys(keys) if key not in own)]


def remember_key(folder: Path, public: str, process: str) -> bool:
    """Keep the public key of another installation; return False when it is known already.

    Raises:
        StoreError: it can't be written.
    """
    if public in known_keys(folder):
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _KNOWN).open("a", encoding="utf-8") as file:
            file.write(f"{public} {process}\n")
    except OSError as error:
        raise StoreError(f"the known audit keys in {folder}: {error}") from error
    return True
