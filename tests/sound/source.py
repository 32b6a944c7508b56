"""A source of sound on its own clock, for the tests of playout."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ, Samples
from nhipcau.sound.playout import PlayoutBuffer

TICK_S = BLOCK_SAMPLES / RATE_HZ
# 500 Hz has 96 samples a period, ten periods a packet: every packet is the same.
TONE_HZ = 500
PEAK = 10_000
TONE: Samples = np.round(
    PEAK * np.sin(2 * np.pi * TONE_HZ * np.arange(BLOCK_SAMPLES) / RATE_HZ)
).astype(np.int16)
# The steepest step between two samples of the tone.
STEEPEST = PEAK * 2 * np.pi * TONE_HZ / RATE_HZ


@dataclass
class Line:
    """A source that sends a packet every 20 ms of its clock, and the mixer that pulls.

    Attributes:
        ppm: how much faster than the mixer's the source's clock runs.
        lost: numbers of the packets that never come (the gap shows in the timestamps).
        late_s: how much later than sent a packet arrives; later packets queue behind it.
        start_s: when the source starts.
    """

    ppm: float = 0.0
    lost: frozenset[int] = frozenset()
    late_s: dict[int, float] = field(default_factory=dict)
    start_s: float = 0.0
    packet: Samples = field(default_factory=lambda: TONE)
    buffer: PlayoutBuffer = field(default_factory=PlayoutBuffer)
    sent: int = 0
    tick: int = 0
    arrival_s: float = 0.0

    def run(self, seconds: float) -> npt.NDArray[np.int32]:
        """Let time pass and return what was pulled."""
        pulled = [self.step() for _ in range(round(seconds / TICK_S))]
        return np.concatenate(pulled).astype(np.int32)

    def step(self) -> Samples:
        """Let 20 ms pass: push what has arrived by now, pull one block."""
        now_s = self.tick * TICK_S
        while (arrival_s := self._arrival_s()) <= now_s:
            if self.sent not in self.lost:
                self.buffer.push(self.packet, self.sent * BLOCK_SAMPLES, arrival_s)
            self.arrival_s = arrival_s
            self.sent += 1
        block = self.buffer.pull(self.tick * BLOCK_SAMPLES)
        assert block.pts == self.tick * BLOCK_SAMPLES
        assert block.samples.shape == (BLOCK_SAMPLES,)
        self.tick += 1
        return block.samples

    def _arrival_s(self) -> float:
        sent_s = self.start_s + self.sent * TICK_S / (1 + self.ppm * 1e-6)
        return max(self.arrival_s, sent_s + self.late_s.get(self.sent, 0.0))
