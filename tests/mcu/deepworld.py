"""A leaf below the leaf, over a lossy line of its own, in the same hand-moved time.

FarRoot ══ trunk ══ LeafEngine ══ lower trunk ══ LeafEngine ══ rooms' lines ══ Room
"""

import itertools

from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.streams import StreamNames
from nhipcau.ports.transport import UPSTREAM, Mid, SendLine
from nhipcau.quantities import EndpointId, SiteId, Ssrc
from nhipcau.webrtc.memory import MemoryConnection, MemoryNetwork, MemoryTransport, Weather
from tests.mcu.leafworld import LeafWorld, NoCodecs, Room

_NOTHING = 9


class DeepWorld(LeafWorld):
    """The world of two tiers; `lines` are those between the two leaves, too."""

    def __init__(self, trunk: Weather | None = None, lines: Weather | None = None) -> None:
        super().__init__(trunk, lines)
        self.low_lines = MemoryNetwork(self.clock, lines)
        ssrcs = itertools.count(300)
        names = StreamNames("below", lambda: Ssrc(next(ssrcs)))
        adapters = Adapters(MemoryTransport(self.low_lines), NoCodecs(), self.clock)  # type: ignore[arg-type]
        self.below = LeafEngine(adapters, names)
        self.engines.append(self.below)
        self._lanes = itertools.count()

    def room_below(self, name: str | None, wish: int = 0) -> Room:
        """Return a room of the leaf below."""
        return self.room(name, wish, (self.below, self.low_lines))

    def lane_below(
        self, place: int | None, *, carried: bool = True
    ) -> tuple[LeafMedia, MemoryConnection, Lane]:
        """Return a lane from the leaf to the leaf below, as a trunk makes it: here, and there."""
        number = next(self._lanes)
        media = self.engine.open(EndpointId(f"lane {number}"), None)
        media.hears = place == 0
        for mid in (Mid.PROGRAM, Mid.CONTENT):
            media.watcher(mid).stands_for_many = True
            media.watcher(mid).set_wish(_NOTHING if place is None else place)
        sends = {
            mid: SendLine(mid, Ssrc(20_000 + 10 * number + n), f"low lane {number}")
            for n, mid in enumerate(UPSTREAM)
        }
        transport = MemoryTransport(self.lines)
        near = transport.answer(media.connection.local_sdp() or "", list(sends.values()))
        media.connection.accept(near.local_sdp() or "")
        self.engine.attach(media)
        lane = Lane(near, sends, place)
        if carried:
            self.below.carry(lane)
        return media, near, lane

    def lend_below(self, site: SiteId) -> tuple[LeafMedia, Lane]:
        """Lend on what the leaf is lent for a site of the leaf below."""
        media, _, lane = self.lane_below(None)
        self.run(0.05)
        media.move(site)
        self.engine.seat_anew()
        self.below.lend(lane, site)
        return media, lane
