"""By which doors somebody enters a live meeting: as its chair, its secretary, or its operator.

    grants of the account ─▶ reach its chairing site, or a part of its roster? ─▶ entrances ─▶ link

A room has no entrance here: its page comes in by its own key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, Target
from nhipcau.access.policy import allows
from nhipcau.access.roles import Role
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting
from nhipcau.office.people.parts import site_target
from nhipcau.org.view import TreeView
from nhipcau.quantities import SiteId

CHAIR, SECRETARY, CONSOLE, OPERATOR = "chair", "secretary", "console", "operator"
# What an entrance is for; whoever may not do that has no use for it.
_FOR: Mapping[Role, Action] = {
    Role.CHAIR: Action.LIVE_FLOOR,
    Role.SECRETARY: Action.LIVE_SCENARIO_ORDER,
    Role.OPERATOR: Action.LIVE_TEST,
}


@dataclass(frozen=True, slots=True)
class Entrance:
    """One door into a meeting.

    Attributes:
        role: `chair`, `secretary`, `console` (the whole meeting) or `operator` (a part of it).
        site: of an operator: the site whose own and whose descendants' rooms it looks after.
    """

    role: str
    site: SiteId | None = None


def entrances(view: TreeView, actor: Actor, meeting: Meeting) -> list[Entrance]:
    """Return by which doors an actor may enter, the chair's first."""
    found = []
    for role, entrance in ((Role.CHAIR, CHAIR), (Role.SECRETARY, SECRETARY)):
        if _reaches(view, actor, role, meeting, meeting.chair_site):
            found.append(Entrance(entrance))
    if _reaches(view, actor, Role.OPERATOR, meeting, meeting.chair_site):
        return [*found, Entrance(CONSOLE)]
    return [*found, *_parts(view, actor, meeting)]


def link_of(links: LinkMaker, meeting: Meeting, entrance: Entrance, *, bearer: str) -> str:
    """Return the link that opens an entrance, for whoever bears that name."""
    if entrance.site is not None:
        return links.operator(meeting, entrance.site)
    if entrance.role == CONSOLE:
        return links.console(meeting, bearer)
    makers = {CHAIR: links.chair, SECRETARY: links.secretary}
    return makers[entrance.role](meeting)


def _parts(view: TreeView, actor: Actor, meeting: Meeting) -> Iterator[Entrance]:
    """Yield the parts of the roster that an operator looks after, each by its topmost site."""
    reached = {
        planned.site
        for planned in meeting.sites
        if _reaches(view, actor, Role.OPERATOR, meeting, planned.site)
    }
    for planned in meeting.sites:
        if planned.site in reached and planned.parent not in reached:
            yield Entrance(OPERATOR, planned.site)


def _reaches(view: TreeView, actor: Actor, role: Role, meeting: Meeting, site: SiteId) -> bool:
    """Return whether a grant of this role lets its holder do what the role is for at a site."""
    alone = replace(actor, grants=tuple(one for one in actor.grants if one.role is role))
    target = Target(site_target(view, site).units, meeting.meeting, site=site)
    return allows(alone, _FOR[role], target)
