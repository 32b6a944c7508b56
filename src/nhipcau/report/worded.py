"""What a report is when it is put into words: tables whose cells are ready to be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum


class TableKey(StrEnum):
    """Which table; also the name of its file."""

    ATTENDANCE = "attendance"
    CUES = "cues"
    SPEAKING = "speaking"
    REQUESTS = "requests"
    VOTES = "votes"
    BALLOTS = "ballots"
    INCIDENTS = "incidents"
    SESSIONS = "sessions"
    SAVINGS = "savings"
    DRILLS = "drills"
    DRILLED_SITES = "drilled-sites"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the width, whether its cells are centred."""

    heading: str
    share: int
    centred: bool = False


@dataclass(frozen=True, slots=True)
class WordTable:
    """A table of words.

    Attributes:
        key: which.
        title: above it.
        columns, rows: every row has a cell for each column.
        note: below it; "": nothing.
        empty: what stands in its place when there are no rows.
        printed: on paper, too; else as CSV only.
    """

    key: TableKey
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    empty: str = ""
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Language:
    """What words need beside the report: the zone of its clocks, the names of levels."""

    zone: tzinfo
    levels: Mapping[str, str] = field(default_factory=dict)
