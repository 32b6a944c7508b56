"""What the front keeps on its own disk: the office's directory, and the calls that are not over."""

from pathlib import Path
from typing import Self

import structlog
from pydantic import ValidationError

from nhipcau.ports.messages import Message

_log = structlog.get_logger()


class KeptFile[Kept: Message]:
    """Keeps the newest message of one kind; a crash leaves the old one or the new one."""

    def __init__(self, path: Path, kind: type[Kept]) -> None:
        self._path = path
        self._kind = kind

    @classmethod
    def at(cls, folder: Path, name: str, kind: type[Kept]) -> Self:
        """Return the file `name`.json of a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder / f"{name}.json", kind)

    def load(self) -> Kept | None:
        """Return what is kept, None when there is none or an older version wrote another form."""
        try:
            return self._kind.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def save(self, message: Kept) -> None:
        """Keep a message; a disk that refuses is logged, and the emergency goes on without it."""
        fresh = self._path.with_suffix(".new")
        try:
            # The directory holds the secret of emergency conferences, and telephone numbers.
            fresh.touch(mode=0o600)
            fresh.write_bytes(message.model_dump_json().encode())
            fresh.replace(self._path)
        except OSError as error:
            _log.error("the front can't keep it on disk", file=str(self._path), error=str(error))
