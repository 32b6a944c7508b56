"""The approved cues of a plan as the MCUs are told of them: units become the rooms they sit in.

Cue(turns of units, minutes) + timeline + invitation ──▶ PlannedCue(turns of sites, planned_ms)
"""

from datetime import timedelta

from nhipcau.office.planning.reading import Sheet
from nhipcau.org.units import UnitId
from nhipcau.planning.plan import Ballot, Cue, Turn
from nhipcau.planning.timeline import Slot, cue_minutes
from nhipcau.ports.messages import PlannedBallot, PlannedCue, PlannedTurn
from nhipcau.quantities import SiteId

# What a page shows of a speaker in one line.
_SPEAKER_LETTERS = 200
_MOST_DELEGATIONS = 800


def planned_cues(sheet: Sheet) -> tuple[PlannedCue, ...]:
    """Return the scenario of a version of a plan, in order."""
    return tuple(
        _planned(sheet, cue, slot) for cue, slot in zip(sheet.plan.cues, sheet.slots, strict=True)
    )


def _planned(sheet: Sheet, cue: Cue, slot: Slot) -> PlannedCue:
    return PlannedCue(
        cue=cue.id,
        kind=cue.kind.value,
        title=cue.title,
        who=cue.who,
        minutes=cue_minutes(cue),
        planned_ms=_planned_ms(sheet, slot),
        fixed=cue.at is not None,
        layout=cue.layout,
        turns=tuple(_turn(sheet, number, turn) for number, turn in enumerate(cue.turns)),
        ballot=None if cue.ballot is None else _ballot(sheet, cue.ballot),
        split_level=cue.split_level,
    )


def _planned_ms(sheet: Sheet, slot: Slot) -> int:
    """Return when a cue begins, by the wall clock of the meeting's zone; 0: no day is chosen."""
    opening = sheet.plan.header.opening()
    if opening is None:
        return 0
    midnight = opening.replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight + timedelta(minutes=slot.begins_min)).timestamp() * 1000)


def _turn(sheet: Sheet, number: int, turn: Turn) -> PlannedTurn:
    unit = turn.unit
    if turn.guest:
        guest = sheet.checked.invitation.guests.get(turn.guest)
        unit = guest.unit if guest is not None else ""
    return PlannedTurn(
        turn=str(number),
        site=_room(sheet, unit),
        speaker=turn.speaker[:_SPEAKER_LETTERS],
        minutes=turn.minutes,
    )


def _ballot(sheet: Sheet, ballot: Ballot) -> PlannedBallot:
    rooms = (_room(sheet, unit) for unit in ballot.delegations)
    sites = tuple(dict.fromkeys(room for room in rooms if room is not None))
    answers = tuple(answer[:_SPEAKER_LETTERS] for answer in ballot.answers)
    return PlannedBallot(
        question=ballot.question, answers=answers, delegations=sites[:_MOST_DELEGATIONS]
    )


def _room(sheet: Sheet, unit: str) -> SiteId | None:
    """Return the room of the meeting where a unit sits, None where it has none in it."""
    who = sheet.checked.invitation
    tenures = who.view.tenures(UnitId(unit)) if unit else ()
    return next((tenure.site for tenure in tenures if tenure.site in who.sites), None)
