"""What every site will see at a time of the scenario, by the same rule that the MCU goes by.

time ─▶ cue and turn ─▶ floor, layout, everybody here ─▶ conference.arrange ─▶ cells with names
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from nhipcau.conference.arrange import Arrangement, arrange, arrange_returns
from nhipcau.conference.state import ConferenceState, Presence, SiteState
from nhipcau.office.planning.briefing import planned_sites
from nhipcau.office.planning.cues import planned_cues
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.reading import Sheet
from nhipcau.picture.layout import Layout
from nhipcau.planning.timeline import Slot
from nhipcau.ports.messages import PlannedSite
from nhipcau.quantities import ConferenceId, EndpointId, SiteId


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of the picture, in shares of its width and height, and who is in it ("": nobody)."""

    left: float
    top: float
    width: float
    height: float
    role: str
    site: str
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A composed picture; `pages`: how many times the cells turn until everybody was shown."""

    layout: str
    title: str
    boxes: tuple[Box, ...]
    pages: int
    dwell_s: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen at a time.

    Attributes:
        cue: which is on; "": none.
        turn: the number of its turn, from 0; None: nobody's.
        program: what everybody sees but who speaks.
        speaker: what the speaker sees instead; None: the same.
    """

    cue: str
    turn: int | None
    program: Picture
    speaker: Picture | None


class _Moment(NamedTuple):
    number: int
    turn: int | None


def foresee_sight(desk: Desk, sheet: Sheet, minute: int, layouts: Mapping[str, Layout]) -> Sight:
    """Return what every site sees at a minute of the meeting's day, were all of them there.

    Args:
        desk: what to lean on.
        sheet: the version of the plan.
        minute: after midnight.
        layouts: all that there are, by name.
    """
    moment = _moment(sheet.slots, minute)
    state = _state(desk, sheet, moment)
    program = arrange(state, layouts)
    returns = arrange_returns(state, layouts, program)
    seen = next((returns[site] for site in state.floor if site in returns), None)
    return Sight(
        cue="" if moment is None else sheet.plan.cues[moment.number].id,
        turn=None if moment is None else moment.turn,
        program=_picture(state, program, layouts),
        speaker=None if seen is None else _picture(state, seen, layouts),
    )


def _moment(slots: Sequence[Slot], minute: int) -> _Moment | None:
    """Return the cue that is on, the last one that has begun, and the turn that has."""
    for number in range(len(slots) - 1, -1, -1):
        slot = slots[number]
        if slot.begins_min <= minute < slot.ends_min:
            begun = [n for n, at in enumerate(slot.turns_min) if at is not None and at <= minute]
            return _Moment(number, begun[-1] if begun else None)
    return None


def _state(desk: Desk, sheet: Sheet, moment: _Moment | None) -> ConferenceState:
    """Return the conference at that moment, everybody here; between cues nobody has the floor."""
    who = sheet.checked.invitation
    rooms = [tenure.site for unit in who.chairs[:1] for tenure in who.view.tenures(unit)[:1]]
    state = ConferenceState(
        conference=ConferenceId(sheet.head.id),
        title=sheet.plan.header.title,
        chair_site=rooms[0] if rooms else SiteId(""),
        layout=sheet.plan.header.layout,
        sites={one.site: _here(one) for one in planned_sites(desk.units.current(), sheet)},
    )
    if moment is None:
        return state
    cue = planned_cues(sheet)[moment.number]
    site = None if moment.turn is None else cue.turns[moment.turn].site
    return replace(state, layout=cue.layout, floor=() if site is None else (site,))


def _here(one: PlannedSite) -> SiteState:
    endpoint = EndpointId(one.site)
    return SiteState(one.site, one.name, one.level, one.parent, Presence.PRESENT, endpoint)


def _picture(
    state: ConferenceState, arrangement: Arrangement, layouts: Mapping[str, Layout]
) -> Picture:
    layout = layouts[arrangement.shown]
    return Picture(
        layout=layout.name,
        title=layout.title,
        boxes=tuple(
            Box(
                left=region.left / layout.columns,
                top=region.top / layout.rows,
                width=region.width / layout.columns,
                height=region.height / layout.rows,
                role=region.role.value,
                site=site or "",
                name="" if site is None else state.sites[site].name,
            )
            for region, site in zip(layout.regions, arrangement.cells, strict=True)
        ),
        pages=arrangement.pages,
        dwell_s=layout.dwell_s,
    )
