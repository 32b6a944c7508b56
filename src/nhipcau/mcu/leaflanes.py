"""The leaf's ends of the lanes of a trunk, by number: answered, lent, closed. The event loop's.

root's offer ─▶ transport ─▶ Lane ─▶ media threads of the leaf, once its root is followed

Lanes to a candidate that does not reign are connected, and nothing comes of them.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from nhipcau.mcu.gathering import gathered
from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW, ladder_of
from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.streams import StreamNames
from nhipcau.ports.transport import UPSTREAM, Mid, SendLine, Transport
from nhipcau.ports.trunk import LaneOffer, RungsInUse
from nhipcau.quantities import SiteId, ViewId


@dataclass(slots=True)
class LeafLanes:
    """Keeps the lanes of one trunk; all trunks of a leaf share its transport."""

    engine: LeafEngine
    transport: Transport
    names: StreamNames
    _lanes: dict[int, Lane] = field(default_factory=dict)
    _carried: bool = False
    _ended: bool = False

    def of_another_trunk(self) -> "LeafLanes":
        """Return what keeps the lanes of another trunk; it has none yet."""
        return LeafLanes(self.engine, self.transport, self.names)

    def carry(self) -> None:
        """Repeat what comes down these lanes, from now on; may be called twice."""
        if not self._carried:
            self._carried = True
            for lane in self._lanes.values():
                self.engine.carry(lane)

    def heard_s(self) -> float:
        """Return when the last packet came down, monotonic seconds; -inf: none has."""
        return self.engine.heard_s(frozenset(self._lanes.values()))

    async def answer(self, offer: LaneOffer) -> str:
        """Return the answer to a lane that the root offers.

        Raises:
            SdpError, OSError: it can't be answered.
            TimeoutError: the transport did not gather its candidates.
        """
        sends = {mid: SendLine(mid, self.names.new_ssrc(), self.names.cname) for mid in UPSTREAM}
        lane = await asyncio.to_thread(self._answered, offer, sends)
        if self._ended:
            lane.connection.close()
            raise OSError("the trunk is down")
        self._lanes[offer.lane] = lane
        if self._carried:
            self.engine.carry(lane)
        try:
            return await gathered(lane.connection)
        except TimeoutError:
            self.end(offer.lane)
            raise

    def lend(self, number: int, site: SiteId) -> None:
        """Let a lane serve a site; one that is no more is passed over."""
        lane = self._lanes.get(number)
        if lane is not None:
            self.engine.lend(lane, site)

    def end(self, number: int) -> None:
        """Close a lane; may be called twice."""
        lane = self._lanes.pop(number, None)
        if lane is not None:
            self.engine.drop(lane)

    def close(self) -> None:
        """Close every lane and the transport; blocks for a moment, may be called twice."""
        self.end_all()
        self.transport.close()

    def end_all(self) -> None:
        """Close every lane, those under way, too: the trunk is down."""
        self._ended = True
        for number in list(self._lanes):
            self.end(number)

    def rungs_in_use(self) -> RungsInUse:
        """Return what the root is to carry."""
        used = self.engine.rungs_in_use()
        return RungsInUse(
            program=_places(used, PROGRAM_VIEW),
            content=_places(used, CONTENT_VIEW),
            returns=dict(self.engine.wishes()),
        )

    def _answered(self, offer: LaneOffer, sends: Mapping[Mid, SendLine]) -> Lane:
        connection = self.transport.answer(offer.sdp, tuple(sends.values()))
        return Lane(connection, sends, offer.place)


def _places(used: frozenset[tuple[ViewId, str]], view: ViewId) -> tuple[int, ...]:
    names = [spec.name for spec in ladder_of(view)]
    return tuple(sorted(names.index(rung) for line, rung in used if line == view))
