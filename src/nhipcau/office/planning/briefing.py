"""What the live plane is told: the approved version of a plan becomes the meeting of the MCUs."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from nhipcau.office.meetings import Meeting
from nhipcau.office.planning.contacts import contacts_of
from nhipcau.office.planning.cues import planned_cues
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.errors import BadRequestError
from nhipcau.office.planning.inventory import mcus
from nhipcau.office.planning.lineup import serving
from nhipcau.office.planning.reading import Sheet, lay_out
from nhipcau.org.display import full_names
from nhipcau.org.tree import Tree
from nhipcau.org.units import UnitId
from nhipcau.planning.life import State
from nhipcau.planning.lineup import Mcu, working_root
from nhipcau.planning.timeline import span
from nhipcau.ports.messages import PlannedSite
from nhipcau.ports.plans import PlanRecord
from nhipcau.quantities import ConferenceId, SiteId

# A session may overrun: tickets and rooms hold on for so long after its planned end.
_OVERRUN_S = 4 * 3600
# Rooms are opened and tested before a session begins.
_OPENS_BEFORE_S = 30 * 60
_OVER = frozenset({State.ENDED, State.CANCELLED})


def brief(desk: Desk, record: PlanRecord) -> Meeting:
    """Return the last approved version of a meeting as the MCUs are told of it.

    Raises:
        BadRequestError: it was never approved, or its root MCU has no address yet.
    """
    if not record.editions:
        raise BadRequestError("Kịch bản chưa được duyệt.")
    sheet = lay_out(desk, record, record.editions[-1])
    found = mcus(desk)
    root = working_root(found, sheet.plan.header.host)
    if root is None:
        raise BadRequestError("MCU chủ trì chưa bật: chưa có địa chỉ.")
    return replace(meeting_of(desk, sheet, root), serving=serving(sheet, found))


def briefings(desk: Desk) -> list[Meeting]:
    """Return the meetings of the days to come that were approved, and those that are live."""
    now_s = desk.clock.wall_s()
    found = []
    for head in desk.plans.heads():
        over = head.ends_s is not None and head.ends_s + _OVERRUN_S < now_s
        if not head.editions or head.state in _OVER or (over and head.state is not State.LIVE):
            continue
        try:
            found.append(brief(desk, desk.plans.load(head.id)))
        except BadRequestError:
            # Its MCU is not switched on: it is told when that is, and when the meeting starts.
            continue
    return found


def meeting_of(desk: Desk, sheet: Sheet, root: Mcu) -> Meeting:
    """Return a version of a plan as a meeting of the live plane, run by `root`."""
    who, header, time = sheet.checked.invitation, sheet.plan.header, span(sheet.plan)
    starts_s = 0 if time is None else int(time.starts.timestamp())
    begun = sheet.head.state is State.LIVE
    chair = who.view.tenures(who.chairs[0])[0].site
    return Meeting(
        meeting=ConferenceId(sheet.head.id),
        title=header.title,
        mcu=root.name,
        mcu_url=root.url,
        chair_site=chair,
        layout=header.layout,
        sites=planned_sites(desk.units.current(), sheet, whom_to_call(desk, _holders(sheet))),
        starts_s=starts_s,
        ends_s=0 if time is None else int(time.ends.timestamp()) + _OVERRUN_S,
        scenario=planned_cues(sheet),
        opens_s=0 if begun else max(0, starts_s - _OPENS_BEFORE_S),
        begun=begun,
        over=sheet.head.state in _OVER,
        rehearsal=bool(header.rehearses),
    )


def _holders(sheet: Sheet) -> list[str]:
    who = sheet.checked.invitation
    return [who.view.units_of_sites[site][0].unit for site in who.sites]


def planned_sites(
    tree: Tree, sheet: Sheet, calls: Mapping[str, str] = MappingProxyType({})
) -> tuple[PlannedSite, ...]:
    """Return the sites of those who take part, in the order in which they are called.

    A site bears the name of the unit whose room it is. Its parent is that of the nearest unit
    above that takes part, too; its line is that of the place where it stands, as declared now.
    `calls` says, by unit, whom to call there.
    """
    who = sheet.checked.invitation
    view, names = who.view, full_names(who.view.units.values())
    holders = {site: view.units_of_sites[site][0].unit for site in who.sites}
    rooms = {unit: site for site, unit in holders.items()}

    def parent_of(unit: UnitId) -> SiteId | None:
        step = view.units[unit].parent
        while step is not None and step not in rooms:
            step = view.units[step].parent
        return None if step is None else rooms[step]

    return tuple(
        PlannedSite(
            site=site,
            name=names[unit],
            level=view.units[unit].level,
            parent=parent_of(unit),
            line_bps=tree.places[tree.sites[site].place].line_bps,
            call=calls.get(unit, ""),
        )
        for site, unit in holders.items()
    )


def whom_to_call(desk: Desk, units: Collection[str]) -> dict[str, str]:
    """Return, by unit, the first contact that has a telephone number, as "name · number"."""
    return {
        unit: f"{first.name} · {first.phone}"
        for unit, contacts in contacts_of(desk, units).items()
        if (first := next((one for one in contacts if one.phone), None)) is not None
    }
