"""RTP and RTCP packets for tests of transports, and a wait that ends."""

import struct
import time
from collections.abc import Callable

from nhipcau.ports.transport import DOWNSTREAM, PAYLOAD_TYPES, UPSTREAM, Mid, RtpPipe, SendLine
from nhipcau.quantities import Ssrc

SSRCS = {mid: Ssrc(5_000 + place) for place, mid in enumerate(Mid)}
MCU_LINES = tuple(SendLine(mid, SSRCS[mid], "mcu") for mid in DOWNSTREAM)
SITE_LINES = tuple(SendLine(mid, SSRCS[mid], "site") for mid in UPSTREAM)


class WallClock:
    """The machine's clock."""

    def now_s(self) -> float:
        return time.monotonic()

    def wall_s(self) -> float:
        return time.time()


def rtp(mid: Mid, number: int = 1, payload: bytes = b"media") -> bytes:
    """Return an RTP packet of a line's sender."""
    return (
        struct.pack("!BBHII", 0x80, PAYLOAD_TYPES[mid], number, 90 * number, SSRCS[mid]) + payload
    )


def sender_report(mid: Mid) -> bytes:
    """Return the SR of a line's sender."""
    return struct.pack("!BBHIIIIII", 0x80, 200, 6, SSRCS[mid], 1, 2, 3, 4, 5)


def feedback(mid: Mid) -> bytes:
    """Return the compound that a line's receiver sends: RR, then PLI."""
    report = struct.pack("!BBHIIIIIII", 0x81, 201, 7, 1, SSRCS[mid], 0, 0, 0, 0, 0)
    return report + struct.pack("!BBHII", 0x81, 206, 2, 1, SSRCS[mid])


def wait_until(fact: Callable[[], bool], limit_s: float = 20.0) -> None:
    """Wait until `fact` holds; fail when it does not within `limit_s`."""
    deadline_s = time.monotonic() + limit_s
    while not fact():
        assert time.monotonic() < deadline_s, "it did not come true in time"
        time.sleep(0.002)


def next_packet(pipe: RtpPipe, limit_s: float = 20.0) -> bytes:
    """Return the next packet of a pipe; fail when none comes."""
    came: list[bytes] = []

    def has_come() -> bool:
        packet = pipe.receive()
        if packet is not None:
            came.append(packet)
        return bool(came)

    wait_until(has_come, limit_s)
    return came[0]
