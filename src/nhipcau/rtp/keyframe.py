"""How often a key frame may be asked for, or made on request."""

# A receiver asks again only when an answer could have come: an encoder's turn and a round trip.
PLI_INTERVAL_S = 0.5
# One prompt IDR per rung in 2 s: beyond that a viewer waits for the regular one, so that one bad
# line does not make pulp of everybody's picture.
PROMPT_IDR_INTERVAL_S = 2.0


class KeyframeGate:
    """Lets one request through in each interval; the others are coalesced into it.

    A receiver passes its own wish for a key frame through one (`PLI_INTERVAL_S`), a sender the
    PLIs of all its viewers (`PROMPT_IDR_INTERVAL_S`).
    """

    __slots__ = ("_interval_s", "_next_s", "coalesced", "passed")

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._next_s = float("-inf")
        self.passed = 0
        self.coalesced = 0

    def ask(self, now_s: float) -> bool:
        """Return True when the request goes through now."""
        if now_s < self._next_s:
            self.coalesced += 1
            return False
        self._next_s = now_s + self._interval_s
        self.passed += 1
        return True

    def open(self) -> None:
        """Let the next request through at once: the stream is a new one."""
        self._next_s = float("-inf")
