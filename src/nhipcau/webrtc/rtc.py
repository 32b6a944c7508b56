"""The real transport, over libdatachannel: ICE, DTLS and SRTP native, RTP left to us.

The library gets no Python callback, ever: it calls from its own threads with its mutexes held, and
its methods hold the GIL while they wait for those mutexes. So states and packets are polled, and
connections are ended by one thread of their own (`reaper`).

    offer / answer ─▶ RtcConnection ─▶ six RtcPipes ─▶ libdatachannel tracks ─▶ one UDP port
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

# The library's type stub imports a module `Description` by mistake, which hides the class.
from libdatachannel import Description, PeerConnection, Track  # type: ignore[attr-defined]

from nhipcau.ports.transport import (
    UPSTREAM,
    ConnectionState,
    Mid,
    SdpError,
    SendLine,
)
from nhipcau.webrtc.lines import MIDS
from nhipcau.webrtc.reaper import Reaper
from nhipcau.webrtc.rtc_setup import RtcSettings, configuration_of, media_line, try_port
from nhipcau.webrtc.sdp import (
    check_answer,
    check_offer,
    finish_sdp,
    single_candidates,
    strip_candidates,
)

__all__ = ["ConnectionStats", "RtcConnection", "RtcPipe", "RtcSettings", "RtcTransport"]

_STATES = {
    PeerConnection.State.New: ConnectionState.NEW,
    PeerConnection.State.Connecting: ConnectionState.CONNECTING,
    PeerConnection.State.Connected: ConnectionState.CONNECTED,
    # The other side has closed, or has not answered checks for half a minute: nothing comes back.
    PeerConnection.State.Disconnected: ConnectionState.FAILED,
    PeerConnection.State.Failed: ConnectionState.FAILED,
    PeerConnection.State.Closed: ConnectionState.CLOSED,
}


@dataclass(frozen=True, slots=True)
class TransportStats:
    """How many connections there are: in use, and on their way out."""

    open: int
    closing: int


@dataclass(frozen=True, slots=True)
class ConnectionStats:
    """What the library counts: SRTP and STUN bytes both ways, and the peer's address."""

    bytes_sent: int
    bytes_received: int
    remote_address: str | None


class RtcPipe:
    """One media line of one connection; any thread may use it."""

    __slots__ = ("_receive", "_send", "_track")

    def __init__(self, track: Track) -> None:
        # The library throws away the RTCP of a send-only track unless its own handler goes.
        track.reset_callbacks()
        self._track = track
        self._send = track.send
        # Nothing but bytes comes in on a media track.
        self._receive = cast("Callable[[], bytes | None]", track.receive)

    def send(self, packet: bytes) -> bool:
        """Send one RTP or RTCP packet; False when the line is not open (the packet is dropped)."""
        try:
            return self._send(packet)
        except RuntimeError:
            return False

    def receive(self) -> bytes | None:
        """Return the next RTP or RTCP packet, None when there is none; at most 1,024 wait."""
        return self._receive()


class RtcConnection:
    """One WebRTC connection of the library."""

    def __init__(self, peer: PeerConnection, transport: "RtcTransport") -> None:
        self._peer = peer
        self._transport = transport
        self._pipes: Mapping[Mid, RtcPipe] = {}
        self._local_sdp: str | None = None
        self._closed = False

    def open_lines(self, send: Sequence[SendLine], *, offering: bool) -> None:
        """Add the six tracks; `send` names those that we send on."""
        sending = {line.mid: line for line in send}
        pipes = {}
        for mid in MIDS:
            we_send = (mid in UPSTREAM) is not offering
            line = sending.get(mid) if we_send else None
            pipes[mid] = RtcPipe(self._peer.add_track(media_line(mid, line, we_send=we_send)))
        self._pipes = pipes

    def describe(self, kind: Description.Type) -> None:
        """Make the local description and start to gather candidates."""
        self._peer.set_local_description(kind)

    def take(self, text: str, kind: Description.Type) -> None:
        """Hand the other side's SDP, already checked, to the library.

        Raises:
            SdpError: code `sdp`; the library finds fault with it.
        """
        try:
            self._peer.set_remote_description(Description(text, kind))
        except (RuntimeError, ValueError, LookupError, ArithmeticError) as error:
            raise SdpError("sdp", f"the SDP can't be used: {error}") from error

    def local_sdp(self) -> str | None:
        """Return the local SDP with its candidates, None while they are being gathered."""
        if self._local_sdp is None and not self._closed:
            complete = PeerConnection.GatheringState.Complete
            description = self._peer.local_description()
            if description is not None and self._peer.gathering_state() == complete:
                self._local_sdp = finish_sdp(str(description), self._transport.advertised)
        return self._local_sdp

    def accept(self, answer: str) -> None:
        """Take the other side's answer.

        Raises:
            SdpError: it is no SDP, or lacks H.264 or Opus, or there was an answer before.
        """
        check_answer(answer)
        if self._closed or self._peer.remote_description() is not None:
            raise SdpError("sdp", "this connection waits for no answer")
        self.take(strip_candidates(answer), Description.Type.Answer)

    def state(self) -> ConnectionState:
        """Return where the connection stands."""
        if self._closed:
            return ConnectionState.CLOSED
        return _STATES[self._peer.state()]

    def pipe(self, mid: Mid) -> RtcPipe:
        """Return the pipe of a media line."""
        return self._pipes[mid]

    def stats(self) -> ConnectionStats:
        """Return what the library counts; zeros after the close."""
        if self._closed:
            return ConnectionStats(0, 0, None)
        peer = self._peer
        return ConnectionStats(peer.bytes_sent(), peer.bytes_received(), peer.remote_address())

    def close(self) -> None:
        """Close it; returns at once, may be called twice and from any thread."""
        self._transport.forget(self)

    def mark_closed(self) -> bool:
        """Note that it is closed; return False when it was closed already."""
        was_open = not self._closed
        self._closed = True
        return was_open

    def end(self) -> None:
        """Close the library's object (the reaper's thread)."""
        self._peer.close()

    def is_over(self) -> bool:
        """Return True when the library says closed."""
        return self._peer.state() == PeerConnection.State.Closed


class RtcTransport:
    """Makes connections of one UDP port and one certificate. Any thread may use it."""

    def __init__(self, settings: RtcSettings) -> None:
        """Check that the UDP port is to be had; the first connection takes it.

        Raises:
            OSError: the port is taken, or the address is not ours.
        """
        try_port(settings)
        self._configuration = configuration_of(settings)
        self.advertised = settings.advertised
        self._lock = threading.Lock()
        self._open: set[RtcConnection] = set()
        self._reaper = Reaper()
        self._closed = False

    def offer(self, send: Sequence[SendLine]) -> RtcConnection:
        """Return a connection that offers the six lines; takes about 0.7 ms.

        Raises:
            OSError: no UDP port is to be had, or the transport is closed.
        """
        connection = self._make(send, offering=True)
        try:
            connection.describe(Description.Type.Offer)
        except RuntimeError as error:
            connection.close()
            raise OSError(f"no UDP port for media: {error}") from error
        return connection

    def answer(self, offer: str, send: Sequence[SendLine]) -> RtcConnection:
        """Return a connection that answers `offer`.

        Raises:
            SdpError: the offer can't be used.
            OSError: the transport is closed.
        """
        check_offer(offer)
        connection = self._make(send, offering=False)
        try:
            # Tracks of the offered mids are there already, so the library makes none of its own.
            connection.take(single_candidates(offer), Description.Type.Offer)
            connection.describe(Description.Type.Answer)
        except SdpError:
            connection.close()
            raise
        except RuntimeError as error:
            connection.close()
            raise SdpError("sdp", f"the offer can't be answered: {error}") from error
        return connection

    def _make(self, send: Sequence[SendLine], *, offering: bool) -> RtcConnection:
        connection = RtcConnection(PeerConnection(self._configuration), self)
        with self._lock:
            if self._closed:
                raise OSError("the transport is closed")
            self._open.add(connection)
        connection.open_lines(send, offering=offering)
        return connection

    def forget(self, connection: RtcConnection) -> None:
        """Hand a connection to the reaper, once."""
        with self._lock:
            first = connection.mark_closed()
            self._open.discard(connection)
        if first:
            self._reaper.bury(connection)

    def stats(self) -> TransportStats:
        """Return how many connections are open and how many are on their way out."""
        with self._lock:
            return TransportStats(len(self._open), self._reaper.waiting)

    def close(self) -> None:
        """Close every connection and wait until all of them are over; may be called twice."""
        with self._lock:
            self._closed = True
            left = list(self._open)
        for connection in left:
            connection.close()
        self._reaper.close()
