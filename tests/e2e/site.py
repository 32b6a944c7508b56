"""A room of the test's own: our transport, but it sends whatever the test wants it to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from nhipcau.ports.transport import UPSTREAM, ConnectionState, Mid, SendLine
from nhipcau.quantities import Ssrc
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcConnection, RtcSettings, RtcTransport
from tests.e2e.demo import Demo
from tests.e2e.desk import Message, hello, open_signal
from tests.e2e.waiting import eventually

_SSRC = 0x4E430000
LINES = [SendLine(mid, Ssrc(_SSRC + number), "a test") for number, mid in enumerate(UPSTREAM)]


@dataclass(frozen=True, slots=True)
class OwnSite:
    """A site whose connection is up."""

    socket: ClientConnection
    connection: RtcConnection

    def send(self, mid: Mid, packets: list[bytes]) -> None:
        """Send RTP packets on a line, and pass over what has come back."""
        pipe = self.connection.pipe(mid)
        for packet in packets:
            pipe.send(packet)
        while pipe.receive() is not None:
            pass

    def say(self, kind: str, **fields: object) -> None:
        """Say something to the MCU."""
        self.socket.send(json.dumps({"type": kind, **fields}))


@contextmanager
def own_transport(folder: Path) -> Iterator[RtcTransport]:
    """Yield a transport of this process."""
    transport = RtcTransport(RtcSettings(make_certificate(folder, datetime.now(UTC))))
    try:
        yield transport
    finally:
        transport.close()


@contextmanager
def own_site(demo: Demo, transport: RtcTransport, site: str) -> Iterator[OwnSite]:
    """Join as `site` and leave on purpose when the context ends."""
    with open_signal(demo.signal_url) as socket:
        connection = transport.answer(greet(socket, demo.token(site)), LINES)
        eventually(connection.local_sdp, "candidates gathered")
        socket.send(json.dumps({"type": "answer", "sdp": connection.local_sdp()}))
        eventually(lambda: connection.state() is ConnectionState.CONNECTED, f"media of {site} up")
        listener = threading.Thread(target=_pass_over, args=(socket,), daemon=True)
        listener.start()
        one = OwnSite(socket, connection)
        yield one
        one.say("leave")
        connection.close()
    listener.join()


def greet(socket: ClientConnection, token: str) -> str:
    """Say hello and return the offer."""
    socket.send(json.dumps(hello(token)))
    return str(wait_for(socket, "offer")["sdp"])


def wait_for(socket: ClientConnection, kind: str) -> Message:
    """Return the next message of a kind; the others are passed over."""
    deadline_s = time.monotonic() + 45.0
    while True:
        message: Message = json.loads(socket.recv(max(0.0, deadline_s - time.monotonic())))
        if message["type"] == kind:
            return message


def _pass_over(socket: ClientConnection) -> None:
    """Read what the MCU says, so that it does not take us for a slow reader."""
    try:
        for _ in socket:
            pass
    except ConnectionClosed:
        return
