"""What a split makes of a meeting's plan: one plan for each part, worked out from nothing else.

    parent's plan, cue with a split level ─▶ units of that level with sites below them ─▶ branches
    parent's plan, branch                 ─▶ the branch's own plan

A branch is chaired by its unit's own room. Who belongs to no such unit stays in the parent.
"""

from collections.abc import Iterable, Iterator, Mapping

from nhipcau.conference.branch import Branch, PlannedSplit
from nhipcau.conference.scenario import CueKind
from nhipcau.ports.messages import ConferencePlan, PlannedCue, PlannedSite
from nhipcau.quantities import ConferenceId, McuName, SiteId


def planned_splits(plan: ConferencePlan) -> tuple[PlannedSplit, ...]:
    """Return what each split of the plan's scenario makes of it; one without parts is none."""
    return tuple(
        PlannedSplit(cue.cue, branches)
        for cue in plan.scenario
        if cue.kind == CueKind.SPLIT and cue.split_level
        for branches in (_branches(plan, cue.split_level),)
        if branches
    )


def branch_plan(
    plan: ConferencePlan,
    branch: Branch,
    split_cue: str,
    homes: Mapping[SiteId, McuName] | None = None,
) -> ConferencePlan:
    """Return the plan of a branch.

    Args:
        plan: the parent's.
        branch: which part.
        split_cue: the cue that split it; what of the cues behind it, as far as the merge, is this
            part's own, is the branch's scenario.
        homes: which MCU hosts the branch of a chairing site; else it is the parent's.
    """
    mine = set(branch.sites)
    rows = (site for site in plan.sites if site.site in mine)
    return plan.model_copy(
        update={
            "conference": branch.conference,
            "title": branch.name,
            "mcu": (homes or {}).get(branch.chair_site, plan.mcu),
            "chair_site": branch.chair_site,
            "layout": "auto",
            "sites": tuple(_rooted(row, mine) for row in rows),
            "devices": tuple(one for one in plan.devices if one.site in mine),
            "guests": (),
            "scenario": tuple(_scenario(plan, split_cue, mine)),
            "opens_s": 0,
            "over": False,
            # Its rooms dial it themselves, wherever they are.
            "leaves": (),
            "root_url": "",
            "standby": "",
            "standby_url": "",
            "trunk_key": "",
            "parent": plan.conference,
            "rehearsal": False,
        }
    )


def _branches(plan: ConferencePlan, level: str) -> tuple[Branch, ...]:
    """Return a branch for each site of the level that has others below it; whoever is in one
    already, chairs the whole meeting or is a guest, is in no other.
    """
    below, found = _below(plan.sites), []
    taken = {plan.chair_site, *(guest.site for guest in plan.guests)}
    for top in plan.sites:
        if top.level != level or top.site in taken:
            continue
        members = [site for site in _subtree(below, top.site) if site not in taken]
        if members:
            sites = (top.site, *members)
            name = ConferenceId(f"{plan.conference}--{top.site}")
            found.append(Branch(name, top.name, top.site, sites))
            taken.update(sites)
    return tuple(found)


def _below(sites: Iterable[PlannedSite]) -> Mapping[SiteId, list[SiteId]]:
    below: dict[SiteId, list[SiteId]] = {}
    for site in sites:
        if site.parent is not None:
            below.setdefault(site.parent, []).append(site.site)
    return below


def _subtree(below: Mapping[SiteId, list[SiteId]], top: SiteId) -> Iterator[SiteId]:
    """Yield all below a site, in the order of the roster, each once whatever the parents say."""
    seen, waiting = {top}, list(below.get(top, ()))
    while waiting:
        site = waiting.pop(0)
        if site in seen:
            continue
        seen.add(site)
        yield site
        waiting += below.get(site, [])


def _rooted(row: PlannedSite, mine: set[SiteId]) -> PlannedSite:
    """Return a row whose parent, if it has one, takes part in the branch."""
    kept = row.parent if row.parent in mine else None
    return row.model_copy(update={"parent": kept, "home": ""})


def _scenario(plan: ConferencePlan, split_cue: str, mine: set[SiteId]) -> Iterator[PlannedCue]:
    inside = False
    for cue in plan.scenario:
        if cue.cue == split_cue:
            inside = True
        elif cue.kind in (CueKind.SPLIT, CueKind.MERGE):
            inside = False
        elif inside and (own := _own(cue, mine)) is not None:
            yield own


def _own(cue: PlannedCue, mine: set[SiteId]) -> PlannedCue | None:
    """Return what of a cue is this part's: its own speakers and delegations; None: nothing."""
    turns = tuple(turn for turn in cue.turns if turn.site in mine)
    ballot = cue.ballot
    if ballot is not None:
        asked = tuple(site for site in ballot.delegations if site in mine)
        ballot = ballot.model_copy(update={"delegations": asked}) if asked else None
    if not turns and ballot is None:
        return None
    return cue.model_copy(update={"turns": turns, "ballot": ballot, "layout": "auto"})
