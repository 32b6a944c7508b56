"""The driver of one synthetic site: opens its connections and carries out what `Endpoint` decides.

    leg ──▶ Endpoint ──▶ actions ──▶ leg: WebSocket, transport, media thread
     ▲ lost: at once the leg that stands ready (`standin`), else another call

Lives on the fleet's event loop. What may block (SDP, DTLS, closing) runs in the fleet's executor.
"""

import asyncio
import random
from contextlib import suppress
from functools import partial

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from nhipcau.ports.transport import Mid
from nhipcau.rehearsal import messages
from nhipcau.rehearsal.bell import BellWait, Ring
from nhipcau.rehearsal.endpoint import (
    Action,
    AnswerOffer,
    Endpoint,
    HangUp,
    Phase,
    Say,
    Send,
)
from nhipcau.rehearsal.gaps import Switch, Vigil
from nhipcau.rehearsal.leg import FleetRoom, Leg
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.loops import LoopSpec, within
from nhipcau.rehearsal.outgoing import SiteClock
from nhipcau.rehearsal.sitemedia import fresh_counters
from nhipcau.rehearsal.sitestats import SiteStats
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.rehearsal.standin import Standin
from nhipcau.rehearsal.stills import second_of, still

# The media thread looks every 10 ms; it was held up when it has not for so long.
_LOOKS_S = 0.1


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
        self._leg: Leg | None = None
        self._line = spec.line
        self._standin = Standin(spec, rng, room.clock, self._new_leg)
        self._vigil = Vigil()
        self._switched: list[tuple[float, str]] = []
        self._sending = Send(camera=False, microphone=False)
        # What is closed beside what goes on.
        self._closing: set[asyncio.Task[None]] = set()
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
        try:
            while not self._leaving:
                # A broken line, a refused handshake, a peer that is no WebSocket: all are a loss.
                with suppress(OSError, WebSocketException):
                    leg = await self._standin.take() if self._may_switch() else None
                    if leg is not None:
                        await self._go_on(leg)
                    else:
                        self._called_s = self._room.clock.now_s()
                        await self._call()
                wait_s = self.endpoint.handle_lost()
                if not self._may_switch():
                    await self._pause(wait_s)
        finally:
            await self._standin.aclose()
            if self._closing:
                await asyncio.wait(self._closing)

    async def _pause(self, wait_s: float | None) -> None:
        """Wait before the next call; None: until recalled."""
        self._standin.stop()
        if not self._leaving:
            self._woken.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wait_s)

    def _may_switch(self) -> bool:
        """Return True when the site has lost its MCU and stands ready at another."""
        lost = self.endpoint.phase is Phase.AWAY and self.endpoint.posts is not None
        return lost and self._standin.is_ready

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
        leg = self._leg
        if leg is None or not every_s or now_s < self._next_still_s:
            return
        self._next_still_s = now_s + every_s
        make = partial(still, self._spec.code, self._spec.name, second_of(now_s))
        jpeg = await asyncio.get_running_loop().run_in_executor(self._room.executor, make)
        if await leg.say(jpeg):
            self._still_octets += len(jpeg)

    async def report_drill(self) -> None:
        """Report on a drill when that is due; call it a few times a second."""
        now_s = self._room.clock.now_s()
        drill = self.endpoint.due_drill(now_s)
        if drill is None:
            return
        sound_s, picture_s = (
            self.counters[mid].missed_s(drill.began_s, now_s) for mid in (Mid.SOUND, Mid.PROGRAM)
        )
        sound_ms, picture_ms = round(sound_s * 1000), round(picture_s * 1000)
        await self._say(messages.drilled(drill.number, sound_ms, picture_ms))

    def tend(self) -> None:
        """Give up a connection that is dead; call it a few times a second."""
        now_s = self._room.clock.now_s()
        if self.endpoint.poll(now_s) or (self._leg is not None and self._leg.is_dead(now_s)):
            self.hang_up()
        self._standin.tend()

    def watch(self) -> None:
        """Leave an MCU that is silent for one that is not; call it some twenty times a second."""
        leg, now_s = self._leg, self._room.clock.now_s()
        media = leg.media if leg is not None else None
        if media is None or not self._standin.is_ready:
            return
        looked = now_s - media.looked_s < _LOOKS_S
        heard_s = media.heard_s if looked else None
        if self._vigil.is_lost(self.endpoint.heard_s, heard_s, now_s):
            self.hang_up()

    def set_line(self, profile: LineProfile) -> None:
        """Have another line from now on; a site without one gets it with its next connection."""
        self._line = profile
        if self._leg is not None and self._leg.relay is not None:
            self._leg.relay.set_profile(profile)

    def hang_up(self) -> None:
        """Drop the signalling connection at once; `run` decides what follows."""
        if self._leg is not None:
            self._hang_ups += 1
            self._leg.abort()

    def recall(self) -> None:
        """Let a site that yielded its seat come back."""
        self.endpoint.recall()
        self._woken.set()

    async def leave(self) -> None:
        """Tell the MCU that the site goes on purpose; `run` then ends by itself."""
        self._leaving = True
        self._woken.set()
        self._called.set()
        self._standin.stop()
        leg = self._leg
        if leg is not None:
            await leg.say(messages.leave())
            await leg.hang_up()

    def stats(self) -> SiteStats:
        """Return the site as it is now."""
        endpoint, leg = self.endpoint, self._leg
        state, media = endpoint.state, leg.media if leg is not None else None
        relay = leg.relay if leg is not None else None
        return SiteStats(
            code=self._spec.code,
            phase=endpoint.phase,
            connection=leg.state if leg is not None else None,
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
            sent_octets=self._still_octets + (relay.up.octets if relay else 0),
            program=self.counters[Mid.PROGRAM].stats(),
            content=self.counters[Mid.CONTENT].stats(),
            sound=self.counters[Mid.SOUND].stats(),
            here=endpoint.here,
            stands_ready=self._standin.is_ready,
            switches=self._switches(),
        )

    def _switches(self) -> tuple[Switch, ...]:
        sound = self.counters[Mid.SOUND].marked()
        picture = self.counters[Mid.PROGRAM].marked()
        # The media thread marks a moment later.
        rows = zip(self._switched, sound, picture, strict=False)
        return tuple(Switch(at_s, mcu, heard, seen) for (at_s, mcu), heard, seen in rows)

    def _dials(self) -> str:
        """Return whom to call: a branch that this site was sent to, else its meeting, at each of
        its posts in turn.
        """
        endpoint = self.endpoint
        return endpoint.url if endpoint.url != self._spec.url else endpoint.post(self._url)

    def _new_leg(self) -> Leg:
        return Leg(self._spec, self._room, self._rng, self._line)

    async def _call(self) -> None:
        """Hold one signalling connection until it ends.

        Raises:
            OSError, WebSocketException: it could not be opened, or it broke.
        """
        leg = self._new_leg()
        socket = await leg.dial(self._dials())
        self._still_octets = 0
        await self._hold(leg, socket, self.endpoint.handle_open(self._room.clock.now_s()))

    async def _go_on(self, leg: Leg) -> None:
        """Go on where the site stands ready, until that ends.

        Raises:
            OSError, WebSocketException: it broke.
        """
        now_s = self._room.clock.now_s()
        self._switched.append((now_s, ""))
        self._sending = Send(camera=False, microphone=False)
        leg.begin(self.counters, self._site_clock(), anew=False)
        socket = leg.socket
        assert socket is not None
        await self._hold(leg, socket, self.endpoint.handle_switch(now_s))

    async def _hold(self, leg: Leg, socket: ClientConnection, first: list[Action]) -> None:
        self._leg = leg
        now_s = self._room.clock.now_s
        try:
            await self.act(first)
            async for text in socket:
                await self.act(self.endpoint.handle_text(text, now_s()))
                self._follow_posts()
        finally:
            self._leg = None
            # What goes on elsewhere does not wait until this one is closed.
            leg.part()
            task = asyncio.create_task(leg.aclose(), name=f"end of a leg of {self._spec.code}")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _follow_posts(self) -> None:
        """Stand ready where the MCU says that the site may be served, too."""
        here, others = self.endpoint.here, self.endpoint.others()
        if self._switched and here and not self._switched[-1][1]:
            self._switched[-1] = (self._switched[-1][0], here)
        if here:
            self._standin.follow(others)

    async def _say(self, text: str) -> None:
        if self._leg is not None:
            await self._leg.say(text)

    async def _answer(self, offer: str) -> None:
        """Answer an offer with a connection of our own; a later offer replaces it."""
        leg = self._leg
        if leg is None:
            return
        sdp = await leg.answer(offer)
        if sdp is None:
            self.hang_up()
            return
        leg.begin(self.counters, self._site_clock())
        self._send(self._sending)
        await self.act(self.endpoint.handle_answer(sdp))

    def _site_clock(self) -> SiteClock:
        clock = self._room.clock
        return SiteClock(clock.now_s() + self._phase_s, clock.wall_s() + self._phase_s)

    def _send(self, sending: Send) -> None:
        self._sending = sending
        media = self._leg.media if self._leg is not None else None
        if media is None:
            return
        pantry, spec = self._room.pantry, self._spec
        bounds = sending.height, sending.fps, sending.max_bps
        camera = pantry.picture(within(self._loop_spec, *bounds)) if sending.camera else None
        microphone = (
            pantry.sound(spec.code, flash_beep=spec.flash_beep) if sending.microphone else None
        )
        self._room.media.send(media, camera, microphone)
