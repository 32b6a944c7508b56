"""Working days: Monday to Friday but for public holidays, and the Saturdays that make up for one.

    data/holidays.csv ──▶ WorkCalendar.shift(25/01/2024, -3) ──▶ 22/01/2024

The government names the days every year, so they are data. A year that the file does not know
counts its weekends only.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked.

    Attributes:
        off: holidays that fall on Monday to Friday (others do no harm).
        work: weekend days that are worked instead.
    """

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Return True when offices are open."""
        return day in self.work or (day.weekday() < _SATURDAY and day not in self.off)

    def shift(self, day: date, count: int) -> date:
        """Return the working day that is `count` working days after `day`, before it if negative.

        `day` itself need not be one and is not counted; 0 returns it as it is.
        """
        step = _DAY if count > 0 else -_DAY
        while count:
            day += step
            if self.is_working(day):
                count += 1 if count < 0 else -1
        return day


def read_calendar(lines: Iterable[str]) -> WorkCalendar:
    """Return the calendar of a CSV file with the columns day, kind (off or work), name, source.

    Raises:
        ValueError: a line has no day, or another kind.
    """
    found: dict[str, set[date]] = {"off": set(), "work": set()}
    for row in csv.DictReader(lines):
        if row.get("kind") not in found:
            raise ValueError(f"{row.get('day')}: kind must be off or work")
        found[row["kind"]].add(date.fromisoformat(row["day"]))
    return WorkCalendar(frozenset(found["off"]), frozenset(found["work"]))


@cache
def vietnam_calendar() -> WorkCalendar:
    """Return the calendar that is shipped."""
    text = files("nhipcau.planning").joinpath("data/holidays.csv").read_text(encoding="utf-8")
    return read_calendar(text.splitlines())
