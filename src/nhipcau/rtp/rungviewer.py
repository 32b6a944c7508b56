"""One viewer's own numbering over several encodings of one picture line.

    rung's packet, its index ─▶ outgoing ─▶ the same packet with this viewer's sequence number
    viewer's NACK ───────────▶ get ───────▶ that packet again, from the rung it was sent from

All rungs of a line share SSRC and clock, so only header bytes 2 and 3 differ from viewer to viewer:

    rung A  … 40 41 42 │ 43 …
    rung B         … 7 │ 8 9 10 …            a key frame of B begins at 8
    viewer  … 40 41 42   43 44 45 …          a stretch of A, then one of B, shifted by 35

Two encodings of one instant have one timestamp. A viewer that has had a picture from A and then
comes to B with the key frame of the very same instant gets that one a tick later (`Restamp`): a
receiver takes packets of one timestamp for one picture.

`enter`, `outgoing` and `note_sent` belong to the thread that sends, `get` may be another's.
"""

from typing import NamedTuple

from nhipcau.quantities import unwrap_seq
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.packet import packet_seq, patch_seq

# A viewer changes rung at most every half second: of eight stretches the oldest is 4 s back, when
# no receiver asks for it any more.
_KEPT_STRETCHES = 8


class Restamp(NamedTuple):
    """The picture with the timestamp `old` bears `new` instead, 32 bits each as on the wire."""

    old: bytes
    new: bytes

    def apply(self, packet: bytes) -> bytes:
        """Return a serialized packet with its timestamp, if that is the old one, replaced."""
        return packet[:4] + self.new + packet[8:] if packet[4:8] == self.old else packet


class _Stretch(NamedTuple):
    """Numbers from `first` on were a rung's indices plus `shift`; all of them unwrapped."""

    first: int
    shift: int
    cache: PacketCache
    restamp: Restamp | None


class RungViewer:
    """The numbers of one viewer.

    Attributes:
        shift: what this viewer's numbers are ahead of its rung's, 16 bits; 0 costs nothing.
        packets, octets: sent to this viewer, for its sender reports.
        pictures: of which it has been sent the last packet.
        switches: how often it came to another rung, the first time not counted.
        asked: numbers asked for again that came from the rung it is on; what it lacks of another
            says nothing of this one.
    """

    __slots__ = (
        "_next",
        "_stretches",
        "asked",
        "octets",
        "packets",
        "pictures",
        "shift",
        "switches",
    )

    def __init__(self) -> None:
        self._stretches: tuple[_Stretch, ...] = ()
        self._next = 0
        self.shift = 0
        self.packets = self.octets = self.pictures = self.switches = self.asked = 0

    def enter(self, cache: PacketCache, index: int, restamp: Restamp | None = None) -> None:
        """Go on with another rung.

        Args:
            cache: where that rung keeps its packets.
            index: unwrapped number, in that rung, of the packet that is sent next.
            restamp: for the picture of the instant that this viewer has had already.
        """
        stretches = self._stretches
        if stretches:
            self.switches += 1
        else:
            # The first numbers of a viewer are the rung's own, so that nothing is copied for it.
            self._next = index
        shift = self._next - index
        self.shift = shift & 0xFFFF
        stretch = _Stretch(self._next, shift, cache, restamp)
        self._stretches = (stretch, *stretches[: _KEPT_STRETCHES - 1])

    def outgoing(self, packet: bytes) -> bytes:
        """Return a packet of the rung as this viewer is to get it."""
        restamp = self._stretches[0].restamp
        if restamp is not None:
            packet = restamp.apply(packet)
        if not self.shift:
            return packet
        return patch_seq(packet, packet_seq(packet) + self.shift & 0xFFFF)

    @property
    def restamp(self) -> Restamp | None:
        """What `outgoing` does to the picture with which this viewer came to its rung."""
        return self._stretches[0].restamp if self._stretches else None

    def covers(self, index: int) -> bool:
        """Return True when this viewer gets, or got, the rung's packet `index`."""
        stretch = self._stretches[0]
        return index + stretch.shift >= stretch.first

    def reserve(self, index: int) -> None:
        """Leave the numbers up to that of the rung's packet `index` to it; it may come late."""
        self._next = max(self._next, index + self._stretches[0].shift + 1)

    def note_sent(self, index: int, packets: int, octets: int) -> None:
        """Note what was sent.

        Args:
            index: unwrapped number, in the rung, of the last packet; one that comes late may be
                lower than those before.
            packets, octets: how many, and their payload bytes.
        """
        self._next = max(self._next, index + self._stretches[0].shift + 1)
        self.packets += packets
        self.octets += octets

    def get(self, seq: int) -> bytes | None:
        """Return the packet that this viewer got as `seq`, byte for byte; None when it is gone.

        A number that it has not got yet is none of its: it is not given away beforehand.
        """
        upcoming = self._next
        number = unwrap_seq(seq, upcoming)
        if number >= upcoming:
            return None
        for first, shift, cache, restamp in self._stretches:
            if number >= first:
                self.asked += first == self._stretches[0].first
                packet = cache.get(number - shift & 0xFFFF)
                if packet is None:
                    return None
                return patch_seq(restamp.apply(packet) if restamp else packet, seq)
        return None
