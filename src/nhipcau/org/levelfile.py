"""The file of levels: CSV with the columns key, name, rank, code_digits."""

import csv
import io

from nhipcau.org.units import Level


def read_levels(csv_text: str) -> tuple[Level, ...]:
    """Return the levels of our own file, from the top.

    Raises:
        ValueError: a rank or a number of digits is no number.
    """
    rows = csv.DictReader(io.StringIO(csv_text), strict=True)
    levels = (
        Level(row["key"], row["name"], int(row["rank"]), int(row["code_digits"])) for row in rows
    )
    return tuple(sorted(levels, key=lambda level: level.rank))
