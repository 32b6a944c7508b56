"""The real transport, over libdatachannel: ICE, DTLS and SRTP native, RTP left to us.

The library gets no Python callback, ever: it calls from its own threads with its mutexes held, and
its methods hold the GIL while they wait for those mutexes. So states and packets are polled, and
connections are ended by one thread of their own (`reaper`).

    offer / answer ─▶ RtcConnection ─▶ six RtcPipes ─▶ libdatachannel tracks ─▶ one UDP port
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

# The library's type stub imports a module `Description` by mistake, which hides the class.
from libdatachannel import (  # type: ignore[attr-defined]
    Configuration,
    Description,
    PeerConnection,
    Track,
)

from nhipcau.ports.transport import (
    UPSTREAM,
    ConnectionState,
    Mid,
    SdpError,
    SendLine,
)
from nhipcau.webrtc.certificate import Certificate
from nhipcau.webrtc.lines import FORMATS, MIDS, LineFormat
from nhipcau.webrtc.reaper import Reaper
from nhipcau.webrtc.sdp import (
    check_answer,
    check_offer,
    finish_sdp,
    single_candidates,
    strip_candidates,
)

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
class RtcSettings:
    """Where a transport listens, and who it is.

    Attributes:
        certificate: the DTLS identity of all its connections.
        bind_address: of one interface; `0.0.0.0`, `::` or empty: all of them.
        port: the one UDP port of all connections; 0: a port of its own for each connection. Many
            endpoints of one process that call the same MCU need 0, because an MCU with one port
            tells endpoints apart by their address.
        advertised: addresses put into candidates instead of our own (an MCU behind NAT).
    """

    certificate: Certificate
    bind_address: str = "127.0.0.1"
    port: int = 0
    advertised: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for address in self.advertised:
            ipaddress.ip_address(address)


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
            pipes[mid] = RtcPipe(self._peer.add_track(_media(mid, line, we_send=we_send)))
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
        _try_port(settings)
        self._configuration = _configuration(settings)
        self.advertised = settings.advertised
        self._lock = threading.Lock()
        self._open: set[RtcConnection] = set()
        self._reaper = Reaper()

    def offer(self, send: Sequence[SendLine]) -> RtcConnection:
        """Return a connection that offers the six lines; takes about 0.7 ms.

        Raises:
            OSError: no UDP port is to be had.
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
        connection.open_lines(send, offering=offering)
        with self._lock:
            self._open.add(connection)
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
            left = list(self._open)
        for connection in left:
            connection.close()
        self._reaper.close()


def _bound_to(settings: RtcSettings) -> str | None:
    """Return the address to bind to, None for all interfaces."""
    everywhere = settings.bind_address in ("", "0.0.0.0", "::")  # noqa: S104 - compared, not bound
    return None if everywhere else settings.bind_address


def _try_port(settings: RtcSettings) -> None:
    """Bind the one UDP port for a moment, so that a wrong setting is found at the start."""
    address = _bound_to(settings) or "0.0.0.0"  # noqa: S104 - as the settings say
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, settings.port))
        except OSError as error:
            where = f"{address} port {settings.port}"
            raise OSError(f"UDP {where} for media can't be had: {error}") from error


def _configuration(settings: RtcSettings) -> Configuration:
    configuration = Configuration()
    configuration.certificate_pem_file = str(settings.certificate.certificate)
    configuration.key_pem_file = str(settings.certificate.key)
    configuration.disable_auto_negotiation = True
    configuration.bind_address = _bound_to(settings)
    if settings.port:
        configuration.enable_ice_udp_mux = True
        configuration.port_range_begin = settings.port
        configuration.port_range_end = settings.port
    return configuration


def _media(mid: Mid, line: SendLine | None, *, we_send: bool) -> Description.Media:
    """Return the library's description of one media line."""
    form = FORMATS[mid]
    direction = Description.Direction.SendOnly if we_send else Description.Direction.RecvOnly
    media = _video(mid, form, direction) if form.is_video else _sound(mid, form, direction)
    if line is not None:
        media.add_ssrc(line.ssrc, line.cname, f"{line.cname}-{form.stream}", str(mid))
    return media


def _video(mid: Mid, form: LineFormat, direction: Description.Direction) -> Description.Media:
    video = Description.Video(str(mid), direction)
    # The library writes nack, nack pli and goog-remb by itself, and no transport-cc.
    video.add_h264_codec(form.payload_type, form.parameters)
    return video


def _sound(mid: Mid, form: LineFormat, direction: Description.Direction) -> Description.Media:
    audio = Description.Audio(str(mid), direction)
    audio.add_opus_codec(form.payload_type, form.parameters)
    for feedback in form.feedback:
        audio.add_attribute(f"rtcp-fb:{form.payload_type} {feedback}")
    return audio
