"""The call to a candidate for root: both prove themselves, and it is called again and again.

dial ─▶ hello ─▶ challenge: is it of our plan? ─▶ proof ─▶ frames both ways ─▶ silence ─▶ again

A leaf calls both candidates, and each candidate the other.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from nhipcau.app.drilling import LineCut
from nhipcau.app.reaching import reach
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import (
    MAX_TRUNK_MESSAGE_BYTES,
    TrunkBeat,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
    TrunkMessage,
    TrunkProof,
    parse_trunk,
    prove,
    proves,
    read_still,
)
from nhipcau.quantities import McuName

_log = structlog.get_logger()
_OPEN_S = 3.0
_HELLO_S = 5.0
_BEAT_S = 0.05
# As the other side's own patience with us.
_SILENCE_S = 1.0
# A district that was cut off is back as soon as its line is.
_FIRST_RETRY_S, _LAST_RETRY_S = 0.05, 0.25
_NONCE_BYTES = 18


@dataclass(frozen=True, slots=True)
class Callee:
    """An MCU that is called; `url` "": nobody knows yet where it is, or it is not called now."""

    mcu: McuName
    url: str


class Caller[E](Protocol):
    """Whoever holds a trunk to a candidate; `E` is its end of it."""

    def hello(self, to: McuName, nonce: str) -> TrunkHello:
        """Return what it says first, of the plan's conference."""
        ...

    def check(self, to: McuName, challenge: TrunkChallenge) -> None:
        """Look at what a candidate that has proven itself says of itself.

        Raises:
            TrunkError: no trunk is wanted to that one.
        """
        ...

    def up(self, to: McuName, challenge: TrunkChallenge, outbox: TrunkOutbox) -> E:
        """Have the trunk from now on."""
        ...

    def over(self, end: E) -> asyncio.Event:
        """Return what is set when the caller wants the trunk to be closed."""
        ...

    def handle(self, end: E, said: TrunkMessage | tuple[int, bytes]) -> None:
        """Take what the candidate says: a message, or channel and JPEG of a still picture.

        Raises:
            TrunkError: a candidate does not say that.
        """
        ...

    def down(self, end: E) -> None:
        """Have the trunk no more."""
        ...


class TrunkDial[E]:
    """Keeps the trunk to one candidate up."""

    def __init__(
        self,
        caller: Caller[E],
        whom: Callable[[ConferencePlan], Callee],
        plan: Callable[[], ConferencePlan | None],
        line: LineCut | None = None,
    ) -> None:
        """Call nobody yet; while there is no plan nobody is called; `line` may be cut."""
        self._caller = caller
        self._whom = whom
        self._line = line or LineCut()
        self._plan = plan
        self._said = ""

    async def run(self) -> None:
        """Call until cancelled; after every loss again, soon at first."""
        retry_s = _FIRST_RETRY_S
        while True:
            await self._line.whole()
            plan = self._plan()
            callee = self._whom(plan) if plan is not None else None
            if plan is None or callee is None or not callee.url:
                await asyncio.sleep(_FIRST_RETRY_S)
                retry_s = _FIRST_RETRY_S
                continue
            try:
                await self._call(plan, callee)
                retry_s = _FIRST_RETRY_S
            except (OSError, WebSocketException, TimeoutError, TrunkError) as error:
                self._say_none(callee, str(error) or "silence")
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, _LAST_RETRY_S)

    async def _call(self, plan: ConferencePlan, callee: Callee) -> None:
        """Hold one trunk until it breaks.

        Raises:
            OSError, WebSocketException, TimeoutError: it can't be had.
            TrunkError: the other side is not of our plan, or not wanted.
        """
        url = callee.url.replace("http", "ws", 1) + "/trunk"
        async with connect(
            url,
            sock=await reach(url),
            compression=None,
            proxy=None,
            open_timeout=_OPEN_S,
            close_timeout=0.5,
            ping_interval=None,
            max_size=MAX_TRUNK_MESSAGE_BYTES,
        ) as socket:
            async with asyncio.timeout(_HELLO_S):
                challenge = await self._greet(socket, plan, callee)
            outbox = TrunkOutbox()
            end = self._caller.up(callee.mcu, challenge, outbox)
            self._said = ""
            _log.info("trunk up", to=url, epoch=challenge.epoch, reigns=challenge.reigns)
            try:
                await self._carry(socket, end, outbox)
            except (OSError, WebSocketException, TimeoutError) as error:
                _log.warning("trunk lost", to=url, error=str(error) or "silence")
            finally:
                self._caller.down(end)

    def _say_none(self, callee: Callee, error: str) -> None:
        """Log once why there is no trunk, not at every call."""
        if error != self._said:
            self._said = error
            _log.info("no trunk", to=callee.url, error=error)

    async def _greet(
        self, socket: ClientConnection, plan: ConferencePlan, callee: Callee
    ) -> TrunkChallenge:
        hello = self._caller.hello(callee.mcu, secrets.token_urlsafe(_NONCE_BYTES))
        await socket.send(hello.model_dump_json())
        challenge = parse_trunk(await socket.recv())
        if not isinstance(challenge, TrunkChallenge):
            raise TrunkError("no challenge")
        if not proves(plan.trunk_key, "root", hello, challenge, challenge.proof):
            raise TrunkError("who answers there is not of our plan")
        self._caller.check(callee.mcu, challenge)
        said = prove(plan.trunk_key, "leaf", hello, challenge)
        await socket.send(TrunkProof(proof=said).model_dump_json())
        return challenge

    async def _carry(self, socket: ClientConnection, end: E, outbox: TrunkOutbox) -> None:
        tasks = [
            asyncio.create_task(self._read(socket, end), name="trunk reader"),
            asyncio.create_task(_write(socket, outbox), name="trunk writer"),
            asyncio.create_task(_beat(outbox), name="trunk beat"),
            asyncio.create_task(_wait(outbox.overflowed), name="trunk overflow"),
            asyncio.create_task(_wait(self._caller.over(end)), name="trunk over"),
            asyncio.create_task(self._line.broken(), name="line cut"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, socket: ClientConnection, end: E) -> None:
        while True:
            async with asyncio.timeout(_SILENCE_S):
                frame = await socket.recv()
            self._caller.handle(
                end, read_still(frame) if isinstance(frame, bytes) else parse_trunk(frame)
            )


async def _write(socket: ClientConnection, outbox: TrunkOutbox) -> None:
    while True:
        message = await outbox.next()
        await socket.send(message if isinstance(message, bytes) else message.model_dump_json())


async def _beat(outbox: TrunkOutbox) -> None:
    while True:
        outbox.send(TrunkBeat())
        await asyncio.sleep(_BEAT_S)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
