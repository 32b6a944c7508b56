"""What the chair changes in the scenario while it runs: order, time, a cue more.

What has been stays as it was, so that the record of the meeting is never rewritten.
"""

from nhipcau.conference import events as ev
from nhipcau.conference import scenario_commands as c
from nhipcau.conference import scenario_events as sev
from nhipcau.conference.decide_scenario import free_id, moved_on
from nhipcau.conference.refusal import Outcome, Refusal, events_or, not_allowed, unchanged
from nhipcau.conference.scenario import MAX_CUES, Cue, CueKind, Scenario, Turn, steps_of
from nhipcau.conference.scenario_times import allotted_min
from nhipcau.conference.seats import listed
from nhipcau.conference.state import ConferenceState

MAX_MINUTES = 600
MAX_TITLE = 200
# Nobody speaks who is not of the meeting: the picture of who was put in, and the chair's beside it.
_PUT_IN_LAYOUT = "1+2"


def move_cue(state: ConferenceState, command: c.MoveCue, at_ms: int) -> Outcome:
    """Put a cue that has not come, or was passed over, to another place of what comes."""
    refusal = moved_on(state, command)
    if refusal is not None:
        return refusal
    scenario = state.scenario
    cue = scenario.cue(command.cue)
    if cue is None or not _may_come(scenario, cue):
        return not_allowed(f"cue {command.cue} has been, or is not in the scenario")
    order = _placed(scenario, command.cue, command.after)
    if isinstance(order, Refusal):
        return order
    moved = () if order == _ids(scenario) else (sev.CuesOrdered(at_ms, order),)
    back = tuple(
        sev.StepSkipped(at_ms, *step, False)
        for step in steps_of(cue)
        if step in scenario.skipped and not scenario.is_ahead(cue.cue)
    )
    return events_or(unchanged(f"cue {command.cue} is in that place"), (*moved, *back))


def extend(state: ConferenceState, command: c.Extend, at_ms: int) -> Outcome:
    """Give the running step more time, or less, but never less than none."""
    refusal = moved_on(state, command)
    if refusal is not None:
        return refusal
    scenario = state.scenario
    if scenario.at is None or scenario.over:
        return not_allowed("no cue runs")
    extra = scenario.extra_min.get(scenario.at, 0)
    granted = allotted_min(scenario, scenario.at)
    if not 0 <= granted + command.minutes <= MAX_MINUTES:
        return not_allowed(f"it has {granted:g} min, and can have 0 to {MAX_MINUTES}")
    if command.minutes == 0:
        return unchanged("no minute more or less")
    return (sev.StepExtended(at_ms, *scenario.at, extra + command.minutes),)


def insert_cue(state: ConferenceState, command: c.InsertCue, at_ms: int) -> Outcome:
    """Put in a cue that no plan has."""
    refusal = moved_on(state, command) or _unfit(state, command)
    if refusal is not None:
        return refusal
    scenario = state.scenario
    name = ""
    if command.site is not None:
        row = listed(state, command.site)
        if isinstance(row, Refusal):
            return row
        name = row.name
    cue = Cue(
        cue=free_id(scenario, "live"),
        kind=CueKind.ITEM,
        title=command.title.strip() or name,
        who=name,
        minutes=command.minutes,
        planned_ms=0,
        fixed=False,
        layout=_PUT_IN_LAYOUT,
        turns=() if command.site is None else (Turn("0", command.site, name),),
        put_in=True,
    )
    order = _placed(scenario, cue.cue, command.after)
    if isinstance(order, Refusal):
        return order
    coming: tuple[ev.Event, ...] = (sev.CueListed(at_ms, cue),)
    at_its_end = order == (*_ids(scenario), cue.cue)
    return coming if at_its_end else (*coming, sev.CuesOrdered(at_ms, order))


def _unfit(state: ConferenceState, command: c.InsertCue) -> Refusal | None:
    if len(state.scenario.cues) >= MAX_CUES:
        return not_allowed(f"a scenario has at most {MAX_CUES} cues")
    if not 0 <= command.minutes <= MAX_MINUTES or len(command.title) > MAX_TITLE:
        return not_allowed(f"0 to {MAX_MINUTES} min, a title of at most {MAX_TITLE} letters")
    if not command.title.strip() and command.site is None:
        return not_allowed("a cue has a title or a site")
    return None


def _ids(scenario: Scenario) -> tuple[str, ...]:
    return tuple(cue.cue for cue in scenario.cues)


def _may_come(scenario: Scenario, cue: Cue) -> bool:
    if scenario.is_ahead(cue.cue):
        return True
    running = scenario.at is not None and scenario.at.cue == cue.cue
    return not (running or scenario.over) and scenario.skipped.issuperset(steps_of(cue))


def _placed(scenario: Scenario, cue: str, after: str | None) -> tuple[str, ...] | Refusal:
    """Return the order with `cue` behind `after`, which must not lie before what runs."""
    others = [one for one in _ids(scenario) if one != cue]
    running = scenario.at.cue if scenario.at is not None else None
    if after is None:
        after = running
    if after is None:
        return (cue, *others)
    if after not in others:
        return not_allowed(f"cue {after} is not in the scenario")
    first = others.index(running) if running is not None else 0
    if scenario.over or others.index(after) < first:
        return not_allowed("what comes can't be put before what runs")
    place = others.index(after) + 1
    return (*others[:place], cue, *others[place:])
