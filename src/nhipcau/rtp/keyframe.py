"""How often a key frame may be asked for, or made on request."""

# A receiver asks again only when an answer could have come: an encoder's turn and a round trip.
PLI_INTERVAL_S = 0.5
# One prompt IDR per rung in 2 s: beyond that a viewer waits for the regular one, so that one bad
# line does not make pulp of everybody's picture.
PROMPT_IDR_INTERVAL_S = 2.0


# Those who come at the same moment share one key frame. When an MCU is lost all its sites come, one
# a few hundredths of a second after another: three may follow in quick succession.
NEWCOMER_STEP_S = 0.2
NEWCOMERS_IN_A_ROW = 3
# In the long run newcomers get one in half a second, however many they are.
NEWCOMER_PERIOD_S = 0.5


class NewcomerGate:
    """Lets newcomers' wishes for a key frame through: some at once, and few in the long run."""

    __slots__ = ("_passed",)

    def __init__(self) -> None:
        self._passed: list[float] = []

    def ask(self, now_s: float) -> bool:
        """Return True when the request goes through now."""
        passed = self._passed
        if passed and now_s - passed[-1] < NEWCOMER_STEP_S:
            return False
        full = len(passed) == NEWCOMERS_IN_A_ROW
        if full and now_s - passed[0] < NEWCOMERS_IN_A_ROW * NEWCOMER_PERIOD_S:
            return False
        self._passed = [*passed, now_s][-NEWCOMERS_IN_A_ROW:]
        return True


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
