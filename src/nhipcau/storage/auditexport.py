"""Writes what is cut from the audit as a signed file, whole or not at all."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from nhipcau.audit.signed import Signer


def write_export(folder: Path, signer: Signer, now_s: float, lines: Iterable[bytes]) -> str:
    """Write lines and the signed last one; return the SHA-256 that was signed.

    The file is on the disk on return, named for its day and its hash.

    Raises:
        OSError: the disk refuses; no file is left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".draft"
    total = hashlib.sha256()
    how = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(draft, how, 0o600), "wb") as file:
            for line in lines:
                total.update(line + b"\n")
                file.write(line + b"\n")
            digest = total.hexdigest()
            file.write(signer.export(digest, now_s).text.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        day = datetime.fromtimestamp(now_s, UTC)
        draft.rename(folder / f"audit-{day:%Y-%m-%d}-{digest[:8]}.txt")
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return digest


def read_export(path: Path) -> Iterator[bytes]:
    """Yield the lines of an exported file, without their ends.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\n")
