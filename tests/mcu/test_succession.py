"""Whatever is lost, doubled or late: never two roots of one epoch, and no leaf goes back to one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nhipcau.mcu.succession import Consent, LeafVoice, Reign, StandbyVoice, Step, Word
from nhipcau.quantities import McuName

LEAVES = tuple(McuName(f"leaf-{n}") for n in range(5))
STANDBYS = (McuName("standby-a"), McuName("standby-b"))
ROOT = Reign(1, McuName("root"))


def test_a_standby_that_hears_its_root_waits() -> None:
    assert StandbyVoice(STANDBYS[0], frozenset(LEAVES), 1).step(silent=False) is Step.WAIT


def test_a_claim_takes_most_leaves_then_the_registry_then_it_reigns() -> None:
    voice = StandbyVoice(STANDBYS[0], frozenset(LEAVES), 1)
    for name in LEAVES[:3]:
        assert voice.step(silent=True) is Step.ASK
        _, consent = LeafVoice(name, ROOT).answer(voice.claim, lost=True)
        voice = voice.hear(consent)
    assert voice.step(silent=True) is Step.CLAIM
    assert voice.hear_registry(voice.claim, Word.GRANTED).step(silent=True) is Step.REIGN


def test_without_the_registry_the_leaves_are_enough_and_without_both_nothing_is() -> None:
    voice = StandbyVoice(STANDBYS[0], frozenset(LEAVES[:1]), 1)
    voice = voice.hear(LeafVoice(LEAVES[0], ROOT).answer(voice.claim, lost=True)[1])
    assert voice.hear_registry(voice.claim, Word.AWAY).step(silent=True) is Step.REIGN
    alone = StandbyVoice(STANDBYS[0], frozenset(), 1)
    assert alone.hear_registry(alone.claim, Word.AWAY).step(silent=True) is Step.CLAIM


def test_a_leaf_that_hears_its_root_does_not_consent() -> None:
    leaf, consent = LeafVoice(LEAVES[0], ROOT).answer(Reign(2, STANDBYS[0]), lost=False)
    assert not consent.given
    assert leaf.may_follow(ROOT)


def test_a_leaf_that_has_consented_follows_its_old_root_no_more() -> None:
    leaf, _ = LeafVoice(LEAVES[0], ROOT).answer(Reign(2, STANDBYS[0]), lost=True)
    assert not leaf.may_follow(ROOT)
    assert not leaf.may_follow(Reign(2, STANDBYS[1]))
    assert leaf.may_follow(Reign(2, STANDBYS[0]))


def test_who_was_late_claims_a_higher_epoch_the_next_time() -> None:
    voice = StandbyVoice(STANDBYS[1], frozenset(LEAVES), 1)
    later = voice.hear_registry(voice.claim, Word.AWAY, epoch=2)
    assert later.claim == Reign(3, STANDBYS[1])
    assert not later.consents


def test_a_leaf_consents_once_for_each_epoch_and_the_same_again_to_the_same() -> None:
    first, second = Reign(2, STANDBYS[0]), Reign(2, STANDBYS[1])
    leaf, yes = LeafVoice(LEAVES[0], ROOT).answer(first, lost=True)
    assert yes.given
    leaf, again = leaf.answer(first, lost=True)
    assert again.given
    leaf, other = leaf.answer(second, lost=True)
    assert (other.given, other.known, leaf.promised) == (False, 2, first)
    leaf, higher = leaf.answer(Reign(3, STANDBYS[1]), lost=True)
    assert higher.given
    assert not leaf.answer(first, lost=True)[1].given


# Every course of a small world: three leaves that have lost their root, two standbys, a registry
# that may be away, and messages that are lost, doubled and late (what was once said may arrive at
# any time, any number of times, or never).
_FEW = LEAVES[:3]
_HIGHEST_EPOCH = 2


@dataclass(frozen=True)
class _World:
    leaves: tuple[LeafVoice, ...]
    standbys: tuple[StandbyVoice, ...]
    asked: frozenset[Reign]
    said: frozenset[Consent]
    registry: Reign
    reigns: frozenset[Reign]


def _begin() -> _World:
    leaves = tuple(LeafVoice(name, ROOT) for name in _FEW)
    standbys = tuple(StandbyVoice(name, frozenset(_FEW), 1) for name in STANDBYS)
    return _World(leaves, standbys, frozenset(), frozenset(), ROOT, frozenset({ROOT}))


def _next(world: _World) -> Iterator[_World]:
    for place, leaf in enumerate(world.leaves):
        for claim in world.asked:
            after, consent = leaf.answer(claim, lost=True)
            leaves = (*world.leaves[:place], after, *world.leaves[place + 1 :])
            yield replace(world, leaves=leaves, said=world.said | {consent})
    for place, voice in enumerate(world.standbys):
        for heard in (consent for consent in world.said if consent.claim.root == voice.name):
            yield _with(world, place, voice.hear(heard))
        yield from _acts(world, place, voice)


def _acts(world: _World, place: int, voice: StandbyVoice) -> Iterator[_World]:
    claim = voice.claim
    match voice.step(silent=True):
        case Step.ASK if claim.epoch <= _HIGHEST_EPOCH:
            yield replace(world, asked=world.asked | {claim})
        case Step.CLAIM:
            yield _with(world, place, voice.hear_registry(claim, Word.AWAY))
            if world.registry.epoch < claim.epoch:
                granted = voice.hear_registry(claim, Word.GRANTED)
                yield replace(_with(world, place, granted), registry=claim)
            else:
                held = world.registry.epoch
                yield _with(world, place, voice.hear_registry(claim, Word.AWAY, held))
        case Step.REIGN:
            yield replace(world, reigns=world.reigns | {claim})
        case _:
            return


def _with(world: _World, place: int, voice: StandbyVoice) -> _World:
    standbys = (*world.standbys[:place], voice, *world.standbys[place + 1 :])
    return replace(world, standbys=standbys)


def test_in_every_course_of_a_small_world_two_never_share_an_epoch() -> None:
    seen, waiting = {_begin()}, [_begin()]
    most_reigns = 0
    while waiting:
        world = waiting.pop()
        epochs = [reign.epoch for reign in world.reigns]
        assert len(epochs) == len(set(epochs)), world
        most_reigns = max(most_reigns, len(epochs))
        for after in _next(world):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    # The courses in which somebody takes over are among them.
    assert most_reigns == 2


@dataclass
class _Asked:
    leaf: McuName
    claim: Reign


class Takeovers(RuleBasedStateMachine):
    """Two standbys, five leaves, a registry, and a network that loses, doubles and reorders."""

    @initialize()
    def begin(self) -> None:
        self.leaves = {name: LeafVoice(name, ROOT) for name in LEAVES}
        self.lost = dict.fromkeys(LEAVES, False)
        self.standbys = {n: StandbyVoice(n, frozenset(LEAVES), 1) for n in STANDBYS}
        self.registry = ROOT
        self.asked: list[_Asked] = []
        self.said: list[tuple[McuName, Consent]] = []
        self.reigns = {ROOT}
        self.highest = dict.fromkeys(LEAVES, 1)

    @rule(leaf=st.sampled_from(LEAVES), lost=st.booleans())
    def the_line_to_the_root_changes(self, leaf: McuName, lost: bool) -> None:
        self.lost[leaf] = lost

    @rule(who=st.sampled_from(STANDBYS), leaf=st.sampled_from(LEAVES))
    def a_standby_asks(self, who: McuName, leaf: McuName) -> None:
        self.asked.append(_Asked(leaf, self.standbys[who].claim))

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), keep=st.booleans())
    def a_question_arrives(self, data: st.DataObject, keep: bool) -> None:
        place = data.draw(st.integers(0, len(self.asked) - 1))
        asked = self.asked[place] if keep else self.asked.pop(place)
        leaf = self.leaves[asked.leaf]
        after, consent = leaf.answer(asked.claim, lost=self.lost[asked.leaf])
        self.leaves[asked.leaf] = after
        self.said.append((asked.claim.root, consent))

    @precondition(lambda self: self.said)
    @rule(data=st.data(), keep=st.booleans())
    def an_answer_arrives(self, data: st.DataObject, keep: bool) -> None:
        place = data.draw(st.integers(0, len(self.said) - 1))
        to, consent = self.said[place] if keep else self.said.pop(place)
        self.standbys[to] = self.standbys[to].hear(consent)

    @rule(who=st.sampled_from(STANDBYS), away=st.booleans())
    def a_standby_acts(self, who: McuName, away: bool) -> None:
        voice = self.standbys[who]
        match voice.step(silent=True):
            case Step.CLAIM if away:
                self.standbys[who] = voice.hear_registry(voice.claim, Word.AWAY)
            case Step.CLAIM if self.registry.epoch < voice.claim.epoch:
                self.registry = voice.claim
                self.standbys[who] = voice.hear_registry(voice.claim, Word.GRANTED)
            case Step.CLAIM:
                held = self.registry.epoch
                self.standbys[who] = voice.hear_registry(voice.claim, Word.AWAY, held)
            case Step.REIGN:
                self.reigns.add(voice.claim)
            case _:
                pass

    @rule(leaf=st.sampled_from(LEAVES), data=st.data())
    def a_leaf_meets_a_root(self, leaf: McuName, data: st.DataObject) -> None:
        reign = data.draw(st.sampled_from(sorted(self.reigns)))
        voice = self.leaves[leaf]
        if voice.may_follow(reign):
            self.leaves[leaf] = voice.follow(reign)
            self.lost[leaf] = False

    @rule(who=st.sampled_from(STANDBYS), data=st.data())
    def a_standby_hears_of_a_root(self, who: McuName, data: st.DataObject) -> None:
        reign = data.draw(st.sampled_from(sorted(self.reigns)))
        self.standbys[who] = self.standbys[who].hear_epoch(reign.epoch)

    @rule(leaf=st.sampled_from(LEAVES))
    def a_leaf_restarts(self, leaf: McuName) -> None:
        self.lost[leaf] = True

    @invariant()
    def nobody_shares_an_epoch(self) -> None:
        epochs = [reign.epoch for reign in self.reigns]
        assert len(epochs) == len(set(epochs)), self.reigns

    @invariant()
    def no_leaf_goes_back(self) -> None:
        for name, leaf in self.leaves.items():
            assert leaf.follows.epoch >= self.highest[name]
            self.highest[name] = leaf.follows.epoch


Takeovers.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestTakeovers = Takeovers.TestCase
