"""Who was here, from when until when. A reconnection is no second coming."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from nhipcau.conference import events as ev
from nhipcau.conference.state import ConferenceState, Presence
from nhipcau.quantities import SiteId


class Parting(StrEnum):
    """Why a stay ended."""

    # It did not: the site was here at the end of the log.
    HERE = "here"
    # The meeting was over.
    OVER = "over"
    LEFT = "left"
    # It went over into a branch of the meeting, or came back from one.
    MOVED = "moved"
    LOST = "lost"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Stay:
    """A site was here all this time; moments since 1970-01-01 UTC."""

    from_ms: int
    until_ms: int
    parting: Parting

    def within(self, begins_ms: int, ends_ms: int) -> int:
        """Return how much of it lies in a stretch of time, in milliseconds."""
        return max(0, min(self.until_ms, ends_ms) - max(self.from_ms, begins_ms))


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom the roster has, or had."""

    site: SiteId
    name: str
    level: str
    parent: SiteId | None
    guest: bool = False


_PARTINGS: dict[type[ev.Event], Parting] = {
    ev.ConnectionLost: Parting.LOST,
    ev.SiteRemoved: Parting.REMOVED,
    ev.ConferenceEnded: Parting.OVER,
}


@dataclass(slots=True)
class Attending:
    """Notes the stays of every site.

    Attributes:
        roster: all who were ever on the roster, in its order.
        stays: of those who came, in their order.
    """

    roster: dict[SiteId, Guest] = field(default_factory=dict)
    stays: dict[SiteId, list[Stay]] = field(default_factory=dict)
    _since_ms: dict[SiteId, int] = field(default_factory=dict)

    def see(self, before: ConferenceState, event: ev.Event, after: ConferenceState) -> None:
        """Note what an event changed."""
        if after.sites is before.sites and after.guests is before.guests:
            return
        if isinstance(event, ev.SitesListed | ev.GuestsListed):
            self._list(after)
        if isinstance(event, ev.ConferenceEnded):
            self.close(event.at_ms, Parting.OVER)
        elif isinstance(event, ev.SiteEvent):
            self._compare(before, event, after)

    def close(self, at_ms: int, parting: Parting = Parting.HERE) -> None:
        """End every stay that goes on."""
        for site in list(self._since_ms):
            self._leave(site, at_ms, parting)

    def _compare(
        self, before: ConferenceState, event: ev.SiteEvent, after: ConferenceState
    ) -> None:
        site, row = event.site, after.sites.get(event.site)
        was, here = before.is_present(site), row is not None and row.presence is Presence.PRESENT
        if here and not was:
            self._since_ms[site] = event.at_ms
        elif was and not here:
            self._leave(site, event.at_ms, _PARTINGS.get(type(event), Parting.LEFT))

    def _leave(self, site: SiteId, at_ms: int, parting: Parting) -> None:
        since_ms = self._since_ms.pop(site)
        self.stays.setdefault(site, []).append(Stay(since_ms, at_ms, parting))

    def _list(self, state: ConferenceState) -> None:
        for row in state.sites.values():
            known = Guest(row.site, row.name, row.level, row.parent, row.site in state.guests)
            self.roster[row.site] = known


class Standing(StrEnum):
    """How a site attended."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LATE_AND_LEFT_EARLY = "late_and_left_early"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Attendance:
    """One site; moments since 1970-01-01 UTC.

    Attributes:
        site, name, level, parent: as on the roster.
        guest: invited to this meeting alone.
        standing: how it attended.
        first_ms: when it came; None: it never did.
        left_ms: when it went for the last time; None: it stayed to the end, or never came.
        present_ms: how long it was here while the meeting was open, all together.
        away_ms: how long its connection was lost between its coming and its going.
        losses: how often that was.
        late_ms, early_ms: how long after the opening it came, before the close it went.
        evidence: its standing in the last roll call; "": it was not called.
        spoken_ms, turns: how long and how often it had the floor.
        delegates: how many people its unit said would come; None: it did not say.
        stays: when it was here, the branches of a split meeting included.
    """

    site: SiteId
    name: str
    level: str
    parent: SiteId | None
    guest: bool
    standing: Standing
    first_ms: int | None
    left_ms: int | None
    present_ms: int
    away_ms: int
    losses: int
    late_ms: int
    early_ms: int
    evidence: str = ""
    spoken_ms: int = 0
    turns: int = 0
    delegates: int | None = None
    stays: tuple[Stay, ...] = ()


class Hours(NamedTuple):
    """From when until when the meeting was open; both the same: it never was."""

    opens_ms: int
    closes_ms: int


# Whoever comes within the first minute was there in time.
TOLERANCE_MS = 60_000


def attendance_of(guest: Guest, stays: list[Stay], hours: Hours) -> Attendance:
    """Return how one site attended."""
    opens_ms, closes_ms = hours
    present_ms = sum(stay.within(opens_ms, closes_ms) for stay in stays)
    row = Attendance(
        site=guest.site,
        name=guest.name,
        level=guest.level,
        parent=guest.parent,
        guest=guest.guest,
        standing=Standing.ABSENT,
        first_ms=stays[0].from_ms if stays else None,
        left_ms=_left_ms(stays),
        present_ms=present_ms,
        away_ms=sum(_gaps_ms(stays)),
        losses=sum(stay.parting is Parting.LOST for stay in stays),
        late_ms=0,
        early_ms=0,
        stays=tuple(stays),
    )
    attended = [stay for stay in stays if stay.until_ms >= opens_ms and stay.from_ms <= closes_ms]
    if not attended:
        return row
    late_ms = max(0, attended[0].from_ms - opens_ms)
    left = attended[-1].parting not in (Parting.HERE, Parting.OVER)
    early_ms = max(0, closes_ms - attended[-1].until_ms) if left else 0
    return replace(row, standing=_standing(late_ms, early_ms), late_ms=late_ms, early_ms=early_ms)


def _standing(late_ms: int, early_ms: int) -> Standing:
    late, early = late_ms > TOLERANCE_MS, early_ms > TOLERANCE_MS
    if late and early:
        return Standing.LATE_AND_LEFT_EARLY
    if late:
        return Standing.LATE
    return Standing.LEFT_EARLY if early else Standing.PRESENT


def _left_ms(stays: list[Stay]) -> int | None:
    if not stays or stays[-1].parting in (Parting.HERE, Parting.OVER):
        return None
    return stays[-1].until_ms


def _gaps_ms(stays: list[Stay]) -> Iterator[int]:
    """Yield how long each lost connection was lost before the site came back."""
    for stay, after in pairwise(stays):
        if stay.parting is Parting.LOST:
            yield after.from_ms - stay.until_ms
