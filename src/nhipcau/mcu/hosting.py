"""Which conferences an MCU hosts now, and in which of its places. Nothing here waits or writes.

    plan ─▶ opens ─▶ place free? ─▶ hosted in it ─▶ ended, or its time over ─▶ place free again
                          └─ no ─▶ waits, and is refused by name

A place is a pair of ports with a URL. A conference keeps its place for as long as it lasts, so that
links stay good across restarts; nobody is ever put into a place that another has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId

# Whoever comes late is told that the meeting is over, as long as nobody else needs the place.
LINGER_S = 120.0
# The office, should it be away so long, hears of the end all the same.
REMEMBER_S = 24 * 3600.0


class Standing(StrEnum):
    """What a conference is to its MCU now."""

    # Its plan is known, its time has not come.
    PLANNED = "planned"
    # Its time has come and no place is free.
    WAITING = "waiting"
    # A media process runs it, or is being started.
    HOSTED = "hosted"
    # It is over; the process that says so to latecomers may be gone.
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Hosted:
    """What the MCU's disk says of one conference.

    Attributes:
        plan: the newest one.
        place: the number of its place; None: it has none.
        ended_s: when it was ended, seconds since 1970-01-01 UTC; None: it was not.
    """

    plan: ConferencePlan
    place: int | None = None
    ended_s: float | None = None

    @property
    def conference(self) -> ConferenceId:
        """The conference's id."""
        return self.plan.conference


@dataclass(frozen=True, slots=True)
class Settled:
    """Where everybody stands.

    Attributes:
        places: which conference has which place; a media process runs in each of them.
        standings: of every conference.
        forgotten: what need not be remembered any more.
    """

    places: Mapping[ConferenceId, int]
    standings: Mapping[ConferenceId, Standing]
    forgotten: tuple[ConferenceId, ...] = ()


def settle(found: Sequence[Hosted], places: int, now_s: float) -> Settled:
    """Return who is hosted where now.

    Args:
        found: all that the disk knows, in any order.
        places: how many there are, numbered from 0.
        now_s: wall clock, seconds since 1970-01-01 UTC.
    """
    forgotten = tuple(one.conference for one in found if _is_history(one, now_s))
    known = [one for one in found if one.conference not in forgotten]
    runs = sorted((one for one in known if _runs(one, now_s)), key=_order)
    given = dict(_kept(runs, places))
    newcomers = [one for one in runs if one.conference not in given]
    lingering = [one for one in known if _lingers(one, now_s)]
    free = _free(places, given.values())
    polite = [*sorted(lingering, key=_latest_end)]
    for one in polite[: max(0, len(free) - len(newcomers))]:
        if one.place in free and one.place is not None:
            given[one.conference] = one.place
            free.remove(one.place)
    given |= {one.conference: place for one, place in zip(newcomers, free, strict=False)}
    return Settled(
        given, {one.conference: _standing(one, given, now_s) for one in known}, forgotten
    )


def _runs(one: Hosted, now_s: float) -> bool:
    """Return True while a media process should run it: open, and neither ended nor out of time.

    A meeting that the office ends is run until it has told everybody, but is not begun for that.
    """
    if one.ended_s is not None or _is_out_of_time(one, now_s):
        return False
    return one.place is not None if one.plan.over else one.plan.opens_s <= now_s


def _is_out_of_time(one: Hosted, now_s: float) -> bool:
    """Return True when every ticket has ended; 0 says that none does."""
    return 0 < one.plan.tickets_end_s <= now_s


def _lingers(one: Hosted, now_s: float) -> bool:
    ended_s = one.ended_s
    return ended_s is not None and one.place is not None and now_s < ended_s + LINGER_S


def _is_history(one: Hosted, now_s: float) -> bool:
    """Return True when nobody needs to hear of it any more."""
    if one.ended_s is not None:
        told = one.plan.over and not _lingers(one, now_s)
        return told or now_s >= one.ended_s + REMEMBER_S
    if one.plan.over:
        return one.place is None
    return _is_out_of_time(one, now_s)


def _kept(runs: Iterable[Hosted], places: int) -> Iterator[tuple[ConferenceId, int]]:
    """Yield the places that are kept; of two with the same one the earlier keeps it."""
    taken: set[int] = set()
    for one in runs:
        if one.place is not None and 0 <= one.place < places and one.place not in taken:
            taken.add(one.place)
            yield one.conference, one.place


def _free(places: int, taken: Iterable[int]) -> list[int]:
    return [place for place in range(places) if place not in set(taken)]


def _standing(one: Hosted, given: Mapping[ConferenceId, int], now_s: float) -> Standing:
    if one.ended_s is not None:
        return Standing.ENDED
    if one.conference in given:
        return Standing.HOSTED
    return Standing.WAITING if _runs(one, now_s) else Standing.PLANNED


def _order(one: Hosted) -> tuple[bool, int, str]:
    """Order those who are in a place before newcomers, then by when they open."""
    return one.place is None, one.plan.opens_s, one.conference


def _latest_end(one: Hosted) -> float:
    return -(one.ended_s or 0.0)
