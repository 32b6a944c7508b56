"""Moments of a log whose clock was set meanwhile, so that no length of time is counted wrong.

    as written   10:00  10:01  12:02  12:03  10:05      the clock jumped ahead, and was set back
    steady       10:00  10:01  10:02  10:03  10:05      what lay between is moved back by as much

Only a clock that runs backwards shows that it was set. What explains it is, in this order: a step
ahead of about the same length before it (what lies between is moved back), such a step after it
(what lies between is moved ahead), or a clock that was wrong all the time before. So times never
run backwards.
"""

from collections.abc import Sequence
from typing import NamedTuple

# Wall clocks are trimmed by milliseconds all the time; that is no change of the clock.
_TRIM_MS = 1000
# A clock that was set more often is no clock; the rest is only kept from running backwards.
_MOST_CHANGES = 100
# Time passes between two events, whether the clock is set meanwhile or not.
_SLACK_MS = 60_000


class ClockChange(NamedTuple):
    """The clock was set back by so much, before the event at this place from 0."""

    place: int
    by_ms: int


class Steady(NamedTuple):
    """Moments that never run backwards, one for each that was given, and what was changed."""

    moments: list[int]
    changes: tuple[ClockChange, ...]


def steady_moments(written: Sequence[int]) -> Steady:
    """Return the moments of a log as a steady clock would have written them."""
    moments = list(written)
    changes: list[ClockChange] = []
    for place in range(1, len(moments)):
        back_ms = moments[place - 1] - moments[place]
        if back_ms >= _TRIM_MS and len(changes) < _MOST_CHANGES:
            changes.append(ClockChange(place, back_ms))
            _explain(moments, place, back_ms)
        moments[place] = max(moments[place], moments[place - 1])
    return Steady(moments, tuple(changes))


def _explain(moments: list[int], place: int, back_ms: int) -> None:
    """Move what was written while the clock was wrong, so that it does not run backwards here."""
    most_ms = back_ms + back_ms // 10 + _SLACK_MS
    for before in range(place - 1, 0, -1):
        if back_ms <= moments[before] - moments[before - 1] <= most_ms:
            _move(moments, before, place, -back_ms)
            return
    for after in range(place + 1, len(moments)):
        if back_ms <= moments[after] - moments[after - 1] <= most_ms:
            _move(moments, place, after, back_ms)
            return
    begin = place - 1
    while begin > 0 and moments[begin] - moments[begin - 1] < back_ms:
        begin -= 1
    _move(moments, begin, place, -back_ms)


def _move(moments: list[int], begin: int, end: int, by_ms: int) -> None:
    moments[begin:end] = [at_ms + by_ms for at_ms in moments[begin:end]]
