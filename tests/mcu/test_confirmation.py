"""Nobody is told what the follower does not have, unless it does not answer."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

from nhipcau.conference.commands import Actor, Role, SetLayout
from nhipcau.mcu.confirmation import Confirmation
from nhipcau.mcu.followers import Follower, Followers
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.replica import Replica
from nhipcau.mcu.succession import Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.trunk import Anew, Events, Have, Reigns
from nhipcau.quantities import McuName
from nhipcau.storage.memorylog import MemoryLog
from tests.mcu.machine import HandClock
from tests.mcu.nodes import HALL, Meeting

CHAIR = Actor(Role.CHAIR, HALL, None)
STANDBY = McuName("standby")


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a test's coroutine."""

    @functools.wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


class Pair:
    """A root's host and what follows it; what goes to the follower arrives when a test says so."""

    def __init__(self) -> None:
        clock = HandClock()
        log = MemoryLog()
        self.host = ConferenceHost(log, clock)
        self.followers = Followers()
        self.host.observe(lambda _state, events: self.followers.follow(events))
        self.confirmation = Confirmation(lambda: self.host.state.seq, self.followers)
        self.host.open(Meeting(clock).plan(), ("auto", "4x4", "3x3"))
        self.outbox = TrunkOutbox()
        self.follower = Follower(STANDBY, log, self.outbox)
        self.copy = Replica(lambda _anew: MemoryLog())

    def join(self) -> None:
        self.followers.add(self.follower)
        self.follower.tell(Reign(1, McuName("mcu")), self.host.state.seq)

    async def arrive(self) -> None:
        """Let the follower take one message, and hear its answer."""
        message = await self.outbox.next()
        match message:
            case Reigns():
                self._answer(self.copy.have())
            case Anew():
                self.copy.begin_anew()
            case Events():
                assert self.copy.take(message)
                self._answer(self.copy.have())
            case _:
                raise AssertionError(message)

    def _answer(self, have: Have) -> None:
        self.followers.handle(self.follower, have)


@in_a_loop
async def test_without_a_follower_nothing_waits() -> None:
    pair = Pair()
    await pair.confirmation.wait()
    assert pair.confirmation.unconfirmed == 0


@in_a_loop
async def test_a_frame_waits_until_the_follower_has_what_it_may_speak_of() -> None:
    pair = Pair()
    pair.join()
    await pair.arrive()
    await pair.arrive()
    pair.host.command(SetLayout(CHAIR, "4x4"))
    telling = asyncio.create_task(pair.confirmation.wait())
    await asyncio.sleep(0)
    assert not telling.done()
    await pair.arrive()
    await telling
    assert pair.copy.state == pair.host.state
    assert pair.confirmation.unconfirmed == 0


@in_a_loop
async def test_a_follower_that_does_not_answer_holds_up_one_frame_and_is_waited_for_again() -> None:
    pair = Pair()
    pair.join()
    await pair.arrive()
    await pair.arrive()
    pair.host.command(SetLayout(CHAIR, "4x4"))
    await pair.confirmation.wait()
    assert pair.confirmation.unconfirmed == 1
    telling = asyncio.create_task(pair.confirmation.wait())
    await asyncio.sleep(0)
    assert telling.done()
    await pair.arrive()
    pair.host.command(SetLayout(CHAIR, "3x3"))
    again = asyncio.create_task(pair.confirmation.wait())
    await asyncio.sleep(0)
    assert not again.done()
    await pair.arrive()
    await again


@in_a_loop
async def test_a_follower_that_goes_holds_nobody_up() -> None:
    pair = Pair()
    pair.join()
    await pair.arrive()
    await pair.arrive()
    pair.host.command(SetLayout(CHAIR, "4x4"))
    telling = asyncio.create_task(pair.confirmation.wait())
    await asyncio.sleep(0)
    pair.followers.remove(pair.follower)
    await telling
    assert pair.confirmation.unconfirmed == 0
