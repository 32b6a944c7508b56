"""The plan of an import: what a file would change on a day, to be looked at before it is done.

Tree, UnitFile, ImportOrder ── plan_import ──▶ ImportPlan ── .change ──▶ storage
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from nhipcau.org.csvtable import LineProblem, UnitFileError
from nhipcau.org.importsites import SitePlanner
from nhipcau.org.matching import Match, match_rows
from nhipcau.org.record import TreeChange, change_record
from nhipcau.org.standing import Standing
from nhipcau.org.succeeding import succession_edges
from nhipcau.org.tree import Tree, TreeError
from nhipcau.org.unitfile import UnitFile
from nhipcau.org.units import UnitVersion
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to do with a file.

    Attributes:
        day: from which day on it holds.
        act: the paper that says so.
        whole: True when the file is the whole tree, so that a unit not in it is gone; False when
            it holds changes only, and only units that others follow are gone.
    """

    day: date
    act: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit that goes on as something else: what it was, and what it will be."""

    before: UnitVersion
    after: UnitVersion

    @property
    def fields(self) -> tuple[str, ...]:
        """Which of code, name, type, level and parent differ."""
        return tuple(
            name
            for name in ("code", "name", "type", "level", "parent")
            if getattr(self.before, name) != getattr(self.after, name)
        )


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do, and the change that does it.

    Attributes:
        revision: of the tree that it was made for.
        new: units that begin.
        changed: units that go on under another name, code, level or parent.
        gone: units that end, as they were.
        unchanged: how many stay as they are.
        left_sites: sites whose unit ends without an heir; they and their places stay.
        change: what to record.
    """

    revision: int
    new: tuple[UnitVersion, ...]
    changed: tuple[UnitChange, ...]
    gone: tuple[UnitVersion, ...]
    unchanged: int
    left_sites: tuple[SiteId, ...]
    change: TreeChange

    @property
    def is_empty(self) -> bool:
        """True when the import would change nothing."""
        change = self.change
        return not (change.opened or change.closed or change.places or change.tenures)


def plan_import(
    tree: Tree, file: UnitFile, order: ImportOrder, new_id: Callable[[], str]
) -> ImportPlan:
    """Return what the file would change; changes nothing.

    Raises:
        UnitFileError: a line is bad by itself or does not fit the tree; it lists every one.
    """
    problems = [*file.problems, *_day_problems(tree, order)]
    today = tree.as_of(order.day)
    matches = match_rows(file.rows, today, new_id, problems)
    standing = Standing(matches, today, whole=order.whole, ended=file.ended)
    problems.extend(standing.problems(tree.levels))
    afters = [_after(match, standing, order) for match in standing.matches]
    changed = tuple(
        UnitChange(match.before, after)
        for match, after in zip(standing.matches, afters, strict=True)
        if match.before is not None and _differs(match.before, after)
    )
    pairs = [(change.before, change.after) for change in changed]
    successions = succession_edges(standing, pairs, order.day, order.act)
    sites = SitePlanner(tree, standing, order.day, new_id).plan(successions, problems)
    if problems:
        raise UnitFileError(problems)
    new = tuple(
        after for match, after in zip(standing.matches, afters, strict=True) if match.before is None
    )
    change = TreeChange(
        day=order.day,
        act=order.act,
        closed=tuple(one.unit for one in standing.gone) + tuple(one.unit for one, _ in pairs),
        opened=(*new, *(one.after for one in changed)),
        successions=successions,
        places=sites.places,
        sites=sites.sites,
        closed_tenures=sites.closed,
        tenures=sites.tenures,
    )
    _prove(tree, change)
    return ImportPlan(
        revision=tree.record.revision,
        new=new,
        changed=changed,
        gone=standing.gone,
        unchanged=len(standing.today) - len(changed) - len(standing.gone),
        left_sites=sites.left,
        change=change,
    )


def _day_problems(tree: Tree, order: ImportOrder) -> Iterator[LineProblem]:
    """Yield a problem when the tree knows of changes after the day: history is only added to."""
    known = [one.valid_from for one in tree.record.versions]
    known += [one.valid_to for one in tree.record.versions if one.valid_to is not None]
    last = max(known, default=order.day)
    if last > order.day:
        detail = f"the tree already holds changes of {last}, after {order.day}"
        yield LineProblem(1, "day", detail)


def _after(match: Match, standing: Standing, order: ImportOrder) -> UnitVersion:
    row = match.row
    return UnitVersion(
        unit=match.unit,
        name=row.name,
        type=row.unit_type,
        code=row.code,
        parent=standing.parent(match),
        level=row.level,
        valid_from=order.day,
        act=order.act,
    )


def _differs(before: UnitVersion, after: UnitVersion) -> bool:
    return bool(UnitChange(before, after).fields)


def _prove(tree: Tree, change: TreeChange) -> None:
    """Build the tree to come, so that what is recorded can always be read again."""
    try:
        Tree(change_record(tree.record, change))
    except TreeError as error:
        raise UnitFileError(
            [LineProblem(1, "tree", f"the tree would not hold: {one}") for one in error.faults]
        ) from error
