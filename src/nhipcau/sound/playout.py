"""The bridge from a source's clock to the mixer's: decoded sound in, one block per tick out.

    push(samples, timestamp) ─┐                                       ┌▶ pull(pts): 960 samples
    conceal(missing) ─────────┴▶ ──────── one continuous sound ───────┴  at speed 1 ± 0.005
                             end ◀─────── depth, 60 to 200 ms ──────▶ reading place

The stored sound never has a step in it: wherever real samples are missing an extrapolation is
appended, and whatever follows is cross-faded from it. Reading is continuous, too, so nothing that
happens on the line is heard as a click. When the sound runs dry the buffer is *starved*: ticks
are fed by the extrapolation, which fades to silence, and what arrives waits until there is enough.
"""

from dataclasses import dataclass

import numpy as np

from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ, PcmBlock, Samples
from nhipcau.sound.conceal import HISTORY_SAMPLES, SEAM_SAMPLES, Extrapolation, crossfade
from nhipcau.sound.pace import (
    DEFAULT_PLAYOUT_POLICY,
    DepthTarget,
    PlayoutPolicy,
    SpeedControl,
)
from nhipcau.sound.resample import TAPS_BEFORE, Wave, reach, read_block

# After a short gap the sound goes on as soon as there are a packet and a block.
_RESUME_SAMPLES = 2 * BLOCK_SAMPLES
# A timestamp that lies this far back is a restarted source, not a late packet.
_RESTART_SAMPLES = RATE_HZ
# Room for the history, the overflow bound, a long packet and two seconds between two moves.
_ROOM_SAMPLES = 3 * RATE_HZ


@dataclass(frozen=True, slots=True)
class PlayoutStats:
    """What happened to one source's sound since the buffer was made."""

    pushed: int
    pulled: int
    depth_s: float
    target_s: float
    speed: float
    drift_ppm: float
    underruns: int
    concealed_samples: int
    late_packets: int
    jumps: int
    skips: int
    skipped_samples: int


@dataclass(slots=True)
class _Counts:
    pushed: int = 0
    pulled: int = 0
    underruns: int = 0
    concealed: int = 0
    late: int = 0
    jumps: int = 0
    skips: int = 0
    skipped: int = 0


class PlayoutBuffer:
    """Holds one source's sound; used by one thread, the mixer's."""

    def __init__(self, policy: PlayoutPolicy = DEFAULT_PLAYOUT_POLICY) -> None:
        self._policy = policy
        self._target = DepthTarget(policy)
        self._control = SpeedControl(policy)
        self._stored: Wave = np.zeros(_ROOM_SAMPLES, np.float32)
        self._place = self._end = HISTORY_SAMPLES
        self._fraction = 0.0
        self._extrapolation: Extrapolation | None = None
        # starved: what arrives waits here, each with the number of samples lost before it
        self._starved = True
        self._waiting: list[tuple[int, Samples]] = []
        self._waiting_samples = 0
        self._waited_samples = 0
        self._starved_samples = 0
        self._expected: int | None = None
        # a burst is skipped at the next tick, which sees all of it; where nobody pulls, the store
        # never holds more than twice the bound, and the tick that comes at last skips the rest
        self._overflow = policy.overflow_s * RATE_HZ
        self._crowded = False
        self._count = _Counts()

    @property
    def depth_s(self) -> float:
        """Seconds of sound between the reading place and the newest sample."""
        return (self._end - self._place + self._waiting_samples) / RATE_HZ

    def push(self, samples: Samples, timestamp: int, now_s: float) -> None:
        """Store a decoded packet.

        Args:
            samples: int16 mono at 48 kHz, shape (n,), n up to 5,760; not kept.
            timestamp: of the first sample on the source's 48 kHz clock, unwrapped.
            now_s: when the packet arrived, monotonic seconds; it measures the jitter.
        """
        self._count.pushed += 1
        lost = self._place_in_time(samples, timestamp)
        if lost is None:
            return
        if self._starved and self._starved_samples > self._overflow:
            self._target.restart()
        self._target.arrived(timestamp, len(samples), now_s)
        if lost < 0:
            samples = samples[-lost:]
        self._store(max(lost, 0), samples)

    def conceal(self, missing: int) -> None:
        """Take note that the next `missing` samples are lost for good and bridge them.

        More than `longest_gap_s` is not bridged: the source is gone and silence follows anyway.
        """
        if self._expected is None:
            return
        self._expected += missing
        self._store(min(missing, int(self._policy.longest_gap_s * RATE_HZ)), None)

    def pull(self, pts: int) -> PcmBlock:
        """Return the next 20 ms, stamped `pts`: always 960 samples, silence when there is none."""
        self._count.pulled += 1
        if self._starved:
            self._wait_or_resume()
        else:
            bound = self._target.samples * 2 if self._crowded else self._overflow
            if self._end - self._place > bound:
                self._skip()
            self._crowded = False
            self._control.update(self._end - self._place, self._target.samples)
        needed = reach(self._control.speed)
        missing = needed - (self._end - self._place)
        if missing > 0:
            self._starve(missing)
        first = self._place - TAPS_BEFORE
        stored = self._stored[first : first + TAPS_BEFORE + needed]
        read = read_block(stored, self._fraction, self._control.speed)
        self._place += read.advance
        self._fraction = read.fraction
        return PcmBlock(read.samples, pts)

    def stats(self) -> PlayoutStats:
        """Return the counters and the state of now."""
        count = self._count
        return PlayoutStats(
            pushed=count.pushed,
            pulled=count.pulled,
            depth_s=self.depth_s,
            target_s=self._target.samples / RATE_HZ,
            speed=self._control.speed,
            drift_ppm=self._control.drift * 1e6,
            underruns=count.underruns,
            concealed_samples=count.concealed,
            late_packets=count.late,
            jumps=count.jumps,
            skips=count.skips,
            skipped_samples=count.skipped,
        )

    def _place_in_time(self, samples: Samples, timestamp: int) -> int | None:
        """Return how many samples are lost before `timestamp`, negative where some came twice.

        None: all of it came too late. A jump (a pause, a restart) counts as no loss.
        """
        expected = timestamp if self._expected is None else self._expected
        lost = timestamp - expected
        if -_RESTART_SAMPLES < lost <= -len(samples):
            self._count.late += 1
            return None
        self._expected = timestamp + len(samples)
        if -len(samples) < lost <= self._policy.longest_gap_s * RATE_HZ:
            return lost
        self._count.jumps += 1
        self._target.restart()
        if not self._starved and self._extrapolation is None:
            self._extrapolation = self._extrapolate()
        return 0

    def _store(self, lost: int, samples: Samples | None) -> None:
        """Append to the stored sound, or keep waiting while starved."""
        if not self._starved:
            self._append(lost, samples)
            return
        if samples is None and not self._waiting:
            return
        self._waiting.append((lost, np.zeros(0, np.int16) if samples is None else samples.copy()))
        self._waiting_samples += lost + (0 if samples is None else len(samples))
        if self._waiting_samples >= self._enough():
            self._resume()

    def _enough(self) -> float:
        extrapolation = self._extrapolation
        if extrapolation is None or extrapolation.faded:
            return self._target.samples
        return _RESUME_SAMPLES

    def _wait_or_resume(self) -> None:
        """One more tick without enough sound: a lone last packet is played all the same."""
        self._starved_samples += BLOCK_SAMPLES
        if not self._waiting:
            return
        if self._waited_samples + self._waiting_samples >= self._enough():
            self._resume()
        self._waited_samples += BLOCK_SAMPLES

    def _resume(self) -> None:
        """Let what waited follow the extrapolation."""
        short = self._starved_samples < self._policy.longest_gap_s * RATE_HZ
        if self._count.underruns and short and self._waiting[0][0] * 2 < self._starved_samples:
            self._target.underrun()
        waiting, self._waiting = self._waiting, []
        self._starved, self._starved_samples = False, 0
        self._waiting_samples = self._waited_samples = 0
        for index, (lost, samples) in enumerate(waiting):
            # what was lost before the first of them has been bridged tick by tick
            self._append(lost if index else 0, samples if len(samples) else None)
        self._control.restart()

    def _starve(self, missing: int) -> None:
        """Extend the stored sound by `missing` samples that are not there."""
        if not self._starved:
            self._starved, self._starved_samples = True, 0
            self._count.underruns += 1
        self._extend(missing)

    def _append(self, lost: int, samples: Samples | None) -> None:
        if lost:
            self._extend(lost)
        if samples is not None:
            self._write(samples)
        if self._end - self._place > 2 * self._overflow:
            self._crowded = True
            self._skip()

    def _write(self, samples: Samples) -> None:
        self._make_room(len(samples))
        wave = self._stored[self._end : self._end + len(samples)]
        wave[:] = samples
        if self._extrapolation is not None:
            seam = min(SEAM_SAMPLES, len(samples))
            wave[:seam] = crossfade(self._extrapolation.take(seam), wave[:seam])
            self._extrapolation = None
        self._end += len(samples)

    def _extend(self, count: int) -> None:
        if self._extrapolation is None:
            self._extrapolation = self._extrapolate()
        self._make_room(count)
        self._stored[self._end : self._end + count] = self._extrapolation.take(count)
        self._end += count
        if not self._extrapolation.faded:
            self._count.concealed += count

    def _extrapolate(self) -> Extrapolation:
        return Extrapolation(self._stored[self._end - HISTORY_SAMPLES : self._end])

    def _skip(self) -> None:
        """Jump forward to the target depth, cross-faded, and count what nobody will hear."""
        old = self._place - TAPS_BEFORE
        new = self._end - int(self._target.samples) - TAPS_BEFORE
        ending = self._stored[old : old + SEAM_SAMPLES].copy()
        starting = self._stored[new : new + SEAM_SAMPLES]
        starting[:] = crossfade(ending, starting)
        self._count.skips += 1
        self._count.skipped += new - old
        self._place = new + TAPS_BEFORE
        self._control.restart()

    def _make_room(self, count: int) -> None:
        """Move what is still needed to the front of the store when its end is reached."""
        if self._end + count <= len(self._stored):
            return
        first = min(self._place - TAPS_BEFORE, self._end - HISTORY_SAMPLES)
        kept = self._end - first
        self._stored[:kept] = self._stored[first : self._end].copy()
        self._place -= first
        self._end = kept
