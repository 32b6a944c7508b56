"""How deep a playout buffer should be, and how fast to read it so that it stays so deep.

    arrival times ─▶ DepthTarget ─▶ target depth ─┐
    depth now ────────────────────────────────────┴▶ SpeedControl ─▶ speed, 1 ± 0.01

Both work in samples at 48 kHz.
"""

from dataclasses import dataclass

from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ


@dataclass(frozen=True, slots=True)
class PlayoutPolicy:
    """The bounds of a playout buffer.

    Attributes:
        target_s: the depth on a steady line: one packet, one block, and 10 ms to spare.
        highest_s: no jitter makes it deeper than this; beyond it people talk into each other.
        overflow_s: a depth at which the excess is skipped instead of read faster.
        longest_gap_s: a longer jump in timestamps is a pause of the source, not a loss.
        speed_range: how far the speed may leave 1; ±1 % is a sixth of a semitone, not heard in
            speech, and mends 10 ms of depth each second.
    """

    target_s: float = 0.05
    highest_s: float = 0.2
    overflow_s: float = 0.4
    longest_gap_s: float = 0.2
    speed_range: float = 0.01


DEFAULT_PLAYOUT_POLICY = PlayoutPolicy()

# A packet and a block must fit in the depth whatever their phase; 10 ms more for the ticker.
_SPARE_SAMPLES = BLOCK_SAMPLES + RATE_HZ // 100
# The fastest a packet has ever come is believed a little less each second (1,000 ppm), so that
# neither a drifting clock nor a new route looks like jitter for ever.
_FORGET_BASE = 0.001
# The worst lateness seen is forgotten by 10 ms each second, as fast as the depth can follow: a
# burst at the start must not keep voices late for minutes.
_FORGET_PEAK = 0.01
# What comes later than `overflow_s` ends a stall, which no depth would have bridged, and so do the
# packets queued behind it; if it lasts longer than this it is a new route.
_LONGEST_STALL = 2 * RATE_HZ
# An underrun that the arrival times did not announce (a late ticker) asks for 10 ms more.
_UNDERRUN_SAMPLES = RATE_HZ // 100


class DepthTarget:
    """The depth that the line's jitter asks for: up at once, down slowly."""

    __slots__ = (
        "_base",
        "_highest",
        "_last",
        "_lowest",
        "_packet",
        "_peak",
        "_stall",
        "_stalled_from",
    )

    def __init__(self, policy: PlayoutPolicy) -> None:
        self._stall = policy.overflow_s * RATE_HZ
        self._stalled_from: int | None = None
        self._lowest = policy.target_s * RATE_HZ
        self._highest = policy.highest_s * RATE_HZ
        self._base: float | None = None
        self._last = 0
        self._packet = BLOCK_SAMPLES
        self._peak = 0.0

    @property
    def samples(self) -> float:
        """The depth to hold."""
        wanted = self._packet + _SPARE_SAMPLES + self._peak
        return min(max(wanted, self._lowest), self._highest)

    def arrived(self, timestamp: int, length: int, now_s: float) -> None:
        """Take note that `length` samples from `timestamp` on arrived at `now_s`."""
        self._packet = length
        transit = now_s * RATE_HZ - timestamp
        passed = max(0, timestamp - self._last)
        self._last = timestamp
        if self._base is None:
            self._base = transit
            return
        self._base = min(transit, self._base + passed * _FORGET_BASE)
        late = transit - self._base
        if self._in_stall(late, timestamp):
            return
        self._peak = min(max(late, self._peak - passed * _FORGET_PEAK), self._highest)

    def underrun(self) -> None:
        """Take note that the buffer ran dry though the source had not paused."""
        self._peak = min(self._peak + _UNDERRUN_SAMPLES, self._highest)

    def restart(self) -> None:
        """Forget when packets used to arrive: the source paused or jumped; keep the jitter."""
        self._base = None
        self._stalled_from = None

    def _in_stall(self, late: float, timestamp: int) -> bool:
        """Return True while a packet's lateness says nothing about jitter."""
        if self._stalled_from is None:
            if late > self._stall:
                self._stalled_from = timestamp
            return late > self._stall
        if timestamp - self._stalled_from > _LONGEST_STALL:
            self.restart()
            return True
        if late < BLOCK_SAMPLES:
            self._stalled_from = None
        return self._stalled_from is not None


# The depth moves by a packet with every arrival; over 1 s that is even.
_SMOOTH = 1 / 50
# A wrong depth is mended with this time constant, so 20 ms too much reads 0.2 % faster.
_MEND_S = 10.0
_PROPORTIONAL = 1 / (_MEND_S * RATE_HZ)
# The lasting difference of two clocks is learnt over minutes, so that one burst teaches nothing.
_LEARN_S = 100.0
_INTEGRAL = BLOCK_SAMPLES / RATE_HZ / (_MEND_S * _LEARN_S * RATE_HZ)
# Crystals differ by some hundred ppm; more is no clock.
_LARGEST_DRIFT = 0.002


class SpeedControl:
    """A slow proportional-integral controller from depth to speed. Called once per block."""

    __slots__ = ("_drift", "_range", "_smooth", "speed")

    def __init__(self, policy: PlayoutPolicy) -> None:
        self._range = policy.speed_range
        self._smooth: float | None = None
        self._drift = 0.0
        self.speed = 1.0

    @property
    def drift(self) -> float:
        """How much faster than ours the source's clock is believed to run: 0.0003 is 300 ppm."""
        return self._drift

    def update(self, depth: int, target: float) -> float:
        """Return the speed for the next block, given the depth before it is read."""
        smooth = depth if self._smooth is None else self._smooth + (depth - self._smooth) * _SMOOTH
        self._smooth = smooth
        error = smooth - target
        wanted = error * _PROPORTIONAL + self._drift
        if abs(wanted) < self._range:
            drift = self._drift + error * _INTEGRAL
            self._drift = min(max(drift, -_LARGEST_DRIFT), _LARGEST_DRIFT)
        else:
            wanted = self._range if wanted > 0 else -self._range
        self.speed = 1.0 + wanted
        return self.speed

    def restart(self) -> None:
        """Forget the depth (it jumped on purpose), keep the drift."""
        self._smooth = None
        self.speed = 1.0 + self._drift
