"""A leg: one way of a synthetic site to one MCU, its WebSocket and its media connection.

    dial ─▶ socket      answer(offer) ─▶ connection      begin ─▶ media, on the media thread

A site stands on one leg and may have another ready. Lives on the fleet's event loop; what may block
(SDP, DTLS, closing) runs in the fleet's executor.
"""

import asyncio
import random
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from nhipcau.ports.clock import Clock
from nhipcau.ports.transport import (
    UPSTREAM,
    Connection,
    ConnectionState,
    Mid,
    SdpError,
    SendLine,
    Transport,
)
from nhipcau.quantities import Ssrc
from nhipcau.rehearsal.candidates import addresses, moved
from nhipcau.rehearsal.counting import FlowCounter
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.mediathread import MediaThread
from nhipcau.rehearsal.outgoing import SiteClock
from nhipcau.rehearsal.pantry import Pantry
from nhipcau.rehearsal.relay import Relay, Relays
from nhipcau.rehearsal.sitemedia import SiteMedia
from nhipcau.rehearsal.spec import SiteSpec

# Loopback answers in milliseconds, a province's line in a fraction of a second.
_OPEN_S = 3.0
_CLOSE_S = 0.5
_GATHER_S = 5.0
_GATHER_POLL_S = 0.005
# ICE and DTLS of 145 sites at once took 0.8 s on two cores.
_CONNECT_S = 10.0
_DETACH_S = 1.0
_MAX_MESSAGE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FleetRoom:
    """What all sites of a fleet share."""

    transport: Transport
    clock: Clock
    pantry: Pantry
    media: MediaThread
    relays: Relays
    executor: Executor


class Leg:
    """One WebSocket and one connection of one site.

    Attributes:
        relay: the line that its media pass, None where the site has none of its own.
        media: what it sends and counts, from `begin` on.
    """

    def __init__(
        self, spec: SiteSpec, room: FleetRoom, rng: random.Random, line: LineProfile | None
    ) -> None:
        """Call nobody yet.

        Args:
            spec: the site.
            room: what it shares with the others.
            rng: source of its SSRCs.
            line: what its media pass.
        """
        self._spec, self._room, self._rng, self._line = spec, room, rng, line
        self._socket: ClientConnection | None = None
        self._connection: Connection | None = None
        self._lines: dict[Mid, SendLine] = {}
        self._answered_s = 0.0
        self._parted: Future[None] | None = None
        self.relay: Relay | None = None
        self.media: SiteMedia | None = None

    @property
    def socket(self) -> ClientConnection | None:
        """The WebSocket, None before `dial` and after `aclose`."""
        return self._socket

    @property
    def state(self) -> ConnectionState | None:
        """Where its media connection stands, None without one."""
        return self._connection.state() if self._connection is not None else None

    async def dial(self, url: str) -> ClientConnection:
        """Open the WebSocket and return it.

        Raises:
            OSError, WebSocketException: it can't be opened.
        """
        self._socket = await connect(
            url,
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=_OPEN_S,
            close_timeout=_CLOSE_S,
            max_size=_MAX_MESSAGE_BYTES,
        )
        return self._socket

    async def say(self, frame: str | bytes) -> bool:
        """Send a frame; return False when nobody hears it."""
        if self._socket is None:
            return False
        # The reader of the connection sees the loss too, and starts what follows.
        with suppress(ConnectionClosed):
            await self._socket.send(frame)
            return True
        return False

    async def answer(self, offer: str) -> str | None:
        """Return the answer to an offer, by a connection of our own; a later offer replaces it.

        None: there is none, and the leg is of no use.
        """
        await self._end_connection()
        self._lines = self._send_lines()
        loop = asyncio.get_running_loop()
        try:
            offer = self._by_relay(offer)
            connection = await loop.run_in_executor(
                self._room.executor,
                self._room.transport.answer,
                offer,
                list(self._lines.values()),
            )
        except (SdpError, OSError):
            return None
        self._connection = connection
        self._answered_s = self._room.clock.now_s()
        sdp = await self._gathered(connection)
        if sdp is None or self.relay is None:
            return sdp
        return moved(sdp, self.relay.far)

    def begin(
        self, counters: Mapping[Mid, FlowCounter], clock: SiteClock, *, anew: bool = True
    ) -> None:
        """Send and count on this leg from now on.

        Args:
            counters: of the site; they expect other streams from now on.
            clock: the site's.
            anew: False when the site comes from another leg and measures what that costs.
        """
        assert self._connection is not None
        self.media = SiteMedia(self._connection, self._lines, counters, clock)
        self._room.media.attach(self.media, comes_over=not anew)

    def is_up(self) -> bool:
        """Return True while media could flow."""
        return self.state is ConnectionState.CONNECTED

    def is_dead(self, now_s: float) -> bool:
        """Return True when its connection will bring nothing any more."""
        state = self.state
        if state in (None, ConnectionState.CONNECTED):
            return False
        late = now_s - self._answered_s > _CONNECT_S
        return late or state in (ConnectionState.FAILED, ConnectionState.CLOSED)

    async def hang_up(self) -> None:
        """Close the WebSocket."""
        if self._socket is not None:
            await self._socket.close()

    def abort(self) -> None:
        """Drop the WebSocket at once."""
        if self._socket is not None:
            self._socket.transport.abort()

    def part(self) -> None:
        """Send and count no more; from the media thread's next tick on that is so."""
        if self.media is not None and self._parted is None:
            self._parted = self._room.media.detach(self.media)

    async def aclose(self) -> None:
        """Close all of it; may be called twice."""
        socket, self._socket = self._socket, None
        try:
            if socket is not None:
                await socket.close()
        finally:
            await self._end_connection()

    async def _end_connection(self) -> None:
        """Take the media from the media thread, then close the connection beside the loop."""
        self.part()
        connection, self._connection = self._connection, None
        try:
            if self._parted is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.wrap_future(self._parted), _DETACH_S)
        finally:
            self._parted = self.media = None
            if connection is not None:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._room.executor, connection.close)
            relay, self.relay = self.relay, None
            if relay is not None:
                self._room.relays.shut(relay)

    def _by_relay(self, offer: str) -> str:
        """Return the offer as a site behind a line is to see it.

        Raises:
            SdpError: it names no address.
            OSError: the address is none, or no port is left.
        """
        if self._line is None:
            return offer
        mcu = next(iter(addresses(offer)), None)
        if mcu is None:
            raise SdpError("sdp", "the offer has no candidate")
        self.relay = self._room.relays.open(self._line, mcu, self._rng)
        return moved(offer, self.relay.near)

    async def _gathered(self, connection: Connection) -> str | None:
        """Return the answer's SDP with its candidates, None when there is none in time."""
        deadline_s = self._room.clock.now_s() + _GATHER_S
        while (sdp := connection.local_sdp()) is None:
            if self._room.clock.now_s() > deadline_s:
                return None
            await asyncio.sleep(_GATHER_POLL_S)
        return sdp

    def _send_lines(self) -> dict[Mid, SendLine]:
        """Return fresh, distinct SSRCs for the three lines up, under one CNAME."""
        cname = f"{self._spec.code}@synthetic"
        ssrcs = self._rng.sample(range(1, 1 << 32), len(UPSTREAM))
        return {
            mid: SendLine(mid, Ssrc(ssrc), cname) for mid, ssrc in zip(UPSTREAM, ssrcs, strict=True)
        }
