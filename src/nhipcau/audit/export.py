"""Rows that were taken away lawfully, as a signed file: text, so that it can be read in ten years.

nhipcau-audit-file 1
chain <name> <number of its first row here> <hash before it>
<rows and checkpoints, as they stood>
…
nhipcau-audit 1 export sha256=<of all before> at=… key=… sig=…
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nhipcau.audit.row import BadRowError, read_line, row_hash
from nhipcau.audit.signed import find_signed
from nhipcau.audit.verify import Finding, Problem

_FIRST = b"nhipcau-audit-file 1"


@dataclass(frozen=True, slots=True)
class ExportedChain:
    """A part of a chain: from the row that follows `before` on, with its checkpoints."""

    chain: str
    first: int
    before: str
    rows: tuple[bytes, ...]
    signed: tuple[str, ...]


def export_lines(parts: Iterable[ExportedChain]) -> Iterator[bytes]:
    """Yield the lines of a file, but for the last one, which is signed."""
    yield _FIRST
    for part in parts:
        yield f"chain {part.chain} {part.first} {part.before}".encode()
        yield from part.rows
        yield from (line.encode() for line in part.signed)


def digest_of(lines: Iterable[bytes]) -> str:
    """Return the SHA-256 of lines with their ends, 64 hex digits."""
    total = hashlib.sha256()
    for line in lines:
        total.update(line + b"\n")
    return total.hexdigest()


def check_export(lines: Iterable[bytes], keys: Mapping[str, Ed25519PublicKey]) -> list[Finding]:
    """Return what is wrong with an exported file; its lines come without their ends."""
    check = _Check()
    for line in lines:
        check.take(line)
    return check.finish(keys)


class _Check:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._total = hashlib.sha256()
        self._held: bytes | None = None
        self._chain, self._number, self._before = "", 0, ""
        self._count = 0

    def take(self, line: bytes) -> None:
        if self._held is not None:
            self._total.update(self._held + b"\n")
            self._row(self._held)
        self._held = line

    def finish(self, keys: Mapping[str, Ed25519PublicKey]) -> list[Finding]:
        last = find_signed((self._held or b"").decode("ascii", "replace"))
        if last is None or last.kind != "export":
            self._find(Problem.TRUNCATED, "the file's last line is not its signature")
        elif not last.holds(keys):
            self._find(Problem.FORGED, "the file is signed by nobody known here")
        elif last.words.get("sha256") != self._total.hexdigest():
            self._find(Problem.CHANGED, "the file is not as it was signed")
        return self.findings

    def _row(self, line: bytes) -> None:
        self._count += 1
        if self._count == 1 and line == _FIRST:
            return
        match line.split(b" "):
            case [b"chain", name, first, before]:
                self._chain, self._before = name.decode("ascii", "replace"), before.decode()
                self._number = int(first)
                return
            case [b"nhipcau-audit", *_]:
                return
        try:
            row = read_line(line)
            follows = row.number() == self._number and row.hash == row_hash(self._before, row.body)
            self._before = row.hash
        except (BadRowError, ValueError):
            follows = False
        if not follows:
            self._find(Problem.CHANGED, f"row {self._number} is not as it was written")
        self._number += 1

    def _find(self, problem: Problem, text: str) -> None:
        self.findings.append(Finding(problem, self._chain or "export", text))
