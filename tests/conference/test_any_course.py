"""Whatever people press, in whatever order: the rules hold, and the log is the conference."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nhipcau.conference import EMPTY, ConferenceState, Presence, Refusal, decide, fold
from nhipcau.conference import commands as c
from nhipcau.conference.arrange import arrange
from nhipcau.conference.replay import replay
from nhipcau.conference.views import roster_row, scene, site_view
from nhipcau.conference.wire import dump_event
from nhipcau.quantities import SiteId

from .geometry import LAYOUT_TABLE
from .meeting import HALL, LAYOUTS, NHA_TRANG, PLAN, ROSTER, SITES, STRANGER, opened, seat

sites = st.sampled_from((*SITES, STRANGER))
flags = st.booleans()
actors = st.builds(c.Actor, st.sampled_from(c.Role), st.none() | sites)
seats = st.builds(seat, sites, st.integers(1, 3))
rosters = st.lists(st.sampled_from(ROSTER), unique=True, max_size=5).map(tuple)

people = st.one_of(
    st.builds(c.SetMicrophone, actors, flags),
    st.builds(c.SetCamera, actors, flags),
    st.builds(c.SetHand, actors, flags),
    st.builds(c.SetContent, actors, flags),
    st.builds(c.GiveFloor, actors, sites, flags),
    st.builds(c.TakeFloor, actors, st.none() | sites),
    st.builds(c.Mute, actors, sites),
    st.builds(c.MuteAll, actors, flags),
    st.builds(c.LowerHand, actors, sites),
    st.builds(c.StopContent, actors),
    st.builds(c.SetLayout, actors, st.sampled_from(("auto", "no such", *LAYOUTS))),
)
connections = st.one_of(
    st.builds(c.SiteJoined, sites, seats, flags, flags, flags),
    st.builds(c.SiteLost, sites, seats),
    st.builds(c.SiteLeft, sites, seats),
    st.just(c.Restart()),
    st.builds(
        c.Open,
        st.just(PLAN.conference),
        st.just("Tiêu đề"),
        st.sampled_from((HALL, NHA_TRANG)),
        st.just(LAYOUTS),
        rosters,
    ),
)


def check(state: ConferenceState) -> None:
    """Assert all that must be true of a conference at any moment."""
    assert len(state.floor) <= 2
    assert len(set(state.floor)) == len(state.floor)
    assert len(set(state.hands)) == len(state.hands)
    assert not set(state.hands) & set(state.floor)
    held = {*state.floor, *state.hands, *({state.content} - {None})}
    assert held <= set(state.sites)
    assert state.layout == "auto" or state.layout in state.layouts
    for row in state.sites.values():
        assert (row.endpoint is not None) == (row.presence is Presence.PRESENT)
        assert row.capture or not (row.mic or row.camera)
        if row.presence is Presence.ABSENT:
            assert not row.mic
            assert row.site not in held
        assert not (row.mic and state.mic_locked_for(row.site))


class AnyCourse(RuleBasedStateMachine):
    """Commands at random; after each one the state is checked, at every event of it."""

    @initialize()
    def open(self) -> None:
        """Open the conference; all but one site come."""
        self.state = EMPTY
        self.records: list[bytes] = []
        self.clock = 0.0
        self.give(PLAN)
        for site in SITES[:-1]:
            self.give(c.SiteJoined(site, seat(site), capture=True))

    @rule(command=people)
    def a_person_asks(self, command: c.Command) -> None:
        """A person presses something."""
        self.give(command)

    @rule(site=sites, beside=flags, locked=flags)
    def the_chair_leads(self, site: SiteId, beside: bool, locked: bool) -> None:
        """The chair does what is often done."""
        self.give(c.GiveFloor(c.Actor(c.Role.CHAIR), site, beside))
        self.give(c.MuteAll(c.Actor(c.Role.CHAIR), locked))

    @rule(command=connections)
    def a_connection_changes(self, command: c.Command) -> None:
        """Something happens to a connection, the process or the plan."""
        self.give(command)

    def give(self, command: c.Command) -> None:
        """Decide; check every prefix of the events; a refusal changes nothing."""
        self.clock += 1.5
        outcome = decide(self.state, command, self.clock)
        if isinstance(outcome, Refusal):
            assert outcome.detail
            return
        assert outcome
        for event in outcome:
            before = self.state
            self.state = fold(self.state, event)
            assert self.state.seq == before.seq + 1
            check(self.state)
            self.records.append(dump_event(event))

    @invariant()
    def the_log_gives_the_same_state(self) -> None:
        """Replay from bytes equals the live state, order of the roster included."""
        again = replay(self.records)
        assert again == self.state
        assert list(again.sites) == list(self.state.sites)

    @invariant()
    def every_view_can_be_made(self) -> None:
        """Pictures and pages exist in every state, and show nobody twice."""
        arrangement = arrange(self.state, LAYOUT_TABLE, self.state.seq)
        shown = [site for site in arrangement.cells if site is not None]
        assert len(shown) == len(set(shown))
        common = scene(self.state, arrangement, speaker=HALL)
        for site in (None, STRANGER, *self.state.sites):
            assert site_view(self.state, site, common).seq == self.state.seq
        rows = [roster_row(self.state, site) for site in self.state.sites]
        assert sum(row.present for row in rows) == common.present


AnyCourse.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnyCourse = AnyCourse.TestCase


def test_a_refused_command_leaves_the_state_as_it_was() -> None:
    meeting = opened(HALL)
    before = replay(dump_event(event) for event in meeting.log)
    meeting.refuses(c.SetLayout(c.Actor(c.Role.SITE, HALL), "duo"))
    assert meeting.state == before
