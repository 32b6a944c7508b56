"""What operators do beside the conference: look, test rooms, watch stills. Nothing of it is logged
as an event, because nothing of it changes the meeting.
"""

from collections.abc import Iterable

from nhipcau.audit.entry import DONE
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Endpoint, Outgoing
from nhipcau.quantities import SiteId
from nhipcau.web.commands import particulars
from nhipcau.web.deeds import DEEDS
from nhipcau.web.faults import FaultError
from nhipcau.web.messages import Look, RoomTest, WatchStills

Duty = Look | RoomTest | WatchStills


def do_duty(desk: Desk, endpoint: Endpoint, message: Duty) -> Outgoing | None:
    """Do what an operator asks and return the answer, None where none is due.

    Refused is what a room asks, or anyone for a site outside what it may see.
    """
    try:
        _do(desk, endpoint, message)
    except FaultError as fault:
        _audit(desk, endpoint, message, fault.code)
        refused = {"type": "error", "code": fault.code, "detail": fault.detail}
        return refused if isinstance(message, WatchStills) else {**refused, "id": message.id}
    if isinstance(message, WatchStills):
        return None
    _audit(desk, endpoint, message, DONE)
    return {"type": "ok", "id": message.id}


def _audit(desk: Desk, endpoint: Endpoint, message: Duty, outcome: str) -> None:
    """Tell the audit. Stills that are shown are not told: a console asks at each move of it."""
    desk.audit.did(endpoint, DEEDS[type(message)].value, particulars(message), outcome)


def _do(desk: Desk, endpoint: Endpoint, message: Duty) -> None:
    match message:
        case Look():
            _look(desk, endpoint, message)
        case RoomTest():
            _check(desk, endpoint, [message.site])
            if message.on:
                desk.inspections.begin(message.site, endpoint.id)
            else:
                desk.inspections.end(message.site, endpoint.id)
        case WatchStills():
            _check(desk, endpoint, message.sites)
            desk.wall.watch(endpoint.id, endpoint.outbox, message.sites)


def _look(desk: Desk, endpoint: Endpoint, look: Look) -> None:
    if not endpoint.arrival.director:
        raise FaultError("not_allowed", "this endpoint has no view of its own")
    if look.layout not in desk.layouts():
        raise FaultError("not_allowed", f"no layout is called {look.layout!r}")
    _check(desk, endpoint, look.sites)
    endpoint.look = (look.layout, look.sites)


def _check(desk: Desk, endpoint: Endpoint, sites: Iterable[SiteId]) -> None:
    """Refuse a room, and sites that this operator may not see."""
    if not endpoint.sees_roster:
        raise FaultError("not_allowed", "a room may not do that")
    hidden = [site for site in sites if not desk.may_see(endpoint, site)]
    if hidden:
        raise FaultError("not_allowed", f"not yours to look at: {', '.join(hidden[:5])}")
