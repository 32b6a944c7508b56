"""Is a queue filling somewhere on the way? Told by when pictures arrive and when they were sent.

    packet (timestamp, sent, arrived) ─▶ pictures ─▶ delay of each ─▶ slope ─▶ Usage
                                         one timestamp   against the      against a threshold
                                         is one picture  first of them    that adapts

When a packet was sent its header says (`sendtime`); where it does not, the RTP timestamp says when
its picture was taken, and a sender that is late with its pictures can't be told from a queue.

Only the first packet of a picture counts, so that a key frame, which takes its time on a thin line,
is seen only by what it leaves in the queue. Pictures that come all at once, after a hiccup of the
line or of the sender, count as the last of them. Clocks may drift: 300 ppm are a slope of 0.0003, a
hundredth of the smallest threshold.

A queue that grew too slowly to be a slope is told by what even the quickest of the last pictures
waited. Where that does not shrink when less is sent, the queue is not ours: it is the line's delay
from then on.

Source: draft-ietf-rmcat-gcc-02 §5 (arrival-time model, over-use detector, its parameters), with
a straight line through the last pictures in the place of the Kalman filter; the standing queue is
our own.
"""

from collections import deque
from enum import Enum

from nhipcau.rtp.sendtime import send_time_step_s

_STAMP_MOD, _STAMP_HALF = 1 << 32, 1 << 31
# 0.8 s at 25 fps: long enough that 20 ms of jitter are no slope, short enough to act within 0.3 s.
_PICTURES = 20
_LONGEST_S = 1.5
# Fewer say nothing about a slope.
_FEWEST = 5
# Once or twice is chance.
_OVER_PICTURES = 3
# The slope is judged by what the queue would grow by in this time.
_AHEAD_S = 0.24
# The draft's parameters, its milliseconds in seconds.
_FIRST_THRESHOLD_S = 0.0125
_LEAST_THRESHOLD_S, _MOST_THRESHOLD_S = 0.006, 0.6
_RISE_PER_S, _FALL_PER_S = 10.0, 0.18
_OUTLIER_S = 0.015
_LONGEST_STEP_S = 0.1
# A standing queue longer than this hurts the sound beside it.
_STANDING_S = 0.08
# The least delay is that of this time, at most twice as long.
_BASE_S = 15.0
# After so long it must have shrunk by so much, or it is not ours.
_DRAIN_S = 1.2
_DRAINED = 0.9
# So close together come only packets that were held up together.
_BURST_S = 0.005
# A source that pauses so long begins anew: what its pictures waited for before says nothing.
_PAUSE_S = 1.0


class Usage(Enum):
    """What the queue does: it drains, it stands still, it grows."""

    UNDER = -1
    NORMAL = 0
    OVER = 1


class QueueTrend:
    """The trend of the queue that one stream goes through. Belongs to one thread."""

    def __init__(self, rate_hz: int) -> None:
        """Begin without a picture; `rate_hz` is the stream's RTP clock."""
        self._rate_hz = rate_hz
        self._threshold_s = _FIRST_THRESHOLD_S
        self._newest: int | None = None
        self._sent: int | None = None
        self._arrived_s = 0.0
        self._delay_s = 0.0
        self._points: deque[tuple[float, float]] = deque(maxlen=_PICTURES)
        self._growth_s = 0.0
        self._over = 0
        self._base = self._next_base = float("inf")
        self._base_since_s = 0.0
        self._stood: tuple[float, float] | None = None
        self.usage = Usage.NORMAL

    def note(self, timestamp: int, now_s: float, sent: int | None = None) -> bool:
        """Take a packet in rising order; return True when it begins a picture.

        Args:
            timestamp: of its RTP header.
            now_s: when it arrived, monotonic seconds.
            sent: when it left, as `sendtime.send_time`; None where it does not say.
        """
        newest = self._newest
        if newest is None or now_s - self._arrived_s > _PAUSE_S:
            self.restart()
            self._newest, self._sent, self._arrived_s = timestamp, sent, now_s
            return True
        step = (timestamp - newest + _STAMP_HALF) % _STAMP_MOD - _STAMP_HALF
        if step <= 0:
            return False
        taken_s, arrived_s = self._left_s(step, sent), now_s - self._arrived_s
        self._newest, self._sent, self._arrived_s = timestamp, sent, now_s
        if taken_s > _PAUSE_S:
            self._begin()
            return True
        self._delay_s += arrived_s - taken_s
        burst = arrived_s < _BURST_S and arrived_s < taken_s and len(self._points) > 0
        if burst:
            self._points.pop()
        self._points.append((now_s, self._delay_s))
        self._judge(now_s, arrived_s, again=burst)
        return True

    def _left_s(self, step: int, sent: int | None) -> float:
        """Return how much later than the picture before it this one left its sender."""
        if sent is None or self._sent is None:
            return step / self._rate_hz
        return send_time_step_s(self._sent, sent)

    def restart(self) -> None:
        """Forget everything but the threshold; the next packet begins anew."""
        self._newest = None
        self._begin()

    def judge_anew(self) -> None:
        """Judge only by what comes from now on: the sender was just told another rate."""
        self._points.clear()
        self._growth_s = 0.0
        self._over = 0
        self.usage = Usage.NORMAL

    def _begin(self) -> None:
        self.judge_anew()
        self._delay_s = 0.0
        self._base = self._next_base = float("inf")
        self._stood = None

    def _judge(self, now_s: float, step_s: float, *, again: bool) -> None:
        """Take the newest point; `again`: it stands in the place of the one judged last."""
        points = self._points
        self._note_base(now_s, points[-1][1])
        while now_s - points[0][0] > _LONGEST_S:
            points.popleft()
        if len(points) < _FEWEST:
            return
        before, growth_s = self._growth_s, _slope(points) * _AHEAD_S
        self._growth_s = growth_s
        if growth_s > self._threshold_s:
            # A slope that falls again is a queue that was there for a moment.
            self._over += not again
            if self._over >= _OVER_PICTURES and growth_s >= before:
                self.usage = Usage.OVER
        else:
            self._over = 0
            self.usage = Usage.UNDER if growth_s < -self._threshold_s else Usage.NORMAL
            if self.usage is Usage.NORMAL and self._stands(now_s):
                self.usage = Usage.OVER
        self._adapt(growth_s, step_s)

    def _stands(self, now_s: float) -> bool:
        """Return True when a queue stands that is ours, as far as we know."""
        least_s = min(delay_s for _, delay_s in self._points)
        queue_s = least_s - self._base
        if queue_s < _STANDING_S:
            self._stood = None
            return False
        if self._stood is None:
            self._stood = now_s, queue_s
        elif now_s - self._stood[0] > _DRAIN_S:
            if queue_s > _DRAINED * self._stood[1]:
                self._base = self._next_base = least_s
                self._stood = None
                return False
            self._stood = now_s, queue_s
        return True

    def _note_base(self, now_s: float, delay_s: float) -> None:
        """Remember the least delay: the line's own, without any queue."""
        if now_s - self._base_since_s > _BASE_S:
            self._base, self._next_base, self._base_since_s = self._next_base, delay_s, now_s
        self._next_base = min(self._next_base, delay_s)
        self._base = min(self._base, delay_s)

    def _adapt(self, growth_s: float, step_s: float) -> None:
        """Let the threshold follow what is usual on this line, up fast and down slowly."""
        away_s = abs(growth_s) - self._threshold_s
        if away_s > _OUTLIER_S:
            return
        gain = _RISE_PER_S if away_s > 0 else _FALL_PER_S
        moved_s = self._threshold_s + min(step_s, _LONGEST_STEP_S) * gain * away_s
        self._threshold_s = min(max(moved_s, _LEAST_THRESHOLD_S), _MOST_THRESHOLD_S)


def _slope(points: deque[tuple[float, float]]) -> float:
    """Return the slope of the line of least squares; the first coordinates are not all equal."""
    count = len(points)
    mean_t = sum(t for t, _ in points) / count
    mean_d = sum(d for _, d in points) / count
    over = sum((t - mean_t) * (d - mean_d) for t, d in points)
    under = sum((t - mean_t) ** 2 for t, _ in points)
    return over / under if under > 0 else 0.0
