"""What a trunk adds to a packet's way, and what a leaf costs: a made-up root, a real leaf, rooms.

    root ─┬─ a room of its own ───────────────▶ arrives at t₁
          └─ lanes ══▶ leaf (own process) ────▶ arrives at t₂      the trunk adds t₂ - t₁

Every packet says when it left, so that both are told apart in one process and by one clock.
"""

import asyncio
import contextlib
import socket
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nhipcau.bench.fanout_wire import Far, Said, far
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.mcu.ladder import PROGRAM_LADDER, RungSpec
from nhipcau.ports.transport import DOWNSTREAM, PAYLOAD_TYPES, UPSTREAM, Connection, Mid, SendLine
from nhipcau.quantities import Ssrc
from nhipcau.rtp.annexb import NAL_IDR, NAL_SLICE, NAL_SPS
from nhipcau.rtp.packet import HEADER_BYTES, is_rtcp, rtp_header
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport

GOAL_MS = 30.0
_STEP_S = 0.001
_KEY_EVERY_S = 2.0
_SSRCS = {mid: Ssrc(900 + n) for n, mid in enumerate(DOWNSTREAM)}
_PAYLOAD = 1_000
_FILLER = bytes(_PAYLOAD)
_GATHER_S = 0.002
CONNECT_S = 30.0
SETTLE_S = 3.0


class Rung:
    """Made-up packets at a rung's rate; the first payload bytes of each say when it left."""

    def __init__(self, spec: RungSpec) -> None:
        self._fps = spec.video.fps
        self._per_picture = max(1, round(spec.wire_bps / 8 / _PAYLOAD / self._fps))
        self._next = self._seq = 0

    def due(self, passed_s: float) -> list[bytes]:
        """Return the packets of the next picture if it is due after so many seconds, else none."""
        if passed_s < self._next / self._fps:
            return []
        keyframe = self._next % round(_KEY_EVERY_S * self._fps) == 0
        kinds = [NAL_SPS, *[NAL_IDR] * 9] if keyframe else [NAL_SLICE] * self._per_picture
        stamp = round(self._next * 90_000 / self._fps)
        self._next += 1
        packets = []
        for at, kind in enumerate(kinds):
            stream = (PAYLOAD_TYPES[Mid.PROGRAM], _SSRCS[Mid.PROGRAM])
            head = rtp_header(stream, self._seq, stamp, marker=at == len(kinds) - 1)
            self._seq = self._seq + 1 & 0xFFFF
            packets.append(head + bytes((0x60 | kind,)) + _now() + _FILLER[:-9])
        return packets


@dataclass(slots=True)
class Room:
    """A far end that notes when each packet came, by when it left."""

    connection: Connection
    program_s: dict[bytes, float] = field(default_factory=dict)
    sound_s: dict[bytes, float] = field(default_factory=dict)

    def take(self) -> None:
        for mid, came in ((Mid.PROGRAM, self.program_s), (Mid.SOUND, self.sound_s)):
            pipe = self.connection.pipe(mid)
            while (packet := pipe.receive()) is not None:
                if not is_rtcp(packet):
                    left = packet[HEADER_BYTES + 1 : HEADER_BYTES + 9]
                    came.setdefault(left, time.monotonic())


class Ground:
    """The root and all rooms, in this process."""

    def __init__(self, folder: Path) -> None:
        certificate = make_certificate(folder, datetime.now(UTC))
        self.transport = RtcTransport(RtcSettings(certificate))
        self.rungs = [Rung(spec) for spec in PROGRAM_LADDER]
        self.lanes: list[Connection] = []
        self.direct = [self._direct() for _ in PROGRAM_LADDER]
        self.rooms: list[Room] = []
        self.rooms_below: list[Room] = []
        self._blocks = self._sound_seq = 0

    def offer(self) -> Connection:
        return self.transport.offer([SendLine(mid, _SSRCS[mid], "bench") for mid in DOWNSTREAM])

    def answer(self, offer: str) -> Connection:
        lines = [SendLine(mid, Ssrc(500 + n), "bench") for n, mid in enumerate(UPSTREAM)]
        return self.transport.answer(offer, lines)

    async def dial(self, leaf: Far, places: Sequence[int]) -> None:
        """Connect the lanes and the rooms, each room on its rung."""
        self.lanes = [self.offer() for _ in PROGRAM_LADDER]
        offers = [(place, await _sdp_of(lane)) for place, lane in enumerate(self.lanes)]
        for lane, sdp in zip(self.lanes, (await leaf.ask(lanes=offers))["answers"], strict=True):
            lane.accept(sdp)
        self.rooms = await self._rooms_of(leaf, places)

    async def dial_below(self, leaf: Far, below: Far, places: Sequence[int]) -> None:
        """Connect a leaf below the leaf, and rooms of its own."""
        rungs = range(len(PROGRAM_LADDER))
        offers = (await leaf.ask(below=list(rungs)))["offers"]
        lanes = await below.ask(lanes=list(zip(rungs, offers, strict=True)))
        await leaf.ask(answers=lanes["answers"])
        self.rooms_below = await self._rooms_of(below, places)

    async def meet(self) -> None:
        """Connect the rooms of the root's own."""
        for near, room in self.direct:
            room.connection = self.answer(await _sdp_of(near))
            near.accept(await _sdp_of(room.connection))

    async def play(self, seconds: float) -> None:
        """Send and take for so long."""
        began = time.monotonic()
        offset_s = self._blocks / 50
        while (passed := time.monotonic() - began) < seconds:
            for place, rung in enumerate(self.rungs):
                for packet in rung.due(passed + offset_s):
                    self.direct[place][0].pipe(Mid.PROGRAM).send(packet)
                    self.lanes[place].pipe(Mid.PROGRAM).send(packet)
            self._speak(passed + offset_s)
            for room in self._all():
                room.take()
            await asyncio.sleep(_STEP_S)

    def forget(self) -> None:
        """Begin to measure."""
        for room in self._all():
            room.program_s.clear()
            room.sound_s.clear()

    def _all(self) -> tuple[Room, ...]:
        return (*self.rooms, *self.rooms_below, *(room for _, room in self.direct))

    async def _rooms_of(self, leaf: Far, places: Sequence[int]) -> list[Room]:
        far_ends = [self.answer(sdp) for sdp in (await leaf.ask(rooms=places))["offers"]]
        await leaf.ask(answers=[await _sdp_of(one) for one in far_ends])
        return [Room(one) for one in far_ends]

    def _speak(self, passed_s: float) -> None:
        while passed_s >= self._blocks / 50:
            self._blocks += 1
            stream = (PAYLOAD_TYPES[Mid.SOUND], _SSRCS[Mid.SOUND])
            head = rtp_header(stream, self._blocks & 0xFFFF, self._blocks * 960, marker=False)
            packet = head + b"\x78" + _now() + _FILLER[:51]
            self.direct[0][0].pipe(Mid.SOUND).send(packet)
            self.lanes[0].pipe(Mid.SOUND).send(packet)

    def _direct(self) -> tuple[Connection, Room]:
        near = self.offer()
        return near, Room(near)


async def trunk_figures(rooms: int, seconds: float) -> list[Figure]:
    """Return what a trunk adds and what a leaf of so many rooms costs, a third on each rung."""
    places = [number % len(PROGRAM_LADDER) for number in range(rooms)]
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
        ground = Ground(Path(folder))
        module = "nhipcau.bench.trunk_leaf"
        async with (
            far([], module, str(free_udp_port())) as leaf,
            contextlib.AsyncExitStack() as stack,
        ):
            stack.callback(ground.transport.close)
            await ground.dial(leaf, places)
            await ground.meet()
            async with asyncio.timeout(CONNECT_S):
                while (await leaf.ask(stats=1))["up"] < rooms:
                    await ground.play(0.1)
            await ground.play(SETTLE_S)
            ground.forget()
            before = await leaf.ask(stats=1)
            await ground.play(seconds)
            after = await leaf.ask(stats=1)
            await ground.play(0.1)
    return _figures(ground, places, seconds, before, after)


def _figures(
    ground: Ground, places: Sequence[int], seconds: float, before: Said, after: Said
) -> list[Figure]:
    pictures, sounds, lost, sent = [], [], 0, 0
    for place, room in zip(places, ground.rooms, strict=True):
        direct = ground.direct[place][1]
        pictures += added_ms(direct.program_s, room.program_s)
        sounds += added_ms(ground.direct[0][1].sound_s, room.sound_s)
        sent += len(direct.program_s)
        lost += len(direct.program_s.keys() - room.program_s.keys())
    cpu = after["cpu_s"] - before["cpu_s"]
    packets = after["sent"] - before["sent"]
    return [
        at_most("trunk_adds_ms_p95", percentile(pictures, 0.95), "ms", GOAL_MS),
        plain("trunk_adds_ms_p50", percentile(pictures, 0.5), "ms"),
        plain("trunk_adds_sound_ms_p95", percentile(sounds, 0.95), "ms"),
        plain("trunk_missing_percent", 100 * lost / max(sent, 1), "%"),
        plain(f"leaf_core_percent_{len(places)}", 100 * cpu / seconds, "% of a core"),
        plain("leaf_us_per_picture_packet", 1e6 * cpu / max(packets, 1), "us"),
        *(
            plain(f"leaf_{name}_busy_percent", 100 * (busy - before["busy_s"][name]) / seconds, "%")
            for name, busy in after["busy_s"].items()
        ),
    ]


def added_ms(direct_s: Mapping[bytes, float], room_s: Mapping[bytes, float]) -> list[float]:
    """Return how much later each packet came by the leaf than without it."""
    return [1_000 * (room_s[left] - came) for left, came in direct_s.items() if left in room_s]


def _now() -> bytes:
    return time.monotonic_ns().to_bytes(8)


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _sdp_of(connection: Connection) -> str:
    while (sdp := connection.local_sdp()) is None:  # noqa: ASYNC110 - polled by design
        await asyncio.sleep(_GATHER_S)
    return sdp
