"""Whatever people press, in whatever order: the rules hold, and the log is the conference."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nhipcau.conference import EMPTY, ConferenceState, Presence, Refusal, decide, fold
from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.arrange import arrange
from nhipcau.conference.lineage import asks_at, is_within
from nhipcau.conference.refusal import Outcome
from nhipcau.conference.replay import replay
from nhipcau.conference.scenario_times import timetable
from nhipcau.conference.views import roster_row, scene, site_view
from nhipcau.conference.wire import dump_event
from nhipcau.quantities import SiteId

from .chances import as_seen, random_command
from .geometry import LAYOUT_TABLE
from .meeting import HALL, SITES, STRANGER, opened, operator, seat
from .sheet import SESSION
from .strategies import carries, connections, flags, people, scenario_moves, sites

# Longer details are cut off on their way to a page.
MAX_DETAIL = 200


def check(state: ConferenceState) -> None:
    """Assert all that must be true of a conference at any moment."""
    assert len(state.floor) <= 2
    assert len(set(state.floor)) == len(state.floor)
    assert len(set(state.hands)) == len(state.hands)
    assert len(set(state.asked)) == len(state.asked)
    assert len({*state.floor, *state.hands, *state.asked}) == len(
        (*state.floor, *state.hands, *state.asked)
    )
    assert state.next_named not in state.floor
    assert state.next_named is None or state.is_admitted(state.next_named)
    held = {*state.floor, *state.hands, *state.asked, *({state.content} - {None})}
    assert held <= set(state.sites)
    assert state.layout == "auto" or state.layout in state.layouts
    for row in state.sites.values():
        assert (row.endpoint is not None) == (row.presence in (Presence.PRESENT, Presence.WAITING))
        assert row.capture or not (row.mic or row.camera)
        if not state.is_admitted(row.site):
            assert not row.mic
            assert row.site not in held
        assert not (row.mic and state.mic_locked_for(row.site))
        assert row.credential == "" or row.presence is not Presence.ABSENT
    assert state.guests | state.roster_shown <= set(state.sites)
    check_scenario(state)
    check_votes(state)
    check_roll(state)
    check_split(state)
    for site, clock in state.spoken.items():
        assert clock.spent_ms >= 0
        assert (clock.since_ms is not None) == (site in state.speaking())


def check_outcome(outcome: Outcome) -> None:
    """Assert that a command is answered by what it does, or by the one reason why not."""
    if isinstance(outcome, Refusal):
        assert 0 < len(outcome.detail) <= MAX_DETAIL
        return
    # The marks around what can be taken back are nothing that anybody asked for.
    marks = (ev.UndoPointSet, ev.UndoOffered)
    assert [event for event in outcome if not isinstance(event, marks)]


def check_roll(state: ConferenceState) -> None:
    """Assert that who is to be called is in the roll call, and that nobody is once it is over."""
    roll = state.roll
    assert set(roll.due) <= set(roll.entries) <= set(state.sites)
    assert roll.runs == bool(roll.due)
    assert roll.count() + len(list(roll.missing())) == len(roll.entries)


def check_split(state: ConferenceState) -> None:
    """Assert that branches run only while the meeting is split, and no site is in two of them."""
    assert state.split_cue or not state.branches
    members = [site for branch in state.branches for site in branch.sites]
    assert len(set(members)) == len(members)
    assert state.splits or not state.split_cue


def check_votes(state: ConferenceState) -> None:
    """Assert that one vote is open at most, and that only delegations have answered."""
    names = [vote.vote for vote in state.votes.all]
    assert len(set(names)) == len(names)
    assert sum(vote.closed_ms is None for vote in state.votes.all) <= 1
    assert state.votes.shown in (None, *names)
    # Only the newest still change; all of them at every event would be most of the work.
    for vote in state.votes.all[-2:]:
        assert set(vote.cast) <= set(vote.delegations) >= vote.told
        assert sum(vote.counts()) == len(vote.cast)


def check_scenario(state: ConferenceState) -> None:
    """Assert all that must be true of a scenario at any moment."""
    scenario = state.scenario
    steps = set(scenario.steps())
    assert len({cue.cue for cue in scenario.cues}) == len(scenario.cues)
    assert scenario.at is None or scenario.at in steps
    assert scenario.at is not None or not scenario.over
    assert set(scenario.clocks) | set(scenario.extra_min) | scenario.skipped <= steps
    assert all(clock.spent_ms >= 0 for clock in scenario.clocks.values())
    assert not scenario.runs or scenario.at in scenario.clocks
    assert scenario.following() not in scenario.skipped


def check_between(before: ConferenceState, command: c.Command, after: ConferenceState) -> None:
    """Assert what must be true when a command is done, and of a secretary's or an operator's."""
    assert state_waits_for_nobody_absent(after)
    assert after.scenario.awaited is None or after.scenario.awaited not in after.floor
    if isinstance(command, c.McuCommand):
        return
    if command.actor.role is c.Role.SECRETARY:
        interrupted = before.floor != after.floor or heard(before) != heard(after)
        assert not interrupted or before.scenario.awaited is not None
    if command.actor.role is not c.Role.OPERATOR:
        return
    subtree = command.actor.subtree
    assert subtree is not None
    outside = {site for site in before.sites if not is_within(before, site, subtree)}
    for site in outside:
        assert after.sites[site] == before.sites[site]
    for held_before, held_after in (
        (before.floor, after.floor),
        (before.hands, after.hands),
        (before.asked, after.asked),
    ):
        assert [s for s in held_after if s in outside] == [s for s in held_before if s in outside]
    assert (after.layout, after.mics_locked, after.content, after.doors_ask) == (
        before.layout,
        before.mics_locked,
        before.content,
        before.doors_ask,
    )


def heard(state: ConferenceState) -> set[SiteId]:
    """Return the sites whose microphones are open."""
    return {row.site for row in state.sites.values() if row.mic}


def state_waits_for_nobody_absent(state: ConferenceState) -> bool:
    """Return True when each request waits where somebody is, and the chair is not at the door."""
    stranded = [site for site in state.asked if asks_at(state, site) is None]
    return not stranded and state.chair_site not in state.waiting()


def check_undo(before: ConferenceState, command: c.Command, after: ConferenceState) -> None:
    """Assert that a command of chair or secretary, taken back by the chair at once, leaves no
    trace; a second time never.
    """
    leading = (c.Role.CHAIR, c.Role.SECRETARY)
    if not isinstance(command, c.UndoableCommand) or command.actor.role not in leading:
        return
    undo = c.Undo(c.Actor(c.Role.CHAIR))
    taken_back = decide(after, undo, after_s(after))
    assert not isinstance(taken_back, Refusal), taken_back
    state = after
    for event in taken_back:
        state = fold(state, event)
        check(state)
    assert state.snapshot() == before.snapshot()
    assert isinstance(decide(state, undo, after_s(after)), Refusal)


def after_s(state: ConferenceState) -> float:
    """Return the last moment, in seconds, at which `undo` is possible."""
    assert state.undo is not None
    return state.undo.until_ms / 1000


class AnyCourse(RuleBasedStateMachine):
    """Commands at random; after each one the state is checked, at every event of it."""

    @initialize(carried=st.none() | carries, rehearsal=flags)
    def open(self, carried: c.CarryOn | None, rehearsal: bool) -> None:
        """Open the conference, perhaps as a part of one that was lost; all but one site come."""
        self.state = EMPTY
        self.records: list[bytes] = []
        self.standby = EMPTY
        self.clock = 0.0
        self.give(replace(SESSION, rehearsal=rehearsal))
        if carried is not None:
            self.give(carried)
        for site in SITES[:-1]:
            self.give(c.SiteJoined(site, seat(site), capture=True))

    @rule(commands=st.lists(people, min_size=1, max_size=12))
    def people_ask(self, commands: list[c.Command]) -> None:
        """People press something, one after another."""
        for command in commands:
            self.give(command)

    @rule(site=sites, beside=flags, locked=flags)
    def the_chair_leads(self, site: SiteId, beside: bool, locked: bool) -> None:
        """The chair does what is often done."""
        self.give(c.GiveFloor(c.Actor(c.Role.CHAIR), site, beside))
        self.give(c.MuteAll(c.Actor(c.Role.CHAIR), locked))

    @rule(asking=sites, way=st.sampled_from(("parent", "operator", "lowered")))
    def a_request_takes_its_way(self, asking: SiteId, way: str) -> None:
        """A site asks at its parent, which passes the request on or not."""
        self.give(c.SetHandsViaParent(c.Actor(c.Role.CHAIR), on=True))
        self.give(c.SetHand(c.Actor(c.Role.SITE, asking), up=True))
        row = self.state.sites.get(asking)
        if row is None or row.parent is None:
            return
        served = operator(row.parent)
        parent = c.Actor(c.Role.SITE, row.parent)
        if way == "lowered":
            self.give(c.LowerHand(parent, asking))
        else:
            self.give(c.ForwardHand(parent if way == "parent" else served, asking))

    @rule(site=sites, kind=st.sampled_from((c.SiteLost, c.SiteLeft)))
    def whoever_sits_there_goes(self, site: SiteId, kind: type[c.SiteLost | c.SiteLeft]) -> None:
        """The endpoint that is in the seat now breaks off or leaves."""
        row = self.state.sites.get(site)
        if row is not None and row.endpoint is not None:
            self.give(kind(site, row.endpoint))

    @rule(command=connections)
    def a_connection_changes(self, command: c.Command) -> None:
        """Something happens to a connection, the process or the plan."""
        self.give(command)

    @rule(moves=st.lists(scenario_moves, min_size=1, max_size=8))
    def the_chair_follows_the_scenario(self, moves: list[c.ScenarioCommand]) -> None:
        """The chair leads through it, mostly onwards."""
        for move in moves:
            self.give(replace(move, actor=c.Actor(c.Role.CHAIR)))
            self.give(c.Advance(c.Actor(c.Role.CHAIR), 0))

    @rule(seconds=st.sampled_from((-86_400.0, -3.0, 60.0, 7200.0, 10**9)))
    def the_wall_clock_jumps(self, seconds: float) -> None:
        """Somebody sets the clock; it never stands before 1970."""
        self.clock = max(0.0, self.clock + seconds)

    def give(self, command: c.Command) -> None:
        """Decide; check every prefix of the events; a refusal changes nothing."""
        self.clock += 1.5
        command = as_seen(command, self.state)
        outcome = decide(self.state, command, self.clock)
        check_outcome(outcome)
        if isinstance(outcome, Refusal):
            return
        start = self.state
        for event in outcome:
            before = self.state
            self.state = fold(self.state, event)
            assert self.state.seq == before.seq + 1
            check(self.state)
            self.records.append(dump_event(event))
            self.standby = replay(self.records[-1:], self.standby)
            assert self.standby == self.state
        check_between(start, command, self.state)
        check_undo(start, command, self.state)

    def teardown(self) -> None:
        """The end can come at any moment; replay from the first byte equals the live state, order
        of the roster included.
        """
        self.give(c.EndMeeting(c.Actor(c.Role.CHAIR)))
        assert self.state.ended_ms is not None
        again = replay(self.records)
        assert again == self.state
        assert list(again.sites) == list(self.state.sites)

    @invariant()
    def every_view_can_be_made(self) -> None:
        """Pictures and pages exist in every state, and show nobody twice."""
        arrangement = arrange(self.state, LAYOUT_TABLE, self.state.seq)
        shown = [site for site in arrangement.cells if site is not None]
        assert len(shown) == len(set(shown))
        assert not set(shown) & set(self.state.waiting())
        table = timetable(self.state.scenario, round(self.clock * 1000))
        assert [row.cue for row in table.cues] == [cue.cue for cue in self.state.scenario.cues]
        common = scene(self.state, arrangement, speaker=HALL)
        for site in (None, STRANGER, *self.state.sites):
            assert site_view(self.state, site, common).seq == self.state.seq
        rows = [roster_row(self.state, site) for site in self.state.sites]
        assert sum(row.present for row in rows) == common.present


AnyCourse.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
TestAnyCourse = AnyCourse.TestCase


@pytest.mark.parametrize("seed", range(4))
def test_a_long_meeting_keeps_the_rules_at_every_event(seed: int) -> None:
    chance = Random(seed)
    records: list[bytes] = []
    meeting = opened(HALL, rehearsal=True)
    state, did = meeting.state, Counter[type[c.Command]]()
    records.extend(dump_event(event) for event in meeting.log)
    for number in range(9000):
        command = as_seen(random_command(chance, state), state)
        outcome = decide(state, command, number / 20)
        check_outcome(outcome)
        if isinstance(outcome, Refusal):
            continue
        did[type(command)] += 1
        before = state
        for event in outcome:
            state = fold(state, event)
            check(state)
            records.append(dump_event(event))
        check_between(before, command, state)
        check_undo(before, command, state)
    assert replay(records) == state
    assert set(did) == set(get_args(c.Command)) - {c.EndMeeting, c.EndByPlan, c.CarryOn}
    assert min(did.values()) >= 5, did


def test_a_refused_command_leaves_the_state_as_it_was() -> None:
    meeting = opened(HALL)
    before = replay(dump_event(event) for event in meeting.log)
    meeting.refuses(c.SetLayout(c.Actor(c.Role.SITE, HALL), "duo"))
    assert meeting.state == before
