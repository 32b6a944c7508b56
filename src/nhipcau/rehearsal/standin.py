"""The second connection of a synthetic site: ready at another post, cold until it is needed.

    posts ─▶ dial the first that answers ─▶ warm ─▶ offer, answer ─▶ ready ─▶ take ─▶ the site's leg
                                             └─ lost: the next one, after a while

A site that has just changed lets its media settle before it makes another connection.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

from websockets.exceptions import WebSocketException

from nhipcau.ports.clock import Clock
from nhipcau.rehearsal import messages
from nhipcau.rehearsal.leg import Leg
from nhipcau.rehearsal.messages import (
    Challenge,
    MalformedMessageError,
    Offer,
    Post,
    Refusal,
    parse_incoming,
)
from nhipcau.rehearsal.spec import SiteSpec

_SETTLE_S = (0.3, 1.5)
_RETRY_S = (0.5, 1.5)
# Who stands ready at a lesser post looks for a better one that often.
_LOOK_S = (3.0, 6.0)
# A warm MCU beats once a second.
SILENCE_S = 3.0


class Standin:
    """Keeps one warm leg. Used on the fleet's event loop."""

    def __init__(
        self, spec: SiteSpec, rng: random.Random, clock: Clock, make_leg: Callable[[], Leg]
    ) -> None:
        """Have none yet.

        Args:
            spec: the site.
            rng: spreads the calls of a fleet.
            clock: monotonic.
            make_leg: returns a leg that has called nobody.
        """
        self._spec, self._rng, self._clock, self._make_leg = spec, rng, clock, make_leg
        self._others: tuple[Post, ...] = ()
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._leg: Leg | None = None
        self._answered = self._is_better_there = False
        self._heard_s = 0.0

    @property
    def is_ready(self) -> bool:
        """True while the site could go on there at once."""
        return self._leg is not None and self._answered and self._leg.is_up()

    def follow(self, others: tuple[Post, ...]) -> None:
        """Be ready at the first of these that answers, from now on."""
        if others == self._others and self._task is not None and not self._task.done():
            return
        self._others = others
        self.stop()
        if others:
            self._task = asyncio.create_task(self._run(), name=f"stand-in {self._spec.code}")

    def stop(self) -> None:
        """Be ready nowhere."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            # It closes what it has; `aclose` waits for that.
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def take(self) -> Leg | None:
        """Return the leg that is ready, which is the caller's from now on; None: there is none."""
        if not self.is_ready:
            return None
        leg, self._leg = self._leg, None
        task = self._task
        self.stop()
        if task is not None:
            # Two can't read one socket.
            await asyncio.wait((task,))
        return leg

    async def aclose(self) -> None:
        """Close it; may be called twice."""
        self.stop()
        if self._ending:
            await asyncio.wait(self._ending)

    def tend(self) -> None:
        """Give a leg up that is dead; call it a few times a second."""
        leg, now_s = self._leg, self._clock.now_s()
        if leg is not None and (leg.is_dead(now_s) or now_s - self._heard_s > SILENCE_S):
            leg.abort()

    async def _run(self) -> None:
        await asyncio.sleep(self._rng.uniform(*_SETTLE_S))
        while True:
            for place, post in enumerate(self._others):
                self._is_better_there = False
                with suppress(OSError, WebSocketException):
                    await self._hold(post, self._others[:place])
                if self._is_better_there:
                    break
            await asyncio.sleep(self._rng.uniform(*_RETRY_S))

    async def _look_for(self, better: tuple[Post, ...], leg: Leg) -> None:
        """Give a leg up when one of the posts before it answers again."""
        while better:
            await asyncio.sleep(self._rng.uniform(*_LOOK_S))
            for post in better:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection(*post.address)
                    writer.close()
                    self._is_better_there = True
                    leg.abort()
                    return

    async def _hold(self, post: Post, better: tuple[Post, ...]) -> None:
        """Hold one warm leg until it is lost or taken, or one of the `better` posts is back.

        Raises:
            OSError, WebSocketException: it can't be had, or it broke.
        """
        leg, self._answered = self._make_leg(), False
        looking = asyncio.create_task(self._look_for(better, leg), name="better stand-in")
        try:
            socket = await leg.dial(post.signal_url)
            self._leg, self._heard_s = leg, self._clock.now_s()
            device = self._spec.device
            await leg.say(messages.knock() if device else messages.warm(self._spec.token))
            async for text in socket:
                self._heard_s = self._clock.now_s()
                if not await self._hear(leg, text):
                    return
        finally:
            looking.cancel()
            mine = self._leg is leg
            if mine:
                self._leg = None
            # Taken, it is the site's: this task is only let go.
            if mine or not self._answered:
                await asyncio.shield(leg.aclose())

    async def _hear(self, leg: Leg, text: str | bytes) -> bool:
        """Take a message; return False when the leg is of no use."""
        try:
            heard = parse_incoming(text)
        except MalformedMessageError:
            return False
        match heard:
            case Challenge() if self._spec.device is not None:
                proof = self._spec.device.admission(heard.statement())
                await leg.say(messages.warm("", proof))
            case Offer():
                sdp = await leg.answer(heard.sdp)
                if sdp is None:
                    return False
                await leg.say(messages.answer(sdp))
                self._answered = True
            case Refusal():
                return False
        return True
