"""What splits a meeting and merges it again."""

from dataclasses import dataclass

from nhipcau.conference.branch import Branch
from nhipcau.conference.events import Event
from nhipcau.quantities import ConferenceId


@dataclass(frozen=True, slots=True)
class SplitPlanned(Event):
    """The cue splits the meeting into these; none: it does not, any more."""

    cue: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class ConferenceSplit(Event):
    """The meeting is split as planned for the cue: its branches run beside it from now on."""

    cue: str


@dataclass(frozen=True, slots=True)
class BranchClosed(Event):
    """The branch has ended; its sites belong here again."""

    conference: ConferenceId


@dataclass(frozen=True, slots=True)
class ConferenceMerged(Event):
    """All branches are over, and the meeting goes on where it stands."""
