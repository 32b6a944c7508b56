"""When a packet left its sender: the header extension abs-send-time.

     0                   1                   2                   3
    |         0xBEDE                |           length 1            |
    |  ID   | len 2 |    seconds, 6 bits . fraction, 18 bits        |

An RTP timestamp says when a picture was taken. A busy sender encodes it late, and that lateness
looks like a queue on the line; the time at which a packet was put on the line does not know it.

Source: RFC 8285 §4.2 (one-byte headers); the extension's definition in the WebRTC project's
`abs-send-time` document (24 bits, 6.18 fixed point, wraps every 64 s).
"""

from nhipcau.rtp.packet import Extension, RtpPacket

SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
# Any of 1 to 14; the MCU makes the offer, so all endpoints use this one.
SEND_TIME_ID = 3
SEND_TIME_HZ = 1 << 18
SEND_TIME_MOD = 1 << 24
_HALF = SEND_TIME_MOD >> 1
_ONE_BYTE = 0xBEDE
_STOP_ID = 15
_BYTES = 3


def send_time(packet: RtpPacket) -> int | None:
    """Return when the packet left, in 1/262,144 s, modulo 64 s; None where it does not say.

    Elements of other extensions are passed over; a malformed one ends the search.
    """
    extension = packet.extension
    if extension is None or extension.profile != _ONE_BYTE:
        return None
    data = extension.data
    at, end = 0, len(data)
    while at < end:
        head = data[at]
        at += 1
        if not head:
            continue
        number, length = head >> 4, (head & 0x0F) + 1
        if number == _STOP_ID or at + length > end:
            return None
        if number == SEND_TIME_ID and length == _BYTES:
            return int.from_bytes(data[at : at + length])
        at += length
    return None


def send_time_extension(now_s: float) -> Extension:
    """Return the extension of a packet that leaves at `now_s`, seconds on any steady clock."""
    ticks = int(now_s * SEND_TIME_HZ) % SEND_TIME_MOD
    head = SEND_TIME_ID << 4 | _BYTES - 1
    return Extension(_ONE_BYTE, bytes((head,)) + ticks.to_bytes(_BYTES))


def send_time_step_s(before: int, after: int) -> float:
    """Return how much later `after` is, in seconds; less than half of 64 s either way."""
    return ((after - before + _HALF) % SEND_TIME_MOD - _HALF) / SEND_TIME_HZ
