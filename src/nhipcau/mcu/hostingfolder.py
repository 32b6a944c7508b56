"""What an MCU is to host, as files on its own disk: with them it needs neither office nor bus.

    <conference>.json     plan and place             whoever hosts, or lets host
    <conference>.ended    when it was ended          the media process that ran it

Whoever wants a conference hosted on this machine puts its plan here; the MCU looks ten times a
second. Every file is replaced whole: a reader sees the old one or the new one, never half of it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nhipcau.mcu.hosting import Hosted
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId

FOLDER = "hosting"
LOOK_S = 0.1
_PLAN, _ENDED = ".json", ".ended"

# What tells one state of a file from the next: it is replaced whole, so that its number changes.
_Mark = tuple[int, int, int]


class HostingFileError(Exception):
    """An id that can't be a file's name."""


class _Kept(BaseModel):
    """One file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: ConferencePlan
    place: int | None = Field(default=None, ge=0)


class HostingFolder:
    """The folder of one MCU. Several processes may use it; each file has one writer at a time."""

    def __init__(self, data_dir: Path) -> None:
        """Use the folder below an MCU's `data_dir`; it is made when something is put into it."""
        self._folder = data_dir / FOLDER
        self._read: dict[str, tuple[_Mark, _Kept | None]] = {}

    def put(self, plan: ConferencePlan, place: int | None = None) -> bool:
        """Let a conference be hosted by `plan`, or by its changes from now on.

        Args:
            plan: the whole of it.
            place: where; None: where it is, or wherever the MCU finds room.

        Returns:
            False when all was so already.

        Raises:
            HostingFileError: its id can't be a file's name.
            OSError: the disk refuses.
        """
        path = self._path(plan.conference, _PLAN)
        known = self._load(path)
        if place is None and known is not None:
            place = known.place
        if known is not None and (known.plan, known.place) == (plan, place):
            return False
        self._save(path, _Kept(plan=plan, place=place).model_dump_json().encode())
        return True

    def place(self, conference: ConferenceId, place: int | None) -> None:
        """Let a conference have this place, or none any more.

        Raises:
            HostingFileError, OSError: as `put`.
        """
        path = self._path(conference, _PLAN)
        known = self._load(path)
        if known is not None and known.place != place:
            self._save(path, _Kept(plan=known.plan, place=place).model_dump_json().encode())

    def end(self, conference: ConferenceId, at_s: float) -> None:
        """Note that a conference was ended; `at_s` in seconds since 1970-01-01 UTC.

        Raises:
            HostingFileError, OSError: as `put`.
        """
        self._save(self._path(conference, _ENDED), str(at_s).encode())

    def forget(self, conference: ConferenceId) -> None:
        """Host a conference no more, and know nothing of it."""
        for kind in (_PLAN, _ENDED):
            self._path(conference, kind).unlink(missing_ok=True)

    def find(self, conference: ConferenceId) -> Hosted | None:
        """Return one conference, None when nothing readable is known of it."""
        kept = self._load(self._path(conference, _PLAN))
        return None if kept is None else self._hosted(kept)

    def all(self) -> Sequence[Hosted]:
        """Return all of them, by name; a file that is not ours, or damaged, is passed over."""
        names = sorted(self._names())
        found = (self._load(self._folder / name) for name in names)
        self._read = {name: self._read[name] for name in names if name in self._read}
        return [self._hosted(kept) for kept in found if kept is not None]

    async def follow(self, conference: ConferenceId) -> AsyncIterator[ConferencePlan]:
        """Yield a conference's plan, and each newer one as soon as it is there."""
        last: ConferencePlan | None = None
        while True:
            found = self.find(conference)
            if found is not None and found.plan is not last:
                last = found.plan
                yield last
            await asyncio.sleep(LOOK_S)

    def _names(self) -> list[str]:
        try:
            return [path.name for path in self._folder.iterdir() if path.suffix == _PLAN]
        except FileNotFoundError:
            return []

    def _hosted(self, kept: _Kept) -> Hosted:
        return Hosted(kept.plan, kept.place, self._ended_s(kept.plan.conference))

    def _ended_s(self, conference: ConferenceId) -> float | None:
        with suppress(FileNotFoundError, ValueError):
            return float(self._path(conference, _ENDED).read_bytes())
        return None

    def _load(self, path: Path) -> _Kept | None:
        """Return what a file holds, read again only when it was replaced."""
        try:
            stat = path.stat()
        except FileNotFoundError:
            self._read.pop(path.name, None)
            return None
        mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        known = self._read.get(path.name)
        if known is not None and known[0] == mark:
            return known[1]
        kept = _parse(path)
        self._read[path.name] = (mark, kept)
        return kept

    def _path(self, conference: ConferenceId, kind: str) -> Path:
        if not conference or conference.startswith(".") or {"/", "\0"} & set(conference):
            raise HostingFileError(f"{conference!r} can't be the name of a file")
        return self._folder / f"{conference}{kind}"

    def _save(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        # A plan holds the meeting's ticket key.
        fresh.touch(mode=0o600)
        fresh.write_bytes(content)
        fresh.replace(path)


def _parse(path: Path) -> _Kept | None:
    try:
        kept = _Kept.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return kept if f"{kept.plan.conference}{_PLAN}" == path.name else None
