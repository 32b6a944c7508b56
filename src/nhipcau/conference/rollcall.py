"""The roll call of sites: what was decoded of each, who said it is here, who is missing.

    called in waves ─▶ Evidence (the MCU decoded it) ─┐
    technician's press, a person's confirmation ──────┴─▶ Entry ─▶ standing_of ─▶ who is missing

A machine's word alone counts as present, because a room that joins by itself has nobody to press;
what is doubtful about it (a picture that stands still or was seen before, no sound) needs a
person. A roll call that is taken again calls only those who are missing and keeps the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nhipcau.quantities import SiteId

# A closed microphone sends digital silence, -127 dBov; the noise of a quiet room is at about -65.
HEARD_DBOV = -75


class Standing(StrEnum):
    """Where a site stands in the roll call."""

    PENDING = "pending"
    MISSING = "missing"
    DOUBTFUL = "doubtful"
    SEEN = "seen"
    CONFIRMED = "confirmed"


PRESENT = frozenset({Standing.SEEN, Standing.CONFIRMED})


class Doubt(StrEnum):
    """What is wrong with a site's evidence."""

    NO_PICTURE = "no_picture"
    FROZEN = "frozen"
    REPEATED = "repeated"
    NO_SOUND = "no_sound"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the MCU decoded of a site in some two seconds.

    Attributes:
        at_ms: when, milliseconds since 1970-01-01 UTC.
        pictures: how many were decoded.
        changes: in how many of their comparisons something in the picture had moved.
        moving: enough of them, so that it is no picture that stands still.
        repeated: it moved as it did in the roll call before: a recording.
        level_dbov: the loudest of its microphone, -127 to 0.
    """

    at_ms: int
    pictures: int
    changes: int
    moving: bool
    repeated: bool
    level_dbov: int

    def doubts(self) -> tuple[Doubt, ...]:
        """Return what is wrong with it; nothing: it proves that the site is here."""
        found = []
        if not self.pictures:
            found.append(Doubt.NO_PICTURE)
        elif not self.moving:
            found.append(Doubt.FROZEN)
        elif self.repeated:
            found.append(Doubt.REPEATED)
        if self.level_dbov < HEARD_DBOV:
            found.append(Doubt.NO_SOUND)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Entry:
    """One site's line of the roll call.

    Attributes:
        evidence: the last that was taken.
        pressed_ms: when its technician pressed "here"; 0: nobody did.
        confirmed_ms, confirmed_by: when a person said that it is here, by telephone for instance,
            and in what role.
    """

    evidence: Evidence | None = None
    pressed_ms: int = 0
    confirmed_ms: int = 0
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class RollCall:
    """A roll call that runs, or the last one.

    Attributes:
        number: counts the roll calls of the meeting, from 1; 0: there was none.
        began_ms, ended_ms: of its last round; `ended_ms` is 0 while it runs.
        due: the sites that this round still has to call.
        entries: a line for each site that is called, in roster order.
    """

    number: int = 0
    began_ms: int = 0
    ended_ms: int = 0
    due: tuple[SiteId, ...] = ()
    entries: Mapping[SiteId, Entry] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """True while sites are being called."""
        return bool(self.number) and not self.ended_ms

    def standing(self, site: SiteId) -> Standing:
        """Return where a site stands; one that is not called is missing."""
        entry = self.entries.get(site)
        if entry is None:
            return Standing.MISSING
        if site in self.due and not entry.confirmed_ms:
            return Standing.PENDING
        return standing_of(entry)

    def without(self, site: SiteId, at_ms: int) -> "RollCall":
        """Return it without a site that has left the roster; with the last one due it ends."""
        if site not in self.entries:
            return self
        due = tuple(one for one in self.due if one != site)
        ended_ms = max(at_ms, 1) if self.runs and not due else self.ended_ms
        entries = {one: entry for one, entry in self.entries.items() if one != site}
        return replace(self, due=due, ended_ms=ended_ms, entries=entries)

    def missing(self) -> Iterator[SiteId]:
        """Yield who is not known to be here, in roster order."""
        return (site for site in self.entries if self.standing(site) not in PRESENT)

    def count(self) -> int:
        """Return how many are known to be here."""
        return sum(self.standing(site) in PRESENT for site in self.entries)


NO_ROLL = RollCall()
"""Nobody has been called yet."""


def standing_of(entry: Entry) -> Standing:
    """Return where a site stands whose turn is over."""
    evidence = entry.evidence
    good = evidence is not None and not evidence.doubts()
    if entry.confirmed_ms or (good and entry.pressed_ms):
        return Standing.CONFIRMED
    if good:
        return Standing.SEEN
    if entry.pressed_ms or (evidence is not None and evidence.pictures):
        return Standing.DOUBTFUL
    return Standing.MISSING
