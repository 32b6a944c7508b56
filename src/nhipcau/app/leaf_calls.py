"""A leaf's calls to the candidates for root, wired: a trunk to each, as `TrunkDial` holds it."""

import asyncio
from collections.abc import Callable

from nhipcau.app.drilling import LineCut
from nhipcau.app.trunk_dial import Callee, TrunkDial
from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafallegiance import TrunkEnd
from nhipcau.mcu.succession import Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import TRUNK_VERSION, TrunkChallenge, TrunkError, TrunkHello, TrunkMessage
from nhipcau.quantities import McuName


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
            known=allegiance.known,
        )

    def check(self, to: McuName, challenge: TrunkChallenge) -> None:
        """Pass over an old root that has come back.

        Raises:
            TrunkError: it is one.
        """
        reign, allegiance = Reign(challenge.epoch, to), self._leaf.allegiance
        if challenge.reigns and not allegiance.voice.may_follow(reign):
            raise TrunkError(f"a root of epoch {reign.epoch}; we know {allegiance.known}")

    def up(self, to: McuName, challenge: TrunkChallenge, outbox: TrunkOutbox) -> TrunkEnd:
        """Have the trunk from now on."""
        reign = Reign(challenge.epoch, to) if challenge.reigns else None
        return self._leaf.trunk_up(to, outbox, reign)

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

    def down(self, end: TrunkEnd) -> None:
        """Have the trunk no more."""
        self._leaf.trunk_down(end)


def leaf_dials(
    caller: LeafCaller, plan: Callable[[], ConferencePlan], line: LineCut | None = None
) -> tuple[TrunkDial[TrunkEnd], ...]:
    """Return what keeps a leaf's trunks up, over one line: to the plan's root and its standby."""
    return (
        TrunkDial(caller, lambda now: Callee(now.mcu, now.root_url), plan, line),
        TrunkDial(caller, lambda now: Callee(now.standby, now.standby_url), plan, line),
    )
