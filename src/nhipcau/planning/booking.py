"""Rooms and MCUs booked for a time, and what stands in the way.

Reservation of mine + those of others ── clashes ──▶ Clash(room, other meeting), …
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nhipcau.planning.timeline import Span
from nhipcau.quantities import McuName, SiteId

# A technician is in the room 60 minutes before the meeting and until it ends. Source: a commune's
# handbook of 2025 and several provinces' regulations; a proposal, not a law.
ROOM_OPENS_BEFORE = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a meeting needs, and when.

    Attributes:
        meeting: its id.
        title: as on the invitation.
        starts, ends: the time for which rooms are taken, with zones.
        sites: the rooms.
        mcus: how many sites each MCU carries for it.
    """

    meeting: str
    title: str
    starts: datetime
    ends: datetime
    sites: frozenset[SiteId] = frozenset()
    mcus: Mapping[McuName, int] = field(default_factory=dict)

    def overlaps(self, other: "Reservation") -> bool:
        """Return True when both hold at some moment."""
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a reservation can't be made.

    Attributes:
        kind: "site": the room is taken; "mcu": it carries too many sites already.
        what: the site or the MCU.
        name: what people call it.
        meeting, title, starts, ends: the other meeting.
        text: a sentence for the person who plans.
    """

    kind: str
    what: str
    name: str
    meeting: str
    title: str
    starts: datetime
    ends: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What there is to book: how many sites each MCU carries, and what things are called."""

    mcu_sites: Mapping[McuName, int]
    names: Mapping[str, str]

    def name(self, what: str) -> str:
        """Return what people call a site or an MCU."""
        return self.names.get(what, what)


class ClashError(Exception):
    """A room or an MCU is taken; nothing was booked."""

    def __init__(self, found: Sequence[Clash]) -> None:
        self.clashes = tuple(found)
        super().__init__("; ".join(clash.text for clash in found))


def room_time(span: Span) -> Span:
    """Return for how long a room is taken by a meeting."""
    return Span(span.starts - ROOM_OPENS_BEFORE, span.ends)


def clashes(mine: Reservation, others: Iterable[Reservation], limits: Limits) -> tuple[Clash, ...]:
    """Return what stands in the way of a reservation.

    Args:
        mine: the one to be made.
        others: those that stand; those of the same meeting and of other times don't count.
        limits: what there is to book.
    """
    beside = [one for one in others if one.meeting != mine.meeting and one.overlaps(mine)]
    return (*_rooms(mine, beside, limits), *_mcus(mine, beside, limits))


def _rooms(mine: Reservation, beside: Sequence[Reservation], limits: Limits) -> Iterator[Clash]:
    for other in beside:
        for site in sorted(mine.sites & other.sites):
            text = f"Phòng họp {limits.name(site)} đã có cuộc họp “{other.title}” {_when(other)}."
            yield _clash("site", site, limits.name(site), other, text)


def _mcus(mine: Reservation, beside: Sequence[Reservation], limits: Limits) -> Iterator[Clash]:
    for mcu, count in mine.mcus.items():
        limit = limits.mcu_sites.get(mcu)
        if limit is None:
            continue
        moments = [mine.starts, *(one.starts for one in beside if one.starts > mine.starts)]
        for moment in sorted(moments):
            there = [one for one in beside if one.starts <= moment < one.ends and one.mcus.get(mcu)]
            total = count + sum(one.mcus[mcu] for one in there)
            if total > limit:
                name, other = limits.name(mcu), there[0] if there else mine
                text = f"{name} chỉ mang {limit} điểm cầu, cùng lúc cần {total}."
                yield _clash("mcu", mcu, name, other, text)
                break


def _clash(kind: str, what: str, name: str, other: Reservation, text: str) -> Clash:
    return Clash(kind, what, name, other.meeting, other.title, other.starts, other.ends, text)


def _when(other: Reservation) -> str:
    return f"từ {other.starts:%H:%M} đến {other.ends:%H:%M} ngày {other.starts:%d/%m/%Y}"
