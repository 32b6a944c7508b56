"""A leaf's calls, wired: a trunk to each candidate for root, or to the leaves above it.

Upward says who is called now ─▶ TrunkDial holds a trunk to each of them
"""

import asyncio
import functools
from collections.abc import Callable

from nhipcau.app.drilling import LineCut
from nhipcau.app.trunk_dial import Callee, TrunkDial
from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafallegiance import TrunkEnd
from nhipcau.mcu.succession import Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.mcu.upward import Upward
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import (
    TRUNK_VERSION,
    Reigns,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
    TrunkMessage,
)
from nhipcau.ports.uplinks import uplinks_of
from nhipcau.quantities import McuName

# Ward, commune, district, province: an administration has no more tiers below its hall.
_MOST_UPLINKS = 4


class LeafCaller:
    """One leaf as who calls; see `trunk_dial.Caller`."""

    def __init__(
        self, name: McuName, url: str, leaf: LeafNode, plan: Callable[[], ConferencePlan]
    ) -> None:
        """Say nothing yet; `url` is how pages reach this leaf."""
        self._name = name
        self._url = url
        self._leaf = leaf
        self._plan = plan
        self._upward = Upward(name, leaf.allegiance, leaf.clock)
        self._ends: set[TrunkEnd] = set()

    def whom(self, plan: ConferencePlan, mcu: McuName, url: str) -> Callee:
        """Return an MCU that is to be called now, one without an address where it is not."""
        return Callee(mcu, url if mcu and self._upward.may_call(plan, mcu) else "")

    def uplink(self, plan: ConferencePlan, place: int) -> Callee:
        """Return the leaf so many above the next one, if it is to be called now."""
        above = uplinks_of(plan, self._name)
        if place >= len(above):
            return Callee(McuName(""), "")
        urls = {leaf.mcu: leaf.url for leaf in plan.leaves}
        return self.whom(plan, above[place], urls[above[place]])

    def hello(self, to: McuName, nonce: str) -> TrunkHello:
        """Return a hello that says whom this leaf follows."""
        del to
        allegiance = self._leaf.allegiance
        return TrunkHello(
            v=TRUNK_VERSION,
            mcu=self._name,
            conference=self._plan().conference,
            url=self._url,
            nonce=nonce,
            follows=allegiance.follows,
            known=allegiance.known.epoch,
            known_root=allegiance.known.root,
        )

    def check(self, to: McuName, challenge: TrunkChallenge) -> None:
        """Pass over an old root that has come back.

        Raises:
            TrunkError: it is one.
        """
        reign, allegiance = Reign(challenge.epoch, to), self._leaf.allegiance
        if challenge.reigns and not allegiance.voice.may_follow(reign):
            raise TrunkError(f"a root of epoch {reign.epoch}; we know {allegiance.known.epoch}")

    def up(self, to: McuName, challenge: TrunkChallenge, outbox: TrunkOutbox) -> TrunkEnd:
        """Have the trunk from now on."""
        reign = Reign(challenge.epoch, to) if challenge.reigns else None
        end = self._leaf.trunk_up(to, outbox, reign)
        self._ends.add(end)
        return end

    def over(self, end: TrunkEnd) -> asyncio.Event:
        """Return what is set when the trunk is to be closed."""
        return end.over

    def handle(self, end: TrunkEnd, said: TrunkMessage | tuple[int, bytes]) -> None:
        """Take what the candidate says.

        Raises:
            TrunkError: a candidate does not say that.
        """
        if isinstance(said, tuple):
            self._leaf.take_still(end, *said)
        else:
            self._leaf.handle(end, said)
            if isinstance(said, Reigns):
                self._let_go()

    def down(self, end: TrunkEnd) -> None:
        """Have the trunk no more."""
        self._ends.discard(end)
        self._leaf.trunk_down(end)

    def _let_go(self) -> None:
        """Close what is of no use any more: a trunk further up, of the time without an uplink."""
        for end in self._ends:
            if not self._upward.may_call(self._plan(), end.to):
                end.over.set()


def leaf_dials(
    caller: LeafCaller, plan: Callable[[], ConferencePlan], line: LineCut | None = None
) -> tuple[TrunkDial[TrunkEnd], ...]:
    """Return what keeps a leaf's trunks up, over one line: to root and standby, and to the leaves
    above it.
    """
    return (
        TrunkDial(caller, lambda now: caller.whom(now, now.mcu, now.root_url), plan, line),
        TrunkDial(caller, lambda now: caller.whom(now, now.standby, now.standby_url), plan, line),
        *(
            TrunkDial(caller, functools.partial(caller.uplink, place=place), plan, line)
            for place in range(_MOST_UPLINKS)
        ),
    )
