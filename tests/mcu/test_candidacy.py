"""Whatever is lost, doubled, late or cut: one root for an epoch, and one for all in the end."""

from collections.abc import Collection

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nhipcau.mcu.candidacy import Act
from nhipcau.mcu.succession import Reign
from nhipcau.quantities import McuName
from tests.mcu.reigns import FIRST, LEAVES, ROOT, STANDBY, World

PARTIES = st.sampled_from((ROOT, STANDBY))
SOME = st.sets(st.sampled_from(LEAVES))


def calm(world: World, seconds: float = 12.0) -> None:
    """Let everything that is said be heard at once, for a while."""
    step_s = 0.05
    for _ in range(round(seconds / step_s)):
        world.clock.pass_s(step_s)
        for name in (STANDBY, ROOT):
            world.meet(name, 1_000)
            for leaf in LEAVES:
                world.lost[leaf] = not any(
                    party.candidacy.reigns and party.candidacy.reign == world.leaves[leaf].follows
                    for party in world.parties.values()
                )
                world.call(leaf, name)
            world.act(name)
            hear_claims(world)


def hear_claims(world: World, leaves: Collection[McuName] = LEAVES) -> None:
    """Let these leaves hear all claims, and their answers be heard."""
    for leaf, claim in world.claims:
        if leaf in leaves:
            world.answer(leaf, claim)
    world.claims.clear()
    while world.consents:
        to, consent = world.consents.pop()
        world.parties[to].candidacy.hear_consent(consent)


def reigning(world: World) -> set[Reign]:
    """Return who reigns now."""
    candidacies = [party.candidacy for party in world.parties.values()]
    return {one.reign for one in candidacies if one.reigns}


def agreed(world: World) -> Reign:
    """Return the one who reigns, whom all follow, and whose log the other has."""
    (reign,) = reigning(world)
    assert {voice.follows for voice in world.leaves.values()} == {reign}
    follower = world.other(reign.root)
    assert follower.candidacy.reign == reign
    assert follower.records == world.parties[reign.root].records
    assert follower.host.state == world.parties[reign.root].host.state
    return reign


def test_nothing_happens_while_the_root_is_heard() -> None:
    world = World()
    calm(world, 5)
    assert agreed(world) == FIRST
    assert world.reigned == {FIRST}


def test_a_killed_root_is_followed_by_the_standby_and_follows_it() -> None:
    world = World()
    calm(world, 1)
    world.parties[ROOT].decide(1)
    world.parties[ROOT].begin()
    world.parties[STANDBY].candidacy.lose_root(world.clock.now_s())
    calm(world)
    assert agreed(world) == Reign(2, STANDBY)


def test_a_standby_alone_takes_nothing_over_while_the_leaves_hear_the_root() -> None:
    world = World()
    calm(world, 1)
    for _ in range(100):
        world.clock.pass_s(0.05)
        assert world.act(STANDBY).act in (Act.WAIT, Act.ASK)
        hear_claims(world)
    assert reigning(world) == {FIRST}
    assert not any(voice.promised for voice in world.leaves.values())


def test_a_root_asks_for_a_higher_epoch_when_a_leaf_has_consented_to_another_in_vain() -> None:
    world = World()
    calm(world, 1)
    leaf = LEAVES[0]
    world.lost[leaf] = True
    world.answer(leaf, Reign(2, STANDBY))
    calm(world)
    assert agreed(world) == Reign(3, ROOT)


def test_a_root_withdraws_when_a_leaf_alone_says_that_it_follows_a_higher_epoch() -> None:
    world = World()
    world.parties[ROOT].candidacy.hear_hello(2, Reign(2, STANDBY))
    assert world.act(ROOT).act is Act.WITHDRAW


def test_a_root_withdraws_when_the_registry_alone_knows_of_another() -> None:
    world = World()
    world.parties[ROOT].candidacy.hear_of(Reign(2, STANDBY))
    assert world.act(ROOT).act is Act.WITHDRAW


def test_who_has_reigned_later_does_not_follow_an_old_root() -> None:
    world = World()
    standby = world.parties[STANDBY]
    standby.kept = Reign(2, STANDBY)
    standby.begin()
    world.meet(STANDBY, 1_000)
    assert standby.candidacy.reign == Reign(2, STANDBY)
    assert world.act(ROOT).act is Act.WITHDRAW


def test_a_leaf_that_has_promised_our_epoch_to_another_is_won_back_by_a_higher_one() -> None:
    world = World()
    calm(world, 1)
    world.lost = dict.fromkeys(LEAVES, True)
    world.parties[STANDBY].candidacy.lose_root(world.clock.now_s())
    world.act(STANDBY)
    hear_claims(world, LEAVES[:2])
    world.answer(LEAVES[2], Reign(2, ROOT))
    world.act(STANDBY)
    world.act(STANDBY)
    assert Reign(2, STANDBY) in reigning(world)
    calm(world)
    assert agreed(world).epoch > 2


def test_two_who_claim_at_once_do_not_both_get_the_epoch() -> None:
    world = World()
    calm(world, 1)
    world.lost = dict.fromkeys(LEAVES, True)
    world.parties[ROOT].begin()
    world.clock.pass_s(1.2)
    for name, leaves in ((ROOT, LEAVES[:2]), (STANDBY, LEAVES[1:])):
        world.act(name, away=True)
        hear_claims(world, leaves)
    for name in (ROOT, STANDBY, ROOT, STANDBY):
        world.act(name, away=True)
    assert len(reigning(world)) == 1


def test_a_root_that_was_cut_off_with_events_of_its_own_takes_the_other_s_log() -> None:
    world = World()
    calm(world, 1)
    root, standby = world.parties[ROOT], world.parties[STANDBY]
    world.lost = dict.fromkeys(LEAVES, True)
    standby.candidacy.lose_root(world.clock.now_s())
    root.decide(1)
    alone = list(root.records)
    for _ in range(3):
        world.act(STANDBY)
        hear_claims(world)
    standby.decide(1)
    standby.decide(2)
    calm(world)
    assert agreed(world) == Reign(2, STANDBY)
    assert alone in root.branches


def test_a_copy_that_is_not_whole_lets_the_whole_log_come_first() -> None:
    world = World()
    root, standby = world.parties[ROOT], world.parties[STANDBY]
    for number in range(6):
        root.decide(number)
    world.meet(STANDBY, 2)
    assert len(standby.records) < len(root.records)
    root.begin()
    standby.candidacy.lose_root(world.clock.now_s())
    calm(world)
    assert agreed(world).root == ROOT


def test_without_leaves_and_registry_who_reigned_last_goes_on_in_its_epoch() -> None:
    world = World()
    root = world.parties[ROOT]
    root.plan = root.plan.model_copy(update={"leaves": ()})
    root.begin()
    for _ in range(80):
        world.clock.pass_s(0.05)
        world.act(ROOT, away=True)
    assert reigning(world) == {FIRST}


class Courses(RuleBasedStateMachine):
    """Whatever happens to two candidates, three leaves and a registry."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.before = dict(self.world.leaves)
        calm(self.world, 0.2)

    @rule(seconds=st.sampled_from((0.02, 0.1, 0.4, 1.2, 4.0)))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.pass_s(seconds)

    @rule(who=PARTIES, away=st.booleans(), unheard=st.booleans())
    def a_candidate_acts(self, who: McuName, away: bool, unheard: bool) -> None:
        self.world.act(who, away=away, unheard=unheard)

    @rule(leaf=st.sampled_from(LEAVES), lost=st.booleans())
    def a_line_changes(self, leaf: McuName, lost: bool) -> None:
        self.world.lost[leaf] = lost

    @precondition(lambda self: self.world.claims)
    @rule(data=st.data(), keep=st.booleans())
    def a_claim_arrives(self, data: st.DataObject, keep: bool) -> None:
        claims = self.world.claims
        place = data.draw(st.integers(0, len(claims) - 1))
        self.world.answer(*(claims[place] if keep else claims.pop(place)))

    @precondition(lambda self: self.world.consents)
    @rule(data=st.data(), keep=st.booleans())
    def a_consent_arrives(self, data: st.DataObject, keep: bool) -> None:
        consents = self.world.consents
        place = data.draw(st.integers(0, len(consents) - 1))
        to, consent = consents[place] if keep else consents.pop(place)
        self.world.parties[to].candidacy.hear_consent(consent)

    @rule(who=PARTIES, lost=SOME, asked=SOME, away=st.booleans())
    def a_candidate_is_cut_off_and_asks(
        self, who: McuName, lost: set[McuName], asked: set[McuName], away: bool
    ) -> None:
        world = self.world
        world.lost |= {leaf: leaf in lost for leaf in LEAVES}
        world.parties[who].candidacy.lose_root(world.clock.now_s())
        for _ in range(4):
            world.clock.pass_s(0.4)
            world.act(who, away=away)
            hear_claims(world, asked)

    @rule(leaf=st.sampled_from(LEAVES), who=PARTIES)
    def a_leaf_calls(self, leaf: McuName, who: McuName) -> None:
        self.world.call(leaf, who)

    @rule(who=PARTIES, most=st.integers(0, 9))
    def a_candidate_calls(self, who: McuName, most: int) -> None:
        self.world.meet(who, most)

    @rule(who=PARTIES)
    def a_line_between_candidates_breaks(self, who: McuName) -> None:
        party = self.world.parties[who]
        party.candidacy.lose_root(self.world.clock.now_s())

    @rule(who=PARTIES)
    def a_candidate_dies_and_begins_again(self, who: McuName) -> None:
        self.world.parties[who].begin()

    @rule(who=PARTIES, number=st.integers(0, 1))
    def something_is_decided(self, who: McuName, number: int) -> None:
        self.world.parties[who].decide(number)

    @rule(who=PARTIES)
    def the_registry_is_heard(self, who: McuName) -> None:
        self.world.parties[who].candidacy.hear_of(self.world.registry)

    @invariant()
    def nobody_shares_an_epoch(self) -> None:
        epochs = [reign.epoch for reign in self.world.reigned]
        assert len(epochs) == len(set(epochs)), self.world.reigned

    @invariant()
    def no_leaf_goes_back(self) -> None:
        for name, voice in self.world.leaves.items():
            before = self.before[name]
            if voice.follows != before.follows:
                promised = before.promised or before.follows
                assert voice.follows.epoch >= max(before.follows.epoch, promised.epoch)
            self.before[name] = voice

    @invariant()
    def a_log_is_whole_and_of_one_kind(self) -> None:
        for party in self.world.parties.values():
            if party.candidacy.reigns:
                assert party.host.state.seq == len(party.records)

    def teardown(self) -> None:
        calm(self.world)
        agreed(self.world)


Courses.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
# A course that is wrong is cut down to its shortest form, which takes minutes.
TestCourses = pytest.mark.timeout(400)(Courses.TestCase)
