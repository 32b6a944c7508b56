"""Layouts for the tests: only roles, in the order of the cells."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A region without its place."""

    role: str


@dataclass(frozen=True)
class Plan:
    """A layout without its geometry."""

    regions: tuple[Cell, ...]


def plan(*roles: str) -> Plan:
    """Return a layout with these roles."""
    return Plan(tuple(Cell(role) for role in roles))


LAYOUT_TABLE: Mapping[str, Plan] = {
    "speaker": plan("floor"),
    "duo": plan("floor", "beside"),
    "2x2": plan(*["poll"] * 4),
    "3x3": plan(*["poll"] * 9),
    "4x4": plan(*["poll"] * 16),
    "1+2": plan("floor", "chair", "poll"),
    "1+7": plan("floor", "chair", *["poll"] * 6),
    "1+8": plan("floor", *["poll"] * 8),
}
