"""The chains that stand in a folder, one file each, beside the key and the checkpoints.

    AUDIT/<chain>.chain           rows, one line each
    AUDIT/<chain>.checkpoints     signed lines
    AUDIT/<chain>.cut             a signed cut, in place of a chain that only the office has now

What is read ends with the last whole line: the piece behind it is being written, or its writer
died while it wrote.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nhipcau.audit.chain import Head
from nhipcau.audit.row import MAX_ROW_BYTES, BadRowError, Row, read_line
from nhipcau.audit.signed import SignedLine, find_signed
from nhipcau.audit.verify import ChainRecord

CHAIN = ".chain"
CHECKPOINTS = ".checkpoints"
CUT = ".cut"


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a chain, and the place in its file behind them."""

    rows: tuple[Row, ...]
    end: int


class ChainFolder:
    """Reads chains while others write them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def chains(self) -> list[str]:
        """Return the names of the chains, the youngest first; none where there is no folder.

        Raises:
            OSError: the folder can't be read.
        """
        if not self._path.is_dir():
            return []
        found = [(file.stat().st_ctime_ns, file.stem) for file in self._path.glob(f"*{CHAIN}")]
        return [name for _, name in sorted(found, reverse=True)]

    def size(self, chain: str) -> int:
        """Return the bytes of a chain's file.

        Raises:
            OSError: it can't be read.
        """
        return self._file(chain).stat().st_size

    def written_s(self, chain: str) -> float:
        """Return when a chain's file was last written to, by this machine's clock.

        Raises:
            OSError: it can't be read.
        """
        return self._file(chain).stat().st_mtime

    def read(self, chain: str, start: int, limit: int) -> Piece:
        """Return whole rows from a place in the file on.

        Args:
            chain: its name.
            start: 0, or the `end` of the piece before.
            limit: at most about so many bytes, but one row at least.

        Raises:
            OSError: it can't be read.
            BadRowError: a line is no row.
        """
        with self._file(chain).open("rb") as file:
            file.seek(start)
            data = file.read(limit + MAX_ROW_BYTES)
        rows: list[Row] = []
        end = 0
        while end < limit and (stop := data.find(b"\n", end)) >= 0:
            rows.append(read_line(data[end:stop]))
            end = stop + 1
        return Piece(tuple(rows), start + end)

    def lines(self, chain: str) -> Iterator[bytes]:
        """Yield a chain's whole lines, without their ends.

        Raises:
            OSError: it can't be read.
        """
        with self._file(chain).open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]

    def torn(self, chain: str) -> bool:
        """Return True when a chain's file ends with a piece of a line.

        Raises:
            OSError: it can't be read.
        """
        with self._file(chain).open("rb") as file:
            size = file.seek(0, 2)
            if size == 0:
                return False
            file.seek(size - 1)
            return file.read(1) != b"\n"

    def head(self, chain: str) -> Head | None:
        """Return the last whole row of a chain; None when there is none, or it is none.

        Raises:
            OSError: it can't be read.
        """
        with self._file(chain).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 2 * MAX_ROW_BYTES))
            lines = file.read().split(b"\n")
        try:
            row = read_line(lines[-2]) if len(lines) > 1 else None
            return None if row is None else Head(chain, row.number(), row.hash)
        except BadRowError:
            return None

    def checkpoints(self, chain: str) -> list[str]:
        """Return the signed lines beside a chain.

        Raises:
            OSError: they can't be read.
        """
        path = self._path / f"{chain}{CHECKPOINTS}"
        return path.read_text("utf-8", "replace").splitlines() if path.exists() else []

    def retire(self, cut: SignedLine) -> None:
        """Put a signed cut in place of a chain that the office has as a whole.

        Raises:
            OSError: the disk refuses.
        """
        chain = cut.head.chain
        (self._path / f"{chain}{CUT}").write_text(f"{cut.text}\n", encoding="utf-8")
        self._file(chain).unlink()
        (self._path / f"{chain}{CHECKPOINTS}").unlink(missing_ok=True)

    def retired(self) -> list[ChainRecord]:
        """Return what is left of chains that only the office has.

        Raises:
            OSError: a file can't be read.
        """
        cuts = [
            find_signed(path.read_text("utf-8", "replace"))
            for path in sorted(self._path.glob(f"*{CUT}"))
        ]
        return [ChainRecord(cut.head.chain, tuple, cut=cut) for cut in cuts if cut is not None]

    def _file(self, chain: str) -> Path:
        return self._path / f"{chain}{CHAIN}"
