"""Root, leaf and a leaf below it in their processes: rooms of all three see and hear each other.

root ─ hall's neighbour (red, 700 Hz) ══ district (green, 1700 Hz) ══ commune (blue, 2900 Hz)
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect

from nhipcau.bench.cascade import Below, Cascade, Post, cascade
from nhipcau.bench.chair import chair
from nhipcau.picture.cell import Cell
from nhipcau.quantities import SiteId
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport
from tests.mcu.farroom import FarRoom, room_lines
from tests.mcu.medias import BLUE, GREEN, RED, Colour
from tests.mcu.test_whole_node import near

pytestmark = [pytest.mark.slow, pytest.mark.timeout(480)]

PATIENCE_S = 60.0
LOUD, NOTHING = 1_500.0, 150.0
WHOLE = Cell(0, 0, 1_280, 720)


def test_rooms_of_all_tiers_see_and_hear_each_other_and_nobody_itself(tmp_path: Path) -> None:
    asyncio.run(_three_tiers(tmp_path))


async def _three_tiers(folder: Path) -> None:
    transport = RtcTransport(RtcSettings(make_certificate(folder, datetime.now(UTC))))
    try:
        async with cascade([2, 1, Below(1, uplink=1)], "speaker") as stage:
            root, district, commune = stage.posts
            async with (
                room(stage, root, root.sites[1], (transport, RED, 700.0)) as red,
                room(stage, district, district.sites[0], (transport, GREEN, 1_700.0)) as green,
                room(stage, commune, commune.sites[0], (transport, BLUE, 2_900.0)) as blue,
                chair(stage.link(root, "chair", None, "chair")) as voice,
            ):
                rooms = (red, green, blue)
                for one in (red, green):
                    await one.say("mic", open=True)
                await voice.say("give_floor", site=commune.sites[0])
                for one in (red, green):
                    await one.until(rooms, lambda o=one: near(o.far.sees(WHOLE), BLUE))  # type: ignore[misc]
                for one, other in itertools.permutations(rooms, 2):
                    tone_hz = other.far.tone_hz
                    await one.until(rooms, lambda o=one, hz=tone_hz: o.far.hears(hz) > LOUD)  # type: ignore[misc]
                for one in rooms:
                    assert one.far.hears(one.far.tone_hz) < NOTHING
                # Each rung once on the province's line: the root serves no commune.
                assert _leaves_of(root) == {district.name}
                await _lose(root, district, (red, blue))
    finally:
        transport.close()


async def _lose(root: Post, district: Post, rooms: "tuple[Caller, Caller]") -> None:
    """Kill the district's media process: the commune finds the root, and goes back later."""
    red, blue = rooms
    before = blue.far.frames
    os.kill(district.pid, signal.SIGKILL)
    await blue.until(rooms, lambda: blue.far.frames > before + 50)
    print(f"district lost: the commune's picture stood still for {blue.longest_gap_s:.2f} s")
    async with asyncio.timeout(PATIENCE_S):
        while await asyncio.to_thread(_leaves_of, root) != {district.name}:  # noqa: ASYNC110 - polled
            await asyncio.sleep(0.2)
    for one, other in (rooms, rooms[::-1]):
        tone_hz = other.far.tone_hz
        await one.until(rooms, lambda o=one, hz=tone_hz: o.far.hears(hz) > LOUD)  # type: ignore[misc]
        assert one.far.hears(one.far.tone_hz) < NOTHING
    await red.until(rooms, lambda: near(red.far.sees(WHOLE), BLUE))


class Caller:
    """A room that has dialled: its signalling, and its far end."""

    def __init__(self, socket: ClientConnection, far: FarRoom) -> None:
        self._socket = socket
        self.far = far
        self.longest_gap_s = 0.0
        self._seen = (0, time.monotonic())

    async def say(self, kind: str, **fields: object) -> None:
        await self._socket.send(json.dumps({"type": kind, "id": 1, **fields}))

    async def until(self, rooms: "tuple[Caller, ...]", fact: Callable[[], bool]) -> None:
        """Let all rooms go on until something is so."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not fact():
            now_s = time.monotonic()
            assert now_s < deadline_s
            for one in rooms:
                one.far.step(now_s)
                one.note_picture(now_s)
            await asyncio.sleep(0.003)

    def note_picture(self, now_s: float) -> None:
        """Note how long the picture has stood still."""
        frames, since_s = self._seen
        if self.far.frames != frames:
            self.longest_gap_s = max(self.longest_gap_s, now_s - since_s if frames else 0.0)
            self._seen = (self.far.frames, now_s)


@contextlib.asynccontextmanager
async def room(
    stage: Cascade, post: Post, site: SiteId, as_what: tuple[RtcTransport, Colour, float]
) -> AsyncIterator[Caller]:
    """Seat a room at an MCU."""
    transport, colour, tone_hz = as_what
    first = 1_000 * int(site[:1])
    async with connect(post.signal_url, max_size=2**22) as socket:
        said = {"type": "hello", "v": 1, "token": stage.token(site), "kind": "site"}
        await socket.send(json.dumps({**said, "capture": True, "agent": "a test"}))
        message = {"type": ""}
        while message["type"] != "offer":
            text = await socket.recv()
            message = json.loads(text) if isinstance(text, str) else message
        connection = transport.answer(message["sdp"], room_lines(first))
        while (sdp := connection.local_sdp()) is None:  # noqa: ASYNC110 - polled by design
            await asyncio.sleep(0.002)
        await socket.send(json.dumps({"type": "answer", "sdp": sdp}))
        reader = asyncio.create_task(_listen(socket))
        try:
            yield Caller(socket, FarRoom(connection, first, colour, tone_hz))
        finally:
            reader.cancel()


async def _listen(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


def _leaves_of(root: Post) -> set[str]:
    """Return the leaves that have a trunk to the root."""
    labels = (name for name in root.metrics() if name.startswith("trunk_lanes{"))
    return {label.split('"')[1] for label in labels}
