"""`fold(state, event) -> state`: the one way in which a conference changes.

Each event type has one small function; the table at the end finds it. `decide` only makes events
that can be folded; one that cannot (a foreign or damaged log) is an `EventError`, and the state
stays as it was.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from nhipcau.conference import events as ev
from nhipcau.conference.commands import Bar
from nhipcau.conference.fold_carry import CARRY_FOLDERS
from nhipcau.conference.fold_drill import DRILL_FOLDERS
from nhipcau.conference.fold_rollcall import ROLL_FOLDERS
from nhipcau.conference.fold_scenario import SCENARIO_FOLDERS
from nhipcau.conference.fold_split import SPLIT_FOLDERS
from nhipcau.conference.fold_vote import VOTE_FOLDERS
from nhipcau.conference.misfit import EventError
from nhipcau.conference.snapshot import UndoPoint
from nhipcau.conference.speaking import Clocks, count_turn, keep_time
from nhipcau.conference.state import (
    MAX_FLOOR,
    MAX_PROMPTS,
    ConferenceState,
    Presence,
    Prompt,
    SiteState,
)
from nhipcau.quantities import SiteId

_Seating = ev.SiteArrived | ev.SiteWaited | ev.EndpointReplaced


def fold(state: ConferenceState, event: ev.Event) -> ConferenceState:
    """Return the state after `event`; `seq` is one higher.

    Raises:
        EventError: the event does not fit this state, or its type is unknown.
    """
    folder = _FOLDERS.get(type(event))
    if folder is None:
        raise EventError(f"{type(event).__name__} is no event of a conference")
    after = folder(state, event)
    spoken = state.spoken
    if after.floor is not state.floor or after.sites is not state.sites:
        spoken = _spoken(state, after, event)
    return replace(after, seq=state.seq + 1, spoken=spoken)


def fold_all(state: ConferenceState, events: Iterable[ev.Event]) -> ConferenceState:
    """Return the state after all `events` in order.

    Raises:
        EventError: one of them does not fit.
    """
    for event in events:
        state = fold(state, event)
    return state


def _spoken(before: ConferenceState, after: ConferenceState, event: ev.Event) -> Clocks:
    """Return the clocks of those who speak, after a change of the floor or of who is here."""
    clocks, speaking = before.spoken, after.speaking()
    for site in after.floor:
        clocks = clocks if site in before.floor else count_turn(clocks, site)
    return clocks if speaking == before.speaking() else keep_time(clocks, speaking, event.at_ms)


def _site(state: ConferenceState, site: SiteId) -> SiteState:
    row = state.sites.get(site)
    if row is None:
        raise EventError(f"site {site} is not on the roster")
    return row


def _with_site(state: ConferenceState, row: SiteState) -> ConferenceState:
    return replace(state, sites={**state.sites, row.site: row})


def _opened(state: ConferenceState, event: ev.ConferenceOpened) -> ConferenceState:
    return replace(
        state,
        conference=event.conference,
        title=event.title,
        chair_site=event.chair_site,
        layouts=event.layouts,
        layout=event.layout,
    )


def _listed(state: ConferenceState, event: ev.SitesListed) -> ConferenceState:
    sites = dict(state.sites)
    for row in event.rows:
        known = sites.get(row.site)
        if known is None:
            sites[row.site] = SiteState(row.site, row.name, row.level, row.parent)
        else:
            sites[row.site] = replace(known, name=row.name, level=row.level, parent=row.parent)
    return replace(state, sites=sites)


def _unlisted(state: ConferenceState, event: ev.SiteUnlisted) -> ConferenceState:
    _site(state, event.site)
    sites = {key: row for key, row in state.sites.items() if key != event.site}
    return replace(
        state,
        sites=sites,
        guests=state.guests - {event.site},
        roster_shown=state.roster_shown - {event.site},
        undo=_undo_without(state.undo, event.site),
        roll=state.roll.without(event.site, event.at_ms),
    )


def _arrived(state: ConferenceState, event: ev.SiteArrived) -> ConferenceState:
    return _seated(state, event, Presence.PRESENT)


def _waited(state: ConferenceState, event: ev.SiteWaited) -> ConferenceState:
    return _seated(state, event, Presence.WAITING)


def _replaced(state: ConferenceState, event: ev.EndpointReplaced) -> ConferenceState:
    waits = _site(state, event.site).presence is Presence.WAITING
    return _seated(state, event, Presence.WAITING if waits else Presence.PRESENT)


def _seated(state: ConferenceState, event: _Seating, presence: Presence) -> ConferenceState:
    row = _site(state, event.site)
    if row.synthetic and not event.synthetic:
        state = replace(state, undo=_undo_without(state.undo, event.site))
    # A room that switched its camera off keeps it off; a seat that had none until now starts on.
    had_camera = row.presence is not Presence.ABSENT and row.capture
    return _with_site(
        state,
        replace(
            row,
            presence=presence,
            endpoint=event.endpoint,
            capture=event.capture,
            synthetic=event.synthetic,
            camera=event.capture and (row.camera or not had_camera),
        ),
    )


def _admitted(state: ConferenceState, event: ev.SiteAdmitted) -> ConferenceState:
    row = _site(state, event.site)
    if row.presence is not Presence.WAITING:
        raise EventError(f"site {event.site} does not wait")
    return _with_site(state, replace(row, presence=Presence.PRESENT))


def _lost(state: ConferenceState, event: ev.ConnectionLost) -> ConferenceState:
    row = _site(state, event.site)
    return _with_site(state, replace(row, presence=Presence.LOST, endpoint=None))


def _departed(state: ConferenceState, event: ev.SiteDeparted | ev.SiteRemoved) -> ConferenceState:
    row = _site(state, event.site)
    state = replace(state, undo=_undo_without(state.undo, event.site))
    return _with_site(state, SiteState(row.site, row.name, row.level, row.parent))


def _mic_opened(state: ConferenceState, event: ev.MicrophoneOpened) -> ConferenceState:
    return _with_site(state, replace(_site(state, event.site), mic=True))


def _mic_closed(
    state: ConferenceState, event: ev.MicrophoneClosed | ev.SiteMuted
) -> ConferenceState:
    return _with_site(state, replace(_site(state, event.site), mic=False))


def _mics_locked(state: ConferenceState, event: ev.MicrophonesLocked) -> ConferenceState:
    return replace(state, mics_locked=event.locked)


def _camera_switched(state: ConferenceState, event: ev.CameraSwitched) -> ConferenceState:
    return _with_site(state, replace(_site(state, event.site), camera=event.on))


def _hand_raised(state: ConferenceState, event: ev.HandRaised) -> ConferenceState:
    _site(state, event.site)
    state = _asking_nobody(state, event.site)
    return replace(state, hands=(*state.hands, event.site))


def _hand_asked(state: ConferenceState, event: ev.HandAsked) -> ConferenceState:
    _site(state, event.site)
    state = _asking_nobody(state, event.site)
    return replace(state, asked=(*state.asked, event.site))


def _hand_lowered(state: ConferenceState, event: ev.HandLowered) -> ConferenceState:
    return _asking_nobody(state, event.site)


def _asking_nobody(state: ConferenceState, site: SiteId) -> ConferenceState:
    return replace(state, hands=_without(state.hands, site), asked=_without(state.asked, site))


def _floor_given(state: ConferenceState, event: ev.FloorGiven) -> ConferenceState:
    _site(state, event.site)
    if event.site in state.floor or len(state.floor) >= MAX_FLOOR:
        raise EventError(f"site {event.site} can't get the floor beside {state.floor}")
    named = None if state.next_named == event.site else state.next_named
    scenario = state.scenario
    if scenario.awaited == event.site:
        scenario = replace(scenario, awaited=None)
    return replace(state, floor=(*state.floor, event.site), next_named=named, scenario=scenario)


def _floor_taken(state: ConferenceState, event: ev.FloorTaken) -> ConferenceState:
    return replace(state, floor=_without(state.floor, event.site))


def _next_named(state: ConferenceState, event: ev.NextNamed) -> ConferenceState:
    if event.site is not None:
        _site(state, event.site)
        if event.site in state.floor:
            raise EventError(f"site {event.site} has the floor, it is not next")
    return replace(state, next_named=event.site)


def _content_started(state: ConferenceState, event: ev.ContentStarted) -> ConferenceState:
    _site(state, event.site)
    return replace(state, content=event.site)


def _content_stopped(state: ConferenceState, event: ev.ContentStopped) -> ConferenceState:
    return replace(state, content=None) if state.content == event.site else state


def _layout_set(state: ConferenceState, event: ev.LayoutSet) -> ConferenceState:
    return replace(state, layout=event.layout)


def _via_parent_set(state: ConferenceState, event: ev.HandsViaParentSet) -> ConferenceState:
    return replace(state, hands_via_parent=event.on)


def _doors_set(state: ConferenceState, event: ev.DoorsSet) -> ConferenceState:
    return replace(state, doors_ask=event.ask)


def _guests_listed(state: ConferenceState, event: ev.GuestsListed) -> ConferenceState:
    for site in event.sites:
        _site(state, site)
    return replace(state, guests=frozenset(event.sites))


def _credential_shown(state: ConferenceState, event: ev.CredentialShown) -> ConferenceState:
    return _with_site(state, replace(_site(state, event.site), credential=event.credential))


def _credential_barred(state: ConferenceState, event: ev.CredentialBarred) -> ConferenceState:
    return _with_bar(state, Bar(event.credential, event.site, True, event.at_ms))


def _credential_restored(state: ConferenceState, event: ev.CredentialRestored) -> ConferenceState:
    return _with_bar(state, Bar(event.credential, event.site, False, event.at_ms))


def _with_bar(state: ConferenceState, bar: Bar) -> ConferenceState:
    return replace(state, bars={**state.bars, bar.credential: bar})


def _locked(state: ConferenceState, event: ev.MeetingLocked) -> ConferenceState:
    return replace(state, locked=event.locked)


def _roster_shown(state: ConferenceState, event: ev.RosterShown) -> ConferenceState:
    _site(state, event.site)
    others = state.roster_shown - {event.site}
    return replace(state, roster_shown=others | {event.site} if event.shown else others)


def _pin_refused(state: ConferenceState, event: ev.PinRefused) -> ConferenceState:
    _site(state, event.site)
    wrong = state.wrong_pins.get(event.site, 0) + 1
    return replace(state, wrong_pins={**state.wrong_pins, event.site: wrong})


def _prompt_sent(state: ConferenceState, event: ev.PromptSent) -> ConferenceState:
    if event.site is not None:
        _site(state, event.site)
    number = state.prompts[-1].number + 1 if state.prompts else 1
    sent = Prompt(number, event.text, event.site, event.subtree, event.by, event.until_ms)
    return replace(state, prompts=(*state.prompts, sent)[-MAX_PROMPTS:])


def _ended(state: ConferenceState, event: ev.ConferenceEnded) -> ConferenceState:
    """Empty every seat and every list; who asked and was not heard stands in the log."""
    if state.ended_ms is not None:
        raise EventError("the conference is over already")
    empty = {
        row.site: SiteState(row.site, row.name, row.level, row.parent)
        for row in state.sites.values()
    }
    return replace(
        state,
        sites=empty,
        floor=(),
        hands=(),
        asked=(),
        content=None,
        next_named=None,
        undo=None,
        split_cue="",
        branches=(),
        ended_ms=event.at_ms,
    )


def _root_changed(state: ConferenceState, event: ev.RootChanged) -> ConferenceState:
    if event.epoch <= state.epoch:
        raise EventError(f"epoch {event.epoch} after {state.epoch}")
    return replace(state, root=event.mcu, epoch=event.epoch)


def _undo_point_set(state: ConferenceState, event: ev.UndoPointSet) -> ConferenceState:
    del event
    return replace(state, undo=UndoPoint(before=state.snapshot()))


def _undo_offered(state: ConferenceState, event: ev.UndoOffered) -> ConferenceState:
    if state.undo is None:
        raise EventError("there is nothing that could be taken back")
    point = replace(state.undo, after=state.snapshot(), until_ms=event.until_ms)
    return replace(state, undo=point)


def _undo_spent(state: ConferenceState, event: ev.UndoSpent) -> ConferenceState:
    del event
    return replace(state, undo=None)


def _undo_without(point: UndoPoint | None, site: SiteId) -> UndoPoint | None:
    return None if point is None else replace(point, gone=point.gone | {site})


def _without(sites: tuple[SiteId, ...], site: SiteId) -> tuple[SiteId, ...]:
    return tuple(other for other in sites if other != site)


_FOLDERS: Mapping[type[ev.Event], Callable[[ConferenceState, Any], ConferenceState]] = {
    ev.ConferenceOpened: _opened,
    ev.SitesListed: _listed,
    ev.SiteUnlisted: _unlisted,
    ev.SiteArrived: _arrived,
    ev.SiteWaited: _waited,
    ev.SiteAdmitted: _admitted,
    ev.EndpointReplaced: _replaced,
    ev.ConnectionLost: _lost,
    ev.SiteDeparted: _departed,
    ev.MicrophoneOpened: _mic_opened,
    ev.MicrophoneClosed: _mic_closed,
    ev.SiteMuted: _mic_closed,
    ev.MicrophonesLocked: _mics_locked,
    ev.CameraSwitched: _camera_switched,
    ev.HandRaised: _hand_raised,
    ev.HandAsked: _hand_asked,
    ev.HandLowered: _hand_lowered,
    ev.FloorGiven: _floor_given,
    ev.FloorTaken: _floor_taken,
    ev.NextNamed: _next_named,
    ev.ContentStarted: _content_started,
    ev.ContentStopped: _content_stopped,
    ev.LayoutSet: _layout_set,
    ev.HandsViaParentSet: _via_parent_set,
    ev.DoorsSet: _doors_set,
    ev.GuestsListed: _guests_listed,
    ev.CredentialShown: _credential_shown,
    ev.CredentialBarred: _credential_barred,
    ev.CredentialRestored: _credential_restored,
    ev.SiteRemoved: _departed,
    ev.MeetingLocked: _locked,
    ev.RosterShown: _roster_shown,
    ev.PinRefused: _pin_refused,
    ev.PromptSent: _prompt_sent,
    ev.ConferenceEnded: _ended,
    ev.RootChanged: _root_changed,
    ev.UndoPointSet: _undo_point_set,
    ev.UndoOffered: _undo_offered,
    ev.UndoSpent: _undo_spent,
    **SCENARIO_FOLDERS,
    **VOTE_FOLDERS,
    **ROLL_FOLDERS,
    **SPLIT_FOLDERS,
    **DRILL_FOLDERS,
    **CARRY_FOLDERS,
}
