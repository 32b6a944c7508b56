"""How a part of a conference goes on by itself: where the whole stood, as far as it is its own.

same cue, its clock running ─▶ seats that wait for their sites ─▶ floor, microphones, hands, rules
"""

from itertools import batched

from nhipcau.conference import carry_events as cev
from nhipcau.conference import events as ev
from nhipcau.conference import scenario_events as sev
from nhipcau.conference.carry_commands import CarriedRules, CarriedStep, CarryOn
from nhipcau.conference.fold import fold_all
from nhipcau.conference.refusal import Outcome, unchanged
from nhipcau.conference.state import MAX_FLOOR, ConferenceState, Presence
from nhipcau.quantities import SiteId

# A row takes at most 200 bytes as JSON; a record of the log has 64 KiB.
_ROWS_PER_EVENT = 128

_Events = tuple[ev.Event, ...]


def carry_on(state: ConferenceState, command: CarryOn, at_ms: int) -> Outcome:
    """Return what the conference begins with; nothing once it has begun."""
    if _has_begun(state):
        return unchanged("the conference has begun")
    begun: _Events = (
        cev.CarriedOn(at_ms, command.parent, min(command.lost_ms, at_ms)),
        *_scenario(state, command, at_ms),
        *_expecting(state, command, at_ms),
    )
    expected = fold_all(state, begun)
    return (*begun, *_held(expected, command, at_ms), *_ruled(command.rules, at_ms))


def _has_begun(state: ConferenceState) -> bool:
    came = any(row.presence is not Presence.ABSENT for row in state.sites.values())
    return came or state.cut_ms is not None or state.scenario.at is not None


def _scenario(state: ConferenceState, command: CarryOn, at_ms: int) -> _Events:
    steps = set(state.scenario.steps())
    running = command.step if command.step is not None and command.step.step in steps else None
    at = running.step if running is not None else None
    return (
        *(
            sev.StepExtended(at_ms, *step, minutes)
            for step, minutes in dict(command.extra).items()
            if step in steps
        ),
        *(
            sev.StepSkipped(at_ms, *step, True)
            for step in dict.fromkeys(command.skipped)
            if step in steps and step != at
        ),
        *_running(running, at_ms),
    )


def _running(running: CarriedStep | None, at_ms: int) -> _Events:
    if running is None:
        return ()
    # The parent's clock need not be ours.
    since_ms = min(running.since_ms, at_ms)
    first_ms = min(running.first_ms, since_ms)
    return (cev.StepCarried(at_ms, *running.step, first_ms, since_ms, running.spent_ms),)


def _expecting(state: ConferenceState, command: CarryOn, at_ms: int) -> _Events:
    rows = {
        one.site: cev.ExpectedRow(one.site, one.capture, one.synthetic, one.camera)
        for one in command.sites
        if one.site in state.sites
    }
    return tuple(cev.SitesExpected(at_ms, part) for part in batched(rows.values(), _ROWS_PER_EVENT))


def _held(state: ConferenceState, command: CarryOn, at_ms: int) -> _Events:
    """Return floor, microphones and hands of those who are expected."""

    def expected(sites: tuple[SiteId, ...]) -> tuple[SiteId, ...]:
        return tuple(site for site in dict.fromkeys(sites) if state.is_admitted(site))

    floor = expected(command.floor)[:MAX_FLOOR]
    free = {*floor, state.chair_site}
    heard = expected(tuple(one.site for one in command.sites if one.mic))
    return (
        *(ev.FloorGiven(at_ms, site) for site in floor),
        *(
            ev.MicrophoneOpened(at_ms, site)
            for site in heard
            if state.sites[site].capture and (site in free or not command.rules.mics_locked)
        ),
        *(ev.HandRaised(at_ms, site) for site in expected(command.hands) if site not in floor),
    )


def _ruled(rules: CarriedRules, at_ms: int) -> _Events:
    return (
        *((ev.MicrophonesLocked(at_ms, True),) if rules.mics_locked else ()),
        *((ev.HandsViaParentSet(at_ms, True),) if rules.hands_via_parent else ()),
        *((ev.DoorsSet(at_ms, True),) if rules.doors_ask else ()),
        *((ev.MeetingLocked(at_ms, True),) if rules.locked else ()),
    )
