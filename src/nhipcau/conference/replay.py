"""From the records of a log back to the state: after a restart, on a standby, in a test."""

from collections.abc import Iterable

from nhipcau.conference.fold import fold
from nhipcau.conference.misfit import EventError
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.conference.wire import WireError, load_event


class ReplayError(Exception):
    """A record can't be read or does not fit. `seq` is its place from 1; `state` is before it."""

    def __init__(self, seq: int, state: ConferenceState, reason: str) -> None:
        super().__init__(f"event {seq}: {reason}")
        self.seq = seq
        self.state = state


def replay(records: Iterable[bytes], state: ConferenceState = EMPTY) -> ConferenceState:
    """Return `state` after the events in `records`, in order.

    Raises:
        ReplayError: a record is no event, or does not fit the state before it.
    """
    for record in records:
        try:
            state = fold(state, load_event(record))
        except (WireError, EventError) as error:
            raise ReplayError(state.seq + 1, state, str(error)) from error
    return state
