"""The model province, read from the package's own file."""

from functools import cache
from importlib.resources import files

from nhipcau.org import Unit, parse_units


def csv_text() -> str:
    """Return the text of the province's file."""
    return (files("nhipcau.org") / "data" / "khanh-hoa-2024.csv").read_text(encoding="utf-8")


@cache
def khanh_hoa() -> tuple[Unit, ...]:
    """Return its 145 units."""
    return parse_units(csv_text())


def named(name: str) -> Unit:
    """Return the unit of this full name."""
    (found,) = (unit for unit in khanh_hoa() if unit.name == name)
    return found
