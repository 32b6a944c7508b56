"""`bench join`: from opening the signalling connection to the first decoded picture."""

import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from websockets.asyncio.client import ClientConnection, connect

from nhipcau.app.clock import SystemClock
from nhipcau.bench.admission import admission_figure
from nhipcau.bench.emergency import emergency_figures
from nhipcau.bench.join_together import join_together
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.stage import Stage, demo_stage
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.ports.transport import PAYLOAD_TYPES, UPSTREAM, Connection, Mid, SendLine, Transport
from nhipcau.quantities import Ssrc
from nhipcau.rtp.packet import is_rtcp
from nhipcau.rtp.receiver import VideoReceiver
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport

_GOAL_MS = 800.0
_CROWD = 100
# A commune that no synthetic site plays.
_SITE = "22714"
# Longer than the time within which newcomers share a key frame, so that each join is a lone one.
_PAUSE_S = 2.2
_PATIENCE_S = 15.0
_POLL_S = 0.002


async def bench_join(sites: int, seconds: float) -> list[Figure]:
    """Return how long one site takes to its first picture, in a meeting of `sites`.

    From 100 sites on: how long they take when all join at once. And in both: how long a province
    of idle rooms takes to an emergency meeting.
    """
    together = sites >= _CROWD
    figures = await _joined(sites, seconds, together=together)
    return [*figures, *await emergency_figures()]


async def _joined(sites: int, seconds: float, *, together: bool) -> list[Figure]:
    async with demo_stage(0 if together else sites) as stage:
        with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
            certificate = make_certificate(Path(folder), datetime.now(UTC))
            transport = RtcTransport(RtcSettings(certificate=certificate))
            try:
                if together:
                    return await join_together(stage, transport, sites)
                times = await _joins(stage, transport, seconds)
                admission = await admission_figure(stage, _SITE)
            finally:
                await asyncio.to_thread(transport.close)
    return [
        at_most("join_one_ms", 1000 * median(times), "ms", _GOAL_MS),
        plain("join_one_p95_ms", 1000 * percentile(times, 0.95), "ms"),
        plain("joins", len(times), "joins"),
        admission,
    ]


async def _joins(stage: Stage, transport: Transport, seconds: float) -> list[float]:
    times: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        times.append(await _join_once(stage, transport))
        await asyncio.sleep(_PAUSE_S)
    return times


async def _join_once(stage: Stage, transport: Transport) -> float:
    began = time.monotonic()
    async with asyncio.timeout(_PATIENCE_S), connect(stage.signal_url, max_size=2**20) as socket:
        hello = {
            "type": "hello",
            "v": 1,
            "token": stage.token(_SITE),
            "kind": "site",
            "capture": True,
            "takeover": True,
        }
        await socket.send(json.dumps(hello))
        connection = transport.answer(await _offer(socket), _lines())
        try:
            while (answer := connection.local_sdp()) is None:  # noqa: ASYNC110 - polled by design
                await asyncio.sleep(_POLL_S)
            await socket.send(json.dumps({"type": "answer", "sdp": answer}))
            await _first_picture(connection)
            passed = time.monotonic() - began
            await socket.send(json.dumps({"type": "leave"}))
            return passed
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


async def _first_picture(connection: Connection) -> None:
    """Return when a picture of the program has been decoded."""
    receiver = VideoReceiver(PAYLOAD_TYPES[Mid.PROGRAM])
    decoder = PyAvCodecs(SystemClock()).video_decoder()
    pipe = connection.pipe(Mid.PROGRAM)
    while True:
        now = time.monotonic()
        while (packet := pipe.receive()) is not None:
            if not is_rtcp(packet):
                receiver.handle_rtp(packet, now)
        for packet in receiver.poll_rtcp(now):
            pipe.send(packet)
        while (frame := receiver.poll_frame()) is not None:
            if decoder.decode(frame) is not None:
                decoder.close()
                return
        await asyncio.sleep(_POLL_S)


def _lines() -> list[SendLine]:
    return [SendLine(mid, Ssrc(1000 + n), "bench") for n, mid in enumerate(UPSTREAM)]
