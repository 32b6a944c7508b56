"""When each cue and each turn begins and ends, worked out anew after every change.

cues ── timeline ──▶ Slot(07:45 to 08:00), Slot(08:00 to 08:05), …

A cue begins when the one before has ended, unless it has a time of its own. Minutes are counted
from midnight of the meeting's day, so that a meeting may run past the next one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from nhipcau.planning.plan import Cue, Plan

DAY_MIN = 24 * 60


class Slot(NamedTuple):
    """A cue in time.

    Attributes:
        cue: its id.
        begins_min, ends_min: minutes after midnight of the meeting's day.
        gap_min: how much later it begins than the one before ends; negative: they overlap.
        turns_min: when each turn begins; None where that can't be said.
    """

    cue: str
    begins_min: int
    ends_min: int
    gap_min: int
    turns_min: tuple[int | None, ...]


def clock_min(text: str) -> int:
    """Return "07:45" as minutes after midnight."""
    return int(text[:2]) * 60 + int(text[3:])


def clock_text(minutes: int) -> str:
    """Return minutes after midnight as "07:45"; past midnight the clock begins again."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def cue_minutes(cue: Cue) -> int:
    """Return how long a cue is: what is set, else its turns together; 0 if nobody said."""
    if cue.minutes is not None:
        return cue.minutes
    return turns_together(cue)


def turns_together(cue: Cue) -> int:
    """Return how long the turns are whose length is set, open ones of a discussion included."""
    each = sum(turn.minutes or 0 for turn in cue.turns)
    return each + cue.open_turns * (cue.turn_minutes or 0)


def timeline(plan: Plan) -> tuple[Slot, ...]:
    """Return every cue of a plan in time, in the order of the scenario."""
    starts = plan.header.starts
    return lay_out(plan.cues, 0 if starts is None else starts.hour * 60 + starts.minute)


def lay_out(cues: Sequence[Cue], start_min: int) -> tuple[Slot, ...]:
    """Return cues in time; the first begins at `start_min` if it has no time of its own."""
    slots: list[Slot] = []
    clock = start_min
    for cue in cues:
        begins = clock if cue.at is None else clock_min(cue.at)
        gap = begins - clock if slots else 0
        ends = begins + cue_minutes(cue)
        slots.append(Slot(cue.id, begins, ends, gap, _turns(cue, begins)))
        clock = ends
    return tuple(slots)


def _turns(cue: Cue, begins: int) -> tuple[int | None, ...]:
    clock: int | None = begins
    found: list[int | None] = []
    for turn in cue.turns:
        found.append(clock)
        clock = None if clock is None or turn.minutes is None else clock + turn.minutes
    return tuple(found)


class Span(NamedTuple):
    """From when until when, with their zones."""

    starts: datetime
    ends: datetime

    def overlaps(self, other: "Span") -> bool:
        """Return True when both hold at some moment."""
        return self.starts < other.ends and other.starts < self.ends


def span(plan: Plan) -> Span | None:
    """Return from the first cue to the end of the last; None while the day is not chosen.

    Wall-clock arithmetic: a scenario says hours of the day. Without cues the meeting is one hour.
    """
    opening = plan.header.opening()
    if opening is None:
        return None
    slots = timeline(plan)
    midnight = opening.replace(hour=0, minute=0, second=0, microsecond=0)
    if not slots:
        return Span(opening, opening + timedelta(hours=1))
    first = min(slot.begins_min for slot in slots)
    last = max(slot.ends_min for slot in slots)
    starts = min(opening, midnight + timedelta(minutes=first))
    return Span(starts, max(midnight + timedelta(minutes=last), starts))
