"""A camera behind a thin line, in virtual time: what its encoder does when it is told a rate.

encoder (25 fps, key frames, noise) ─▶ line (rate, queue, loss, jitter) ─▶ UpstreamEstimator
          ▲                                                                      │
          └────────────────── the estimate, a round trip later ◀─────────────────┘
"""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from nhipcau.rtp.estimator import UpstreamEstimator
from nhipcau.rtp.sendtime import SEND_TIME_HZ, SEND_TIME_MOD
from tests.rtp.fake_network import FakeNetwork, Line

_STEP_MS = 5
_PACKET_BYTES = 1200
_FPS = 25


@dataclass
class ThinLine:
    """A queue of `buffer_s` before a line of `rate_bps`; then a seeded line's loss and jitter."""

    rate_bps: float
    line: Line
    seed: int
    buffer_s: float = 0.5
    cross_bps: float = 0.0

    def __post_init__(self) -> None:
        self.network = FakeNetwork(self.line, self.seed)
        self.free_s = 0.0
        self.dropped = 0

    def waits_s(self, now_s: float) -> float:
        """Return how long a packet that comes now waits."""
        return max(0.0, self.free_s - now_s)

    def send(self, packet: bytes, size: int, now_s: float) -> None:
        """Put a packet into the queue, or drop it at its end."""
        if self.waits_s(now_s) > self.buffer_s:
            self.dropped += 1
            return
        rate = max(self.rate_bps - self.cross_bps, 1_000.0)
        self.free_s = max(self.free_s, now_s) + 8 * size / rate
        self.network.send(packet, self.free_s)


@dataclass
class Camera:
    """A sender and the estimate of its line; `rates` and `queues` are noted every 40 ms.

    A busy sender is late with its pictures, by up to `busy_s`, in waves of a second; `stamped`
    packets say when they left.
    """

    line: ThinLine
    estimator: UpstreamEstimator
    most_bps: float = 1_200_000
    told_after_s: float = 0.05
    seed: int = 5
    busy_s: float = 0.0
    stamped: bool = False
    rates: list[float] = field(default_factory=list)
    queues: list[float] = field(default_factory=list)
    told: list[tuple[float, float]] = field(default_factory=list)
    now_ms: int = 0
    target_bps: float = 800_000

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self._arrivals = self.estimator.stream(90_000)
        self._waiting: deque[tuple[float, bytes, int]] = deque()
        self._pictures = 0
        self._left_s = 0.0
        self._highest = -1
        self._missing: set[int] = set()
        self._seq = 0

    def run(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds * 1000 / _STEP_MS)):
            self.now_ms += _STEP_MS
            now_s = self.now_ms / 1000
            while self.told and self.told[0][0] <= now_s:
                self.target_bps = min(self.told.pop(0)[1], self.most_bps)
            if self.now_ms % (1000 // _FPS) == 0:
                self._take_picture(now_s)
            self._send(now_s)
            self._receive(now_s)

    def last(self, seconds: float) -> tuple[list[float], list[float]]:
        """Return estimates and waits of the last seconds."""
        count = round(seconds * _FPS)
        return self.rates[-count:], self.queues[-count:]

    def changes(self, seconds: float) -> int:
        """Return how often the estimate turned from rising to falling in the last seconds."""
        rates, _ = self.last(seconds)
        steps = [b - a for a, b in pairwise(rates) if abs(b - a) > 1]
        return sum(1 for a, b in pairwise(steps) if a > 0 > b)

    def _take_picture(self, now_s: float) -> None:
        self.rates.append(self.estimator.bps)
        self.queues.append(self.line.waits_s(now_s))
        usual = self.target_bps / _FPS / 8
        keyframe = self._pictures % 100 == 0
        size = usual * (4.0 if keyframe else self._chance.uniform(0.75, 1.2))
        stamp = self._pictures * 90_000 // _FPS
        self._pictures += 1
        # A sender paces at two and a half times its rate.
        apart_s = 8 * _PACKET_BYTES / (2.5 * self.target_bps)
        for number in range(max(1, -(-int(size) // _PACKET_BYTES))):
            part = min(_PACKET_BYTES, int(size) - number * _PACKET_BYTES)
            packet = self._seq.to_bytes(4, "big") + stamp.to_bytes(8, "big")
            self._seq += 1
            left_s = max(self._left_s, now_s + self._late_s(now_s) + number * apart_s)
            self._left_s = left_s
            self._waiting.append((left_s, packet, max(part, 60)))

    def _late_s(self, now_s: float) -> float:
        """Return how late a busy sender is: ever later for a second, then on time for another."""
        return self.busy_s * max(0.0, now_s % 2.0 - 1.0)

    def _send(self, now_s: float) -> None:
        while self._waiting and self._waiting[0][0] <= now_s:
            due_s, packet, size = self._waiting.popleft()
            ticks = int(due_s * SEND_TIME_HZ) % SEND_TIME_MOD
            tail = size.to_bytes(2, "big") + ticks.to_bytes(3, "big")
            self.line.send(packet + tail, size, due_s)

    def _receive(self, now_s: float) -> None:
        for packet in self.line.network.deliver(now_s):
            seq, stamp = int.from_bytes(packet[:4], "big"), int.from_bytes(packet[4:12], "big")
            size = int.from_bytes(packet[12:14], "big")
            sent = int.from_bytes(packet[14:], "big") if self.stamped else None
            if seq > self._highest:
                self._arrivals.note_missing(seq - self._highest - 1)
                self._missing.update(range(self._highest + 1, seq))
                self._highest = seq
                self._arrivals.note(stamp & 0xFFFFFFFF, size, now_s, sent)
            elif seq in self._missing:
                self._missing.discard(seq)
                self._arrivals.note_missing(-1)
                self._arrivals.note_late(size)
        before = self.estimator.bps
        estimate = self.estimator.poll(now_s)
        # REMB: once a second, at once when it changed by a tenth.
        if abs(estimate - before) > 0.1 * before or self.now_ms % 1000 == 0:
            self.told.append((now_s + self.told_after_s, float(estimate)))
