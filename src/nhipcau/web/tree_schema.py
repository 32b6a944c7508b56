"""What the API says of units, places and sites."""

from datetime import date

from pydantic import BaseModel

from nhipcau.org.importplan import ImportPlan
from nhipcau.org.tree import Tree
from nhipcau.org.units import Succession, UnitId, UnitVersion
from nhipcau.org.view import TreeView


class LevelOut(BaseModel):
    """A level, from the top, and how many units it has on the day."""

    key: str
    name: str
    rank: int
    units: int


class UnitOut(BaseModel):
    """A unit as it was on the day that was asked.

    `display_name` is the shortest name that tells it apart; `path` holds the full names from the
    top down to it, `above` the ids of those above it in the same order; `site` is the room of its
    own, if any; `children` counts the units directly below it.
    """

    id: str
    code: str
    name: str
    display_name: str
    type: str
    level: str
    parent: str | None
    path: list[str]
    above: list[str]
    site: str | None
    children: int
    valid_from: date
    valid_to: date | None
    act: str


class UnitsOut(BaseModel):
    """A part of the list of units; `total` is the length of the whole list."""

    as_of: date
    revision: int
    total: int
    units: list[UnitOut]


class VersionOut(BaseModel):
    """What a unit was from one day until the day before another."""

    name: str
    type: str
    code: str
    level: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    act: str


class SuccessionOut(BaseModel):
    """Who followed whom."""

    old: str
    new: str | None
    kind: str
    main: bool
    day: date
    act: str


class UnitHistoryOut(BaseModel):
    """A unit through time. `unit` is null on a day on which there was none."""

    id: str
    as_of: date
    unit: UnitOut | None
    versions: list[VersionOut]
    origins: list[SuccessionOut]
    heirs: list[SuccessionOut]


class PlaceOut(BaseModel):
    """A building and its line; bits per second as declared."""

    id: str
    name: str
    line_bps: int | None
    line_operator: str
    address: str
    contact: str


class SiteUnitOut(BaseModel):
    """A unit that has a site; `seat` is true for one that sits in another's room."""

    unit: str
    seat: bool


class SiteOut(BaseModel):
    """A room that takes part, and whose it was on the day."""

    id: str
    place: str
    units: list[SiteUnitOut]


class ChangeOut(BaseModel):
    """A unit that goes on as something else."""

    id: str
    before: VersionOut
    after: VersionOut
    fields: list[str]


class ImportOut(BaseModel):
    """What an import changed, or with `dry_run` would change."""

    dry_run: bool
    revision: int
    day: date
    new: list[VersionOut]
    changed: list[ChangeOut]
    gone: list[VersionOut]
    unchanged: int
    successions: list[SuccessionOut]
    left_sites: list[str]


def unit_out(view: TreeView, version: UnitVersion) -> UnitOut:
    """Return a unit of the view."""
    path = view.path(version.unit)
    return UnitOut(
        id=version.unit,
        code=version.code,
        name=version.name,
        display_name=view.display_names[version.unit],
        type=version.type,
        level=version.level,
        parent=version.parent,
        path=[one.name for one in path],
        above=[one.unit for one in path[:-1]],
        site=view.home(version.unit),
        children=len(view.children(version.unit)),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        act=version.act,
    )


def history_out(tree: Tree, unit: UnitId, day: date) -> UnitHistoryOut:
    """Return a unit through time.

    Raises:
        KeyError: no unit ever had this id.
    """
    view, versions = tree.as_of(day), tree.units[unit].versions
    now = view.units.get(unit)
    return UnitHistoryOut(
        id=unit,
        as_of=day,
        unit=None if now is None else unit_out(view, now),
        versions=[version_out(one) for one in versions if one.valid_from != one.valid_to],
        origins=[succession_out(one) for one in tree.origins(unit)],
        heirs=[succession_out(one) for one in tree.heirs(unit)],
    )


def version_out(version: UnitVersion) -> VersionOut:
    """Return a version."""
    return VersionOut.model_validate(version, from_attributes=True)


def succession_out(succession: Succession) -> SuccessionOut:
    """Return an edge."""
    return SuccessionOut.model_validate(succession, from_attributes=True)


def import_out(plan: ImportPlan, *, dry_run: bool) -> ImportOut:
    """Return what an import did or would do."""
    return ImportOut(
        dry_run=dry_run,
        revision=plan.revision,
        day=plan.change.day,
        new=[version_out(version) for version in plan.new],
        changed=[
            ChangeOut(
                id=one.before.unit,
                before=version_out(one.before),
                after=version_out(one.after),
                fields=list(one.fields),
            )
            for one in plan.changed
        ],
        gone=[version_out(version) for version in plan.gone],
        unchanged=plan.unchanged,
        successions=[succession_out(one) for one in plan.change.successions],
        left_sites=list(plan.left_sites),
    )
