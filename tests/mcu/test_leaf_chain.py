"""Root, trunk and leaf with their threads, over the real transport: rooms see and hear each other.

hall ─▶ root ══ rung lane, loan ══▶ leaf ─▶ coast, hills
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.engine import Adapters, MediaEngine
from nhipcau.mcu.ladder import PROGRAM_VIEW
from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.mediaplan import CellPlan, MediaPlan, ViewPlan
from nhipcau.mcu.streams import StreamNames
from nhipcau.picture.cell import Cell
from nhipcau.ports.transport import UPSTREAM, Connection, Mid, SendLine
from nhipcau.quantities import EndpointId, SiteId, Ssrc
from nhipcau.sound.opusframes import OPUS_SILENCE
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport
from tests.mcu.farroom import FarRoom, room_lines
from tests.mcu.leafworld import NoCodecs
from tests.mcu.machine import WallClock
from tests.mcu.medias import BLUE, RED, Colour
from tests.mcu.test_whole_node import near
from tests.webrtc.conftest import free_udp_port

PATIENCE_S = 60.0
LOUD, NOTHING = 1_500.0, 150.0
LEFT, RIGHT = Cell(0, 0, 640, 720), Cell(640, 0, 640, 720)
HALL, COAST = SiteId("hall"), SiteId("coast")


class Chain:
    """A root with a room of its own, a leaf with two, a rung lane and a loan between."""

    def __init__(self, folder: Path) -> None:
        certificate = make_certificate(folder, datetime.now(UTC))
        self._clock = WallClock()
        one_port = RtcSettings(certificate, port=free_udp_port())
        # An MCU with one port tells connections apart by their address: lanes need one each.
        self._lanes = RtcTransport(RtcSettings(certificate))
        self._far = RtcTransport(RtcSettings(certificate))
        codecs = PyAvCodecs(self._clock)
        ssrcs = count(100)
        names = StreamNames("bridge", lambda: Ssrc(next(ssrcs)))
        self.root = MediaEngine(Adapters(RtcTransport(one_port), codecs, self._clock), names)
        leaf_port = RtcSettings(certificate, port=free_udp_port())
        adapters = Adapters(RtcTransport(leaf_port), NoCodecs(), self._clock)  # type: ignore[arg-type]
        self.leaf = LeafEngine(adapters, names)
        for engine in (self.root, self.leaf):
            engine.start(lambda _name: lambda: None, lambda: None)
        self.rooms: list[FarRoom] = []
        self._sites = count(1)

    def root_room(self, site: SiteId, colour: Colour, tone_hz: float) -> EndpointMedia:
        media = self.root.open(EndpointId(site), site)
        self._dial(media.connection, colour, tone_hz)
        self.root.attach(media)
        return media

    def leaf_room(self, site: SiteId, colour: Colour, tone_hz: float) -> FarRoom:
        media = self.leaf.open(EndpointId(site), site)
        room = self._dial(media.connection, colour, tone_hz)
        self.leaf.attach(media)
        return room

    def lane(self, place: int | None, seat: SiteId | None = None) -> tuple[EndpointMedia, Lane]:
        media = self.root.open(EndpointId(f"lane {place} {seat}"), seat)
        for mid in (Mid.PROGRAM, Mid.CONTENT):
            media.watcher(mid).set_wish(9 if place is None else place)
        number = 5_000 + 10 * next(self._sites)
        sends = {mid: SendLine(mid, Ssrc(number + n), "lane") for n, mid in enumerate(UPSTREAM)}
        connection = self._lanes.answer(sdp_of(media.connection), list(sends.values()))
        media.connection.accept(sdp_of(connection))
        self.root.attach(media)
        lane = Lane(connection, sends, place)
        self.leaf.carry(lane)
        return media, lane

    def until(self, fact: Callable[[], bool]) -> None:
        """Let the rooms go on until something is so."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not fact():
            now_s = time.monotonic()
            assert now_s < deadline_s
            for room in self.rooms:
                room.step(now_s)
            time.sleep(0.003)

    def close(self) -> None:
        self.root.stop()
        self.leaf.stop()
        self._lanes.close()
        self._far.close()

    def _dial(self, near_end: Connection, colour: Colour, tone_hz: float) -> FarRoom:
        first = 1_000 * next(self._sites)
        far = self._far.answer(sdp_of(near_end), room_lines(first))
        near_end.accept(sdp_of(far))
        room = FarRoom(far, first, colour, tone_hz)
        self.rooms.append(room)
        return room


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    made = Chain(tmp_path)
    yield made
    made.close()


def sdp_of(connection: Connection) -> str:
    deadline_s = time.monotonic() + PATIENCE_S
    while (sdp := connection.local_sdp()) is None:
        assert time.monotonic() < deadline_s
        time.sleep(0.002)
    return sdp


def cell(where: Cell, media: EndpointMedia) -> CellPlan:
    return CellPlan(where, media.seat, "", on_air=False, camera_on=True, media=media)


@pytest.mark.timeout(180)
def test_rooms_behind_a_leaf_see_and_hear_all_others_and_never_themselves(chain: Chain) -> None:
    hall = chain.root_room(HALL, RED, 700.0)
    (hall_room,) = chain.rooms
    coast = chain.leaf_room(COAST, BLUE, 1_700.0)
    hills = chain.leaf_room(SiteId("hills"), BLUE, 2_900.0)
    rung, _ = chain.lane(0)
    loan, lane = chain.lane(None, COAST)
    chain.until(lambda: len(chain.root.connected()) == 3 and len(chain.leaf.connected()) == 2)
    chain.leaf.lend(lane, COAST)
    program = ViewPlan(
        PROGRAM_VIEW, Mid.PROGRAM, (cell(LEFT, hall), cell(RIGHT, loan)), (hall, rung)
    )
    microphones = {HALL: hall, COAST: loan}
    chain.root.follow(MediaPlan((program,), microphones, listeners=(hall, rung, loan)))
    for room in (hall_room, coast, hills):
        chain.until(lambda room=room: near(room.sees(LEFT), RED))  # type: ignore[misc]
        chain.until(lambda room=room: near(room.sees(RIGHT), BLUE))  # type: ignore[misc]
    for room, others in ((hall_room, [1_700.0]), (coast, [700.0]), (hills, [700.0, 1_700.0])):
        for tone_hz in others:
            chain.until(lambda r=room, hz=tone_hz: r.hears(hz) > LOUD)  # type: ignore[misc]
        assert room.hears(room.tone_hz) < NOTHING
    stats = chain.leaf.stats()
    assert stats.waiting == 0
    assert stats.pictures["program/720p"].viewers == 2
    assert stats.outlets[COAST, Mid.CAMERA].sent > 0
    assert chain.leaf.wishes() == {COAST: 0}


def test_the_silence_that_is_filled_in_is_silence_to_a_decoder() -> None:
    decoder = PyAvCodecs(WallClock()).sound_decoder()
    assert [abs(decoder.decode(OPUS_SILENCE)).max() for _ in range(3)] == [0, 0, 0]
    assert len(decoder.decode(OPUS_SILENCE)) == 960
