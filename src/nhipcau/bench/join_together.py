"""`bench join` with 100 sites and more: all of them join an empty meeting at the same moment.

every site at once: signalling ─▶ offer, answer ─▶ ICE, DTLS ─▶ first key frame ─▶ decoded
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect

from nhipcau.app.clock import SystemClock
from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.report import percentile as share_of
from nhipcau.bench.stage import Stage
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.ports.transport import PAYLOAD_TYPES, UPSTREAM, Connection, Mid, SendLine, Transport
from nhipcau.quantities import Ssrc
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.packet import is_rtcp
from nhipcau.rtp.receiver import VideoReceiver

_GOAL_S = 3.0
_PATIENCE_S = 60.0
# A hundred and forty-five of these on one event loop: coarse enough to be cheap.
_POLL_S = 0.01
# The far ends of a province have a processor each; here they share what the MCU leaves.
_DECODERS = 2


@dataclass(frozen=True, slots=True)
class _Crowd:
    """What all sites share; nobody leaves before `over`."""

    stage: Stage
    transport: Transport
    decoders: ThreadPoolExecutor
    over: asyncio.Event


async def join_together(stage: Stage, transport: Transport, sites: int) -> list[Figure]:
    """Return how long the slowest twentieth of `sites` takes to its first picture."""
    codes = list(stage.announcement["join"])[:sites]
    with ThreadPoolExecutor(_DECODERS, "decode") as decoders:
        crowd = _Crowd(stage, transport, decoders, asyncio.Event())
        # Without pictures to arrive the count would end early: wait for all, then let all go.
        times: asyncio.Queue[float] = asyncio.Queue()
        async with asyncio.timeout(_PATIENCE_S), asyncio.TaskGroup() as group:
            for code in codes:
                group.create_task(_join(crowd, code, times), name=f"join {code}")
            took = [await times.get() for _ in codes]
            crowd.over.set()
    return [
        at_most(f"join_{len(codes)}_s_p95", share_of(took, 0.95), "s", _GOAL_S),
        plain("join_together_s_median", share_of(took, 0.5), "s"),
        plain("join_together_s_max", max(took), "s"),
    ]


async def _join(crowd: _Crowd, code: str, times: "asyncio.Queue[float]") -> None:
    began = time.monotonic()
    async with connect(crowd.stage.signal_url, max_size=2**20, open_timeout=_PATIENCE_S) as socket:
        hello = {"type": "hello", "v": 1, "token": crowd.stage.token(code), "kind": "site"}
        await socket.send(json.dumps({**hello, "capture": True}))
        async with _answered(crowd, socket) as connection:
            frame = await _first_frame(connection)
            await asyncio.get_running_loop().run_in_executor(crowd.decoders, _decode, frame)
            times.put_nowait(time.monotonic() - began)
            await crowd.over.wait()
        await socket.send(json.dumps({"type": "leave"}))


@contextlib.asynccontextmanager
async def _answered(crowd: _Crowd, socket: ClientConnection) -> AsyncIterator[Connection]:
    connection = crowd.transport.answer(await _offer(socket), _lines())
    try:
        while (answer := connection.local_sdp()) is None:  # noqa: ASYNC110 - polled by design
            await asyncio.sleep(_POLL_S)
        await socket.send(json.dumps({"type": "answer", "sdp": answer}))
        yield connection
    finally:
        connection.close()


async def _offer(socket: ClientConnection) -> str:
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "offer":
            return str(message["sdp"])
        if message["type"] == "error":
            raise RuntimeError(f"refused: {message}")
    raise RuntimeError("the MCU closed the connection")


async def _first_frame(connection: Connection) -> EncodedFrame:
    """Return the first key frame of the program."""
    receiver = VideoReceiver(PAYLOAD_TYPES[Mid.PROGRAM])
    pipe = connection.pipe(Mid.PROGRAM)
    while True:
        now_s = time.monotonic()
        while (packet := pipe.receive()) is not None:
            if not is_rtcp(packet):
                receiver.handle_rtp(packet, now_s)
        for packet in receiver.poll_rtcp(now_s):
            pipe.send(packet)
        if (frame := receiver.poll_frame()) is not None:
            return frame
        await asyncio.sleep(_POLL_S)


def _decode(frame: EncodedFrame) -> None:
    decoder = PyAvCodecs(SystemClock()).video_decoder()
    if decoder.decode(frame) is None:
        raise RuntimeError("the first key frame shows nothing")
    decoder.close()


def _lines() -> Sequence[SendLine]:
    return [SendLine(mid, Ssrc(1000 + n), "bench") for n, mid in enumerate(UPSTREAM)]
