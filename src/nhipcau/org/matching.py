"""Which unit a row of the file speaks of. Never guessed from an equal code or an equal name alone.

Official codes are given again to other units, and in 2024 two even crossed. So a row is a unit that
exists only if code and name both say so, or if the file says in `follows` where it comes from:

    follows        the row is
    empty          the unit of this code, if it bears this name; a new one, if nobody has the code
    22366          the unit 22366 under a new name or code, which lives on in this row alone
    22348 22342    the one of these units that bears the row's name: the others merge into it; a
                   new one, into which all of them merge, if none or several bear it
    22435*         the same; the star marks the main heir of a unit that goes to several rows
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nhipcau.org.csvtable import LineProblem
from nhipcau.org.names import search_key
from nhipcau.org.unitfile import UnitRow
from nhipcau.org.units import UnitId, UnitVersion
from nhipcau.org.view import TreeView


@dataclass(frozen=True, slots=True)
class Origin:
    """One unit that a row comes from; `starred` when the file calls the row its main heir."""

    version: UnitVersion
    starred: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A row, the unit that it is, what it was until then (None: new), where it comes from."""

    row: UnitRow
    unit: UnitId
    before: UnitVersion | None
    origins: tuple[Origin, ...]


def match_rows(
    rows: Sequence[UnitRow],
    today: TreeView,
    new_id: Callable[[], str],
    problems: list[LineProblem],
) -> tuple[Match, ...]:
    """Return a match for each row; what is not clear goes to `problems`.

    Args:
        rows: of the file.
        today: the tree until the change.
        new_id: gives the id of a unit that is new.
        problems: added to.
    """
    origins = [tuple(_origins(row, today, problems)) for row in rows]
    heirs = _heir_counts(rows, origins, today)
    matches = [
        Match(row, before.unit if before else UnitId(new_id()), before, found)
        for row, found in zip(rows, origins, strict=True)
        for before in (_living_on(row, found, today, heirs),)
    ]
    problems.extend(_unclear(matches, today))
    problems.extend(_twice(matches))
    problems.extend(_main_heirs(matches))
    return tuple(matches)


def _heir_counts(
    rows: Sequence[UnitRow], origins: Sequence[Sequence[Origin]], today: TreeView
) -> Counter[UnitId]:
    """Return how many rows each unit goes on in, the row that is the unit itself among them."""
    counts = Counter(origin.version.unit for found in origins for origin in found)
    for row in rows:
        same = None if row.follows else today.by_code.get(row.code)
        if same is not None and _same_name(row, same):
            counts[same.unit] += 1
    return counts


def _origins(row: UnitRow, today: TreeView, problems: list[LineProblem]) -> Iterator[Origin]:
    words = row.follows.replace(";", " ").split()
    for word in dict.fromkeys(words):
        version = today.by_code.get(word.rstrip("*"))
        if version is None:
            detail = f"follows names {word}, which is no unit's code until then"
            problems.append(LineProblem(row.line, "follows", detail))
        else:
            yield Origin(version, word.endswith("*"))


def _living_on(
    row: UnitRow, origins: Sequence[Origin], today: TreeView, heirs: Mapping[UnitId, int]
) -> UnitVersion | None:
    """Return the unit that the row is, as it was the day before; None when it is a new one."""
    if not row.follows:
        same = today.by_code.get(row.code)
        return same if same is not None and _same_name(row, same) else None
    namesakes = [origin.version for origin in origins if _same_name(row, origin.version)]
    if len(namesakes) == 1:
        return namesakes[0]
    if len(origins) == 1 and heirs[origins[0].version.unit] == 1:
        return origins[0].version
    return None


def _same_name(row: UnitRow, version: UnitVersion) -> bool:
    return search_key(row.name) == search_key(version.name)


def _unclear(matches: Sequence[Match], today: TreeView) -> Iterator[LineProblem]:
    """Yield the rows that bear the code of a unit of another name and don't say why."""
    for match in matches:
        row, holder = match.row, today.by_code.get(match.row.code)
        if row.follows or match.before is not None or holder is None:
            continue
        detail = (
            f"code {row.code} is {holder.name} until then: say in follows what "
            f"{row.name} comes from ({row.code} if it is only renamed)"
        )
        yield LineProblem(row.line, "unclear", detail)


def _twice(matches: Sequence[Match]) -> Iterator[LineProblem]:
    lines: dict[UnitId, int] = {}
    for match in matches:
        known = lines.setdefault(match.unit, match.row.line)
        if known != match.row.line:
            detail = f"{match.row.name} and line {known} are one unit"
            yield LineProblem(match.row.line, "twice", detail)


def group_by_old(matches: Sequence[Match]) -> dict[UnitId, list[tuple[Match, Origin]]]:
    """Return, for each unit that rows follow, those rows."""
    goes_to: dict[UnitId, list[tuple[Match, Origin]]] = {}
    for match in matches:
        for origin in match.origins:
            goes_to.setdefault(origin.version.unit, []).append((match, origin))
    return goes_to


def _main_heirs(matches: Sequence[Match]) -> Iterator[LineProblem]:
    """Yield the units that go to several rows of which not exactly one is starred."""
    living = {match.unit for match in matches}
    for old, edges in group_by_old(matches).items():
        if old in living:
            continue
        stars = [edge for edge in edges if edge[1].starred]
        if len(edges) > 1 and len(stars) != 1:
            code = edges[0][1].version.code
            for match, _ in stars or edges:
                detail = f"{code} goes to {len(edges)} units: mark its one main heir with {code}*"
                yield LineProblem(match.row.line, "main_heir", detail)
