"""A pacer: frames go out packet by packet, so that a key frame does not burst on a thin line.

put(frame) ─▶ queue ─▶ poll(now) ─▶ the packets that are due

At most twice the stream's own rate, with a small burst. An encoder with a VBV of a quarter of a
second never fills the queue; after a stall the queue is emptied faster rather than shown late.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

PACE_FACTOR = 2
# What may go out at once: a thread wakes up some ms late, and that must not cost rate.
BURST_S = 0.01
# UDP, IPv4 and the tag of SRTP: what a packet weighs on the wire beyond its own bytes.
WIRE_OVERHEAD_BYTES = 38
# What waits longer than this at twice its rate is a stall, not a key frame: then faster.
_HORIZON_S = 0.5
# Two seconds of frames at 25 fps.
_FRAME_LIMIT = 50


class Paced(Protocol):
    """A frame in packets."""

    @property
    def packets(self) -> Sequence[bytes]:
        """Its RTP packets in order; at least one."""
        ...


class Slice[F](NamedTuple):
    """Packets `start` to `end` of a frame are due."""

    frame: F
    start: int
    end: int


class Pacer[F: Paced]:
    """Paces one stream. One thread at a time.

    Args:
        rate_bps: the stream's rate on the wire.
    """

    __slots__ = ("_backlog", "_free_s", "_queue", "_rate", "dropped", "sent_of_head")

    def __init__(self, rate_bps: int) -> None:
        self._rate = PACE_FACTOR * rate_bps / 8
        self._queue: deque[F] = deque()
        self._backlog = 0
        self._free_s = float("-inf")
        self.sent_of_head = 0
        """Packets of the oldest frame that have gone out already."""
        self.dropped = 0

    def put(self, frame: F) -> F | None:
        """Append a frame; return the one that had to go for it, the oldest not begun."""
        self._queue.append(frame)
        self._backlog += _weight(frame.packets)
        if len(self._queue) <= _FRAME_LIMIT:
            return None
        place = 1 if self.sent_of_head else 0
        oldest = self._queue[place]
        del self._queue[place]
        self._backlog -= _weight(oldest.packets)
        self.dropped += 1
        return oldest

    def poll(self, now_s: float) -> Iterator[Slice[F]]:
        """Yield what is due at `now_s`, oldest first."""
        self._free_s = max(self._free_s, now_s - BURST_S)
        while self._queue:
            frame, start = self._queue[0], self.sent_of_head
            end = self._advance(frame.packets, start, now_s)
            if end > start:
                yield Slice(frame, start, end)
            if end < len(frame.packets):
                return
            self._queue.popleft()
            self.sent_of_head = 0

    def due_s(self) -> float | None:
        """Return when to poll again, None while nothing waits."""
        return self._free_s if self._queue else None

    def waiting(self) -> tuple[F, ...]:
        """Return the frames that wait; the first may have gone out in part (`sent_of_head`)."""
        return tuple(self._queue)

    def _advance(self, packets: Sequence[bytes], at: int, now_s: float) -> int:
        while at < len(packets) and self._free_s <= now_s:
            weight = len(packets[at]) + WIRE_OVERHEAD_BYTES
            self._free_s += weight / max(self._rate, self._backlog / _HORIZON_S)
            self._backlog -= weight
            at += 1
        self.sent_of_head = at
        return at


def _weight(packets: Sequence[bytes]) -> int:
    return sum(map(len, packets)) + len(packets) * WIRE_OVERHEAD_BYTES
