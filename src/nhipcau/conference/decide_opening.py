"""The plan of a conference: its first, and a changed one that takes over while people meet.

A changed plan keeps everyone in the seat that is still listed. The roster is split over several
events, because one record of the log has a bound.
"""

from itertools import batched

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.decide_drill import declare_rehearsal
from nhipcau.conference.decide_split import plan_splits
from nhipcau.conference.refusal import Outcome, Refusal, events_or, not_allowed, unchanged
from nhipcau.conference.scenario import MAX_CUES
from nhipcau.conference.scenario_plan import take_scenario
from nhipcau.conference.seats import close_mic, vacate
from nhipcau.conference.state import AUTO_LAYOUT, ConferenceState

# A row takes at most 1.3 kB as JSON (a name of 200 letters of 4 bytes): 32 rows stay below 64 KiB.
_ROWS_PER_EVENT = 32


def open_conference(state: ConferenceState, command: c.Open, at_ms: int) -> Outcome:
    """Open the conference with the plan, or bring the open one to a changed plan."""
    refusal = _bad_plan(state, command)
    if refusal is not None:
        return refusal
    events = (
        *_listing(state, command, at_ms),
        *_heading(state, command, at_ms),
        *_unlisting(state, command, at_ms),
        *_inviting(state, command, at_ms),
        *take_scenario(state.scenario, command.scenario, at_ms),
        *plan_splits(state, command, at_ms),
        *declare_rehearsal(state, command, at_ms),
    )
    return events_or(unchanged("the plan is as before"), events)


def _bad_plan(state: ConferenceState, command: c.Open) -> Refusal | None:
    sites = {row.site for row in command.roster}
    if not command.conference:
        return not_allowed("the plan names no conference")
    if state.is_open() and command.conference != state.conference:
        return not_allowed(f"this is conference {state.conference}")
    if command.chair_site in command.guests or not sites.issuperset(command.guests):
        return not_allowed("a guest is the chair, or not on the roster")
    if command.chair_site not in sites:
        return not_allowed(f"chair site {command.chair_site} is not on the roster")
    if len(sites) != len(command.roster):
        return not_allowed("a site is on the roster twice")
    cues = {cue.cue for cue in command.scenario}
    if len(cues) != len(command.scenario) or len(cues) > MAX_CUES:
        return not_allowed(f"a cue is in the scenario twice, or it has more than {MAX_CUES}")
    if command.layout not in (AUTO_LAYOUT, *command.layouts):
        return not_allowed("there is no layout of that name")
    return None


def _heading(state: ConferenceState, command: c.Open, at_ms: int) -> tuple[ev.Event, ...]:
    layout = command.layout
    if state.is_open() and state.layout in (AUTO_LAYOUT, *command.layouts):
        layout = state.layout
    held = (state.conference, state.title, state.chair_site, state.layouts, state.layout)
    meant = (command.conference, command.title, command.chair_site, command.layouts, layout)
    if held == meant:
        return ()
    return (*_former_chair(state, command, at_ms), ev.ConferenceOpened(at_ms, *meant))


def _former_chair(state: ConferenceState, command: c.Open, at_ms: int) -> tuple[ev.Event, ...]:
    """Close the former chair's microphone where only its office kept it open under the lock."""
    former = state.chair_site
    bound = state.mics_locked and former != command.chair_site and former not in state.floor
    return close_mic(state, former, at_ms) if bound and former in state.sites else ()


def _listing(state: ConferenceState, command: c.Open, at_ms: int) -> tuple[ev.Event, ...]:
    def is_news(row: c.RosterRow) -> bool:
        known = state.sites.get(row.site)
        return known is None or (known.name, known.level, known.parent) != (
            row.name,
            row.level,
            row.parent,
        )

    news = (row for row in command.roster if is_news(row))
    return tuple(ev.SitesListed(at_ms, rows) for rows in batched(news, _ROWS_PER_EVENT))


def _inviting(state: ConferenceState, command: c.Open, at_ms: int) -> tuple[ev.Event, ...]:
    kept = state.guests & {row.site for row in command.roster}
    guests = frozenset(command.guests)
    return (ev.GuestsListed(at_ms, tuple(sorted(guests))),) if guests != kept else ()


def _unlisting(state: ConferenceState, command: c.Open, at_ms: int) -> tuple[ev.Event, ...]:
    kept = {row.site for row in command.roster}
    gone = (site for site in state.sites if site not in kept)
    return tuple(
        event
        for site in gone
        for event in (*vacate(state, site, at_ms), ev.SiteUnlisted(at_ms, site))
    )
