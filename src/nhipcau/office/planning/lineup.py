"""What a meeting books of rooms and MCUs, and the forecast of their load. Asks nobody."""

from collections import Counter
from collections.abc import Sequence

from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.inventory import mcus
from nhipcau.office.planning.reading import Sheet
from nhipcau.org.display import full_names
from nhipcau.planning.booking import Clash, Limits, Reservation, clashes, room_time
from nhipcau.planning.forecast import Demand, Forecast, forecast
from nhipcau.planning.lineup import Mcu, homes, stand_ins
from nhipcau.planning.placing import Serving
from nhipcau.planning.timeline import Span, span
from nhipcau.quantities import McuName


def sites_by_mcu(desk: Desk, sheet: Sheet) -> Counter[McuName]:
    """Return how many sites of a meeting each MCU serves."""
    return Counter(homes(sheet.checked.invitation, mcus(desk)).values())


def reservation(desk: Desk, sheet: Sheet) -> Reservation | None:
    """Return what a meeting books; None while it has no day."""
    time = span(sheet.plan)
    if time is None:
        return None
    taken = room_time(time)
    return Reservation(
        sheet.head.id,
        sheet.plan.header.title,
        taken.starts,
        taken.ends,
        frozenset(sheet.checked.invitation.sites),
        dict(sites_by_mcu(desk, sheet)),
    )


def limits(desk: Desk, sheet: Sheet) -> Limits:
    """Return what the MCUs carry, and what rooms and MCUs are called on the day."""
    view = sheet.checked.invitation.view
    units = full_names(view.units.values())
    names: dict[str, str] = {
        site: units[holders[0].unit] for site, holders in view.units_of_sites.items()
    }
    found = mcus(desk)
    names |= {mcu.name: mcu.title for mcu in found}
    return Limits({mcu.name: mcu.max_sites for mcu in found}, names)


def foresee_clashes(desk: Desk, sheet: Sheet) -> tuple[Clash, ...]:
    """Return what would stand in the way if the meeting were submitted now."""
    mine = reservation(desk, sheet)
    if mine is None:
        return ()
    others = desk.plans.reservations(Span(mine.starts, mine.ends))
    return clashes(mine, others, limits(desk, sheet))


def foresee_load(desk: Desk, sheet: Sheet) -> Forecast:
    """Return the load of every MCU and trunk, and what happens if one is lost."""
    mine = reservation(desk, sheet)
    others: Counter[McuName] = Counter()
    if mine is not None:
        for one in desk.plans.reservations(Span(mine.starts, mine.ends)):
            if one.meeting != mine.meeting:
                others.update(one.mcus)
    found = mcus(desk)
    standins = stand_ins(found, {row.id: row.by for row in sheet.plan.standins})
    demand = Demand(sites_by_mcu(desk, sheet), others, standins, sheet.plan.header.host)
    return forecast(found, demand)


def serving(sheet: Sheet, found: Sequence[Mcu]) -> Serving:
    """Return who is to serve a meeting, by the inventory and by the meeting's backup plan."""
    return Serving(
        homes=homes(sheet.checked.invitation, found),
        standins=stand_ins(found, {row.id: row.by for row in sheet.plan.standins}),
        room={mcu.name: mcu.max_sites for mcu in found},
        addressed=frozenset(mcu.name for mcu in found if mcu.url),
        uplinks={mcu.name: McuName(mcu.uplink) for mcu in found if mcu.uplink},
    )
