"""What meeting this way saved: journeys, kilometres, hours and cost, from data and nothing else.

    sites that attended ─▶ delegates ─▶ cars ─▶ km there and back ─▶ hours, cost
                             │            └─ seats of a car
                             └─ what the unit answered to the invitation, else the rates' own

A site whose distance nobody knows is not counted, and named.
"""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from nhipcau.quantities import SiteId
from nhipcau.report.attending import Attendance, Standing

_THERE_AND_BACK = 2
_MIN_PER_H = 60


class BadRatesError(Exception):
    """The file of rates can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of an installation.

    Attributes:
        example: they are examples, not the installation's own; every report says so.
        source: where they come from, in words.
        currency: "đồng".
        delegates: how many people a site sends whose unit has not said.
        seats: how many people travel in one car.
        minutes_per_km: how long the way takes.
        cost_per_km: of one car.
        cost_per_person_hour: of one person's time on the way.
    """

    example: bool
    source: str
    currency: str
    delegates: int
    seats: int
    minutes_per_km: float
    cost_per_km: float
    cost_per_person_hour: float


@dataclass(frozen=True, slots=True)
class SavingRow:
    """One site's: kilometres one way, people and cars; `asked`: the unit said how many people."""

    site: SiteId
    name: str
    km: float
    delegates: int
    asked: bool
    cars: int


@dataclass(frozen=True, slots=True)
class Savings:
    """What was saved.

    Attributes:
        rates: what it was worked out with.
        rows: the sites that are counted.
        uncounted: names of those that attended and whose distance nobody knows.
        trips: journeys there and back, one for each car.
        km: of all cars.
        person_hours: of all people.
        cost: of kilometres and hours together, in the rates' currency.
    """

    rates: Rates
    rows: tuple[SavingRow, ...]
    uncounted: tuple[str, ...]
    trips: int
    km: float
    person_hours: float
    cost: int


def savings_of(
    attendance: Iterable[Attendance], km: Mapping[SiteId, float], rates: Rates
) -> Savings:
    """Return what was saved by those who attended and did not travel.

    Args:
        attendance: all sites; whoever was absent saves nothing.
        km: one way, from each room to the chair's; 0: it is there, and nobody would travel.
        rates: of the installation.
    """
    came = [row for row in attendance if row.standing is not Standing.ABSENT]
    rows = tuple(_row(row, km[row.site], rates) for row in came if km.get(row.site, 0) > 0)
    car_km = sum(row.km * row.cars for row in rows) * _THERE_AND_BACK
    person_km = sum(row.km * row.delegates for row in rows) * _THERE_AND_BACK
    hours = person_km * rates.minutes_per_km / _MIN_PER_H
    cost = car_km * rates.cost_per_km + hours * rates.cost_per_person_hour
    return Savings(
        rates=rates,
        rows=rows,
        uncounted=tuple(row.name for row in came if row.site not in km),
        trips=sum(row.cars for row in rows),
        km=round(car_km, 1),
        person_hours=round(hours, 1),
        cost=round(cost),
    )


def _row(row: Attendance, km: float, rates: Rates) -> SavingRow:
    delegates = rates.delegates if row.delegates is None else row.delegates
    cars = math.ceil(delegates / rates.seats)
    return SavingRow(row.site, row.name, km, delegates, row.delegates is not None, cars)


def read_rates(data: bytes) -> Rates:
    """Return the rates of a TOML file.

    Raises:
        BadRatesError: it is no such file, a rate is missing, or is none.
    """
    try:
        table = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRatesError(f"no TOML: {error}") from error
    known = {one.name: one.type for one in fields(Rates)}
    odd = sorted(known.keys() ^ table.keys())
    if odd:
        raise BadRatesError(f"missing or unknown: {', '.join(odd)}")
    wrong = [name for name, value in table.items() if not _fits(value, str(known[name]))]
    if wrong or table["seats"] < 1:
        raise BadRatesError(f"not a rate: {', '.join(wrong or ['seats'])}")
    return Rates(**table)


def _fits(value: object, kind: str) -> bool:
    """Return whether a value is of a field's type; numbers are finite and not negative."""
    name = kind.removeprefix("<class '").removesuffix("'>")
    if name in ("bool", "str"):
        return type(value).__name__ == name
    whole = isinstance(value, int) and not isinstance(value, bool)
    number = whole or (name == "float" and isinstance(value, float) and math.isfinite(value))
    return number and 0 <= float(str(value)) < 1e12
