"""Transports for the tests: the real one on loopback, and its twin."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from nhipcau.ports.transport import Transport
from nhipcau.webrtc.certificate import Certificate, make_certificate
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport
from tests.webrtc.packets import WallClock


class Ends(NamedTuple):
    """The MCU's transport and a site's."""

    mcu: Transport
    site: Transport


def free_udp_port() -> int:
    """Return a UDP port of loopback that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("dtls")
    return make_certificate(folder, datetime.now(UTC))


@pytest.fixture
def mcu(certificate: Certificate) -> Iterator[RtcTransport]:
    transport = RtcTransport(RtcSettings(certificate, port=free_udp_port()))
    yield transport
    transport.close()


@pytest.fixture
def site(certificate: Certificate) -> Iterator[RtcTransport]:
    transport = RtcTransport(RtcSettings(certificate))
    yield transport
    transport.close()


@pytest.fixture(params=["rtc", "memory"])
def ends(request: pytest.FixtureRequest) -> Iterator[Ends]:
    if request.param == "rtc":
        yield Ends(request.getfixturevalue("mcu"), request.getfixturevalue("site"))
        return
    network = MemoryNetwork(WallClock())
    made = Ends(MemoryTransport(network), MemoryTransport(network))
    yield made
    made.mcu.close()
    made.site.close()
