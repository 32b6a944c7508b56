"""A meeting that is split: conferences of their own that run beside it, one for each part.

    planned for a cue ─▶ split when the cue is reached ─▶ closed one by one, or merged all at once

Where each is hosted is no concern of the conference; who belongs to which, is.
"""

from dataclasses import dataclass

from nhipcau.quantities import ConferenceId, SiteId


@dataclass(frozen=True, slots=True)
class Branch:
    """One part of a split meeting.

    Attributes:
        conference: its id.
        name: what people call it: whose meeting it is.
        chair_site: who chairs it.
        sites: who belongs to it, the chair first.
    """

    conference: ConferenceId
    name: str
    chair_site: SiteId
    sites: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class PlannedSplit:
    """What a cue splits the meeting into."""

    cue: str
    branches: tuple[Branch, ...]


def numbered(branches: tuple[Branch, ...], number: int) -> tuple[Branch, ...]:
    """Return the branches of the n-th split, from 1: one that was merged has ended for good."""
    if number == 1:
        return branches
    return tuple(
        Branch(ConferenceId(f"{one.conference}--{number}"), one.name, one.chair_site, one.sites)
        for one in branches
    )
