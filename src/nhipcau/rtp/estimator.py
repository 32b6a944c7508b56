"""How much a sender's line carries to us, told by delay and by loss. Pure: packets and `now` in.

    packets of each stream ─┬─▶ QueueTrend ─▶ Usage ─▶ rise, hold, fall ─┐
                            ├─▶ bits of the last 0.5 s ─────▲            ├─▶ the lower ─▶ REMB
                            └─▶ missing, of all in a second ─▶ loss cap ─┘

The estimate is what REMB asks for. It falls at once to 85 % of what came in while a queue grew; it
rises by 8 % a second, and near the rate at which a queue grew last by about a packet per round
trip. A sender that does not use what it may keeps it, so that a camera that was in a small tile may
send a large picture at once; and because what such a sender's packets tell is little, the first
sign of a queue only halves it, and it comes back slowly by itself.

Loss below a tenth is no congestion: it is repaired, or the queue tells.

Source: draft-ietf-rmcat-gcc-02 §5.5 (rate control) and §6 (loss-based control).
"""

from collections import deque
from math import sqrt

from nhipcau.quantities import Bitrate
from nhipcau.rtp.overuse import QueueTrend, Usage

# Camera 1.2 and shared screen 1.5 Mbit/s, repairs and some room; more is never needed.
MOST_BPS = Bitrate(3_500_000)
# What a room's line may be trusted with before anything was measured.
START_BPS = Bitrate(2_000_000)
LEAST_BPS = Bitrate(50_000)
_WINDOW_S = 0.5
# Nothing is learned from less, e.g. the first packets after a pause.
_ENOUGH_S = 0.3
_BETA = 0.85
_RISE_PER_S = 1.08
_RISE_LIMIT = 1.5
# A sender that uses less than half of its rate: the first sign of a queue, and the way back.
_IDLE_SHARE = 0.5
_AGAIN_S = 2.0
_IDLE_CALM_S = 5.0
_IDLE_RISE_PER_S = 1.03
# A sender needs a round trip and a picture to follow; until then the queue still grows.
_FOLLOW_S = 0.3
_RESPONSE_S = 0.1
_PACKET_BITS = 8 * 1200
_NEAR_RISE_PER_S = 0.04
_LOSS_S = 1.0
_LOSS_PACKETS = 20
_LOSS_HIGH, _LOSS_LOW = 0.1, 0.02
_LOSS_RISE = 1.05
# The draft's smoothing of the rates at which queues grew.
_NEAR_GAIN = 0.05
_NEAR_DEVIATIONS = 3.0


class Arrivals:
    """One stream's share of an estimate: made by `UpstreamEstimator.stream`."""

    def __init__(self, rate_hz: int) -> None:
        self.trend = QueueTrend(rate_hz)
        self.on_time = True
        """Whether packets are noted when they arrive; a late reader can't tell when that was."""
        self.bits = 0
        self.packets = 0
        self.missing = 0

    def note(self, timestamp: int, size: int, now_s: float, sent: int | None = None) -> None:
        """Take a packet that came in rising order; `size` in bytes, `sent` as `send_time` says."""
        self.bits += 8 * size
        self.packets += 1
        if self.on_time:
            self.trend.note(timestamp, now_s, sent)

    def note_late(self, size: int) -> None:
        """Take a packet that was overtaken or sent again: it is on the line, its delay is not."""
        self.bits += 8 * size

    def note_missing(self, count: int) -> None:
        """Take that so many packets before the newest did not come in their turn; less than none
        when one of them was only overtaken.
        """
        self.missing += count


class UpstreamEstimator:
    """The estimate of one connection, all its streams together. Belongs to one thread.

    Attributes:
        bps: the estimate, bits per second of RTP packets; may be read from any thread.
    """

    def __init__(self, start_bps: Bitrate = START_BPS, most_bps: Bitrate = MOST_BPS) -> None:
        """Begin with what the line was declared to carry, or with a guess."""
        self._most = float(most_bps)
        self._start = float(start_bps)
        self._delay_bps = self._clamped(float(start_bps))
        self._loss_bps = float("inf")
        self._streams: list[Arrivals] = []
        self._arrived: deque[tuple[float, int]] = deque()
        self._window_bits = 0
        self._polled_s: float | None = None
        self._fell_s = float("-inf")
        self._near_bps: float | None = None
        self._near_spread = 0.4
        self._loss_s = 0.0
        self._rtt_s = 0.1
        self.bps = Bitrate(round(self._delay_bps))

    def stream(self, rate_hz: int) -> Arrivals:
        """Return where to note the packets of a stream whose RTP clock has `rate_hz`."""
        arrivals = Arrivals(rate_hz)
        self._streams.append(arrivals)
        return arrivals

    def set_rtt(self, rtt_s: float) -> None:
        """Take the round trip, by which the estimate rises slower on a long line."""
        self._rtt_s = rtt_s

    def limit(self, most_bps: Bitrate) -> None:
        """Never estimate more than this."""
        self._most = max(float(min(most_bps, MOST_BPS)), float(LEAST_BPS))
        self._delay_bps = self._clamped(self._delay_bps)
        self._publish()

    def trust(self, bps: Bitrate) -> None:
        """Begin again at `bps`: nothing has been sent for long, so nothing is known any more."""
        self._delay_bps = self._clamped(float(bps))
        self._loss_bps = float("inf")
        self._publish()

    def poll(self, now_s: float) -> Bitrate:
        """Return the estimate; call it after packets were noted, every 5 ms to 1 s."""
        last_s, self._polled_s = self._polled_s, now_s
        self._take_bits(now_s)
        if last_s is None:
            self._loss_s = now_s
            return self.bps
        rate_bps = self._rate(now_s)
        usage = self._usage()
        if usage is Usage.OVER and now_s - self._fell_s > _FOLLOW_S + self._rtt_s:
            self._fall(rate_bps, now_s)
        elif usage is Usage.NORMAL and rate_bps is not None:
            self._rise(rate_bps, min(now_s - last_s, 1.0), now_s)
        if now_s - self._loss_s >= _LOSS_S:
            self._weigh_loss(now_s)
        return self._publish()

    def _publish(self) -> Bitrate:
        self.bps = Bitrate(round(self._clamped(min(self._delay_bps, self._loss_bps))))
        return self.bps

    def _take_bits(self, now_s: float) -> None:
        bits = 0
        for stream in self._streams:
            bits += stream.bits
            stream.bits = 0
        if bits:
            self._arrived.append((now_s, bits))
            self._window_bits += bits
        while self._arrived and now_s - self._arrived[0][0] > _WINDOW_S:
            self._window_bits -= self._arrived.popleft()[1]

    def _rate(self, now_s: float) -> float | None:
        """Return what came in of late, bits per second; None when too little did."""
        if not self._arrived or now_s - self._arrived[0][0] < _ENOUGH_S:
            return None
        return self._window_bits / _WINDOW_S

    def _usage(self) -> Usage:
        usages = [stream.trend.usage for stream in self._streams]
        if Usage.OVER in usages:
            return Usage.OVER
        return Usage.UNDER if Usage.UNDER in usages else Usage.NORMAL

    def _fall(self, rate_bps: float | None, now_s: float) -> None:
        if rate_bps is None:
            return
        idle = rate_bps < _IDLE_SHARE * self._delay_bps
        if idle and now_s - self._fell_s > _AGAIN_S:
            self._delay_bps = self._clamped(_IDLE_SHARE * self._delay_bps)
        else:
            self._note_near(rate_bps)
            self._delay_bps = self._clamped(min(self._delay_bps, _BETA * rate_bps))
        self._fell_s = now_s
        for stream in self._streams:
            stream.trend.judge_anew()

    def _rise(self, rate_bps: float, step_s: float, now_s: float) -> None:
        """Rise while the sender uses what it may, and not while it still follows the last fall."""
        calm_s = now_s - self._fell_s
        if calm_s < 2 * _FOLLOW_S:
            return
        if self._delay_bps >= _RISE_LIMIT * rate_bps:
            if calm_s > _IDLE_CALM_S and self._delay_bps < self._start:
                idle_bps = self._delay_bps * _IDLE_RISE_PER_S**step_s
                self._delay_bps = self._clamped(min(idle_bps, self._start))
            return
        if self._is_near(rate_bps):
            per_s = 0.5 * _PACKET_BITS / (_RESPONSE_S + self._rtt_s)
            # On a thin line a packet is much.
            risen = self._delay_bps + min(per_s, _NEAR_RISE_PER_S * self._delay_bps) * step_s
        else:
            risen = self._delay_bps * _RISE_PER_S**step_s
        self._delay_bps = self._clamped(min(risen, _RISE_LIMIT * rate_bps))

    def _note_near(self, rate_bps: float) -> None:
        """Remember at what rate a queue grew: a mean and how far the rates lie from it."""
        if self._near_bps is None:
            self._near_bps = rate_bps
            return
        away = rate_bps - self._near_bps
        self._near_bps += _NEAR_GAIN * away
        spread = away * away / max(self._near_bps, 1.0) / 1000
        self._near_spread += _NEAR_GAIN * (spread - self._near_spread)
        self._near_spread = min(max(self._near_spread, 0.4), 2.5)

    def _is_near(self, rate_bps: float) -> bool:
        """Return True near where a queue grew; far above it the line has changed."""
        near = self._near_bps
        if near is None:
            return False
        deviation = _NEAR_DEVIATIONS * sqrt(self._near_spread * 1000 * near)
        if rate_bps > near + deviation:
            self._near_bps = None
            return False
        return rate_bps > near - deviation

    def _weigh_loss(self, now_s: float) -> None:
        packets = sum(stream.packets for stream in self._streams)
        missing = max(0, sum(stream.missing for stream in self._streams))
        if packets + missing < _LOSS_PACKETS and now_s - self._loss_s < 4 * _LOSS_S:
            return
        self._loss_s = now_s
        for stream in self._streams:
            stream.packets = stream.missing = 0
        loss = missing / (packets + missing) if packets else 0.0
        if loss > _LOSS_HIGH:
            self._loss_bps = self._clamped(
                min(self._loss_bps, self._delay_bps) * (1.0 - 0.5 * loss)
            )
        elif loss < _LOSS_LOW and packets:
            self._loss_bps = _LOSS_RISE * (self._loss_bps + 1000)
            if self._loss_bps > _RISE_LIMIT * self._delay_bps:
                self._loss_bps = float("inf")

    def _clamped(self, bps: float) -> float:
        return min(max(bps, LEAST_BPS), self._most)
