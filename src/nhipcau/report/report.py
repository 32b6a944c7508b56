"""The whole report of a conference, from its events and from what stands beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nhipcau.conference.drill_views import DrillView
from nhipcau.conference.events import Event
from nhipcau.conference.fold import fold
from nhipcau.conference.scenario import CueKind
from nhipcau.conference.scenario_views import scenario_view
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.conference.vote_views import VoteView, vote_views
from nhipcau.quantities import SiteId
from nhipcau.report.attending import (
    Attendance,
    Attending,
    Hours,
    Parting,
    Standing,
    Stay,
    attendance_of,
)
from nhipcau.report.drilling import drill_views
from nhipcau.report.leading import CueRow, Leading, cue_rows
from nhipcau.report.mishaps import Mishap, MishapKind, Mishaps
from nhipcau.report.roads import NO_ROADS, Roads
from nhipcau.report.savings import Rates, Savings, savings_of
from nhipcau.report.speaking import Asking, FloorSpan, Request, Speaking
from nhipcau.report.splitting import Branch, Child, child_of, cuts, joined, without_moves
from nhipcau.report.steady import steady_moments


@dataclass(frozen=True, slots=True)
class Aside:
    """What the log does not know.

    Attributes:
        delegates: how many people a site's unit said would come.
        roads: between rooms.
        rates: of the installation; None: nobody has given any, and nothing saved is worked out.
        branches: the reports of the conferences that the meeting split into.
    """

    delegates: Mapping[SiteId, int] = field(default_factory=dict)
    roads: Roads = NO_ROADS
    rates: Rates | None = None
    branches: "tuple[Report, ...]" = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; moments since 1970-01-01 UTC.

    Attributes:
        conference, title: of the meeting.
        chair_site, chair: where it was chaired from.
        logged_ms: when its log began: its MCU had the plan.
        begun_ms: when the first site came.
        opened_ms: when the meeting proper began, after the roll call.
        ended_ms: when it was ended, or of the last event.
        over: it was ended; else it goes on, or its MCU was lost.
        late_ms: by how much the end came later than planned; 0 without a plan.
        planned: a scenario was planned for it.
        attendance: every site that was ever on the roster.
        rolls: how many roll calls there were.
        cues, spans, requests, votes, mishaps: in their order.
        children: the conferences that it split into, or that went on cut off from it.
        cut_ms: when the meeting was lost from which this one was cut off; None: it was not.
        savings: None: nobody gave rates.
        drills: of a rehearsal.
    """

    conference: str
    title: str
    chair_site: SiteId
    chair: str
    logged_ms: int
    begun_ms: int
    opened_ms: int
    ended_ms: int
    over: bool
    late_ms: int
    planned: bool
    attendance: tuple[Attendance, ...]
    rolls: int
    cues: tuple[CueRow, ...]
    spans: tuple[FloorSpan, ...]
    requests: tuple[Request, ...]
    votes: tuple[VoteView, ...]
    mishaps: tuple[Mishap, ...]
    children: tuple[Child, ...] = ()
    savings: Savings | None = None
    cut_ms: int | None = None
    drills: tuple[DrillView, ...] = ()

    @property
    def attended(self) -> int:
        """Return how many sites attended."""
        return sum(row.standing is not Standing.ABSENT for row in self.attendance)

    @property
    def lasted_ms(self) -> int:
        """Return how long the meeting proper took."""
        return self.ended_ms - self.opened_ms


@dataclass(slots=True)
class _Notes:
    """What is noted while the log is folded."""

    attending: Attending = field(default_factory=Attending)
    speaking: Speaking = field(default_factory=Speaking)
    asking: Asking = field(default_factory=Asking)
    leading: Leading = field(default_factory=Leading)
    mishaps: Mishaps = field(default_factory=Mishaps)
    opened_ms: int | None = None
    chaired_ms: int | None = None

    def see(self, before: ConferenceState, event: Event, after: ConferenceState) -> None:
        for noting in (self.attending, self.speaking, self.asking, self.leading, self.mishaps):
            noting.see(before, event, after)
        running = after.scenario.running()
        if self.opened_ms is None and running is not None and running.kind is not CueKind.ROLL_CALL:
            self.opened_ms = event.at_ms
        if self.chaired_ms is None and after.is_present(after.chair_site):
            self.chaired_ms = event.at_ms

    def close(self, at_ms: int) -> None:
        self.attending.close(at_ms, Parting.HERE)
        self.speaking.close(at_ms)
        self.leading.close(at_ms)


def make_report(events: Iterable[Event], aside: Aside | None = None) -> Report:
    """Return the report of a log, cut wherever it may be.

    Raises:
        EventError: an event does not fit those before it.
    """
    written = list(events)
    steady = steady_moments([event.at_ms for event in written])
    state, notes, now_ms = EMPTY, _Notes(), 0
    for event, at_ms in zip(written, steady.moments, strict=True):
        now_ms = at_ms
        even = event if event.at_ms == at_ms else replace(event, at_ms=at_ms)
        before, state = state, fold(state, even)
        notes.see(before, even, state)
    clocks = [
        Mishap(
            MishapKind.CLOCK_SET,
            steady.moments[change.place],
            steady.moments[change.place] + change.by_ms,
        )
        for change in steady.changes
    ]
    notes.close(now_ms)
    return _whole(state, notes, Log(steady.moments, clocks), aside or Aside())


@dataclass(frozen=True, slots=True)
class Log:
    """The moments of a log, steady, and how its clock was set."""

    moments: Sequence[int]
    clocks: Sequence[Mishap]

    @property
    def first_ms(self) -> int:
        """Return when it began; 0: it has no events."""
        return self.moments[0] if self.moments else 0

    @property
    def last_ms(self) -> int:
        """Return when its last event was."""
        return self.moments[-1] if self.moments else 0


def _whole(state: ConferenceState, notes: _Notes, log: Log, aside: Aside) -> Report:
    came = [stays[0].from_ms for stays in notes.attending.stays.values()]
    begun_ms = min(came, default=log.first_ms)
    opened_ms = next(
        (at_ms for at_ms in (notes.opened_ms, notes.chaired_ms) if at_ms is not None), begun_ms
    )
    ended_ms = state.ended_ms if state.ended_ms is not None else log.last_ms
    hours = Hours(min(opened_ms, ended_ms), ended_ms)
    branches = [_branch(one) for one in aside.branches]
    attendance = tuple(_attendance(state, notes, hours, aside))
    home = notes.attending.roster.get(state.chair_site)
    scenario = scenario_view(state, log.last_ms)
    savings = None
    if aside.rates is not None:
        km = aside.roads.from_room(state.chair_site)
        savings = savings_of(attendance, km, aside.rates)
    return Report(
        conference=state.conference,
        title=state.title,
        chair_site=state.chair_site,
        chair=home.name if home is not None else str(state.chair_site),
        logged_ms=log.first_ms,
        begun_ms=begun_ms,
        opened_ms=hours.opens_ms,
        ended_ms=ended_ms,
        over=state.ended_ms is not None,
        late_ms=scenario.late_ms if state.scenario.at is not None else 0,
        planned=bool(notes.leading.plan or state.scenario.cues),
        attendance=attendance,
        rolls=state.roll.number,
        cues=cue_rows(state, notes.leading.plan, log.last_ms),
        spans=tuple(sorted(notes.speaking.spans, key=lambda span: (span.from_ms, span.site))),
        requests=tuple(notes.asking.requests),
        votes=vote_views(state),
        mishaps=tuple(_mishaps(notes, log, branches)),
        children=tuple(child_of(one, notes.attending.stays) for one in branches),
        savings=savings,
        cut_ms=state.cut_ms,
        drills=drill_views(
            state.drills, {site: one.name for site, one in notes.attending.roster.items()}
        ),
    )


def _attendance(
    state: ConferenceState, notes: _Notes, hours: Hours, aside: Aside
) -> Iterable[Attendance]:
    spoken: dict[SiteId, int] = {}
    for span in notes.speaking.spans:
        spoken[span.site] = spoken.get(span.site, 0) + span.spoken_ms
    there: dict[SiteId, list[Stay]] = {}
    for branch in aside.branches:
        for row in branch.attendance:
            there.setdefault(row.site, []).extend(row.stays)
    for site, guest in notes.attending.roster.items():
        stays = joined(notes.attending.stays.get(site, []), there.get(site, []))
        row = attendance_of(guest, stays, hours)
        called = site in state.roll.entries
        yield replace(
            row,
            evidence=state.roll.standing(site).value if called else "",
            spoken_ms=spoken.get(site, 0),
            turns=notes.speaking.turns.get(site, 0),
            delegates=aside.delegates.get(site),
        )


def _mishaps(notes: _Notes, log: Log, branches: Sequence[Branch]) -> list[Mishap]:
    absent = [
        Mishap(MishapKind.ABSENT_AT_TURN, one.from_ms, one.until_ms, one.site, one.name, one.cue)
        for one in notes.leading.absences
    ]
    lost = without_moves(notes.mishaps.found, branches)
    apart = cuts(notes.mishaps.found, branches, notes.attending.stays)
    found = [*lost, *absent, *log.clocks, *apart]
    return sorted(found, key=lambda one: (one.at_ms, one.kind, one.site or ""))


def _branch(report: Report) -> Branch:
    return Branch(
        conference=report.conference,
        title=report.title,
        chair=report.chair,
        begun_ms=report.begun_ms,
        ended_ms=report.ended_ms,
        over=report.over,
        attendance=report.attendance,
        cut_ms=report.cut_ms,
    )
