"""What a meeting split into, and what was cut off from it and went on: conferences of their own,
with logs of their own, beside its own.

    stays here ──┬── stays in its branch ──┬── stays here again       one attendance
             to_ms: in neither         back_ms

A site that goes over into a branch has neither left the meeting nor lost its connection.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nhipcau.quantities import SiteId
from nhipcau.report.attending import Attendance, Parting, Standing, Stay
from nhipcau.report.mishaps import Mishap, MishapKind

# Whoever takes longer to come into the branch had lost its connection before.
MOVING_MS = 120_000
Stays = Mapping[SiteId, Sequence[Stay]]


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch, as its own report tells of it."""

    conference: str
    title: str
    chair: str
    begun_ms: int
    ended_ms: int
    over: bool
    attendance: tuple[Attendance, ...]
    cut_ms: int | None = None

    @property
    def stays(self) -> Stays:
        """Return when each site was in it."""
        return {row.site: row.stays for row in self.attendance}


@dataclass(frozen=True, slots=True)
class Child:
    """A branch in the report of the meeting that split into it.

    Attributes:
        conference, title: its own.
        chair: name of its chairing site.
        begun_ms, ended_ms: its own; `over`: it was ended.
        cut_ms: when the line was lost that cut it off; None: the meeting was split.
        sites, attended: how many were on its roster, and came.
        to_ms, back_ms: the longest that any of its sites was in neither on the way there and back;
            `back_ms` None: nobody came back.
    """

    conference: str
    title: str
    chair: str
    begun_ms: int
    ended_ms: int
    over: bool
    sites: int
    attended: int
    to_ms: int
    back_ms: int | None
    cut_ms: int | None = None


def child_of(branch: Branch, here: Stays) -> Child:
    """Return a branch as the meeting tells of it; `here`: when sites were in the meeting itself."""
    ways = [_ways(stays, here.get(site, ())) for site, stays in branch.stays.items() if stays]
    back = [way for _, way in ways if way is not None]
    return Child(
        conference=branch.conference,
        title=branch.title,
        chair=branch.chair,
        begun_ms=branch.begun_ms,
        ended_ms=branch.ended_ms,
        over=branch.over,
        sites=len(branch.attendance),
        attended=sum(row.standing is not Standing.ABSENT for row in branch.attendance),
        to_ms=max((way for way, _ in ways if way is not None), default=0),
        back_ms=max(back, default=None),
        cut_ms=branch.cut_ms,
    )


def cuts(mishaps: Sequence[Mishap], branches: Sequence[Branch], here: Stays) -> Iterator[Mishap]:
    """Yield each part that was cut off as one mishap, from when its sites were lost here until the
    last of those that came back was.

    Args:
        mishaps: all of the meeting's own log.
        branches: what went on beside it.
        here: when sites were in the meeting itself.
    """
    for branch in branches:
        if branch.cut_ms is None:
            continue
        attended = {site: stays for site, stays in branch.stays.items() if stays}
        lost = [
            one
            for one in mishaps
            if one.kind is MishapKind.LOST and one.site in attended and _went(one, branch.stays)
        ]
        back = [
            at_ms for site, there in attended.items() for at_ms in _back(here.get(site, ()), there)
        ]
        yield Mishap(
            MishapKind.CUT_OFF,
            min((one.at_ms for one in lost), default=branch.cut_ms),
            max(back, default=None),
            name=branch.title,
            cue=next((one.cue for one in lost), ""),
            speaking=any(one.speaking for one in lost),
            sites=len(attended),
        )


def joined(here: Sequence[Stay], there: Sequence[Stay]) -> list[Stay]:
    """Return one site's stays in a meeting and its branches as one course.

    What ends because the site goes over ends as `moved`, and two that overlap are one after the
    other: nobody is counted in both.
    """
    found: list[Stay] = []
    for stay in sorted((*here, *there), key=lambda one: (one.from_ms, one.until_ms)):
        if not found:
            found.append(stay)
            continue
        last = found[-1]
        if stay.from_ms <= last.until_ms:
            found[-1] = replace(last, until_ms=min(last.until_ms, stay.from_ms))
            last = found[-1]
        other_side = (last in here) != (stay in here)
        if stay.from_ms - last.until_ms <= MOVING_MS and (
            other_side or last.parting is Parting.OVER
        ):
            found[-1] = replace(last, parting=Parting.MOVED)
        found.append(replace(stay, until_ms=max(stay.until_ms, last.until_ms)))
    return found


def without_moves(mishaps: Sequence[Mishap], branches: Sequence[Branch]) -> Iterator[Mishap]:
    """Yield the mishaps that are none of sites that went over into a branch."""
    for one in mishaps:
        moved = any(_went(one, branch.stays) for branch in branches)
        if one.kind is not MishapKind.LOST or not moved:
            yield one


def _back(here: Sequence[Stay], there: Sequence[Stay]) -> Iterator[int]:
    """Yield when one site came back, if it did."""
    after = (stay.from_ms for stay in here if stay.from_ms > there[0].from_ms)
    first = min(after, default=None)
    if first is not None:
        yield first


def _went(one: Mishap, there: Stays) -> bool:
    """Return True when the site that was lost came into a branch soon after."""
    stays = there.get(one.site, ()) if one.site is not None else ()
    return any(0 <= stay.from_ms - one.at_ms <= MOVING_MS for stay in stays)


def _ways(there: Sequence[Stay], here: Sequence[Stay]) -> tuple[int | None, int | None]:
    """Return how long one site was in neither on its way there and back; None: it had no way."""
    before = [stay.until_ms for stay in here if stay.from_ms <= there[0].from_ms]
    after = [stay.from_ms for stay in here if stay.from_ms >= there[-1].until_ms]
    to_ms = max(0, there[0].from_ms - max(before)) if before else None
    return to_ms, min(after) - there[-1].until_ms if after else None
