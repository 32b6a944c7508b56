"""Where each row of the file stands in the tree to come: its parent, and whether that can be."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from nhipcau.org.csvtable import LineProblem
from nhipcau.org.matching import Match
from nhipcau.org.units import Level, UnitId, UnitVersion
from nhipcau.org.view import TreeView


class Standing:
    """The matches of a file, the units that end with it, and the parents that it names.

    Args:
        matches: one for each row.
        today: the tree until the change.
        whole: True when the file is the whole tree; else units not in it stay where they are.
        ended: codes of units that end although no row follows them.
    """

    def __init__(
        self,
        matches: Sequence[Match],
        today: TreeView,
        *,
        whole: bool,
        ended: Collection[str] = (),
    ) -> None:
        self.matches = tuple(matches)
        self.today = today
        self.whole = whole
        kept = {match.unit for match in matches}
        followed = {origin.version.unit for match in matches for origin in match.origins}
        self.gone: tuple[UnitVersion, ...] = tuple(
            version
            for unit, version in today.units.items()
            if unit not in kept and (whole or unit in followed or version.code in ended)
        )
        self._row_of = {match.row.code: match for match in reversed(matches) if match.row.code}
        self._ending = {version.unit for version in self.gone}

    def parent(self, match: Match) -> UnitId | None:
        """Return the unit above a row's; None at the top and where the named one isn't there."""
        return self._named(match.row.parent_code)

    def _named(self, code: str) -> UnitId | None:
        if code in self._row_of:
            return self._row_of[code].unit
        version = None if self.whole else self.today.by_code.get(code)
        return None if version is None or version.unit in self._ending else version.unit

    def problems(self, levels: Sequence[Level]) -> Iterator[LineProblem]:
        """Yield the rows that name a parent that isn't there, or one that can't be."""
        ranks = {level.key: level.rank for level in levels}
        rank_of = self._ranks(ranks)
        top = min(rank_of.values(), default=0)
        parents = {match.unit: self.parent(match) for match in self.matches}
        circular = _in_circles(parents)
        for match in self.matches:
            row, parent = match.row, parents[match.unit]
            if row.parent_code and parent is None:
                where = "the file" if self.whole else "the file or the tree"
                detail = f"parent_code {row.parent_code} is not in {where}"
                yield LineProblem(row.line, "parent", detail)
            elif match.unit in circular:
                yield LineProblem(row.line, "circle", f"{row.code} is above itself")
            elif row.level not in ranks:
                continue
            elif parent is None and ranks[row.level] > top:
                detail = f"parent_code is empty, but {row.level} is not the highest level here"
                yield LineProblem(row.line, "root", detail)
            elif parent is not None and rank_of.get(parent, 0) > ranks[row.level]:
                detail = f"{row.parent_code} is of a lower level than {row.level}"
                yield LineProblem(row.line, "parent_level", detail)

    def _ranks(self, ranks: Mapping[str, int]) -> dict[UnitId, int]:
        """Return the rank of every unit of the tree to come whose level is known."""
        levels = (
            {}
            if self.whole
            else {
                unit: version.level
                for unit, version in self.today.units.items()
                if unit not in self._ending
            }
        )
        levels.update((match.unit, match.row.level) for match in self.matches)
        return {unit: ranks[level] for unit, level in levels.items() if level in ranks}


def _in_circles(parents: Mapping[UnitId, UnitId | None]) -> set[UnitId]:
    """Return the units that are their own ancestor; visits each once."""
    circular: set[UnitId] = set()
    done: set[UnitId] = set()
    for start in parents:
        path: dict[UnitId, None] = {}
        unit: UnitId | None = start
        while unit is not None and unit in parents and unit not in done and unit not in path:
            path[unit] = None
            unit = parents[unit]
        if unit is not None and unit in path:
            walked = list(path)
            circular.update(walked[walked.index(unit) :])
        done.update(path)
    return circular
