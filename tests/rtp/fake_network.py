"""A seeded line for tests: loss, jitter, reordering and duplication in virtual time.

    send(packet, now_s) ─▶ lost, or due at now_s + delay + jitter (+ a detour) ─▶ deliver(now_s)

The same seed gives the same line on every machine. Nothing here sleeps.
"""

import heapq
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Line:
    """What a line does to packets.

    Attributes:
        loss: share of packets that never arrive, 0 to 1.
        delay_s: least time on the way.
        jitter_s: up to so much more, each packet for itself; order is kept.
        reorder: share of packets that take a detour and are overtaken.
        detour_s: up to so much later are those.
        duplicate: share of packets that arrive twice.
    """

    loss: float = 0.0
    delay_s: float = 0.02
    jitter_s: float = 0.0
    reorder: float = 0.0
    detour_s: float = 0.03
    duplicate: float = 0.0


class FakeNetwork:
    """One direction of a line. `line` may be swapped at any time; `sent` and `lost` count."""

    def __init__(self, line: Line, seed: int) -> None:
        self.line = line
        self.sent = self.lost = 0
        self._random = Random(seed)
        self._on_the_way: list[tuple[float, int, bytes]] = []
        self._last_s = 0.0
        self._ticket = 0

    def send(self, packet: bytes, now_s: float) -> None:
        """Put a packet on the line."""
        line, chance = self.line, self._random.random
        self.sent += 1
        if chance() < line.loss:
            self.lost += 1
            return
        due_s = max(self._last_s, now_s + line.delay_s + chance() * line.jitter_s)
        if chance() < line.reorder:
            due_s += chance() * line.detour_s
        else:
            self._last_s = due_s
        self._push(due_s, packet)
        if chance() < line.duplicate:
            self._push(due_s + chance() * line.detour_s, packet)

    def _push(self, due_s: float, packet: bytes) -> None:
        self._ticket += 1
        heapq.heappush(self._on_the_way, (due_s, self._ticket, packet))

    def deliver(self, now_s: float) -> list[bytes]:
        """Return what has arrived by now, in the order of arrival."""
        arrived = []
        while self._on_the_way and self._on_the_way[0][0] <= now_s:
            arrived.append(heapq.heappop(self._on_the_way)[2])
        return arrived
