"""Token buckets: how often one endpoint may speak, and how often one site may come.

messages     50 a second, bursts of two seconds         RateLimit, one for each connection
hellos       1 a second and seat, bursts of 20          HelloLimit, one for the MCU
"""

import math
from collections.abc import Hashable

_RATE_PER_S = 50.0
_BURST = 100.0
# A person who reloads, a page that comes back after each loss with growing pauses: far below. A
# page that reloads in a loop would otherwise throw its own room out again and again.
_HELLOS_PER_S = 1.0
_HELLO_BURST = 20.0
# All seats of the largest roster and as many watchers, before full buckets are forgotten.
_KEPT = 4096


class Bucket:
    """Fills with time, is emptied by use. Starts full."""

    __slots__ = ("_burst", "_last_s", "_per_s", "_tokens")

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = burst
        self._last_s: float | None = None

    def take(self, now_s: float) -> bool:
        """Take one token; return False when there is none."""
        self._fill(now_s)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def wait_s(self) -> float:
        """Return how long after the last `take` there will be a token."""
        return max(0.0, (1 - self._tokens) / self._per_s)

    def is_full(self, now_s: float) -> bool:
        """Return True when it is as if it had never been used."""
        self._fill(now_s)
        return self._tokens >= self._burst

    def _fill(self, now_s: float) -> None:
        if self._last_s is None:
            self._last_s = now_s
        elif now_s > self._last_s:
            gained = (now_s - self._last_s) * self._per_s
            self._tokens = min(self._burst, self._tokens + gained)
            self._last_s = now_s


class RateLimit:
    """What one endpoint may say: 50 messages a second, bursts of two seconds."""

    def __init__(self) -> None:
        self._bucket = Bucket(_RATE_PER_S, _BURST)
        self._refusals = 0

    @property
    def exhausted(self) -> bool:
        """True when the endpoint went on after it had been told."""
        return self._refusals > _BURST

    def allow(self, now_s: float) -> bool:
        """Take one token; return False when there is none."""
        if self._bucket.take(now_s):
            return True
        self._refusals += 1
        return False


class HelloLimit:
    """How often a seat may be taken. On the event loop."""

    def __init__(self, per_s: float = _HELLOS_PER_S, burst: float = _HELLO_BURST) -> None:
        self._per_s = per_s
        self._burst = burst
        self._buckets: dict[Hashable, Bucket] = {}

    def retry_ms(self, key: Hashable, now_s: float) -> int | None:
        """Return None when `key` may come in now, else the milliseconds until it may."""
        bucket = self._buckets.get(key)
        if bucket is None:
            self._forget_idle(now_s)
            bucket = self._buckets[key] = Bucket(self._per_s, self._burst)
        if bucket.take(now_s):
            return None
        return math.ceil(bucket.wait_s() * 1000)

    def _forget_idle(self, now_s: float) -> None:
        if len(self._buckets) < _KEPT:
            return
        self._buckets = {k: b for k, b in self._buckets.items() if not b.is_full(now_s)}
        if len(self._buckets) >= _KEPT:
            # Only tokens of our office get here, so this many busy keys can't be: begin anew.
            self._buckets.clear()
