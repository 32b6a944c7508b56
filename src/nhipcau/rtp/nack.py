"""Which packets are missing, when to ask for them, when to give up.

    gap ─▶ expect ─▶ missing ─┬─ arrives ──▶ fill       reordered, or recovered by a NACK
                              ├─ poll, due ─▶ ask       again after each round trip
                              └─ poll, old ─▶ gave up   the receiver goes on without it

Sequence numbers are unwrapped here: they only grow. Source: RFC 4585 §6.2.1, §3.5.
"""

from dataclasses import dataclass
from typing import NamedTuple

# Before anything is measured: a province's line from end to end.
_FIRST_RTT_S = 0.1
# Retries never come closer: the receivers are polled every 5 ms and answers are paced.
_MIN_RETRY_S = 0.02
# The smoothing of RFC 6298 §2.
_RTT_GAIN = 0.125


@dataclass(frozen=True, slots=True)
class NackPolicy:
    """How patient a receiver is.

    Attributes:
        reorder_s: a packet this late is lost rather than late ...
        reorder_packets: ... or one that so many have overtaken, whichever comes first: a needless
            NACK costs one packet, a late one a frozen picture.
        wait_s: give up at this age, ...
        max_wait_s: ... or, on a long line, after three round trips, at most at this age.
        max_tries: ask so often for one packet.
        max_missing: remember so many; beyond, the oldest are given up.
        max_ask: packets in one NACK, so that its compound fits a datagram.
    """

    wait_s: float
    max_wait_s: float
    reorder_s: float = 0.02
    reorder_packets: int = 2
    max_tries: int = 10
    max_missing: int = 512
    max_ask: int = 128


class NackPoll(NamedTuple):
    """What to ask for now, rising; how many packets were given up since the last poll, and the
    highest number of those, -1 for none.
    """

    ask: list[int]
    gave_up: int
    last: int = -1


class _Missing:
    __slots__ = ("asked_s", "noticed_s", "tries")

    def __init__(self, noticed_s: float) -> None:
        self.noticed_s = noticed_s
        self.asked_s = 0.0
        self.tries = 0


class NackGenerator:
    """The missing packets of one stream. Bounded by `NackPolicy.max_missing`."""

    def __init__(self, policy: NackPolicy) -> None:
        self._policy = policy
        self._missing: dict[int, _Missing] = {}
        self._gave_up = 0
        self._last_gone = -1
        self._measured = False
        self.rtt_s = _FIRST_RTT_S
        """Round trip: given by `set_rtt`, else from packets that came after one question."""
        self.active = False
        """True when `poll` has something to look at."""

    def __contains__(self, index: int) -> bool:
        """Return True when `index` is missing and not given up."""
        return index in self._missing

    def lowest(self) -> int | None:
        """Return the lowest index that is waited for, None when none is."""
        return next(iter(self._missing), None)

    @property
    def wait_s(self) -> float:
        """The age in seconds at which a missing packet is given up."""
        return min(max(self._policy.wait_s, 3 * self.rtt_s), self._policy.max_wait_s)

    def set_rtt(self, rtt_s: float) -> None:
        """Take the round trip that the other direction of the connection measured."""
        self.rtt_s = rtt_s
        self._measured = True

    def expect(self, first: int, end: int, now_s: float) -> None:
        """Note that the packets from `first` to before `end` are missing."""
        missing, room = self._missing, self._policy.max_missing
        if end - first > room:
            self._note_gone(end - first - room, end - room - 1)
            first = end - room
        for index in range(first, end):
            missing[index] = _Missing(now_s)
        while len(missing) > room:
            oldest = next(iter(missing))
            del missing[oldest]
            self._note_gone(1, oldest)
        self.active = True

    def fill(self, index: int, now_s: float) -> int | None:
        """Strike a packet that arrived off the list; return how often it was asked for.

        Returns None for a packet that was not missing: a duplicate, or one already given up.
        """
        entry = self._missing.pop(index, None)
        if entry is None:
            return None
        if entry.tries == 1:
            # Asked once: the answer belongs to that question (Karn's rule).
            self._sample(now_s - entry.asked_s)
        return entry.tries

    def _sample(self, rtt_s: float) -> None:
        if self._measured:
            self.rtt_s += _RTT_GAIN * (rtt_s - self.rtt_s)
        else:
            self.rtt_s, self._measured = rtt_s, True

    def poll(self, now_s: float, highest: int) -> NackPoll:
        """Return what to ask for now, given the highest index received, and what was given up."""
        self._expire(now_s)
        gave_up, last = self._gave_up, self._last_gone
        self._gave_up, self._last_gone = 0, -1
        return NackPoll(self._ask(now_s, highest), gave_up, last)

    def _note_gone(self, count: int, last: int) -> None:
        self._gave_up += count
        self._last_gone = max(self._last_gone, last)

    def _expire(self, now_s: float) -> None:
        """Give up what is too old or was asked for too often."""
        wait_s = self.wait_s
        old = [
            index
            for index, entry in self._missing.items()
            if now_s - entry.noticed_s >= wait_s or self._exhausted(entry, now_s)
        ]
        for index in old:
            del self._missing[index]
        if old:
            self._note_gone(len(old), max(old))
        self.active = bool(self._missing)

    def _ask(self, now_s: float, highest: int) -> list[int]:
        wanted: list[int] = []
        for index, entry in self._missing.items():
            if self._due(index, entry, now_s, highest):
                entry.tries += 1
                entry.asked_s = now_s
                wanted.append(index)
                if len(wanted) == self._policy.max_ask:
                    break
        return wanted

    def _exhausted(self, entry: _Missing, now_s: float) -> bool:
        return entry.tries >= self._policy.max_tries and self._answer_overdue(entry, now_s)

    def _answer_overdue(self, entry: _Missing, now_s: float) -> bool:
        return now_s - entry.asked_s >= max(self.rtt_s, _MIN_RETRY_S)

    def _due(self, index: int, entry: _Missing, now_s: float, highest: int) -> bool:
        if entry.tries:
            return entry.tries < self._policy.max_tries and self._answer_overdue(entry, now_s)
        policy = self._policy
        return (
            highest - index >= policy.reorder_packets or now_s - entry.noticed_s >= policy.reorder_s
        )

    def forget_before(self, end: int) -> int:
        """Give up everything below `end` without reporting it; return how many that were."""
        old = [index for index in self._missing if index < end]
        for index in old:
            del self._missing[index]
        return len(old)

    def clear(self) -> None:
        """Forget all missing packets; the measured round trip stays."""
        self._missing.clear()
        self._gave_up, self._last_gone = 0, -1
        self.active = False
