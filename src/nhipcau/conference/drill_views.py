"""What the console, the report and the papers show of a drill: its figures, and site by site."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nhipcau.conference.drill import Drill, Figures
from nhipcau.quantities import McuName, SiteId


@dataclass(frozen=True, slots=True)
class DrillRow:
    """One site: who served it before and after, what it missed, and whether that is in order.

    `after`, the pauses and `met` are None until it has reported; `before` is None where it came
    later. `struck`: the goal is the drill's; of others nothing may be missing.
    """

    site: SiteId
    name: str
    before: McuName | None
    after: McuName | None
    sound_ms: int | None
    picture_ms: int | None
    struck: bool
    met: bool | None


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill as a table, the worst site first; `met` is None while sites it struck are silent."""

    drill: int
    kind: str
    mcu: McuName
    root: bool
    by: str
    began_ms: int
    goal_ms: int
    figures: Mapping[str, int | None]
    met: bool | None
    sites: tuple[DrillRow, ...]


def drill_view(drill: Drill, names: Mapping[SiteId, str]) -> DrillView:
    """Return the table of a drill; `names` are those of the roster."""
    figures = drill.figures()
    return DrillView(
        drill=drill.drill,
        kind=drill.kind.value,
        mcu=drill.mcu,
        root=drill.root,
        by=drill.by,
        began_ms=drill.began_ms,
        goal_ms=drill.goal_ms,
        figures=figures._asdict(),
        met=_is_met(figures, drill.goal_ms),
        sites=tuple(sorted(_rows(drill, names), key=_badness, reverse=True)),
    )


def _is_met(figures: Figures, goal_ms: int) -> bool | None:
    """The goal is for 95 of 100 sites; none of the others may have missed anything."""
    sound, picture = figures.sound_p95_ms, figures.picture_p95_ms
    if sound is None or picture is None or figures.reported < figures.struck:
        return None
    return max(sound, picture) <= goal_ms and not figures.others


def _rows(drill: Drill, names: Mapping[SiteId, str]) -> Iterator[DrillRow]:
    for site in dict.fromkeys((*drill.before, *drill.reports)):
        told, struck = drill.reports.get(site), drill.strikes(site)
        yield DrillRow(
            site=site,
            name=names.get(site, site),
            before=drill.before.get(site),
            after=None if told is None else told.mcu,
            sound_ms=None if told is None else told.sound_ms,
            picture_ms=None if told is None else told.picture_ms,
            struck=struck,
            met=None if told is None else told.worst_ms <= (drill.goal_ms if struck else 0),
        )


def _badness(row: DrillRow) -> tuple[bool, int, bool]:
    """Order: over the goal, then by the longer pause; who is silent comes before who is well."""
    worst = max(row.sound_ms or 0, row.picture_ms or 0)
    return row.met is False, worst, row.met is None
