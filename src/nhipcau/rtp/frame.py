"""What leaves and enters the RTP room: one encoded frame of picture or sound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One H.264 access unit (Annex B byte stream) or one Opus packet.

    Attributes:
        data: the bytes; H.264 with 4-byte start codes, SPS and PPS before every IDR.
        timestamp: RTP clock ticks (90 kHz picture, 48 kHz sound), unwrapped: never jumps back.
        keyframe: True for an IDR access unit, and for every Opus packet.
        arrived_s: monotonic seconds when its last packet arrived or when it was encoded.
    """

    data: bytes
    timestamp: int
    keyframe: bool
    arrived_s: float
