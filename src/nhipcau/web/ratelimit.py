"""A token bucket for what one endpoint may say: 50 messages a second, bursts of two seconds."""

_RATE_PER_S = 50.0
_BURST = 100.0


class RateLimit:
    """One bucket. `exhausted` is True from the second time that it ran dry."""

    def __init__(self) -> None:
        self._tokens = _BURST
        self._last_s: float | None = None
        self._refusals = 0

    @property
    def exhausted(self) -> bool:
        """True when the endpoint went on after it had been told."""
        return self._refusals > _BURST

    def allow(self, now_s: float) -> bool:
        """Take one token; return False when there is none."""
        if self._last_s is not None:
            self._tokens = min(_BURST, self._tokens + (now_s - self._last_s) * _RATE_PER_S)
        self._last_s = now_s
        if self._tokens < 1:
            self._refusals += 1
            return False
        self._tokens -= 1
        return True
