"""Lead times watched: what must be done before the meeting, by when, and whether it is.

rules + meeting's day + what was done ── deadlines ──▶ Deadline(22/01, done 19/01), …
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from nhipcau.planning.plan import Due, Plan
from nhipcau.planning.rules import LeadTime, Rules
from nhipcau.planning.timeline import clock_min
from nhipcau.planning.workdays import WorkCalendar


class Standing(StrEnum):
    """How a deadline stands."""

    DONE = "done"
    LATE = "late"
    PENDING = "pending"
    SOON = "soon"
    OVERDUE = "overdue"
    EXCEPTED = "excepted"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One lead time of one meeting.

    Attributes:
        rule: which.
        due: the last day on which it is in time.
        done: the day on which it was done.
        standing: late: done after its day; overdue: not done and its day is over; soon: its day is
            today or the next working day; excepted: the meeting is urgent.
    """

    rule: LeadTime
    due: date
    done: date | None
    standing: Standing


def deadlines(
    plan: Plan,
    rules: Rules,
    calendar: WorkCalendar,
    done: Mapping[str, date],
    today: date,
) -> tuple[Deadline, ...]:
    """Return the deadlines of a plan in the order of the rules; none while it has no day.

    Args:
        plan: whose.
        rules: with the lead times.
        calendar: working days.
        done: on which day each was done, by the key of its rule.
        today: in the meeting's zone.
    """
    if plan.header.starts is None:
        return ()
    kind = rules.kinds.get(plan.header.kind)
    urgent = plan.header.urgent or (kind is not None and kind.urgent)
    found = []
    for rule in rules.leads.values():
        due = calendar.shift(plan.header.starts.date(), rule.days)
        day = done.get(rule.key)
        standing = Standing.EXCEPTED if urgent else _standing(due, day, calendar, today)
        found.append(Deadline(rule, due, day, standing))
    return tuple(found)


def _standing(due: date, done: date | None, calendar: WorkCalendar, today: date) -> Standing:
    if done is not None:
        return Standing.DONE if done <= due else Standing.LATE
    if today > due:
        return Standing.OVERDUE
    return Standing.SOON if calendar.shift(today, 1) >= due else Standing.PENDING


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a task is due: the day, and the hours of that day where they are set."""

    day: date
    begins: datetime | None
    ends: datetime | None


def due_time(due: Due, starts: datetime, calendar: WorkCalendar) -> DueTime:
    """Return when a task is due for a meeting that opens at `starts`."""
    day = calendar.shift(starts.date(), due.days)
    midnight = datetime.combine(day, datetime.min.time(), starts.tzinfo)
    begins = None if due.at is None else midnight + timedelta(minutes=clock_min(due.at))
    ends = None if due.until is None else midnight + timedelta(minutes=clock_min(due.until))
    return DueTime(day, begins, ends)
