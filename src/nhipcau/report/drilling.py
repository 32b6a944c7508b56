"""The drills of a rehearsal, from its log; only what concerns them is folded."""

from collections.abc import Iterable, Mapping

from nhipcau.conference.drill import Drill
from nhipcau.conference.drill_events import (
    DrillBegan,
    DrillReported,
    RehearsalDeclared,
    SitesDrilled,
)
from nhipcau.conference.drill_views import DrillView, drill_view
from nhipcau.conference.events import Event, SitesListed
from nhipcau.conference.fold import fold
from nhipcau.conference.state import EMPTY
from nhipcau.quantities import SiteId

_CONCERNED = (SitesListed, RehearsalDeclared, DrillBegan, SitesDrilled, DrillReported)


def drills_in(events: Iterable[Event]) -> tuple[DrillView, ...]:
    """Return every drill of a log, the first one first.

    Raises:
        EventError: an event does not fit those before it.
    """
    state = EMPTY
    for event in events:
        if isinstance(event, _CONCERNED):
            state = fold(state, event)
    return drill_views(state.drills, {site: row.name for site, row in state.sites.items()})


def drill_views(drills: Iterable[Drill], names: Mapping[SiteId, str]) -> tuple[DrillView, ...]:
    """Return drills as tables."""
    return tuple(drill_view(drill, names) for drill in drills)
