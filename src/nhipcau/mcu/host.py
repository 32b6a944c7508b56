"""The conference host: the one place where the live state changes, on the event loop.

    command ─▶ decide ─▶ events ─▶ log on disk ─▶ fold ─▶ observers
                   └─▶ refusal

An event takes effect only after it is on this machine's disk, so whatever anyone saw take effect
survives the loss of the process.

On an MCU that follows another's conference nothing is decided: the state is that of its copy.
"""

from collections.abc import Callable
from dataclasses import dataclass

from nhipcau.conference.commands import Command, Open, Restart, RosterRow, TakeOver
from nhipcau.conference.decide import decide
from nhipcau.conference.events import Event
from nhipcau.conference.fold import fold
from nhipcau.conference.refusal import Outcome, Refusal, RefusalCode
from nhipcau.conference.replay import replay
from nhipcau.conference.scenario import Ballot, Cue, CueKind, Turn
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.conference.wire import dump_event
from nhipcau.mcu.branchplans import planned_splits
from nhipcau.mcu.succession import Reign
from nhipcau.ports.clock import Clock
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.messages import ConferencePlan, PlannedCue

Observer = Callable[[ConferenceState, tuple[Event, ...]], None]


@dataclass(frozen=True, slots=True)
class HostStats:
    """How many commands were taken and refused, and the number of the last event."""

    taken: int
    refused: int
    seq: int


class ConferenceHost:
    """Owns the state of one conference. All of it runs on the event loop.

    Attributes:
        follows: another MCU decides; every command is refused.
    """

    def __init__(self, log: EventLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._observers: list[Observer] = []
        self._watchers: list[Observer] = []
        self._taken = self._refused = 0
        self.state = EMPTY
        self.follows = False

    def restore(self) -> None:
        """Fold the log of before; every connection of before is then lost.

        Raises:
            ReplayError: a record is of another version, or none of ours.
        """
        self.state = replay(self._log.replay())
        if self.state.is_open():
            self.command(Restart())

    def open(self, plan: ConferencePlan, layouts: tuple[str, ...]) -> Outcome:
        """Begin with `plan`, or take over its changes."""
        guests = tuple(guest.site for guest in plan.guests)
        roster = tuple(RosterRow(s.site, s.name, s.level, s.parent) for s in plan.sites)
        return self.command(
            Open(
                conference=plan.conference,
                title=plan.title,
                chair_site=plan.chair_site,
                layouts=layouts,
                roster=roster,
                layout=plan.layout,
                guests=guests,
                scenario=tuple(_cue(planned) for planned in plan.scenario),
                splits=planned_splits(plan),
                rehearsal=plan.rehearsal,
            )
        )

    def observe(self, observer: Observer) -> None:
        """Call `observer` with the new state and its events after every change."""
        self._observers.append(observer)

    def watch(self, observer: Observer) -> None:
        """Call `observer` as `observe` does, and also with what another MCU has decided."""
        self._watchers.append(observer)

    def follow(self, state: ConferenceState, events: tuple[Event, ...] = ()) -> None:
        """Have the state that another MCU's events have led to, the last ones of which are these;
        nothing is decided here.
        """
        self.follows = True
        self.state = state
        for observer in self._watchers:
            observer(state, events)

    def take_over(self, reign: Reign) -> None:
        """Decide from now on, in this reign; whoever is here keeps its seat."""
        self.follows = False
        if self.state.is_open():
            self.command(TakeOver(reign.root, reign.epoch))

    def command(self, command: Command) -> Outcome:
        """Decide on a command; on return its events have taken effect, or it was refused."""
        if self.follows:
            self._refused += 1
            return Refusal(RefusalCode.NOT_ALLOWED, "another MCU decides")
        outcome = decide(self.state, command, self._clock.wall_s())
        if isinstance(outcome, Refusal):
            self._refused += 1
            return outcome
        self._taken += 1
        self._log.append([dump_event(event) for event in outcome])
        for event in outcome:
            self.state = fold(self.state, event)
        for observer in (*self._observers, *self._watchers):
            observer(self.state, outcome)
        return outcome

    def stats(self) -> HostStats:
        """Return the counters."""
        return HostStats(self._taken, self._refused, self.state.seq)


def _cue(planned: PlannedCue) -> Cue:
    ballot = planned.ballot
    return Cue(
        cue=planned.cue,
        kind=CueKind(planned.kind) if planned.kind in set(CueKind) else CueKind.ITEM,
        title=planned.title,
        who=planned.who,
        minutes=planned.minutes,
        planned_ms=planned.planned_ms,
        fixed=planned.fixed,
        layout=planned.layout,
        turns=tuple(Turn(t.turn, t.site, t.speaker, t.minutes) for t in planned.turns),
        ballot=None
        if ballot is None
        else Ballot(ballot.question, ballot.answers, ballot.delegations),
    )
