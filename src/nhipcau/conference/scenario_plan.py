"""The scenario that a plan brings: its first, and a changed one while people meet.

What has been, what runs and what the chair put in stays; of a changed plan is followed what has not
come yet. A plan that was taken already changes nothing, so that a restart keeps the chair's order.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import batched

from nhipcau.conference import events as ev
from nhipcau.conference import scenario_events as sev
from nhipcau.conference.scenario import Cue, Scenario

# A turn takes at most 600 bytes as JSON: 40 of them, the cue and its ballot stay below 64 KiB.
TURNS_PER_EVENT = 40


def take_scenario(scenario: Scenario, planned: tuple[Cue, ...], at_ms: int) -> Iterator[ev.Event]:
    """Yield what brings the scenario to a plan; nothing when it follows it already."""
    seal = seal_of(planned)
    if scenario.seal == seal or (not planned and not scenario.cues):
        return
    kept = [cue for cue in scenario.cues if cue.put_in or not scenario.is_ahead(cue.cue)]
    kept_ids = {cue.cue for cue in kept}
    coming = [cue for cue in planned if cue.cue not in kept_ids]
    wanted = {cue.cue for cue in coming}
    for cue in scenario.cues:
        if cue.cue not in kept_ids | wanted:
            yield sev.CueUnlisted(at_ms, cue.cue)
    for cue in coming:
        if scenario.cue(cue.cue) != cue:
            yield from _listing(cue, at_ms)
    order = _order(scenario, kept, coming)
    if order != _after_listing(scenario, kept_ids, coming):
        yield sev.CuesOrdered(at_ms, order)
    yield sev.ScenarioSealed(at_ms, seal)


def seal_of(planned: tuple[Cue, ...]) -> str:
    """Return what tells one plan's cues from another's, "" for none."""
    return hashlib.sha256(repr(planned).encode()).hexdigest() if planned else ""


def _listing(cue: Cue, at_ms: int) -> Iterator[ev.Event]:
    first, rest = cue.turns[:TURNS_PER_EVENT], cue.turns[TURNS_PER_EVENT:]
    yield sev.CueListed(at_ms, replace(cue, turns=first))
    for turns in batched(rest, TURNS_PER_EVENT):
        yield sev.TurnsListed(at_ms, cue.cue, turns)


def _order(scenario: Scenario, kept: list[Cue], coming: list[Cue]) -> tuple[str, ...]:
    """Return what has been, then the plan's cues; what was put in stays behind its forerunner."""
    behind: dict[str, list[str]] = {}
    order = [cue.cue for cue in kept if not scenario.is_ahead(cue.cue)]
    order += [cue.cue for cue in coming]
    ids = [cue.cue for cue in scenario.cues]
    for cue in kept:
        if scenario.is_ahead(cue.cue):
            before = next((one for one in reversed(ids[: ids.index(cue.cue)]) if one in order), "")
            behind.setdefault(before, []).append(cue.cue)
    placed = [*behind.get("", [])]
    for one in order:
        placed += [one, *behind.get(one, [])]
    return tuple(placed)


def _after_listing(scenario: Scenario, kept_ids: set[str], coming: list[Cue]) -> tuple[str, ...]:
    wanted = {cue.cue for cue in coming}
    stay = [cue.cue for cue in scenario.cues if cue.cue in kept_ids | wanted]
    return (*stay, *(cue.cue for cue in coming if cue.cue not in stay))
