"""Who is here. A seat has one endpoint at a time: the newer one replaces the older.

A lost connection keeps microphone, camera, hand, floor and content for the site's return, which
nobody need admit again; a leave on purpose gives all of it back. Who is lost while waiting to be
admitted holds nothing, and has gone.
"""

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.decide_gate import gate_refusal, is_guest_anew
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode, events_or, unchanged
from nhipcau.conference.seats import close_mic, vacate
from nhipcau.conference.state import ConferenceState, Presence, SiteState
from nhipcau.quantities import EndpointId


def site_joined(state: ConferenceState, command: c.SiteJoined, at_ms: int) -> Outcome:
    """Seat the endpoint, or say who sits there."""
    row = state.sites.get(command.site)
    if row is None:
        return Refusal(RefusalCode.UNKNOWN_SITE, f"site {command.site} is not on the roster")
    refusal = gate_refusal(state, row, command)
    if refusal is not None:
        return refusal
    if row.endpoint == command.endpoint:
        return unchanged(f"endpoint {command.endpoint} is in the seat already")
    if row.endpoint is not None and not (command.takeover or _yields(row, command)):
        return Refusal(RefusalCode.OCCUPIED, f"endpoint {row.endpoint} is in the seat")
    if is_guest_anew(state, row, command):
        leaving = ev.SiteDeparted(at_ms, row.site, row.endpoint or command.endpoint)
        before = (*vacate(state, row.site, at_ms), leaving)
        row = SiteState(row.site, row.name, row.level, row.parent)
    else:
        before = _closing_on_arrival(state, row, command, at_ms)
    return (*before, _seating(state, row, command, at_ms), *_showing(row, command, at_ms))


def site_lost(state: ConferenceState, command: c.SiteLost, at_ms: int) -> Outcome:
    """Note that the connection broke, unless a newer one has the seat."""
    if not _in_seat(state, command):
        return _stale(command)
    return (_losing(state.sites[command.site], command.endpoint, at_ms),)


def site_left(state: ConferenceState, command: c.SiteLeft, at_ms: int) -> Outcome:
    """Give back all that the site holds, and empty the seat."""
    if not _in_seat(state, command):
        return _stale(command)
    return (
        *vacate(state, command.site, at_ms),
        ev.SiteDeparted(at_ms, command.site, command.endpoint),
    )


def restart(state: ConferenceState, command: c.Restart, at_ms: int) -> Outcome:
    """Note that no connection of before exists: everyone who was here is lost."""
    events = tuple(
        _losing(row, row.endpoint, at_ms)
        for row in state.sites.values()
        if row.endpoint is not None
    )
    return events_or(unchanged("nobody was present"), events)


def take_over(state: ConferenceState, command: c.TakeOver, at_ms: int) -> Outcome:
    """Note who is root; whoever is here keeps its seat, and takes it again over there."""
    if command.epoch <= state.epoch:
        return unchanged(f"epoch {state.epoch} has come already")
    return (ev.RootChanged(at_ms, command.mcu, command.epoch),)


def _seating(state: ConferenceState, row: SiteState, command: c.SiteJoined, at_ms: int) -> ev.Event:
    if row.endpoint is None:
        asks = state.doors_ask or row.site in state.guests
        asked = asks and row.presence is Presence.ABSENT
        kind = ev.SiteWaited if asked and row.site != state.chair_site else ev.SiteArrived
        return kind(at_ms, command.site, command.endpoint, command.capture, command.synthetic)
    return ev.EndpointReplaced(
        at_ms, command.site, command.endpoint, row.endpoint, command.capture, command.synthetic
    )


def _showing(row: SiteState, command: c.SiteJoined, at_ms: int) -> tuple[ev.Event, ...]:
    if command.credential == row.credential:
        return ()
    return (ev.CredentialShown(at_ms, command.site, command.credential),)


def _losing(row: SiteState, endpoint: EndpointId, at_ms: int) -> ev.Event:
    if row.presence is Presence.WAITING:
        return ev.SiteDeparted(at_ms, row.site, endpoint)
    return ev.ConnectionLost(at_ms, row.site, endpoint)


def _yields(row: SiteState, command: c.SiteJoined) -> bool:
    return row.synthetic and not command.synthetic


def _closing_on_arrival(
    state: ConferenceState, row: SiteState, command: c.SiteJoined, at_ms: int
) -> tuple[ev.Event, ...]:
    """Close a microphone that the new endpoint does not have, or did not mean to open.

    A person who takes a synthetic site's seat is not heard at once, unless the seat has the floor.
    """
    taken_from_synthetic = (
        row.presence is not Presence.ABSENT
        and _yields(row, command)
        and command.site not in state.floor
    )
    if command.capture and not taken_from_synthetic:
        return ()
    return close_mic(state, command.site, at_ms)


def _in_seat(state: ConferenceState, command: c.SiteLost | c.SiteLeft) -> bool:
    row = state.sites.get(command.site)
    return row is not None and row.endpoint == command.endpoint


def _stale(command: c.SiteLost | c.SiteLeft) -> Refusal:
    return Refusal(
        RefusalCode.STALE, f"endpoint {command.endpoint} is not in the seat of {command.site}"
    )
