"""`bench fanout`: processor time for one packet to one viewer, ours against Janus and aiortc.

    sender (ours | Janus | aiortc) ── the same packets ──▶ the same receivers, which count

Only the sending process is charged, by the kernel's account of it; a figure is its processor time
over the packets that arrived. All of a ratio is measured in one run, one sender after the other.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from nhipcau.bench.fanout_floor import sendto_aes_us
from nhipcau.bench.fanout_ground import Ground, ground
from nhipcau.bench.fanout_janus import janus
from nhipcau.bench.fanout_janus import missing as janus_missing
from nhipcau.bench.fanout_stream import Recording, record, write
from nhipcau.bench.fanout_wire import Far, far
from nhipcau.bench.report import Figure, at_most, plain
from nhipcau.bench.stage import usage
from nhipcau.mcu.procstat import sample_threads

_GOAL_JANUS = 0.30
_GOAL_AIORTC = 0.10
_MANY = 1000
_FEW = 20
# To a thousand, so that neither side saturates; fewer get the stream at its own pace.
_PACKETS_PER_S = 20
# From this length on there is time for a thousand viewers.
_FULL_S = 30.0
# So many descriptions at once: both sides work, and no line grows beyond a pipe's patience.
_CHUNK = 25
_SETTLE_S = 2.0
_CONNECT_S = 60.0
# A sender that does not keep up is no yardstick.
_LEAST_SHARE = 0.95


class Sender(Protocol):
    """A process that sends the recording to viewers."""

    pid: int

    async def offers(self, count: int) -> list[str]:
        """Return the offers of so many further viewers."""
        ...

    async def answers(self, sdps: list[str]) -> None:
        """Take the answers to these offers."""
        ...

    async def play(self) -> None:
        """Send from now on."""
        ...


class _OwnProcess:
    """A sender that is a Python module of this bench."""

    def __init__(self, process: Far) -> None:
        self._process = process
        self.pid = process.pid

    async def offers(self, count: int) -> list[str]:
        return list((await self._process.ask(offer=count))["offers"])

    async def answers(self, sdps: list[str]) -> None:
        await self._process.ask(answers=sdps)

    async def play(self) -> None:
        await self._process.ask(play=True)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the measurements of a run share.

    Attributes:
        recording: what is played; `path` is the same as a file.
        seconds: how long each sender is measured.
    """

    ground: Ground
    recording: Recording
    path: Path
    folder: Path
    receivers: Far
    seconds: float


@dataclass(frozen=True, slots=True)
class _Cost:
    """Processor microseconds for one packet to one viewer, and the share that arrived."""

    us: float
    share: float


async def bench_fanout(sites: int, seconds: float) -> list[Figure]:
    """Return what one packet to one viewer costs, at `sites` viewers, at 20, and at 1,000.

    A thousand take a long run.
    """
    async with _scene(seconds) as scene:
        floor = sendto_aes_us()
        ours = await _ours(scene, sites)
        figures = [await _against_janus(scene, ours, sites)]
        figures.append(await _against_aiortc(scene))
        figures.append(await _thousand(scene))
    return [
        *figures,
        plain("fanout_us_per_packet", ours.us, "us a packet and viewer"),
        plain("sendto_aes_us", floor, "us"),
        plain("fanout_arrived", 100 * ours.share, "%"),
    ]


@contextlib.asynccontextmanager
async def _scene(seconds: float) -> AsyncIterator[_Scene]:
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as name:
        folder = Path(name)
        recording = await asyncio.to_thread(record)
        path = folder / "recording.json"
        write(recording, path)
        async with (
            ground() as place,
            far((), "nhipcau.bench.fanout_receivers", place.receiver) as receivers,
        ):
            yield _Scene(place, recording, path, folder, receivers, seconds)


async def _against_janus(scene: _Scene, ours: _Cost, viewers: int) -> Figure:
    name = f"fanout_vs_janus_{viewers}"
    lack = scene.ground.lack or janus_missing()
    if lack is not None:
        return _unmeasured(name, _GOAL_JANUS, lack)
    folder = scene.folder / f"janus-{viewers}"
    folder.mkdir()
    async with janus(scene.ground, scene.recording, folder) as peer:
        return _ratio(name, ours, await _measure(scene, peer, viewers), _GOAL_JANUS)


async def _thousand(scene: _Scene) -> Figure:
    if scene.seconds < _FULL_S:
        return _unmeasured(f"fanout_vs_janus_{_MANY}", _GOAL_JANUS, "takes --full")
    scene = _slowed(scene)
    return await _against_janus(scene, await _ours(scene, _MANY), _MANY)


async def _against_aiortc(scene: _Scene) -> Figure:
    name = f"fanout_vs_aiortc_{_FEW}"
    lack = scene.ground.lack or _aiortc_missing()
    if lack is not None:
        return _unmeasured(name, _GOAL_AIORTC, lack)
    ours = await _ours(scene, _FEW)
    module, words = "nhipcau.bench.fanout_aiortc", str(scene.path)
    async with far(scene.ground.prefix, module, words) as process:
        peer = await _measure(scene, _OwnProcess(process), _FEW)
    return _ratio(name, ours, peer, _GOAL_AIORTC)


def _slowed(scene: _Scene) -> _Scene:
    path = scene.folder / "recording-slow.json"
    recording = scene.recording.paced(_PACKETS_PER_S)
    write(recording, path)
    return replace(scene, recording=recording, path=path)


def _aiortc_missing() -> str | None:
    try:
        import aiortc  # noqa: F401 - only whether it is there
    except ImportError:
        return "needs the Python package aiortc (./check installs it)"
    return None


async def _ours(scene: _Scene, viewers: int) -> _Cost:
    words = (scene.ground.sender, str(scene.path))
    async with far(scene.ground.prefix, "nhipcau.bench.fanout_ours", *words) as process:
        return await _measure(scene, _OwnProcess(process), viewers)


async def _measure(scene: _Scene, sender: Sender, viewers: int) -> _Cost:
    receivers = scene.receivers
    try:
        for first in range(0, viewers, _CHUNK):
            offers = await sender.offers(min(_CHUNK, viewers - first))
            await sender.answers((await receivers.ask(offers=offers))["answers"])
        async with asyncio.timeout(_CONNECT_S):
            while (await receivers.ask(count=True))["up"] < viewers:  # noqa: ASYNC110 - polled
                await asyncio.sleep(0.2)
        await sender.play()
        await asyncio.sleep(_SETTLE_S)
        return await _charge(scene, sender.pid, viewers)
    finally:
        await receivers.ask(hang_up=True)


async def _charge(scene: _Scene, pid: int, viewers: int) -> _Cost:
    clock = asyncio.get_running_loop().time
    began, cpu_s, before = clock(), _cpu_s(pid), await scene.receivers.ask(count=True)
    await asyncio.sleep(scene.seconds)
    passed_s, spent_s = clock() - began, _cpu_s(pid) - cpu_s
    after = await scene.receivers.ask(count=True)
    packets, octets = (after[name] - before[name] for name in ("packets", "octets"))
    if not packets:
        raise RuntimeError("no packet arrived")
    # By bytes, because aiortc packs a tenth more into a packet.
    return _Cost(
        1e6 * spent_s / packets, octets / (viewers * passed_s * scene.recording.octets_per_s)
    )


def _cpu_s(pid: int) -> float:
    """Return the processor time of a process's threads: to the nanosecond where the kernel tells,
    else in ticks of 10 ms, of which few viewers in a second may not take one.
    """
    fine = sum(sample.cpu_s for sample in sample_threads(pid).values())
    return fine or usage(pid).cpu_s


def _ratio(name: str, ours: _Cost, peer: _Cost, goal: float) -> Figure:
    figure = at_most(name, ours.us / peer.us, "ratio", goal)
    said = f"{ours.us:.3g} us over {peer.us:.3g} us"
    if min(ours.share, peer.share) < _LEAST_SHARE:
        said += f"; only {100 * ours.share:.0f} % and {100 * peer.share:.0f} % arrived"
    return Figure(name, figure.value, figure.unit, figure.goal, figure.met, said)


def _unmeasured(name: str, goal: float, lack: str) -> Figure:
    return Figure(name, None, "ratio", f"<= {goal:g}", None, lack)
