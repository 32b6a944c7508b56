"""The transport port: a connection with six fixed media lines, each a plain pipe of RTP and RTCP.

The MCU always offers; a site answers. Nothing calls back: states and packets are polled, because
a callback from a transport's own threads costs more than polling and can deadlock with the GIL.

    MCU  offer(lines) ── SDP ──▶ site
         accept(answer) ◀─ SDP ──┘
         pipes[mid].send / receive     RTP and RTCP as bytes, SRTP inside
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nhipcau.quantities import Ssrc


class Mid(StrEnum):
    """The six media lines of a site's connection, in the order of the SDP."""

    CAMERA = "camera"
    CONTENT_UP = "content-up"
    MICROPHONE = "microphone"
    PROGRAM = "program"
    CONTENT = "content"
    SOUND = "sound"


UPSTREAM = (Mid.CAMERA, Mid.CONTENT_UP, Mid.MICROPHONE)
DOWNSTREAM = (Mid.PROGRAM, Mid.CONTENT, Mid.SOUND)

# One payload type per format, the same on every connection, so that one packet serves all viewers.
PAYLOAD_TYPES: Mapping[Mid, int] = {
    Mid.CAMERA: 102,
    Mid.CONTENT_UP: 104,
    Mid.MICROPHONE: 111,
    Mid.PROGRAM: 102,
    Mid.CONTENT: 104,
    Mid.SOUND: 111,
}


class ConnectionState(StrEnum):
    """Where a connection stands; FAILED and CLOSED are final."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    FAILED = "failed"
    CLOSED = "closed"


class SdpError(Exception):
    """The other side's SDP can't be used. `code` is one of `no_h264`, `no_opus`, `sdp`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class SendLine:
    """What a side sends on one media line: its SSRC, and the CNAME that ties picture to sound."""

    mid: Mid
    ssrc: Ssrc
    cname: str


class RtpPipe(Protocol):
    """One media line of one connection. Thread-safe."""

    def send(self, packet: bytes) -> bool:
        """Send one RTP or RTCP packet; return False when the line is not open (it is dropped)."""
        ...

    def receive(self) -> bytes | None:
        """Return the next RTP or RTCP packet that came in, None when there is none now."""
        ...


class Connection(Protocol):
    """One WebRTC connection. `local_sdp`, `state` and `stats` never block for long."""

    def local_sdp(self) -> str | None:
        """Return the local SDP with its candidates, None while they are being gathered."""
        ...

    def accept(self, answer: str) -> None:
        """Take the other side's answer (only on the side that offered).

        Raises:
            SdpError: it is no SDP, or it has no H.264 or no Opus that we can use.
        """
        ...

    def state(self) -> ConnectionState:
        """Return where the connection stands."""
        ...

    def pipe(self, mid: Mid) -> RtpPipe:
        """Return the pipe of a media line."""
        ...

    def close(self) -> None:
        """Close it; may be called twice; may block for some milliseconds: not on an event loop."""
        ...


class Transport(Protocol):
    """Makes the connections of one process."""

    def offer(self, send: Sequence[SendLine]) -> Connection:
        """Return a connection that offers the six lines; `send` names our three downstream ones."""
        ...

    def answer(self, offer: str, send: Sequence[SendLine]) -> Connection:
        """Return a connection that answers `offer`; `send` names our three upstream ones.

        Raises:
            SdpError: the offer can't be used.
        """
        ...

    def close(self) -> None:
        """Close every connection, wait until the transport's own threads are at rest."""
        ...
