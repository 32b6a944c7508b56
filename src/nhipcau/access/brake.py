"""How long whoever failed to sign in must wait; made so that nobody can lock out somebody else.

A try is counted under a key. A stranger's key is its address together with the account, a device
that signed in before has a key of its own: so the failures of one are not the wait of another. All
strangers together have one bucket, so that a flood from many addresses costs the machine little;
known devices pass it by.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

# Some 10 MB at most; the key that was quiet longest is forgotten first.
_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """The numbers of a brake.

    Attributes:
        free: so many tries without a wait: a slip of the finger, caps lock, the old password.
        first_s: the wait after those; it doubles with each further try.
        longest_s: and grows no longer than this.
        forget_s: after so long without a try all is forgotten.
    """

    free: int = 4
    first_s: float = 2.0
    longest_s: float = 15 * 60.0
    forget_s: float = 3600.0


class Brake:
    """Counts tries under a key; every try counts as failed until `release`."""

    def __init__(self, limits: BrakeLimits | None = None) -> None:
        self._limits = limits or BrakeLimits()
        self._tries: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()

    def wait_s(self, key: Hashable, now_s: float) -> float:
        """Return how long `key` must wait before its next try; 0: it may now."""
        tries, last_s = self._state(key, now_s)
        over = tries - self._limits.free
        if over < 0:
            return 0.0
        # 2**20 of anything is longer than the longest.
        pause_s = min(self._limits.first_s * 2.0 ** min(over, 20), self._limits.longest_s)
        return max(0.0, last_s + pause_s - now_s)

    def take(self, key: Hashable, now_s: float) -> float:
        """Count a try and return 0, or return how long to wait and count nothing.

        Counted before its outcome is known, so that many at once are not all free.
        """
        wait_s = self.wait_s(key, now_s)
        if wait_s > 0:
            return wait_s
        tries, _ = self._state(key, now_s)
        self._tries[key] = (tries + 1, now_s)
        self._tries.move_to_end(key)
        if len(self._tries) > _KEPT:
            self._tries.popitem(last=False)
        return 0.0

    def release(self, key: Hashable) -> None:
        """Forget the tries of `key`: the last one was right."""
        self._tries.pop(key, None)

    def _state(self, key: Hashable, now_s: float) -> tuple[int, float]:
        tries, last_s = self._tries.get(key, (0, now_s))
        if now_s - last_s >= self._limits.forget_s:
            return 0, now_s
        return tries, last_s


class Flood:
    """One bucket for all strangers: `burst` tries at once, `per_s` a second after that."""

    def __init__(self, per_s: float = 5.0, burst: float = 200.0) -> None:
        self._per_s = per_s
        self._burst = burst
        self._level = burst
        self._last_s: float | None = None

    def take(self, now_s: float) -> float:
        """Take one try and return 0, or return how long until there is one."""
        if self._last_s is not None and now_s > self._last_s:
            self._level = min(self._burst, self._level + (now_s - self._last_s) * self._per_s)
        self._last_s = now_s
        if self._level < 1:
            return (1 - self._level) / self._per_s
        self._level -= 1
        return 0.0

    def give_back(self) -> None:
        """Return a try that was right."""
        self._level = min(self._burst, self._level + 1)
