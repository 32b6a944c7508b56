"""Transports for the tests: the real one on loopback, and its twin."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, sync_playwright

from nhipcau.ports.transport import Transport
from nhipcau.webrtc.certificate import Certificate, make_certificate
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport
from tests.webrtc.packets import WallClock

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


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


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    # A page from a file is a secure context, without which there is no camera.
    file = tmp_path_factory.mktemp("page") / "room.html"
    file.write_text("<!doctype html><title>room</title>")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        page.goto(file.as_uri())
        yield page
        browser.close()
