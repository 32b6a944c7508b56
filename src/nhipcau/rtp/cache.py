"""The packets sent last, kept to answer NACKs: one cache for all viewers of a stream."""

from nhipcau.rtp.packet import packet_seq


class PacketCache:
    """A ring of serialized RTP packets, addressed by sequence number.

    One thread puts, any thread gets: a slot is replaced in one step, and a packet carries its own
    sequence number, so that a reader who is late finds another number, never half a packet.

    Args:
        size: packets kept, a power of two up to 32,768. 1,024 packets are 7 s of a 720p program
            (150 packets/s), far beyond the age at which any receiver gives up.

    Raises:
        ValueError: `size` is no power of two, or too large.
    """

    __slots__ = ("_mask", "_slots", "hits", "misses")

    def __init__(self, size: int = 1024) -> None:
        if size < 1 or size & (size - 1) or size > 1 << 15:
            raise ValueError(f"a cache of {size} packets: not a power of two up to 32768")
        self._slots: list[bytes | None] = [None] * size
        self._mask = size - 1
        self.hits = 0
        self.misses = 0

    def put(self, seq: int, packet: bytes) -> None:
        """Keep `packet`, whose sequence number is `seq`; the oldest one goes."""
        self._slots[seq & self._mask] = packet

    def has(self, seq: int) -> bool:
        """Return True when the packet numbered `seq` is here; counts neither hit nor miss."""
        packet = self._slots[seq & self._mask]
        return packet is not None and packet_seq(packet) == seq

    def get(self, seq: int) -> bytes | None:
        """Return the packet numbered `seq`, None when it is gone or never was."""
        packet = self._slots[seq & self._mask]
        if packet is None or packet_seq(packet) != seq:
            self.misses += 1
            return None
        self.hits += 1
        return packet
