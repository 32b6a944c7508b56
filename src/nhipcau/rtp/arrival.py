"""What a receiver reports of its source: losses since the last report, jitter, the last SR.

Source: RFC 3550 §6.4.1, §A.3 (losses) and §A.8 (jitter).
"""

from nhipcau.rtp.rtcp_reports import ReportBlock, SenderReport

_STAMP_HALF = 1 << 31
_STAMP_MASK = 0xFFFFFFFF
_LOST_MAX, _LOST_MIN = (1 << 23) - 1, -(1 << 23)


class ArrivalStatistics:
    """Counts of one synchronization source, as RFC 3550 wants them in a report block."""

    __slots__ = (
        "_base",
        "_expected_prior",
        "_jitter16",
        "_rate_hz",
        "_received_prior",
        "_sr_arrived_s",
        "_sr_middle",
        "_transit",
        "received",
    )

    def __init__(self, rate_hz: int, base: int) -> None:
        """Begin with a source whose first packet has the unwrapped number `base`."""
        self._rate_hz = rate_hz
        self._base = base
        self.received = 0
        """Packets of this source, duplicates included (RFC 3550 §6.4.1)."""
        self._expected_prior = 0
        self._received_prior = 0
        self._transit: int | None = None
        self._jitter16 = 0
        self._sr_middle = 0
        self._sr_arrived_s = 0.0

    def note(self, timestamp: int, now_s: float) -> None:
        """Take the timing of a packet that came in rising order.

        Retransmissions and overtaken packets are left out: their delay is not the line's.
        """
        transit = (int(now_s * self._rate_hz) - timestamp) & _STAMP_MASK
        if self._transit is not None:
            step = (transit - self._transit + _STAMP_HALF & _STAMP_MASK) - _STAMP_HALF
            # The running mean of |D| with gain 1/16, scaled by 16 and rounded as in §A.8.
            self._jitter16 += abs(step) - (self._jitter16 + 8 >> 4)
        self._transit = transit

    @property
    def jitter(self) -> int:
        """Interarrival jitter in ticks of the media clock."""
        return self._jitter16 >> 4

    def note_sr(self, report: SenderReport, now_s: float) -> None:
        """Take an SR of the source, for the LSR and DLSR of the next block."""
        self._sr_middle = report.ntp >> 16 & _STAMP_MASK
        self._sr_arrived_s = now_s

    def block(self, ssrc: int, highest: int, now_s: float) -> ReportBlock:
        """Return the report block since the last call.

        Args:
            ssrc: the source.
            highest: highest unwrapped sequence number received; `base` lies in its first cycle.
            now_s: monotonic seconds.
        """
        expected = highest - self._base + 1
        expected_step = expected - self._expected_prior
        lost_step = expected_step - (self.received - self._received_prior)
        self._expected_prior, self._received_prior = expected, self.received
        fraction = (
            min(255, (lost_step << 8) // expected_step) if lost_step > 0 < expected_step else 0
        )
        lost = max(_LOST_MIN, min(_LOST_MAX, expected - self.received))
        dlsr = int((now_s - self._sr_arrived_s) * 65536) & _STAMP_MASK if self._sr_middle else 0
        cycle = self._base & ~0xFFFF
        extended = (highest - cycle) & _STAMP_MASK
        return ReportBlock(ssrc, fraction, lost, extended, self.jitter, self._sr_middle, dlsr)
