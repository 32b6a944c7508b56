"""Who follows whom when a file comes into force: the edges of succession."""

from collections.abc import Iterable, Iterator
from datetime import date

from nhipcau.org.matching import group_by_old
from nhipcau.org.standing import Standing
from nhipcau.org.units import Succession, SuccessionKind, UnitVersion


def succession_edges(
    standing: Standing, afters: Iterable[tuple[UnitVersion, UnitVersion]], day: date, act: str
) -> tuple[Succession, ...]:
    """Return every edge: units that end and their heirs, and units that go on as something else.

    Args:
        standing: the file in its tree.
        afters: pairs of what a unit was and what it will be.
        day: from which day on.
        act: the paper that says so.
    """
    edges = list(_between_units(standing, day, act))
    followed = {edge.old for edge in edges}
    for version in standing.gone:
        if version.unit not in followed:
            kind = SuccessionKind.ABOLISH
            edges.append(Succession(version.unit, None, kind, False, day, act))
    for before, after in afters:
        if before.name != after.name:
            kind = SuccessionKind.RENAME
        elif before.parent != after.parent:
            kind = SuccessionKind.REPARENT
        else:
            continue
        edges.append(Succession(before.unit, after.unit, kind, True, day, act))
    return tuple(edges)


def _between_units(standing: Standing, day: date, act: str) -> Iterator[Succession]:
    living = {match.unit for match in standing.matches}
    goes_to = group_by_old(standing.matches)
    for old, edges in goes_to.items():
        others = [(match, origin) for match, origin in edges if match.unit != old]
        for match, origin in others:
            split = len(edges) > 1 or old in living
            yield Succession(
                old=old,
                new=match.unit,
                kind=SuccessionKind.SPLIT if split else SuccessionKind.MERGE,
                main=old not in living and (origin.starred or len(edges) == 1),
                day=day,
                act=act,
            )
