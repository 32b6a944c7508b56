"""What the chair's last command can have changed, as it was before and after, so that it can be
taken back.

    chair's command ─▶ UndoPointSet   before
                       its events
                       UndoOffered    after, until when
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from nhipcau.conference.scenario import Scenario
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a conference that a chair's command can change; the fields are those of its state.

    `open_mics` are the sites whose microphone is open.
    """

    floor: tuple[SiteId, ...]
    hands: tuple[SiteId, ...]
    asked: tuple[SiteId, ...]
    open_mics: AbstractSet[SiteId]
    content: SiteId | None
    layout: str
    mics_locked: bool
    hands_via_parent: bool
    doors_ask: bool
    next_named: SiteId | None
    scenario: Scenario
    open_vote: str | None
    shown_vote: str | None
    split_cue: str


@dataclass(frozen=True, slots=True)
class UndoPoint:
    """The chair's last command. `after` is None, and `until_ms` 0, while it is being carried out.

    `gone` are sites that left since, or whose seat a person took from a synthetic endpoint: what
    they held is not given to whoever sits there now. `until_ms` counts from 1970-01-01 UTC.
    """

    before: Snapshot
    after: Snapshot | None = None
    until_ms: int = 0
    gone: AbstractSet[SiteId] = frozenset()
