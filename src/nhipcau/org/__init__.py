"""The tree of units: who takes part, under which names.

`data/khanh-hoa-2024.csv` holds the 145 units of the model province in January 2024.
"""

from nhipcau.org.names import NameParts, search_key, split_name
from nhipcau.org.unitfile import LineProblem, UnitFileError, parse_units
from nhipcau.org.units import Unit, display_name, display_names, find_units

__all__ = [
    "LineProblem",
    "NameParts",
    "Unit",
    "UnitFileError",
    "display_name",
    "display_names",
    "find_units",
    "parse_units",
    "search_key",
    "split_name",
]
