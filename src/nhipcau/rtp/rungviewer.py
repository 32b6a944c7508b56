"""One viewer's own numbering over several encodings of one picture line.

    rung's packet, its index ─▶ outgoing ─▶ the same packet with this viewer's sequence number
    viewer's NACK ───────────▶ get ───────▶ that packet again, from the rung it was sent from

All rungs of a line share SSRC and clock, so only header bytes 2 and 3 differ from viewer to viewer:

    rung A  … 40 41 42 │ 43 …
    rung B         … 7 │ 8 9 10 …            a key frame of B begins at 8
    viewer  … 40 41 42   43 44 45 …          a stretch of A, then one of B, shifted by 35

`enter`, `outgoing` and `note_sent` belong to the thread that sends, `get` may be another's.
"""

from typing import NamedTuple

from nhipcau.quantities import unwrap_seq
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.packet import packet_seq, patch_seq

# A viewer changes rung at most every half second: of eight stretches the oldest is 4 s back, when
# no receiver asks for it any more.
_KEPT_STRETCHES = 8


class _Stretch(NamedTuple):
    """Numbers from `first` on were a rung's indices plus `shift`; all of them unwrapped."""

    first: int
    shift: int
    cache: PacketCache


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

    def enter(self, cache: PacketCache, index: int) -> None:
        """Go on with another rung.

        Args:
            cache: where that rung keeps its packets.
            index: unwrapped number, in that rung, of the packet that is sent next.
        """
        stretches = self._stretches
        if stretches:
            self.switches += 1
        else:
            # The first numbers of a viewer are the rung's own, so that nothing is copied for it.
            self._next = index
        shift = self._next - index
        self.shift = shift & 0xFFFF
        self._stretches = (_Stretch(self._next, shift, cache), *stretches[: _KEPT_STRETCHES - 1])

    def outgoing(self, packet: bytes) -> bytes:
        """Return a packet of the rung as this viewer is to get it."""
        if not self.shift:
            return packet
        return patch_seq(packet, packet_seq(packet) + self.shift & 0xFFFF)

    def note_sent(self, index: int, packets: int, octets: int) -> None:
        """Note what was sent.

        Args:
            index: unwrapped number, in the rung, of the last packet.
            packets, octets: how many, and their payload bytes.
        """
        self._next = index + self._stretches[0].shift + 1
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
        for first, shift, cache in self._stretches:
            if number >= first:
                self.asked += first == self._stretches[0].first
                packet = cache.get(number - shift & 0xFFFF)
                return packet if packet is None else patch_seq(packet, seq)
        return None
