"""The Opus payload: one packet is one payload; here is only how long it lasts.

Source: RFC 7587 §4.2 (payload, 48 kHz clock), RFC 6716 §3.1 and §3.2 (table of contents).
"""

from nhipcau.rtp.packet import RtpError

# 120 ms, the longest packet (RFC 6716 §3.2.5 [R5]).
_MAX_SAMPLES = 5760
# Samples at 48 kHz of one frame of each of the 32 configurations (RFC 6716 table 2).
_FRAME_SAMPLES = (480, 960, 1920, 2880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4
_FRAMES = (1, 2, 2)


def opus_samples(packet: bytes) -> int:
    """Return how many samples at 48 kHz an Opus packet holds: 120 to 5,760.

    Raises:
        RtpError: empty, or its table of contents breaks RFC 6716.
    """
    if not packet:
        raise RtpError("an empty Opus packet")
    code = packet[0] & 3
    if code < 3:
        return _FRAME_SAMPLES[packet[0] >> 3] * _FRAMES[code]
    frames = packet[1] & 0x3F if len(packet) > 1 else 0
    samples = _FRAME_SAMPLES[packet[0] >> 3] * frames
    if not 0 < samples <= _MAX_SAMPLES:
        raise RtpError(f"an Opus packet of {frames} frames, {samples} samples")
    return samples
