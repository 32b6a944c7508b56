"""Layouts: where the cells of a view lie. They are data (`layouts.toml`), this reads and checks it.

    layouts.toml ──▶ parse_layouts ──▶ Layout(regions on a grid) ──▶ cells(width, height) ──▶ pixels

Who sits in which cell is not decided here, but in the conference.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from nhipcau.picture.cell import Cell, even

__all__ = [
    "Cell",
    "Layout",
    "LayoutError",
    "Region",
    "Role",
    "cells",
    "parse_layouts",
    "shipped_layouts",
]

# More cells than this can't be told apart on a screen, nor decoded on two cores.
MAX_REGIONS = 36
MAX_GRID = 60
DEFAULT_DWELL_S = 15.0
# Every cell gives 2 px on each side, so that a thin line of 4 px parts neighbours.
_INSET_PX = 2


class LayoutError(ValueError):
    """A layout can't be used; the message begins with its name."""


class Role(StrEnum):
    """Who is meant for a region; `poll` is anyone, by turns."""

    FLOOR = "floor"
    BESIDE = "beside"
    CHAIR = "chair"
    POLL = "poll"


@dataclass(frozen=True, slots=True)
class Region:
    """A region in grid units and the role of who is shown in it."""

    role: Role
    left: int
    top: int
    width: int
    height: int

    def overlaps(self, other: "Region") -> bool:
        """Return True when the two share a piece of the grid."""
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The geometry of a view.

    Attributes:
        name: what the protocol calls it.
        title: what people read, Vietnamese.
        columns: width of the grid.
        rows: height of the grid.
        regions: in the order in which they are filled; none overlaps another.
        dwell_s: how long one page of polled sites stands.
    """

    name: str
    title: str
    columns: int
    rows: int
    regions: tuple[Region, ...]
    dwell_s: float = DEFAULT_DWELL_S


def cells(layout: Layout, width: int, height: int) -> tuple[Cell, ...]:
    """Return the regions of `layout` in pixels of a canvas, in their order.

    Cells don't overlap, lie inside the canvas and have even coordinates and sizes. A thin gap
    parts them; a region that is the whole grid is the whole canvas.

    Args:
        layout: what to place.
        width: of the canvas, even.
        height: of the canvas, even.

    Raises:
        ValueError: the canvas is odd, or so small that a cell would have nothing left.
    """
    if width % 2 or height % 2:
        raise ValueError(f"a canvas of {width}x{height} is not even")
    return tuple(_cell(layout, region, width, height) for region in layout.regions)


def parse_layouts(text: str) -> Mapping[str, Layout]:
    """Return the layouts of a TOML text by name, in its order.

    Each table is a layout with `grid` = [columns, rows] and either `regions` (each with `role` and
    `at` = [left, top, width, height]) or `squares` (a role for each square of the grid, row by
    row); `title` and `dwell_s` may be left out.

    Raises:
        LayoutError: it is no TOML, or an entry of it is wrong; the message names the entry.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"not TOML: {error}") from error
    if not tables:
        raise LayoutError("there is no layout")
    return MappingProxyType({name: _layout(name, table) for name, table in tables.items()})


@cache
def shipped_layouts() -> Mapping[str, Layout]:
    """Return the layouts that come with the program, by name."""
    return parse_layouts(files(__package__).joinpath("layouts.toml").read_text(encoding="utf-8"))


def _cell(layout: Layout, region: Region, width: int, height: int) -> Cell:
    left = even(width * region.left / layout.columns)
    right = even(width * (region.left + region.width) / layout.columns)
    top = even(height * region.top / layout.rows)
    bottom = even(height * (region.top + region.height) / layout.rows)
    whole = (left, top, right, bottom) == (0, 0, width, height)
    inset = 0 if whole else _INSET_PX
    cell = Cell(left + inset, top + inset, right - left - 2 * inset, bottom - top - 2 * inset)
    if cell.width < 2 or cell.height < 2:
        raise ValueError(f"{width}x{height} is too small for layout {layout.name}")
    return cell


def _layout(name: str, table: Any) -> Layout:
    if not isinstance(table, dict):
        raise LayoutError(f"{name}: is no table")
    unknown = table.keys() - {"title", "grid", "regions", "squares", "dwell_s"}
    if unknown:
        raise LayoutError(f"{name}: nobody knows {', '.join(sorted(unknown))}")
    title = table.get("title", name)
    if not isinstance(title, str):
        raise LayoutError(f"{name}: title is no text")
    columns, rows = _grid(name, table.get("grid"))
    if ("regions" in table) == ("squares" in table):
        raise LayoutError(f"{name}: needs either regions or squares")
    if "squares" in table:
        regions = _squares(name, table["squares"], columns, rows)
    else:
        regions = _regions(name, table["regions"])
    _check(name, regions, columns, rows)
    return Layout(name, title, columns, rows, regions, _dwell_s(name, table.get("dwell_s")))


def _grid(name: str, grid: Any) -> tuple[int, int]:
    if not _are_ints(grid, 2) or not all(1 <= side <= MAX_GRID for side in grid):
        raise LayoutError(f"{name}: grid must be two whole numbers from 1 to {MAX_GRID}")
    return grid[0], grid[1]


def _dwell_s(name: str, dwell: Any) -> float:
    if dwell is None:
        return DEFAULT_DWELL_S
    if isinstance(dwell, bool) or not isinstance(dwell, int | float) or not 1 <= dwell <= 3600:
        raise LayoutError(f"{name}: dwell_s must be a number from 1 to 3600")
    return float(dwell)


def _squares(name: str, roles: Any, columns: int, rows: int) -> tuple[Region, ...]:
    if not isinstance(roles, list) or len(roles) != columns * rows:
        raise LayoutError(f"{name}: squares must be {columns * rows} roles")
    return tuple(
        Region(_role(name, role, index), index % columns, index // columns, 1, 1)
        for index, role in enumerate(roles)
    )


def _regions(name: str, entries: Any) -> tuple[Region, ...]:
    if not isinstance(entries, list):
        raise LayoutError(f"{name}: regions must be a list")
    return tuple(_region(name, index, entry) for index, entry in enumerate(entries))


def _region(name: str, index: int, entry: Any) -> Region:
    if not isinstance(entry, dict) or entry.keys() != {"role", "at"}:
        raise LayoutError(f"{name}: region {index} must have role and at, nothing else")
    role, at = _role(name, entry["role"], index), entry["at"]
    if not _are_ints(at, 4):
        raise LayoutError(f"{name}: region {index}: at must be four whole numbers")
    return Region(role, *at)


def _role(name: str, role: Any, index: int) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise LayoutError(f"{name}: region {index}: no such role: {role}") from error


def _check(name: str, regions: tuple[Region, ...], columns: int, rows: int) -> None:
    if not 1 <= len(regions) <= MAX_REGIONS:
        raise LayoutError(f"{name}: must have from 1 to {MAX_REGIONS} regions")
    for index, region in enumerate(regions):
        inside = region.left + region.width <= columns and region.top + region.height <= rows
        if min(region.left, region.top) < 0 or min(region.width, region.height) < 1 or not inside:
            raise LayoutError(f"{name}: region {index} leaves the grid of {columns}x{rows}")
        for earlier in range(index):
            if region.overlaps(regions[earlier]):
                raise LayoutError(f"{name}: regions {earlier} and {index} overlap")


def _are_ints(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(item, int) and not isinstance(item, bool) for item in value)
    )
