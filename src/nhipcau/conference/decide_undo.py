"""Taking back the chair's last command, as far as the present allows.

    before, after, now ─▶ wanted ─▶ events from now to wanted, valid after each of them

Only what the command changed, and nobody changed since, goes back: a hand raised meanwhile stays
up, a microphone that its room closed stays closed. Who left since gets nothing back.
"""

from collections.abc import Callable, Collection
from typing import TypeVar

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference import vote_events as vev
from nhipcau.conference.decide_doors import doors
from nhipcau.conference.fold import fold_all
from nhipcau.conference.refusal import Outcome, not_allowed
from nhipcau.conference.scenario_events import ScenarioRestored
from nhipcau.conference.seats import close_mic, lower
from nhipcau.conference.snapshot import Snapshot, UndoPoint
from nhipcau.conference.split_events import ConferenceMerged, ConferenceSplit
from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId

# Long enough to see a mistake on the screen and to reach for the button.
UNDO_MS = 5000

_T = TypeVar("_T")


def undo(state: ConferenceState, command: c.Undo, at_ms: int) -> Outcome:
    """Take back the chair's last command, once, within `UNDO_MS` of it."""
    del command
    point = state.undo
    if point is None or point.after is None:
        return not_allowed("there is nothing to take back")
    if at_ms > point.until_ms:
        return not_allowed(f"a command can be taken back for {UNDO_MS // 1000} s")
    wanted = _wanted(state, point, point.after)
    changed = state.scenario != wanted.scenario
    restored = (ScenarioRestored(at_ms),) if changed else ()
    spent: tuple[ev.Event, ...] = (*restored, ev.UndoSpent(at_ms))
    events, state = spent, fold_all(state, spent)
    for step in _STEPS:
        made = step(state, wanted, at_ms)
        events, state = (*events, *made), fold_all(state, made)
    return events


def undoable(events: tuple[ev.Event, ...], at_ms: int) -> tuple[ev.Event, ...]:
    """Return `events` between the two that let the chair take them back."""
    return (ev.UndoPointSet(at_ms), *events, ev.UndoOffered(at_ms, at_ms + UNDO_MS))


def _wanted(state: ConferenceState, point: UndoPoint, after: Snapshot) -> Snapshot:
    """Return what the conference should be; it is a state that can be."""
    before, now = point.before, state.snapshot()

    def may_return(site: SiteId) -> bool:
        return state.is_admitted(site) and site not in point.gone

    def restored(field: Callable[[Snapshot], tuple[SiteId, ...]]) -> tuple[SiteId, ...]:
        held = field(now)
        line = _line(field(before), field(after), held)
        return tuple(site for site in line if site in held or may_return(site))

    floor = restored(lambda snapshot: snapshot.floor)
    hands = _without(restored(lambda snapshot: snapshot.hands), floor)
    named = _single(before.next_named, after.next_named, now.next_named)
    content = _single(before.content, after.content, now.content)
    mics_locked = _single(before.mics_locked, after.mics_locked, now.mics_locked)
    opened, closed = after.open_mics - before.open_mics, before.open_mics - after.open_mics
    reopened = {site for site in closed if may_return(site) and state.sites[site].capture}
    heard = (now.open_mics - opened) | reopened
    return Snapshot(
        floor=floor,
        hands=hands,
        asked=_without(restored(lambda snapshot: snapshot.asked), (*floor, *hands)),
        open_mics={
            site for site in heard if not mics_locked or site in floor or site == state.chair_site
        },
        content=content if content is None or may_return(content) else None,
        layout=_single(before.layout, after.layout, now.layout),
        mics_locked=mics_locked,
        hands_via_parent=_single(
            before.hands_via_parent, after.hands_via_parent, now.hands_via_parent
        ),
        doors_ask=_single(before.doors_ask, after.doors_ask, now.doors_ask),
        scenario=_single(before.scenario, after.scenario, now.scenario),
        open_vote=_single(before.open_vote, after.open_vote, now.open_vote),
        shown_vote=_single(before.shown_vote, after.shown_vote, now.shown_vote),
        split_cue=_single(before.split_cue, after.split_cue, now.split_cue),
        next_named=named if named is None or (may_return(named) and named not in floor) else None,
    )


def _single(before: _T, after: _T, now: _T) -> _T:
    """Return what was before the command, unless it did not change it or somebody did since."""
    return before if now == after else now


def _line(
    before: tuple[SiteId, ...], after: tuple[SiteId, ...], now: tuple[SiteId, ...]
) -> tuple[SiteId, ...]:
    """Return the queue without whom the command put in, with whom it took out in the old place."""
    if before == after:
        return now
    taken_out = _without(before, after)
    kept = tuple(site for site in before if site in now or site in taken_out)
    return (*kept, *_without(now, (*before, *after)))


def _settings(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    events: tuple[ev.Event, ...] = ()
    if state.hands_via_parent != wanted.hands_via_parent:
        events = (ev.HandsViaParentSet(at_ms, wanted.hands_via_parent),)
    if state.doors_ask != wanted.doors_ask:
        events = (*events, *doors(state, ask=wanted.doors_ask, at_ms=at_ms))
    if state.layout != wanted.layout:
        events = (*events, ev.LayoutSet(at_ms, wanted.layout))
    return events


def _content(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    if state.content == wanted.content:
        return ()
    stopping = () if state.content is None else (ev.ContentStopped(at_ms, state.content),)
    starting = () if wanted.content is None else (ev.ContentStarted(at_ms, wanted.content),)
    return (*stopping, *starting)


def _close_mics(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    closed = (site for site in state.sites if site not in wanted.open_mics)
    return tuple(event for site in closed for event in close_mic(state, site, at_ms))


def _unlock(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    lifted = state.mics_locked and not wanted.mics_locked
    return (ev.MicrophonesLocked(at_ms, False),) if lifted else ()


def _lower_hands(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    moved = (*_behind(state.hands, wanted.hands), *_behind(state.asked, wanted.asked))
    return tuple(event for site in moved for event in lower(state, site, at_ms))


def _take_floor(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    """Take it from all who are not in their old place; under the lock their microphone follows."""
    events: tuple[ev.Event, ...] = ()
    for site in _behind(state.floor, wanted.floor):
        bound = state.mics_locked and site != state.chair_site
        closing = close_mic(state, site, at_ms) if bound else ()
        events = (*events, *closing, ev.FloorTaken(at_ms, site))
    return events


def _give_floor(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    return tuple(ev.FloorGiven(at_ms, site) for site in _behind(wanted.floor, state.floor))


def _raise_hands(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    return (
        *(ev.HandRaised(at_ms, site) for site in _behind(wanted.hands, state.hands)),
        *(ev.HandAsked(at_ms, site) for site in _behind(wanted.asked, state.asked)),
    )


def _lock(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    set_again = wanted.mics_locked and not state.mics_locked
    return (ev.MicrophonesLocked(at_ms, True),) if set_again else ()


def _open_mics(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    closed = (row.site for row in state.sites.values() if not row.mic)
    return tuple(ev.MicrophoneOpened(at_ms, site) for site in closed if site in wanted.open_mics)


def _votes(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    """Withdraw the vote that the command opened, open the one again that it closed."""
    events: tuple[ev.Event, ...] = ()
    now, shown = state.votes.open, state.votes.shown
    if now is not None and now.vote != wanted.open_vote:
        events = (vev.VoteWithdrawn(at_ms, now.vote),)
        shown = None if shown == now.vote else shown
    if wanted.open_vote is not None and (now is None or now.vote != wanted.open_vote):
        events = (*events, vev.VoteReopened(at_ms, wanted.open_vote))
    if shown != wanted.shown_vote:
        events = (*events, vev.VoteShown(at_ms, wanted.shown_vote))
    return events


def _split(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    """Merge what the command split, split what it merged: as branches anew."""
    if state.split_cue == wanted.split_cue:
        return ()
    merging = (ConferenceMerged(at_ms),) if state.split_cue else ()
    return (*merging, *((ConferenceSplit(at_ms, wanted.split_cue),) if wanted.split_cue else ()))


def _name_next(state: ConferenceState, wanted: Snapshot, at_ms: int) -> tuple[ev.Event, ...]:
    named = state.next_named != wanted.next_named
    return (ev.NextNamed(at_ms, wanted.next_named),) if named else ()


# Floor before microphones where they open, after them where they close; hands leave before the
# floor comes and come after it leaves.
_STEPS = (
    _settings,
    _content,
    _close_mics,
    _unlock,
    _lower_hands,
    _take_floor,
    _give_floor,
    _name_next,
    _votes,
    _split,
    _raise_hands,
    _lock,
    _open_mics,
)


def _behind(line: tuple[SiteId, ...], other: tuple[SiteId, ...]) -> tuple[SiteId, ...]:
    """Return the part of `line` behind the beginning that it shares with `other`."""
    for place, site in enumerate(line):
        if other[place : place + 1] != (site,):
            return line[place:]
    return ()


def _without(sites: tuple[SiteId, ...], others: Collection[SiteId]) -> tuple[SiteId, ...]:
    return tuple(site for site in sites if site not in others)
