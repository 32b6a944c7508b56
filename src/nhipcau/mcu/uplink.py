"""What one room's line carries up: measured by the poll thread, read and set by the event loop.

camera, shared screen ─▶ Arrivals ─▶ UpstreamEstimator ─▶ REMB         (poll thread)
                                             │ bps
                                             ▼
                                      UplinkControl ─▶ what is asked   (event loop)
"""

from nhipcau.quantities import Bitrate
from nhipcau.rtp.estimator import MOST_BPS, Arrivals, UpstreamEstimator

# Fast enough to stop a sender before its queue is long; more often costs and tells nothing new.
_POLL_S = 0.02


class Uplink:
    """One connection's way up.

    Attributes:
        beyond_bps: at a leaf, what the root says of the way on from here while it has lent a lane;
            None: it has said nothing, or there is no such way (written by the poll thread).
    """

    def __init__(self) -> None:
        self.beyond_bps: Bitrate | None = None
        self._estimator = UpstreamEstimator()
        self._trusted: Bitrate | None = None
        self._most = MOST_BPS
        self._next_s = float("-inf")

    @property
    def bps(self) -> Bitrate:
        """What may be sent, bits per second of RTP packets (any thread)."""
        trusted, beyond = self._trusted, self.beyond_bps
        own = self._estimator.bps if trusted is None else min(trusted, self._most)
        return own if beyond is None else min(own, beyond)

    def declare(self, bps: Bitrate) -> None:
        """Never let more be sent than this; only before the first packet."""
        self._most = bps
        self._estimator.limit(bps)

    def stream(self, rate_hz: int) -> Arrivals:
        """Return where the packets of a stream are to be noted."""
        return self._estimator.stream(rate_hz)

    def trust(self, bps: Bitrate) -> None:
        """Let the estimate begin again at `bps` with the next poll (event loop)."""
        self._trusted = bps

    def set_rtt(self, rtt_s: float) -> None:
        """Take the round trip (poll thread)."""
        self._estimator.set_rtt(rtt_s)

    def poll(self, now_s: float) -> Bitrate:
        """Return what may be sent as of now (poll thread)."""
        trusted, self._trusted = self._trusted, None
        if trusted is not None:
            self._estimator.trust(trusted)
        if now_s >= self._next_s:
            self._next_s = now_s + _POLL_S
            self._estimator.poll(now_s)
        return self.bps
