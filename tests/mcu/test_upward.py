"""Whom a leaf calls: its uplink all the time, those above while it is lost."""

from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.leafallegiance import Allegiance, TrunkEnd
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.leaflanes import LeafLanes
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.succession import LeafVoice, Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.mcu.upward import Upward
from nhipcau.ports.messages import PlannedLeaf
from nhipcau.quantities import McuName, Ssrc
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from tests.mcu.leafworld import NoCodecs
from tests.mcu.machine import HandClock
from tests.mcu.test_uplinks import ROOT, plan_of

CLUSTER, DISTRICT, STANDBY = McuName("cum-xa"), McuName("huyen"), McuName("mcu-tinh-2")
FIRST = Reign(1, ROOT)


class World:
    """A commune cluster below a district, and its trunks as they come and go."""

    def __init__(self, name: McuName = CLUSTER) -> None:
        self._name = name
        self.clock = HandClock()
        self.allegiance = Allegiance(LeafVoice(name, FIRST), self.clock)
        self.upward = Upward(name, self.allegiance, self.clock)
        leaves = (PlannedLeaf(mcu=DISTRICT), PlannedLeaf(mcu=CLUSTER, uplink=DISTRICT))
        self.plan = plan_of(*leaves).model_copy(update={"standby": STANDBY})
        transport = MemoryTransport(MemoryNetwork(self.clock))
        names = StreamNames("leaf", lambda: Ssrc(1))
        engine = LeafEngine(Adapters(transport, NoCodecs(), self.clock), names)  # type: ignore[arg-type]
        self._lanes = LeafLanes(engine, transport, names)

    def called(self) -> set[McuName]:
        """Return who is called now."""
        others = (one for one in (DISTRICT, ROOT, STANDBY) if one != self._name)
        return {one for one in others if self.upward.may_call(self.plan, one)}

    def follow(self, to: McuName) -> TrunkEnd:
        """Have a trunk to somebody who brings the root."""
        end = TrunkEnd(to, self._lanes, TrunkOutbox(), self.clock.now_s())
        self.allegiance.hear_reign(end, FIRST)
        return end


def test_a_leaf_without_an_uplink_calls_both_candidates_all_the_time() -> None:
    world = World(DISTRICT)
    assert world.called() == {ROOT, STANDBY}
    world.follow(ROOT)
    assert world.called() == {ROOT, STANDBY}


def test_at_the_start_only_the_uplink_is_called_and_later_those_above() -> None:
    world = World()
    assert world.called() == {DISTRICT}
    world.clock.pass_s(1.9)
    assert world.called() == {DISTRICT}
    world.clock.pass_s(0.2)
    assert world.called() == {DISTRICT, ROOT, STANDBY}


def test_who_follows_by_its_uplink_calls_nobody_above() -> None:
    world = World()
    world.follow(DISTRICT)
    world.clock.pass_s(60.0)
    assert world.called() == {DISTRICT}


def test_who_has_lost_its_uplink_calls_those_above_after_a_moment() -> None:
    world = World()
    end = world.follow(DISTRICT)
    world.called()
    world.allegiance.part(end)
    assert world.called() == {DISTRICT}
    world.clock.pass_s(0.25)
    assert world.called() == {DISTRICT, ROOT, STANDBY}


def test_who_follows_further_up_goes_on_calling_its_uplink_and_goes_back() -> None:
    world = World()
    world.called()
    world.clock.pass_s(3.0)
    above = world.follow(ROOT)
    assert world.called() == {DISTRICT, ROOT, STANDBY}
    world.follow(DISTRICT)
    assert above.over.is_set()
    assert world.called() == {DISTRICT}


def test_a_plan_that_changes_changes_who_is_called() -> None:
    world = World()
    world.follow(DISTRICT)
    assert world.called() == {DISTRICT}
    world.plan = plan_of(PlannedLeaf(mcu=DISTRICT), PlannedLeaf(mcu=CLUSTER))
    assert ROOT in world.called()
