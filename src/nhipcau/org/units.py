"""Administrative units through time: what a unit was called, where it hung, what became of it.

A unit is known by an id of our own for ever. Its official code is an attribute with validity like
its name, because codes are given again to other units and even cross. A level is a row of data,
never a word of the logic.

    Unit ──< UnitVersion  valid_from ≤ day < valid_to      Unit ──< Succession >── Unit
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NewType

from nhipcau.org.names import split_name

UnitId = NewType("UnitId", str)
"""A unit, for ever; made by us, says nothing, and is never the official code."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the tree.

    Attributes:
        key: how files and APIs call it ("commune").
        name: how pages call it.
        rank: its place from the top; a unit's parent never has a greater one.
        code_digits: of how many digits its official codes are; 0: any letters, digits, dots.
    """

    key: str
    name: str
    rank: int
    code_digits: int = 0


@dataclass(frozen=True, slots=True)
class UnitVersion:
    """What a unit was from `valid_from` until the day before `valid_to` (None: still is).

    Attributes:
        unit: whose version it is.
        name: in full, as papers write it: "Xã Vạn Thắng".
        type: "Xã"; empty where the name has none.
        code: the official code of those days, text (leading zeros count).
        parent: the unit above; None at the top.
        level: key of a `Level`.
        act: the paper by which it came into force.
    """

    unit: UnitId
    name: str
    type: str
    code: str
    parent: UnitId | None
    level: str
    valid_from: date
    valid_to: date | None = None
    act: str = ""

    def __post_init__(self) -> None:
        """Refuse a version that ends before it begins."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"{self.name}: valid to {self.valid_to}, from {self.valid_from}")

    @property
    def short_name(self) -> str:
        """The name without its type: "Vạn Thắng"."""
        return split_name(self.name).short

    def holds_on(self, day: date) -> bool:
        """Return True when this is what the unit was on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and all that it ever was, oldest first.

    A version corrected on its first day is kept with `valid_to == valid_from`; no day shows it.
    """

    id: UnitId
    versions: tuple[UnitVersion, ...]

    def __post_init__(self) -> None:
        """Refuse versions of another unit, and two that hold on one day."""
        if any(version.unit != self.id for version in self.versions):
            raise ValueError(f"unit {self.id} was given a version of another unit")
        for earlier, later in pairwise(self.versions):
            if earlier.valid_to is None or later.valid_from < earlier.valid_to:
                raise ValueError(f"two versions of {later.name} hold on {later.valid_from}")

    def on(self, day: date) -> UnitVersion | None:
        """Return what the unit was on `day`; None before it began and after it ended."""
        return next((version for version in self.versions if version.holds_on(day)), None)


class SuccessionKind(StrEnum):
    """How one unit followed another. In a rename or a reparent both are one and the same."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    REPARENT = "reparent"
    ABOLISH = "abolish"


@dataclass(frozen=True, slots=True)
class Succession:
    """One edge of the many-to-many from old units to new ones.

    Attributes:
        old: who ended or changed.
        new: who took over; None when abolished.
        kind: how.
        main: True for the one heir of `old` that gets its sites and equipment.
        day: from which day on.
        act: the paper that says so.
    """

    old: UnitId
    new: UnitId | None
    kind: SuccessionKind
    main: bool
    day: date
    act: str = ""


def gather_units(versions: Iterable[UnitVersion]) -> dict[UnitId, Unit]:
    """Return the units that these versions make, in the order of their first mention.

    Raises:
        ValueError: two versions of one unit hold on one day.
    """
    gathered: dict[UnitId, list[UnitVersion]] = {}
    for version in versions:
        gathered.setdefault(version.unit, []).append(version)
    return {unit: Unit(unit, _in_time(found)) for unit, found in gathered.items()}


def _in_time(versions: list[UnitVersion]) -> tuple[UnitVersion, ...]:
    """Return versions by their day; of those of one day the corrected ones first."""
    if len(versions) == 1:
        return tuple(versions)
    return tuple(sorted(versions, key=lambda one: (one.valid_from, one.valid_to or date.max)))
