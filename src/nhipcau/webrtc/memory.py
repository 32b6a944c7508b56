"""The transport's twin: connections in one process, without network, encryption or threads.

    offer SDP carries an id ─▶ answer names it ─▶ two MemoryConnections, packets pass by queue

SDPs are as complete as real ones and are checked by the same code, so a test may break them. A
`Weather` makes the way lossy, slow and uneven, the same for the same seed; time is a `Clock`.
"""

import heapq
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.ports.clock import Clock
from nhipcau.ports.transport import UPSTREAM, ConnectionState, Mid, SdpError, SendLine
from nhipcau.webrtc.lines import FORMATS, MIDS
from nhipcau.webrtc.sdp import check_answer, check_offer, parse

# As many packets as a track of the real transport lets wait.
_QUEUE_PACKETS = 1_024
# The shortest RTP header and the shortest RTCP packet (RFC 3550 §5.1, §6.4.2).
_RTP_BYTES = 12
_RTCP_BYTES = 8


@dataclass(frozen=True, slots=True)
class Weather:
    """What the way does to packets, both ways.

    Attributes:
        loss: share of packets that never arrive, 0 to 1.
        delay_s: time on the way.
        jitter_s: up to this much more, evenly spread; packets overtake one another.
        twice: share of those that arrive twice.
        seed: the same seed, the same losses.
    """

    loss: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    twice: float = 0.0
    seed: int = 0


class MemoryNetwork:
    """Where offers are found by their id; shared by all transports of a test."""

    def __init__(self, clock: Clock, weather: Weather | None = None) -> None:
        self.clock = clock
        self.weather = weather or Weather()
        self.random = random.Random(self.weather.seed)  # noqa: S311 - seeded on purpose
        self.lock = threading.Lock()
        self._offers: dict[str, MemoryConnection] = {}
        self._made = 0

    def next_id(self) -> str:
        """Return an id that no connection of this network has had."""
        with self.lock:
            self._made += 1
            return f"memory{self._made}"

    def post(self, connection: "MemoryConnection") -> None:
        """Let others find `connection` by its id."""
        self._offers[connection.name] = connection

    def find(self, name: str) -> "MemoryConnection | None":
        """Return the connection of that id, None when it is unknown or withdrawn."""
        return self._offers.get(name)

    def withdraw(self, name: str) -> None:
        """Forget the connection of that id."""
        self._offers.pop(name, None)


class MemoryPipe:
    """One media line of one connection; any thread may use it."""

    def __init__(self, network: MemoryNetwork, *, may_send_rtp: bool) -> None:
        self._network = network
        self._may_send_rtp = may_send_rtp
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, int, bytes]] = []
        self._count = 0
        self._open = True
        self.dropped = 0
        self.far: MemoryPipe | None = None

    def send(self, packet: bytes) -> bool:
        """Send one RTP or RTCP packet; False when the line is not open or it is neither."""
        far = self.far
        if far is None or not _may_pass(packet, rtp=self._may_send_rtp):
            return False
        network, weather = self._network, self._network.weather
        due_s = network.clock.now_s() + weather.delay_s
        if weather.loss or weather.jitter_s or weather.twice:
            with network.lock:
                chance = network.random.random
                lost = chance() < weather.loss
                due_s += chance() * weather.jitter_s
                twice = weather.twice and chance() < weather.twice
            if lost:
                return True
            if twice:
                far.put(due_s, packet)
        far.put(due_s, packet)
        return True

    def put(self, due_s: float, packet: bytes) -> None:
        """Let `packet` arrive at `due_s`; with a full queue it is dropped and counted."""
        with self._lock:
            if not self._open:
                return
            if len(self._waiting) >= _QUEUE_PACKETS:
                self.dropped += 1
                return
            self._count += 1
            heapq.heappush(self._waiting, (due_s, self._count, packet))

    def receive(self) -> bytes | None:
        """Return the next packet that has arrived by now, None when there is none."""
        with self._lock:
            if not self._waiting or self._waiting[0][0] > self._network.clock.now_s():
                return None
            return heapq.heappop(self._waiting)[2]

    def shut(self) -> None:
        """Cut the way out and forget what waits."""
        self.far = None
        with self._lock:
            self._open = False
            self._waiting.clear()


def _may_pass(packet: bytes, *, rtp: bool) -> bool:
    """Return True for RTCP, and for RTP where `rtp`. Source: RFC 5761 §4."""
    if len(packet) < _RTCP_BYTES or packet[0] >> 6 != 2:
        return False
    if 192 <= packet[1] <= 223:
        return True
    return rtp and len(packet) >= _RTP_BYTES


class MemoryConnection:
    """One end of a connection."""

    def __init__(
        self, network: MemoryNetwork, send: Sequence[SendLine], answers: str | None
    ) -> None:
        self.name = network.next_id()
        self._network = network
        self._answers = answers
        self._state = ConnectionState.CONNECTING
        self._sdp = _render(self.name, send, answers)
        offering = answers is None
        self._pipes = {
            mid: MemoryPipe(network, may_send_rtp=(mid in UPSTREAM) is not offering) for mid in MIDS
        }

    def local_sdp(self) -> str | None:
        """Return the local SDP."""
        return self._sdp

    def accept(self, answer: str) -> None:
        """Take the other side's answer; both ends are connected at once.

        Raises:
            SdpError: it is no SDP, or lacks H.264 or Opus, or there was an answer before, or it
                answers another offer.
        """
        check_answer(answer)
        if self._state is not ConnectionState.CONNECTING or self._answers is not None:
            raise SdpError("sdp", "this connection waits for no answer")
        far = self._network.find(_name_in(answer))
        if far is None or far._answers != self.name:
            raise SdpError("sdp", "the answer is to another offer")
        self._join(far)

    def _join(self, far: "MemoryConnection") -> None:
        for mid in MIDS:
            self._pipes[mid].far = far._pipes[mid]
            far._pipes[mid].far = self._pipes[mid]
        self._state = far._state = ConnectionState.CONNECTED

    def state(self) -> ConnectionState:
        """Return where the connection stands."""
        return self._state

    def pipe(self, mid: Mid) -> MemoryPipe:
        """Return the pipe of a media line."""
        return self._pipes[mid]

    def close(self) -> None:
        """Close it; the other side hears nothing more and is not told. May be called twice."""
        self._state = ConnectionState.CLOSED
        self._network.withdraw(self.name)
        for pipe in self._pipes.values():
            pipe.shut()


class MemoryTransport:
    """Makes connections to other memory transports of the same network."""

    def __init__(self, network: MemoryNetwork) -> None:
        self._network = network
        self._made: list[MemoryConnection] = []

    def offer(self, send: Sequence[SendLine]) -> MemoryConnection:
        """Return a connection that offers the six lines."""
        return self._keep(MemoryConnection(self._network, send, None))

    def answer(self, offer: str, send: Sequence[SendLine]) -> MemoryConnection:
        """Return a connection that answers `offer`.

        Raises:
            SdpError: the offer can't be used, or nobody of this network made it.
        """
        check_offer(offer)
        name = _name_in(offer)
        if self._network.find(name) is None:
            raise SdpError("sdp", "nobody made this offer")
        return self._keep(MemoryConnection(self._network, send, name))

    def _keep(self, connection: MemoryConnection) -> MemoryConnection:
        self._network.post(connection)
        self._made.append(connection)
        return connection

    def close(self) -> None:
        """Close every connection."""
        for connection in self._made:
            connection.close()


def _name_in(text: str) -> str:
    """Return the id in an SDP that has been checked; it stands where ICE has its user name."""
    return parse(text).media[0].values("ice-ufrag")[0]


def _render(name: str, send: Sequence[SendLine], answers: str | None) -> str:
    """Return an SDP of the six lines."""
    sending = {line.mid: line for line in send}
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append(f"a=group:BUNDLE {' '.join(MIDS)}")
    for mid in MIDS:
        sends = (mid in UPSTREAM) is not (answers is None)
        lines += _render_line(name, mid, sending.get(mid), sends=sends)
    lines.append("")
    return "\r\n".join(lines)


def _render_line(name: str, mid: Mid, line: SendLine | None, *, sends: bool) -> list[str]:
    form = FORMATS[mid]
    number = form.payload_type
    lines = [
        f"m={form.kind} 9 UDP/TLS/RTP/SAVPF {number}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{mid}",
        "a=sendonly" if sends else "a=recvonly",
        "a=rtcp-mux",
        f"a=rtpmap:{number} {form.encoding}",
        f"a=fmtp:{number} {form.parameters}",
        *(f"a=rtcp-fb:{number} {feedback}" for feedback in form.feedback),
        f"a=ice-ufrag:{name}",
        "a=ice-pwd:in-memory-no-secret-is-kept",
        "a=fingerprint:sha-256 " + ":".join(["00"] * 32),
        "a=setup:actpass",
    ]
    if line is not None and sends:
        lines.append(f"a=ssrc:{line.ssrc} cname:{line.cname}")
    return lines
