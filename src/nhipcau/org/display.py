"""The names by which units are told apart.

tuple[UnitVersion, ...] of one day ─┬─ full_names ────▶ what rooms, tiles and the roster show
                                    └─ display_names ─▶ what a list inside one unit shows
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from nhipcau.org.names import search_key
from nhipcau.org.units import UnitId, UnitVersion


def display_names(versions: Iterable[UnitVersion]) -> dict[UnitId, str]:
    """Return, for each unit of one day, the shortest name that tells it apart from all the others.

    "Giang Ly" where there is one; with its type where another unit bears the name ("Huyện Khánh
    Vĩnh", "Thị trấn Khánh Vĩnh"); with type and parent where another of the same level does
    ("Phường Vạn Thắng (Nha Trang)", "Xã Vạn Thắng (Vạn Ninh)").
    """
    listed = {version.unit: version for version in versions}
    shorts = {unit: version.short_name for unit, version in listed.items()}
    keys = {unit: search_key(short) for unit, short in shorts.items()}
    everywhere = Counter(keys.values())
    on_level = Counter((keys[unit], version.level) for unit, version in listed.items())

    def name_of(unit: UnitId, version: UnitVersion) -> str:
        key = keys[unit]
        if everywhere[key] == 1:
            return shorts[unit]
        if on_level[key, version.level] == 1 and version.type:
            return version.name
        return _with_parent(version, shorts)

    return {unit: name_of(unit, version) for unit, version in listed.items()}


def full_names(versions: Iterable[UnitVersion]) -> dict[UnitId, str]:
    """Return each unit's name with its type, and with its parent where two bear the same.

    "Xã Ba Cụm Nam"; communes of one name are told apart by their types, as officials do.
    """
    listed = {version.unit: version for version in versions}
    shorts = {unit: version.short_name for unit, version in listed.items()}
    count = Counter(search_key(version.name) for version in listed.values())
    return {
        unit: version.name
        if count[search_key(version.name)] == 1
        else _with_parent(version, shorts)
        for unit, version in listed.items()
    }


def _with_parent(version: UnitVersion, shorts: Mapping[UnitId, str]) -> str:
    above = shorts.get(version.parent) if version.parent is not None else None
    return version.name if above is None else f"{version.name} ({above})"
