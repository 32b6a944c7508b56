"""Which rung a viewer's line carries: down at once, up slowly. Pure: samples and `now` in.

    once a second: lost, sent, REMB, freezes ─▶ observe ─▶ the step wished
                                                            0 the dearest … last: sound only

What is read, and how far it is trusted:

    loss    the share that the viewer asked for again or reports as lost. Random loss of 10 % is no
            congestion (it is repaired), so the step goes down when far more than that is missing
            for chance to explain it. Who goes down needs a key frame at once, which all others of
            that rung get, too.
    REMB    is low when little is sent. It counts below what is really sent, and only together
            with loss or a round trip that has grown: then a queue fills somewhere.
    freezes of a page that shows far fewer pictures than it gets: its machine is too slow. That
            costs it the large picture, never the picture.

How far down: to what came through. From this the control also knows what is hopeless: a step far
above what the line carried is tried a minute and a half later, not ten seconds, and each try that
fails doubles the wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.quantities import Bitrate

# More than this is congestion; a repaired loss below it is not seen.
# Source: draft-ietf-rmcat-gcc-02 §6, which lowers the rate above 10 % and no sooner.
LOSS_DOWN = 0.10
# Above this a REMB that is low is believed.
LOSS_TROUBLE = 0.03
# Beyond three deviations of a count chance hardly explains it.
_DEVIATIONS = 3.0
# The newest sample speaks alone when it has so many packets, else with those before it: 180p has
# 15 packets a second.
_ENOUGH_PACKETS = 40
_MOST_SAMPLES = 4
# After a change what is still under way would be taken for the new step's.
_HOLD_S = 2.0
# After a flood what was asked for again still fills the line, and the new step's packets drown.
_FLOOD_HOLD_S = 5.0
_CLEAN_S = 10.0
# A step of more than so many times what came through is hopeless for a while.
_HOPEFUL = 2.0
_HOPELESS_S = 90.0
# With so much missing receivers give up asking: what came through is less than it seems.
_FLOODED = 0.5
_LONGEST_WAIT_S = 900.0
# A step that holds so long has been a success.
_PROVEN_S = 20.0
_REMB_MARGIN = 1.1
# A queue of this length is no jitter.
_QUEUE_S = 0.3
# A page that shows less than this share of the pictures it gets, ten seconds long, is too slow.
_FPS_SHARE = 0.6
_SLOW_REPORTS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """What a viewer's line did in the last second.

    Attributes:
        sent: packets sent to it.
        missing: how often one of them was asked for again.
        fraction_lost: as RR or the page said last, 0 to 1; None where nothing was said.
        sent_bps: what was sent, bits per second.
        remb_bps, rtt_s: None where nothing was said.
        freezes: of the page's report that came in this second; 0 without one.
        fps_share: pictures shown over pictures sent, of that report; None without one.
    """

    sent: int
    missing: int
    sent_bps: int
    fraction_lost: float | None = None
    remb_bps: int | None = None
    rtt_s: float | None = None
    freezes: float = 0.0
    fps_share: float | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """What there is to choose from now.

    Attributes:
        rates: bits per second on the wire of each step, none larger than the one before.
        ceiling_bps: what the line was declared to carry, less the sound; None where nobody said.
    """

    rates: Sequence[int]
    ceiling_bps: Bitrate | None = None

    def highest(self) -> int:
        """Return the dearest step that the declared line carries; the last one always fits."""
        ceiling = self.ceiling_bps
        if ceiling is None:
            return 0
        fits = (step for step, rate in enumerate(self.rates) if rate <= ceiling)
        return next(fits, len(self.rates) - 1)


class RungControl:
    """The control of one viewer. One thread at a time.

    Attributes:
        step: the step wished now.
        changes: how often it changed; the ceiling's changes are counted, too.
        why: what the last change was for: `line` (declared), `loss`, `queue`, `slow` (the page's
            machine), `clear`.
    """

    def __init__(self, steps: Steps) -> None:
        self.step = steps.highest()
        self.changes = 0
        self.why = "line"
        self._samples: list[Sample] = []
        self._least_rtt_s: float | None = None
        self._changed_s = float("-inf")
        self._hold_s = _HOLD_S
        self._clean_since_s: float | None = None
        self._wait_s = _CLEAN_S
        self._went_up = False
        self._slow_reports = 0

    def observe(self, sample: Sample, steps: Steps, now_s: float) -> int:
        """Return the step that the viewer is to be on from now on."""
        self._note_round_trip(sample)
        highest = steps.highest()
        if self.step < highest:
            self._go(highest, "line", now_s)
        if now_s - self._changed_s < self._hold_s:
            return self.step
        self._samples.append(sample)
        del self._samples[:-_MOST_SAMPLES]
        trouble = self._trouble(sample)
        if trouble is not None:
            self._go_down(steps, trouble, now_s)
        elif self._is_clean(sample):
            self._go_up_if_due(steps, highest, now_s)
        else:
            self._clean_since_s = None
        return self.step

    def _go(self, step: int, why: str, now_s: float) -> None:
        if step == self.step:
            return
        self.step, self.why = step, why
        self.changes += 1
        self._changed_s, self._hold_s = now_s, _HOLD_S
        self._clean_since_s = None
        self._samples.clear()
        self._slow_reports = 0

    def _go_down(self, steps: Steps, why: str, now_s: float) -> None:
        rates, rate = steps.rates, steps.rates[self.step]
        least = 1 if why == "slow" else 0
        below = [step for step, one in enumerate(rates) if least <= one < rate]
        if not below:
            return
        if self._went_up and now_s - self._changed_s < _PROVEN_S:
            self._wait_s = min(2 * self._wait_s, _LONGEST_WAIT_S)
        self._went_up = False
        loss = self._loss()
        carried = rate * (1.0 - loss)
        # The last step has no picture: nobody falls there from afar.
        with_picture = [step for step in below if rates[step]] or below
        fitting = (step for step in with_picture if rates[step] <= carried)
        self._go(next(fitting, with_picture[-1]), why, now_s)
        if loss > _FLOODED:
            self._hold_s = _FLOOD_HOLD_S
        above = _next_above(rates, self.step, 0)
        if above is not None and (rates[above] > _HOPEFUL * carried or loss > _FLOODED):
            self._wait_s = max(self._wait_s, _HOPELESS_S)

    def _go_up_if_due(self, steps: Steps, highest: int, now_s: float) -> None:
        if self._clean_since_s is None:
            self._clean_since_s = now_s
        if self._went_up and now_s - self._changed_s >= _PROVEN_S:
            self._went_up, self._wait_s = False, _CLEAN_S
        above = _next_above(steps.rates, self.step, highest)
        if above is not None and now_s - self._clean_since_s >= self._wait_s:
            self._go(above, "clear", now_s)
            self._went_up = True

    def _trouble(self, sample: Sample) -> str | None:
        """Return why the step is too dear, None when nothing says so."""
        if any(_is_beyond_chance(*_counted(those)) for those in ([sample], self._samples)):
            return "loss"
        if self._is_too_slow(sample):
            return "slow"
        queue = self._queue_s(sample) > _QUEUE_S
        if (queue or self._loss() > LOSS_TROUBLE) and self._is_remb_low():
            return "queue"
        return None

    def _is_remb_low(self) -> bool:
        """Return True when the receiver's estimate stays below what it was sent.

        It follows a key frame's burst late, so that a single second says nothing.
        """
        remb = self._samples[-1].remb_bps
        sent = sum(sample.sent_bps for sample in self._samples) / len(self._samples)
        return remb is not None and len(self._samples) > 1 and remb < _REMB_MARGIN * sent

    def _is_too_slow(self, sample: Sample) -> bool:
        if sample.fps_share is None:
            return False
        slow = sample.freezes > 0 and sample.fps_share < _FPS_SHARE
        self._slow_reports = self._slow_reports + 1 if slow else 0
        return self._slow_reports >= _SLOW_REPORTS

    def _is_clean(self, sample: Sample) -> bool:
        quiet = not sample.freezes and self._queue_s(sample) <= _QUEUE_S
        return quiet and self._loss() <= LOSS_DOWN

    def _loss(self) -> float:
        """Return the loss of the newest samples, as few as say something."""
        count = 1
        while _counted(self._samples[-count:])[0] < _ENOUGH_PACKETS and count < _MOST_SAMPLES:
            count += 1
        sent, missing = _counted(self._samples[-count:])
        return missing / sent if sent else 0.0

    def _note_round_trip(self, sample: Sample) -> None:
        if sample.rtt_s is not None:
            least = self._least_rtt_s
            self._least_rtt_s = sample.rtt_s if least is None else min(least, sample.rtt_s)

    def _queue_s(self, sample: Sample) -> float:
        if sample.rtt_s is None or self._least_rtt_s is None:
            return 0.0
        return sample.rtt_s - self._least_rtt_s


def _counted(samples: Sequence[Sample]) -> tuple[int, float]:
    """Return packets sent, and how many of them are missing."""
    sent, missing = 0, 0.0
    for sample in samples:
        sent += sample.sent
        # What is lost again is asked for again: of a loss p it is p + p² + … = p / (1 - p).
        asked = sample.missing / sample.sent if sample.sent else 0.0
        missing += sample.sent * max(asked / (1.0 + asked), sample.fraction_lost or 0.0)
    return sent, missing


def _is_beyond_chance(sent: int, missing: float) -> bool:
    most = LOSS_DOWN * sent
    return sent >= _ENOUGH_PACKETS and missing > most + _DEVIATIONS * most**0.5


def _next_above(rates: Sequence[int], step: int, highest: int) -> int | None:
    """Return the cheapest step dearer than `step`, None where the line carries none.

    Of steps that cost the same now (no content is shared) the first is taken.
    """
    dearer = [one for one in range(highest, step) if rates[one] > rates[step]]
    return rates.index(rates[dearer[-1]], highest) if dearer else None
