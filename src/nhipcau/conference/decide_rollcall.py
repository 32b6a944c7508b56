"""The roll call of sites. The MCU calls them in waves; here is what people and evidence may do."""

from nhipcau.conference import rollcall_commands as c
from nhipcau.conference import rollcall_events as ev
from nhipcau.conference.events import Event
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode, not_allowed, unchanged
from nhipcau.conference.rollcall import PRESENT
from nhipcau.conference.scenario import Cue, CueKind
from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId


def call_roll(state: ConferenceState, command: c.CallRoll, at_ms: int) -> Outcome:
    """Call all sites of the plan but guests, or again those that are missing."""
    if state.roll.runs:
        return unchanged("the roll is being called")
    sites = _again(state) if command.again else _all(state)
    if not sites:
        return unchanged("nobody is missing")
    return (ev.RollCalled(at_ms, sites, command.again),)


def roll_of_cue(state: ConferenceState, cue: Cue, at_ms: int) -> tuple[Event, ...]:
    """Return the roll call that a cue begins when it is reached; none while one runs."""
    sites = _all(state)
    if cue.kind is not CueKind.ROLL_CALL or state.roll.runs or not sites:
        return ()
    return (ev.RollCalled(at_ms, sites, False),)


def stop_roll(state: ConferenceState, _command: c.StopRoll, at_ms: int) -> Outcome:
    """Call nobody any more."""
    if not state.roll.runs:
        return unchanged("no roll is being called")
    return (ev.RollEnded(at_ms),)


def press_here(state: ConferenceState, command: c.PressHere, at_ms: int) -> Outcome:
    """Note the technician's press; it counts for the roll call that runs, or ran last."""
    site = command.actor.site
    if site is None or site not in state.roll.entries:
        return not_allowed("no roll call has this site")
    if state.roll.entries[site].pressed_ms:
        return unchanged("that was noted")
    return (ev.HerePressed(at_ms, site),)


def confirm_here(state: ConferenceState, command: c.ConfirmHere, at_ms: int) -> Outcome:
    """Note a person's word that a site is here, or take it back."""
    entry = state.roll.entries.get(command.site)
    if entry is None:
        return not_allowed(f"no roll call has site {command.site}")
    if bool(entry.confirmed_ms) == command.on:
        return unchanged("it is so already")
    role = command.actor.role.value if command.on else ""
    return (ev.HereConfirmed(at_ms, command.site, role),)


def note_evidence(state: ConferenceState, command: c.NoteEvidence, at_ms: int) -> Outcome:
    """Note what was decoded of a site whose turn it was."""
    if command.site not in state.roll.due:
        return Refusal(RefusalCode.STALE, f"site {command.site} is not to be called")
    taken: Event = ev.NothingDecoded(at_ms, command.site)
    if command.evidence is not None:
        taken = ev.EvidenceTaken(at_ms, command.site, command.evidence)
    return (taken,)


def _all(state: ConferenceState) -> tuple[SiteId, ...]:
    return tuple(site for site in state.sites if site not in state.guests)


def _again(state: ConferenceState) -> tuple[SiteId, ...]:
    """Return who is missing, with those who came onto the roster since."""
    roll = state.roll
    return tuple(site for site in _all(state) if roll.standing(site) not in PRESENT)
