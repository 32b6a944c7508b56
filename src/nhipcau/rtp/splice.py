"""One numbering of sound over several sources and over silence that was filled in.

    source's packet, its number ─▶ place ─▶ own number, own timestamp
    nothing came for a while ────▶ fill ──▶ the next of both, for a packet of silence

    source   40 41 42 · · · · · 43 44 45          it stood still: its numbers did, too
    own      40 41 42 43 44 45 46 47 48 49        silence had 43 to 46

Own numbers grow by one from packet to packet whatever the source does; own timestamps go on with
the time that passed. A packet that comes late finds the number that was left for it, or none.
"""

from typing import NamedTuple

from nhipcau.quantities import unwrap_seq

# A source that comes back is shifted as little as this asks for: what its timestamps are ahead
# then is a pause to the listener.
_MOST_AHEAD_S = 0.5
_MASK32 = 0xFFFFFFFF
# Silences and sources in the memory of a receiver, which is a second.
_KEPT_STRETCHES = 8


class Place(NamedTuple):
    """A packet's own number, unwrapped, and own timestamp, 32 bits."""

    number: int
    stamp: int


class _Stretch(NamedTuple):
    """The source's numbers from `first` to before `end` are moved by these."""

    first: int
    end: int
    shift: int
    stamp_shift: int


# Of the stretch that the source is in.
_NO_END = 1 << 62


class Splice:
    """One thread at a time.

    Args:
        rate_hz: of the media clock.
        packet_ticks: of one packet.
    """

    def __init__(self, rate_hz: int, packet_ticks: int) -> None:
        self._rate_hz = rate_hz
        self._most_ahead = int(_MOST_AHEAD_S * rate_hz)
        self._ticks = packet_ticks
        self._stretches: tuple[_Stretch, ...] = ()
        self._highest = 0
        self._last: int | None = None
        self._last_stamp = 0
        self.stamp_shift = 0
        """What own timestamps are ahead of the source's now, modulo 2^32."""

    @property
    def last(self) -> int:
        """The highest number given out, unwrapped; -1 before the first."""
        return -1 if self._last is None else self._last

    def restart(self) -> None:
        """Take the next packet as that of another source, whose numbers say nothing of before."""
        self._stretches = ()

    def place(self, seq: int, stamp: int) -> Place | None:
        """Return where a packet belongs; None when its number was given to silence meanwhile.

        Args:
            seq: the source's, 16 bits.
            stamp: the source's, 32 bits.
        """
        stretches = self._stretches
        index = unwrap_seq(seq, self._highest) if stretches else (1 << 16) + seq
        if not stretches or (index >= stretches[0].end and index > self._highest):
            self._begin(index, stamp)
        for first, end, shift, stamp_shift in self._stretches:
            if first <= index < end:
                place = Place(index + shift, stamp + stamp_shift & _MASK32)
                self._note(place)
                self._highest = max(self._highest, index)
                return place
        return None

    def fill(self, elapsed_s: float) -> Place:
        """Return where a packet of silence belongs.

        Args:
            elapsed_s: since the last packet was given its place; whole packets of it are left out
                of the timestamps, so that they go on with the time.
        """
        if self._stretches:
            now = self._stretches[0]
            ended = now._replace(end=min(now.end, self._highest + 1))
            self._stretches = (ended, *self._stretches[1:])
        packets = max(1, round(elapsed_s * self._rate_hz / self._ticks))
        stamp = self._last_stamp + packets * self._ticks & _MASK32
        place = Place(self.last + 1, stamp)
        self._note(place)
        return place

    def _note(self, place: Place) -> None:
        if self._last is None or place.number > self._last:
            self._last, self._last_stamp = place

    def _begin(self, index: int, stamp: int) -> None:
        if self._last is None:
            number = index
        else:
            number = self._last + 1
            ahead = stamp + self.stamp_shift - self._last_stamp & _MASK32
            if not self._ticks <= ahead <= self._most_ahead:
                self.stamp_shift = self._last_stamp + self._ticks - stamp & _MASK32
        stretch = _Stretch(index, _NO_END, number - index, self.stamp_shift)
        self._stretches = (stretch, *self._stretches[: _KEPT_STRETCHES - 1])
        self._highest = index
