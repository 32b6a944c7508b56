"""Who reigns, on an MCU's own disk: what a leaf has promised, what a candidate knows.

A crash leaves the old word or the new one, and what was kept survives the loss of power.
"""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nhipcau.mcu.succession import LeafVoice, Reign
from nhipcau.quantities import McuName


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    epoch: int = Field(ge=1)
    root: McuName
    promised_epoch: int = 0
    promised: McuName = McuName("")


class ReignFile:
    """Keeps the last word."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def reign(self) -> Reign | None:
        """Return the reign that was known last; None: nothing was kept."""
        kept = self._load()
        return None if kept is None else Reign(kept.epoch, kept.root)

    def voice(self, name: McuName, root: McuName) -> LeafVoice:
        """Return a leaf's voice; `root` is the plan's, who reigns in the first epoch."""
        kept = self._load()
        if kept is None:
            return LeafVoice(name, Reign(1, root))
        promised = Reign(kept.promised_epoch, kept.promised) if kept.promised_epoch else None
        return LeafVoice(name, Reign(kept.epoch, kept.root), promised)

    def keep_reign(self, reign: Reign) -> None:
        """Keep what a candidate knows.

        Raises:
            OSError: the disk refuses.
        """
        self._save(_Kept(epoch=reign.epoch, root=reign.root))

    def keep_voice(self, voice: LeafVoice) -> None:
        """Keep a leaf's voice.

        Raises:
            OSError: the disk refuses.
        """
        kept = _Kept(epoch=voice.follows.epoch, root=voice.follows.root)
        if voice.promised is not None:
            promised = {"promised_epoch": voice.promised.epoch, "promised": voice.promised.root}
            kept = kept.model_copy(update=promised)
        self._save(kept)

    def _load(self) -> _Kept | None:
        try:
            return _Kept.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def _save(self, kept: _Kept) -> None:
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(kept.model_dump_json().encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
