"""`bench failover`, for comparison: Janus is killed, and its client reconnects at once.

    picture ─▶ SIGKILL ─▶ begun again │ its client dials, watches, answers ─▶ DTLS ─▶ picture

Whatever could slow Janus down is left out: it is started in the moment of its death, its client
knows of that at once and dials fifty times a second, and the stream has a key frame every fifth of
a second. A meeting's state is no part of it: Janus has one viewer of one stream.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from nhipcau.bench.fanout_ground import Ground, ground
from nhipcau.bench.fanout_janus import Janus, begin_janus, connected, feed, missing
from nhipcau.bench.fanout_stream import Recording, record
from nhipcau.bench.fanout_wire import Far, end, far
from nhipcau.bench.report import Figure, percentile, plain

_P50, _MAX = "janus_reconnect_s_p50", "janus_reconnect_s_max"
_ROUNDS = 7
# An IDR and four pictures on it, again and again.
_KEY_EVERY = 5
_DIAL_EVERY_S = 0.02
_LOOK_S = 0.02
_PATIENCE_S = 30.0
# Pictures flow for a moment before each kill.
_CALM_S = 0.4


async def janus_figures(rounds: int = _ROUNDS) -> list[Figure]:
    """Return how long a viewer of Janus is without picture when Janus is killed and begun again."""
    async with ground() as place:
        lack = place.lack or missing()
        if lack is not None:
            return [Figure(name, None, "s", against=lack) for name in (_P50, _MAX)]
        with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
            recording = await asyncio.to_thread(record)
            stream = replace(recording, frames=recording.frames[:_KEY_EVERY])
            async with far((), "nhipcau.bench.fanout_receivers", place.receiver) as receivers:
                stage = _Stage(place, stream, Path(folder), receivers)
                took = await _kill_again_and_again(stage, rounds)
    return [
        plain(_P50, percentile(took, 0.5), "s"),
        plain(_MAX, max(took), "s"),
        plain("janus_kills", len(took), "kills"),
    ]


@dataclass(frozen=True, slots=True)
class _Stage:
    place: Ground
    stream: Recording
    folder: Path
    receivers: Far

    @contextlib.asynccontextmanager
    async def watched(self, process: asyncio.subprocess.Process) -> AsyncIterator[float]:
        """Dial Janus as its client; enter when there is a picture, with the time of its first."""
        async with await connected(process, self.place, _DIAL_EVERY_S) as line:
            client = Janus(process.pid, line, self.stream, self.place.sender)
            try:
                await client.log_in()
                offers = await client.offers(1)
                said = await self.receivers.ask(offers=offers)
                await client.answers(said["answers"])
                yield await self._first_picture()
            finally:
                await client.aclose()

    async def last_picture(self) -> float:
        """Return when the newest picture came; the receiver is gone after that."""
        last_s = (await self.receivers.ask(look=True))["last_s"][0]
        await self.receivers.ask(hang_up=True)
        return float(last_s)

    async def _first_picture(self) -> float:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                first_s = (await self.receivers.ask(look=True))["first_s"][0]
                if first_s is not None:
                    return float(first_s)
                await asyncio.sleep(_LOOK_S)


async def _kill_again_and_again(stage: _Stage, rounds: int) -> list[float]:
    """Return the seconds without picture of each round."""
    playing = asyncio.create_task(feed(stage.stream, stage.place.sender), name="feed")
    process = await begin_janus(stage.place, stage.folder)
    took: list[float] = []
    try:
        last_s: float | None = None
        while len(took) < rounds:
            async with stage.watched(process) as first_s:
                if last_s is not None:
                    took.append(first_s - last_s)
                await asyncio.sleep(_CALM_S)
                os.kill(process.pid, signal.SIGKILL)
                await process.wait()
                process = await begin_janus(stage.place, stage.folder)
            last_s = await stage.last_picture()
    finally:
        playing.cancel()
        await end(process)
    return took
