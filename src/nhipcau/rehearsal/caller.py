"""The driver of one synthetic site: opens its connections and carries out what `Endpoint` decides.

    WebSocket ──▶ Endpoint ──▶ actions ──▶ WebSocket, transport, media thread

Lives on the fleet's event loop. What may block (SDP, DTLS, closing) runs in the fleet's executor.
"""

import asyncio
import random
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

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
from nhipcau.rehearsal import messages
from nhipcau.rehearsal.bell import BellWait, Ring
from nhipcau.rehearsal.candidates import addresses, moved
from nhipcau.rehearsal.endpoint import Action, AnswerOffer, Endpoint, HangUp, Say, Send
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.loops import LoopSpec, within
from nhipcau.rehearsal.mediathread import MediaThread
from nhipcau.rehearsal.outgoing import SiteClock
from nhipcau.rehearsal.pantry import Pantry
from nhipcau.rehearsal.relay import Relay, Relays
from nhipcau.rehearsal.sitemedia import SiteMedia, fresh_counters
from nhipcau.rehearsal.sitestats import SiteStats
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.rehearsal.stills import second_of, still

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


class Caller:
    """One site's task and what others may ask of it, all on one event loop."""

    def __init__(self, spec: SiteSpec, room: FleetRoom, rng: random.Random) -> None:
        """Call nobody yet.

        Args:
            spec: the site.
            room: what it shares with the others.
            rng: its own source of SSRCs, phases and waits.
        """
        self.endpoint = Endpoint(spec, rng)
        self.counters = fresh_counters()
        self._spec, self._room, self._rng = spec, room, rng
        self._loop_spec = LoopSpec(spec.code, spec.name, spec.fps, spec.flash_beep)
        # Each site has its own phase within a picture, so that they do not all send at once.
        self._phase_s = rng.random() / spec.fps
        self._socket: ClientConnection | None = None
        self._connection: Connection | None = None
        self._line = spec.line
        self._relay: Relay | None = None
        self._media: SiteMedia | None = None
        self._sending = Send(camera=False, microphone=False)
        self._answered_s = 0.0
        self._called_s: float | None = None
        self._hang_ups = 0
        self._next_still_s = 0.0
        self._still_octets = 0
        self._leaving = False
        self._woken = asyncio.Event()
        self._url = spec.url
        self._bell = BellWait(spec.device, rng, self._on_ring) if spec.device is not None else None
        self._called = asyncio.Event()

    @property
    def waits(self) -> bool:
        """True while it is a paired room that can be called."""
        return self._bell is not None and self._bell.waits

    async def run(self) -> None:
        """Call, talk, and call again after every loss, until `leave` or cancellation.

        A paired room waits at its bells all the while, and before it was called it only waits.
        """
        if self._bell is None:
            await self._talk()
            return
        bell = asyncio.create_task(self._bell.run(), name=f"bell of {self._spec.code}")
        try:
            if not self._url:
                await self._called.wait()
            await self._talk()
        finally:
            bell.cancel()
            await asyncio.wait((bell,))

    def _on_ring(self, ring: Ring) -> None:
        """Go to where the room is called, from wherever it is."""
        self._url = ring.url
        self._called.set()
        self.recall()
        self.hang_up()

    async def _talk(self) -> None:
        while not self._leaving:
            self._called_s = self._room.clock.now_s()
            # A broken line, a refused handshake, a peer that is no WebSocket: all are a loss.
            with suppress(OSError, WebSocketException):
                await self._call()
            wait_s = self.endpoint.handle_lost()
            if not self._leaving:
                self._woken.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), wait_s)

    async def act(self, actions: list[Action]) -> None:
        """Carry out what the endpoint decided, in order; without a connection texts are lost."""
        for action in actions:
            match action:
                case Say():
                    await self._say(action.text)
                case AnswerOffer():
                    await self._answer(action.sdp)
                case Send():
                    self._send(action)
                case HangUp():
                    self.hang_up()

    async def send_still(self) -> None:
        """Send a still picture when one is due; call it a few times a second."""
        now_s, every_s = self._room.clock.now_s(), self.endpoint.still_s
        if self._socket is None or not every_s or now_s < self._next_still_s:
            return
        self._next_still_s = now_s + every_s
        make = partial(still, self._spec.code, self._spec.name, second_of(now_s))
        jpeg = await asyncio.get_running_loop().run_in_executor(self._room.executor, make)
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(jpeg)
                self._still_octets += len(jpeg)

    def tend(self) -> None:
        """Give up a connection that is dead; call it a few times a second."""
        now_s = self._room.clock.now_s()
        if self.endpoint.poll(now_s) or self._is_media_dead(now_s):
            self.hang_up()

    def set_line(self, profile: LineProfile) -> None:
        """Have another line from now on; a site without one gets it with its next connection."""
        self._line = profile
        if self._relay is not None:
            self._relay.set_profile(profile)

    def hang_up(self) -> None:
        """Drop the signalling connection at once; `run` decides what follows."""
        if self._socket is not None:
            self._hang_ups += 1
            self._socket.transport.abort()

    def recall(self) -> None:
        """Let a site that yielded its seat come back."""
        self.endpoint.recall()
        self._woken.set()

    async def leave(self) -> None:
        """Tell the MCU that the site goes on purpose; `run` then ends by itself."""
        self._leaving = True
        self._woken.set()
        self._called.set()
        await self._say(messages.leave())
        if self._socket is not None:
            await self._socket.close()

    def stats(self) -> SiteStats:
        """Return the site as it is now."""
        endpoint, media, connection = self.endpoint, self._media, self._connection
        state = endpoint.state
        return SiteStats(
            code=self._spec.code,
            phase=endpoint.phase,
            connection=connection.state() if connection else None,
            calls=endpoint.calls,
            called_s=self._called_s,
            tally=state.tally if state else None,
            mic_open=state.mic.open if state else False,
            hand=state.hand if state else None,
            last_error=endpoint.last_error,
            malformed=endpoint.malformed,
            hang_ups=self._hang_ups,
            camera=media.camera.stats() if media else None,
            microphone=media.microphone.stats() if media else None,
            sent_octets=self._still_octets + (self._relay.up.octets if self._relay else 0),
            program=self.counters[Mid.PROGRAM].stats(),
            content=self.counters[Mid.CONTENT].stats(),
            sound=self.counters[Mid.SOUND].stats(),
        )

    def _dials(self) -> str:
        """Return whom to call: a branch that this site was sent to, else its meeting."""
        endpoint = self.endpoint
        return endpoint.url if endpoint.url != self._spec.url else self._url

    async def _call(self) -> None:
        """Hold one signalling connection until it ends, then end its media.

        Raises:
            OSError, WebSocketException: it could not be opened, or it broke.
        """
        async with connect(
            self._dials(),
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=_OPEN_S,
            close_timeout=_CLOSE_S,
            max_size=_MAX_MESSAGE_BYTES,
        ) as socket:
            self._socket = socket
            now_s = self._room.clock.now_s
            try:
                await self.act(self.endpoint.handle_open(now_s()))
                async for text in socket:
                    await self.act(self.endpoint.handle_text(text, now_s()))
            finally:
                self._socket = None
                await self._end_media()

    async def _say(self, text: str) -> None:
        if self._socket is not None:
            # The reader of the connection sees the loss too, and starts what follows.
            with suppress(ConnectionClosed):
                await self._socket.send(text)

    async def _answer(self, offer: str) -> None:
        """Answer an offer with a connection of our own; a later offer replaces it."""
        await self._end_media()
        lines = self._send_lines()
        loop = asyncio.get_running_loop()
        try:
            offer = self._by_relay(offer)
            connection = await loop.run_in_executor(
                self._room.executor, self._room.transport.answer, offer, list(lines.values())
            )
        except (SdpError, OSError):
            self.hang_up()
            return
        self._connection = connection
        self._answered_s = self._room.clock.now_s()
        self._attach(connection, lines)
        sdp = await self._gathered(connection)
        if sdp is None:
            self.hang_up()
        else:
            relay = self._relay
            told = moved(sdp, relay.far) if relay is not None else sdp
            await self.act(self.endpoint.handle_answer(told))

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
        self._relay = self._room.relays.open(self._line, mcu, self._rng)
        self._still_octets = 0
        return moved(offer, self._relay.near)

    def _attach(self, connection: Connection, lines: dict[Mid, SendLine]) -> None:
        clock = self._room.clock
        site_clock = SiteClock(clock.now_s() + self._phase_s, clock.wall_s() + self._phase_s)
        self._media = SiteMedia(connection, lines, self.counters, site_clock)
        self._room.media.attach(self._media)
        self._send(self._sending)

    async def _gathered(self, connection: Connection) -> str | None:
        """Return the answer's SDP with its candidates, None when there is none in time."""
        deadline_s = self._room.clock.now_s() + _GATHER_S
        while (sdp := connection.local_sdp()) is None:
            if self._room.clock.now_s() > deadline_s:
                return None
            await asyncio.sleep(_GATHER_POLL_S)
        return sdp

    def _send(self, sending: Send) -> None:
        self._sending = sending
        if self._media is None:
            return
        pantry, spec = self._room.pantry, self._spec
        bounds = sending.height, sending.fps, sending.max_bps
        camera = pantry.picture(within(self._loop_spec, *bounds)) if sending.camera else None
        microphone = (
            pantry.sound(spec.code, flash_beep=spec.flash_beep) if sending.microphone else None
        )
        self._room.media.send(self._media, camera, microphone)

    def _is_media_dead(self, now_s: float) -> bool:
        if self._connection is None:
            return False
        state = self._connection.state()
        if state in (ConnectionState.FAILED, ConnectionState.CLOSED):
            return True
        return state is not ConnectionState.CONNECTED and now_s - self._answered_s > _CONNECT_S

    async def _end_media(self) -> None:
        """Take the media from the media thread, then close the connection beside the loop."""
        media, self._media = self._media, None
        connection, self._connection = self._connection, None
        try:
            if media is not None:
                with suppress(TimeoutError):
                    detached = asyncio.wrap_future(self._room.media.detach(media))
                    await asyncio.wait_for(detached, _DETACH_S)
        finally:
            if connection is not None:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._room.executor, connection.close)
            relay, self._relay = self._relay, None
            if relay is not None:
                self._room.relays.shut(relay)

    def _send_lines(self) -> dict[Mid, SendLine]:
        """Return fresh, distinct SSRCs for the three lines up, under one CNAME."""
        cname = f"{self._spec.code}@synthetic"
        ssrcs = self._rng.sample(range(1, 1 << 32), len(UPSTREAM))
        return {
            mid: SendLine(mid, Ssrc(ssrc), cname) for mid, ssrc in zip(UPSTREAM, ssrcs, strict=True)
        }
