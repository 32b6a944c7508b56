"""Relays: the roads of the sites that have a line of their own, all in one thread.

    site ◀─▶ near socket ─ up: Direction ─▶ far socket ◀─▶ MCU
                         ◀─ down: Direction ─

Real datagrams, so that all of a connection has the line: ICE, DTLS, RTP and RTCP. What is lost is
lost before it is decrypted; a packet that is sent again is then no replay to SRTP.
"""

import heapq
import itertools
import selectors
import socket
import threading
from contextlib import suppress
from random import Random

from nhipcau.ports.clock import Clock
from nhipcau.rehearsal.candidates import Address
from nhipcau.rehearsal.line import Direction, LineProfile

# So that a stop and a new relay are noticed soon.
_IDLE_S = 0.02
_JOIN_S = 5.0
_MAX_DATAGRAM = 65_536
# A key frame of every view at once fits; beyond it the kernel drops, which the line does anyway.
_RECEIVE_BUFFER = 1 << 20


class Relay:
    """One site's line. Its sockets belong to the relays' thread."""

    def __init__(self, profile: LineProfile, mcu: Address, rng: Random) -> None:
        """Take a port on either side.

        Raises:
            OSError: the MCU can't be reached at that address, or there is no port left.
        """
        self.up = Direction(profile, Random(rng.random()))  # noqa: S311 - losses, no secrets
        self.down = Direction(profile, Random(rng.random()))  # noqa: S311 - losses, no secrets
        family = socket.AF_INET6 if ":" in mcu.host else socket.AF_INET
        self._near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._far = socket.socket(family, socket.SOCK_DGRAM)
        self._site: tuple[str, int] | None = None
        try:
            self._near.bind(("127.0.0.1", 0))
            self._far.connect((mcu.host, mcu.port))
        except OSError:
            self.close()
            raise
        for one in (self._near, self._far):
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self.near = Address(*self._near.getsockname()[:2])
        """Where the site believes the MCU to be."""
        self.far = Address(*self._far.getsockname()[:2])
        """Where the MCU believes the site to be."""

    def set_profile(self, profile: LineProfile) -> None:
        """Have another line from now on (any thread)."""
        self.up.profile = self.down.profile = profile

    def sockets(self) -> tuple[tuple[socket.socket, bool], ...]:
        """Return both sockets, and of each whether what comes there goes up."""
        return ((self._near, True), (self._far, False))

    def take(self, *, up: bool) -> bytes | None:
        """Return the next datagram that waits at one side, None when none does."""
        try:
            if not up:
                return self._far.recv(_MAX_DATAGRAM)
            data, self._site = self._near.recvfrom(_MAX_DATAGRAM)
        except OSError:
            # None waits, or the other side is gone: its port answers so.
            return None
        return data

    def hand_on(self, data: bytes, *, up: bool) -> None:
        """Let a datagram that is through arrive."""
        with suppress(OSError):
            if up:
                self._far.send(data)
            elif self._site is not None:
                self._near.sendto(data, self._site)

    def close(self) -> None:
        """Give both ports back; may be called twice."""
        self._near.close()
        self._far.close()


class Relays:
    """Runs all relays of a fleet; the thread begins with the first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._under_way: list[tuple[float, int, Relay, bytes, bool]] = []
        self._order = itertools.count()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="fleet-lines", daemon=True)

    def open(self, profile: LineProfile, mcu: Address, rng: Random) -> Relay:
        """Return a new line to an MCU.

        Raises:
            OSError: see `Relay`.
        """
        relay = Relay(profile, mcu, rng)
        with self._lock:
            for one, up in relay.sockets():
                self._selector.register(one, selectors.EVENT_READ, (relay, up))
            if not self._thread.is_alive():
                self._thread.start()
        return relay

    def shut(self, relay: Relay) -> None:
        """End a line; what is under way on it is lost; may be called twice."""
        with self._lock:
            for one, _ in relay.sockets():
                if one.fileno() >= 0:
                    self._selector.unregister(one)
            relay.close()

    def close(self) -> None:
        """End the thread and all lines; may be called twice."""
        self._stopping = True
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)
        with self._lock:
            for key in list((self._selector.get_map() or {}).values()):
                relay, _ = key.data
                relay.close()
            self._selector.close()

    def _run(self) -> None:
        while not self._stopping:
            ready = self._selector.select(self._wait_s())
            with self._lock:
                now_s = self._clock.now_s()
                for key, _ in ready:
                    relay, up = key.data
                    self._take(relay, now_s, up=up)
                self._deliver(self._clock.now_s())

    def _wait_s(self) -> float:
        if not self._under_way:
            return _IDLE_S
        return min(max(self._under_way[0][0] - self._clock.now_s(), 0.0), _IDLE_S)

    def _take(self, relay: Relay, now_s: float, *, up: bool) -> None:
        way = relay.up if up else relay.down
        while (data := relay.take(up=up)) is not None:
            due_s = way.due_s(len(data), now_s)
            if due_s is not None:
                entry = (due_s, next(self._order), relay, data, up)
                heapq.heappush(self._under_way, entry)

    def _deliver(self, now_s: float) -> None:
        while self._under_way and self._under_way[0][0] <= now_s:
            _, _, relay, data, up = heapq.heappop(self._under_way)
            relay.hand_on(data, up=up)
