"""What is heard where sound is missing: the last pitch period again, fading out within 60 ms.

    … real sound │ period │ period │ peri…        and silence after that
                 ╰─ no step here: an offset that dies away joins the ends

A loss of one or two packets passes unnoticed; a longer one fades instead of buzzing.
"""

import numpy as np

from nhipcau.sound.resample import Wave

# 60 ms: longer repetition sounds like a machine, a shorter fade cuts words (G.711 Appendix I, too).
FADE_SAMPLES = 2_880
# 5 ms: long enough to hide a seam between two sounds, short enough to lose no consonant.
SEAM_SAMPLES = 240
# Periods of 2.5 to 16.7 ms: 60 to 400 Hz, the pitch of voices.
_SHORTEST = 120
_LONGEST = 800
# The stretch that is compared: 10 ms, at least one period of most voices.
_TEMPLATE = 480
# How much sound before the gap is looked at.
HISTORY_SAMPLES = 2 * _LONGEST
# 1 ms: over this the offset dies that makes the first repeated sample follow the last real one.
_JOIN = 48

_RAMP = np.linspace(0.0, 1.0, SEAM_SAMPLES + 2, dtype=np.float32)[1:-1]
_GAIN = (0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, FADE_SAMPLES))).astype(np.float32)


class Extrapolation:
    """The sound that could have followed; taken piece by piece, silent after `FADE_SAMPLES`."""

    __slots__ = ("_taken", "_wave")

    def __init__(self, history: Wave) -> None:
        """Continue `history`: float32, at most the last `HISTORY_SAMPLES` are looked at."""
        recent = history[-HISTORY_SAMPLES:]
        self._taken = 0
        self._wave: Wave | None = _continue(recent) if recent.any() else None

    @property
    def faded(self) -> bool:
        """True when only silence is left to take."""
        return self._wave is None or self._taken >= FADE_SAMPLES

    def take(self, count: int) -> Wave:
        """Return the next `count` samples, float32; the caller owns them."""
        taken = np.zeros(count, np.float32)
        if self._wave is not None:
            piece = self._wave[self._taken : self._taken + count]
            taken[: len(piece)] = piece
        self._taken += count
        return taken


def crossfade(ending: Wave, starting: Wave) -> Wave:
    """Return one sound turning into the other over their common length, at most 5 ms."""
    count = len(starting)
    ramp = _RAMP if count == SEAM_SAMPLES else np.linspace(0, 1, count + 2, dtype=np.float32)[1:-1]
    joined: Wave = ending + (starting - ending) * ramp
    return joined


def _continue(recent: Wave) -> Wave:
    period = _period(recent)
    wave: Wave = np.resize(_loop(recent, period), FADE_SAMPLES)
    last = float(recent[-1])
    expected = last + (last - float(recent[-2])) if len(recent) > 1 else last
    offset = expected - float(wave[0])
    wave[:_JOIN] += np.linspace(offset, 0.0, _JOIN, dtype=np.float32)
    wave *= _GAIN
    return wave


def _loop(recent: Wave, period: int) -> Wave:
    """Return the last period, its end bent so that it leads into its own start."""
    loop = recent[-period:].copy()
    bend = min(period // 4, len(recent) - period)
    if bend:
        ramp = np.linspace(0, 1, bend + 1, dtype=np.float32)[1:]
        earlier = recent[-period - bend : len(recent) - period]
        loop[-bend:] += (earlier - loop[-bend:]) * ramp
    return loop


def _period(recent: Wave) -> int:
    """Return the lag at which the end of `recent` looks most like what came before it."""
    longest = min(_LONGEST, len(recent) - _TEMPLATE)
    if longest < _SHORTEST:
        return len(recent)
    template = recent[-_TEMPLATE:]
    # earlier[k : k + _TEMPLATE] lies longest - k samples before the template
    earlier = recent[-_TEMPLATE - longest : len(recent) - _SHORTEST]
    likeness = np.correlate(earlier, template)
    squares = np.cumsum(np.concatenate((np.zeros(1), earlier.astype(np.float64) ** 2)))
    energy = squares[_TEMPLATE:] - squares[:-_TEMPLATE]
    best = int(np.argmax(likeness / np.sqrt(energy + 1.0)))
    return longest - best
