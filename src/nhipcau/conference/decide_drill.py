"""Drills: only in a rehearsal, one after another, and each site's word once."""

from itertools import batched

from nhipcau.conference import drill_commands as c
from nhipcau.conference import drill_events as dev
from nhipcau.conference.commands import Open
from nhipcau.conference.drill import MAX_DRILLS, MAX_GAP_MS, DrillKind
from nhipcau.conference.events import Event
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode, not_allowed, unchanged
from nhipcau.conference.seats import own_seat
from nhipcau.conference.state import ConferenceState

# Ids of at most 36 letters: a record of the log stays below 64 KiB.
_SITES_PER_EVENT = 500
_MAX_NAME = 200


def declare_rehearsal(state: ConferenceState, command: Open, at_ms: int) -> tuple[Event, ...]:
    """Return whether the plan makes the conference a rehearsal.

    It is one from its first plan on or never: no plan makes one of a meeting that has begun.
    """
    if not state.is_open() and command.rehearsal:
        return (dev.RehearsalDeclared(at_ms, True),)
    if state.rehearsal and not command.rehearsal:
        return (dev.RehearsalDeclared(at_ms, False),)
    return ()


def begin_drill(state: ConferenceState, command: c.BeginDrill, at_ms: int) -> Outcome:
    """Begin a drill, unless one is on."""
    refusal = _why_not(state, command, at_ms)
    if refusal is not None:
        return refusal
    number = len(state.drills) + 1
    root = command.mcu == command.root
    by = command.by[:_MAX_NAME]
    return (
        dev.DrillBegan(at_ms, number, command.kind, command.mcu, root, by),
        *(
            dev.SitesDrilled(at_ms, number, served.mcu, sites)
            for served in command.served
            for sites in batched(served.sites, _SITES_PER_EVENT)
        ),
    )


def _why_not(state: ConferenceState, command: c.BeginDrill, at_ms: int) -> Refusal | None:
    if not state.rehearsal:
        return Refusal(RefusalCode.NOT_REHEARSAL, "drills are for rehearsals only")
    if state.drills and state.drills[-1].is_open(at_ms):
        return Refusal(RefusalCode.DRILL_RUNS, "sites still report on the last drill")
    if len(state.drills) >= MAX_DRILLS:
        return not_allowed(f"a rehearsal has at most {MAX_DRILLS} drills")
    if command.mcu not in {served.mcu for served in command.served}:
        return not_allowed(f"MCU {command.mcu[:60]} can't be reached")
    if command.kind is DrillKind.CUT and command.mcu == command.root:
        return not_allowed("the root has no trunk above it")
    named = [site for served in command.served for site in served.sites]
    if len(set(named)) != len(named) or not set(state.sites).issuperset(named):
        return not_allowed("a site is served twice, or is not on the roster")
    return None


def report_drill(state: ConferenceState, command: c.ReportDrill, at_ms: int) -> Outcome:
    """Take what a site missed; its first word counts."""
    row = own_seat(state, command.actor)
    if isinstance(row, Refusal):
        return row
    drill = next((one for one in state.drills if one.drill == command.drill), None)
    if drill is None or not drill.is_open(at_ms):
        return not_allowed(f"nobody reports on drill {command.drill} now")
    if row.site in drill.reports:
        return unchanged("the site has reported")
    sound_ms, picture_ms = (
        min(max(one, 0), MAX_GAP_MS) for one in (command.sound_ms, command.picture_ms)
    )
    return (dev.DrillReported(at_ms, row.site, command.drill, command.mcu, sound_ms, picture_ms),)
