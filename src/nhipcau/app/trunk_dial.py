"""The leaf's call to its root: proves itself, lets the root prove itself, and keeps calling.

dial ─▶ hello ─▶ challenge: is it the root? ─▶ proof ─▶ frames both ways ─▶ silence ─▶ dial again
"""

import asyncio
import secrets
from collections.abc import Callable

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import (
    MAX_TRUNK_MESSAGE_BYTES,
    TRUNK_VERSION,
    TrunkBeat,
    TrunkChallenge,
    TrunkError,
    TrunkHello,
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
# As the root's own patience with a leaf.
_SILENCE_S = 1.0
_FIRST_RETRY_S, _LAST_RETRY_S = 0.05, 1.0
_NONCE_BYTES = 18


class TrunkDial:
    """Keeps one leaf's trunk up."""

    def __init__(
        self, name: McuName, url: str, leaf: LeafNode, plan: Callable[[], ConferencePlan]
    ) -> None:
        """Call nobody yet; `url` is how pages reach this leaf."""
        self._name = name
        self._url = url
        self._leaf = leaf
        self._plan = plan

    async def run(self) -> None:
        """Call until cancelled; after every loss again, soon at first."""
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                await self._call()
                retry_s = _FIRST_RETRY_S
            except (OSError, WebSocketException, TimeoutError, TrunkError) as error:
                _log.info("no trunk", to=self._plan().root_url, error=str(error) or "silence")
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, _LAST_RETRY_S)

    async def _call(self) -> None:
        """Hold one trunk until it breaks.

        Raises:
            OSError, WebSocketException, TimeoutError: it can't be had.
            TrunkError: the other side is not the root.
        """
        url = self._plan().root_url.replace("http", "ws", 1) + "/trunk"
        async with connect(
            url,
            compression=None,
            proxy=None,
            open_timeout=_OPEN_S,
            close_timeout=0.5,
            ping_interval=None,
            max_size=MAX_TRUNK_MESSAGE_BYTES,
        ) as socket:
            async with asyncio.timeout(_HELLO_S):
                await self._greet(socket)
            outbox = TrunkOutbox()
            self._leaf.trunk_up(outbox)
            _log.info("trunk up", to=url)
            try:
                await self._carry(socket, outbox)
            except (OSError, WebSocketException, TimeoutError) as error:
                _log.warning("trunk lost", to=url, error=str(error) or "silence")
            finally:
                self._leaf.trunk_down()

    async def _greet(self, socket: ClientConnection) -> None:
        plan = self._plan()
        hello = TrunkHello(
            v=TRUNK_VERSION,
            mcu=self._name,
            conference=plan.conference,
            url=self._url,
            nonce=secrets.token_urlsafe(_NONCE_BYTES),
        )
        await socket.send(hello.model_dump_json())
        challenge = parse_trunk(await socket.recv())
        if not isinstance(challenge, TrunkChallenge):
            raise TrunkError("no challenge")
        if not proves(plan.trunk_key, "root", hello, challenge, challenge.proof):
            raise TrunkError("who answers there is not our root")
        self._leaf.check_epoch(challenge.epoch)
        said = prove(plan.trunk_key, "leaf", hello, challenge.nonce, challenge.epoch)
        await socket.send(TrunkProof(proof=said).model_dump_json())

    async def _carry(self, socket: ClientConnection, outbox: TrunkOutbox) -> None:
        tasks = [
            asyncio.create_task(self._read(socket), name="trunk reader"),
            asyncio.create_task(_write(socket, outbox), name="trunk writer"),
            asyncio.create_task(_beat(outbox), name="trunk beat"),
            asyncio.create_task(outbox.overflowed.wait(), name="trunk overflow"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            async with asyncio.timeout(_SILENCE_S):
                frame = await socket.recv()
            if isinstance(frame, bytes):
                self._leaf.take_still(*read_still(frame))
            else:
                self._leaf.handle(parse_trunk(frame))


async def _write(socket: ClientConnection, outbox: TrunkOutbox) -> None:
    while True:
        message = await outbox.next()
        await socket.send(message if isinstance(message, bytes) else message.model_dump_json())


async def _beat(outbox: TrunkOutbox) -> None:
    while True:
        outbox.send(TrunkBeat())
        await asyncio.sleep(_BEAT_S)
