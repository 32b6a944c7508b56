"""Who is in a branch and who asks there, read from the log that its own process writes here."""

from pathlib import Path

import structlog

from nhipcau.conference.replay import ReplayError, replay
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.mcu.branches import Presence
from nhipcau.quantities import ConferenceId
from nhipcau.storage.eventtail import EVENTS, read_tail

_log = structlog.get_logger()
_BYTES = 1 << 20


class BranchLogs:
    """Follows the logs of branches, each from where it was last read."""

    def __init__(self, conferences: Path) -> None:
        """Read below the folder that has a folder for each conference."""
        self._folder = conferences
        self._states: dict[ConferenceId, ConferenceState] = {}
        self._ends: dict[ConferenceId, tuple[int, int]] = {}

    def presence(self, conference: ConferenceId) -> Presence:
        """Return who is in a branch now; nobody where nothing can be read of it."""
        state = self.state(conference)
        return Presence(tuple(state.present()), state.floor)

    def state(self, conference: ConferenceId) -> ConferenceState:
        """Return a branch as its log has it; what can't be read of it is not there."""
        try:
            while self._read(conference):
                pass
        except (OSError, ReplayError) as error:
            _log.debug("the branch's log is not read", conference=conference, error=str(error))
        return self._states.get(conference, EMPTY)

    def _read(self, conference: ConferenceId) -> bool:
        """Read on; return False when there is no more."""
        file, end = self._ends.get(conference, (0, 0))
        tail = read_tail(self._folder / conference / f"{conference}{EVENTS}", end, _BYTES)
        if tail.file != file and end:
            # A damaged log was moved aside, and a new one begun.
            self._states.pop(conference, None)
            self._ends.pop(conference, None)
            return True
        before = self._states.get(conference, EMPTY)
        self._states[conference] = replay(tail.records, before)
        self._ends[conference] = (tail.file, tail.end)
        return bool(tail.records)
