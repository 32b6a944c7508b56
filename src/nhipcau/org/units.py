"""Administrative units in a tree of any depth. A level is a word of the data, never of the logic.

CSV text ── parse_units ──▶ tuple[Unit, ...] ── display_names ──▶ what tiles and lists show
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nhipcau.org.names import search_key, split_name


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: official code (text, leading zeros count), full name, level, parent's code."""

    code: str
    name: str
    level: str
    parent: str | None

    @property
    def type(self) -> str:
        """The type that the name begins with ("Xã"), "" when it begins with none."""
        return split_name(self.name).type

    @property
    def short_name(self) -> str:
        """The name without its type: "Vạn Thắng"."""
        return split_name(self.name).short


def display_names(units: Iterable[Unit]) -> dict[str, str]:
    """Return, for each unit's code, the shortest name that tells it apart from all the others.

    "Giang Ly" where there is one; with its type where another unit bears the name ("Huyện Khánh
    Vĩnh", "Thị trấn Khánh Vĩnh"); with type and parent where another of the same level does
    ("Phường Vạn Thắng (Nha Trang)", "Xã Vạn Thắng (Vạn Ninh)").
    """
    listed = tuple(units)
    by_code = {unit.code: unit for unit in listed}
    everywhere = Counter(search_key(unit.short_name) for unit in listed)
    on_level = Counter((search_key(unit.short_name), unit.level) for unit in listed)

    def name_of(unit: Unit) -> str:
        key = search_key(unit.short_name)
        if everywhere[key] == 1:
            return unit.short_name
        if on_level[key, unit.level] == 1 and unit.type:
            return unit.name
        return _with_parent(unit, by_code)

    return {unit.code: name_of(unit) for unit in listed}


def display_name(unit: Unit, units: Iterable[Unit]) -> str:
    """Return the name of `unit` among `units`; for many at once take `display_names`."""
    return display_names({known.code: known for known in (*units, unit)}.values())[unit.code]


def find_units(text: str, units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return the units whose full name or code contains `text`, accents and case aside."""
    key = search_key(text)
    return tuple(unit for unit in units if key in search_key(unit.name) or key in unit.code)


def _with_parent(unit: Unit, by_code: Mapping[str, Unit]) -> str:
    parent = by_code.get(unit.parent) if unit.parent is not None else None
    return unit.name if parent is None else f"{unit.name} ({parent.short_name})"
