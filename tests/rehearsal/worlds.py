"""The two worlds in which a fleet meets an MCU: in memory, and over real UDP on the loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from nhipcau.ports.transport import Transport
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport
from tests.rehearsal.machine import CLOCK


class World(NamedTuple):
    """Transports of the two sides."""

    mcu: Transport
    sites: Transport


@contextmanager
def world_of(kind: str, folder: Path) -> Iterator[World]:
    """Yield the transports of "memory" or "rtc"; close them after."""
    if kind == "memory":
        network = MemoryNetwork(CLOCK)
        world = World(MemoryTransport(network), MemoryTransport(network))
    else:
        certificate = make_certificate(folder, datetime.now(UTC))
        settings = RtcSettings(certificate)
        world = World(RtcTransport(settings), RtcTransport(settings))
    try:
        yield world
    finally:
        world.sites.close()
        world.mcu.close()
