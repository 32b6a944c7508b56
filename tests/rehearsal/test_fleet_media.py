"""A fleet and an MCU exchange media, in memory and over real ICE, DTLS and SRTP."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from nhipcau.picture.colour import yuv
from nhipcau.picture.frame import Picture
from nhipcau.ports.transport import Mid, RtpPipe
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.loops import site_colour
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.rehearsal.tones import site_tone_hz
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.rtp.h264 import AccessUnit, H264Depacketizer
from nhipcau.rtp.packet import RtpPacket, is_rtcp, parse_rtp
from nhipcau.rtp.rtcp import RtcpMessage, parse_compound
from nhipcau.rtp.rtcp_feedback import Nack, Pli
from nhipcau.rtp.rtcp_reports import ReceiverReport, SenderReport
from nhipcau.webrtc.memory import MemoryTransport
from tests.rehearsal.fakemcu import DOWN_SSRCS, FakeMcu, Seat, until
from tests.rehearsal.machine import CLOCK, CODECS
from tests.rehearsal.worlds import World, world_of

CODE = SiteId("568")
STAP_KEY = b"\x78\x00\x04\x67sps\x00\x04\x65idr"


@pytest.fixture(params=["memory", pytest.param("rtc", marks=pytest.mark.e2e)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of loops for all tests, so that each picture is encoded once."""
    return tmp_path_factory.mktemp("loops")


def meet(
    world: World,
    loops: Path,
    scene: Callable[[Fleet, Seat], Awaitable[None]],
    *,
    flash_beep: bool = False,
) -> None:
    """Let one site join and play the scene."""

    async def play() -> None:
        async with FakeMcu(world.mcu) as mcu, Fleet(world.sites, CODECS, CLOCK, loops) as fleet:
            fleet.add(
                SiteSpec(
                    code=CODE,
                    name="Thành phố Nha Trang",
                    url=mcu.url,
                    token=CODE,
                    flash_beep=flash_beep,
                )
            )
            await scene(fleet, await mcu.seat())

    asyncio.run(play())


async def collect(pipe: RtpPipe, enough: Callable[[list[bytes]], bool]) -> list[bytes]:
    """Read a pipe until `enough` of what came."""
    got: list[bytes] = []

    def is_enough() -> bool:
        while (packet := pipe.receive()) is not None:
            got.append(packet)
        return enough(got)

    await until(is_enough)
    return got


def rtp(packets: list[bytes]) -> list[RtpPacket]:
    return [parse_rtp(packet) for packet in packets if not is_rtcp(packet)]


def pictures(packets: list[bytes]) -> list[Picture]:
    depacketizer, decoder = H264Depacketizer(), CODECS.video_decoder()
    found = []
    for packet in rtp(packets):
        units: list[AccessUnit] = []
        depacketizer.push(packet, units)
        for data, timestamp, keyframe in units:
            picture = decoder.decode(EncodedFrame(data, timestamp, keyframe, 0.0))
            assert picture is not None
            found.append(picture)
    decoder.close()
    return found


def test_a_site_shows_its_own_colour_from_the_first_packet(world: World, loops: Path) -> None:
    async def scene(fleet: Fleet, seat: Seat) -> None:
        await seat.upstream(camera=True)
        packets = await collect(
            seat.media().pipe(Mid.CAMERA), lambda got: sum(p.marker for p in rtp(got)) >= 10
        )
        shown = pictures(packets)
        assert len(shown) >= 10
        y, u, v = yuv(site_colour(CODE))
        corner = shown[0].y[:40, :40], shown[0].u[:20, :20], shown[0].v[:20, :20]
        for plane, part in zip(corner, (y, u, v), strict=True):
            assert abs(float(np.median(plane)) - part) < 4

    meet(world, loops, scene)


def test_a_site_sounds_with_its_own_tone_and_only_while_it_is_asked_to(
    world: World, loops: Path
) -> None:
    async def scene(fleet: Fleet, seat: Seat) -> None:
        pipe = seat.media().pipe(Mid.MICROPHONE)
        await seat.upstream(microphone=True)
        packets = rtp(await collect(pipe, lambda got: len(rtp(got)) >= 60))
        assert all((b.seq - a.seq) % 65536 == 1 for a, b in pairwise(packets))
        assert all((b.timestamp - a.timestamp) % 2**32 == 960 for a, b in pairwise(packets))
        decoder = CODECS.sound_decoder()
        sound = np.concatenate([decoder.decode(packet.payload) for packet in packets])
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        tone_hz = float(np.argmax(spectrum)) * 48_000 / len(sound)
        assert abs(tone_hz - site_tone_hz(CODE)) / site_tone_hz(CODE) < 0.035
        await seat.upstream(microphone=False)
        async with asyncio.timeout(10):
            while not await has_stopped(fleet):
                pass

    meet(world, loops, scene)


def sent_sound(fleet: Fleet) -> int:
    microphone = fleet.stats()[CODE].microphone
    assert microphone is not None
    return microphone.packets


async def has_stopped(fleet: Fleet) -> bool:
    """True when no packet has left in 100 ms, five times the time between two."""
    before = sent_sound(fleet)
    await asyncio.sleep(0.1)
    return sent_sound(fleet) == before


def test_a_site_counts_what_it_was_sent(world: World, loops: Path) -> None:
    async def scene(fleet: Fleet, seat: Seat) -> None:
        for mid, count in ((Mid.PROGRAM, 300), (Mid.CONTENT, 40), (Mid.SOUND, 100)):
            pipe = seat.media().pipe(mid)
            await until(partial(pipe.send, down(mid, 0)))
            for number in range(1, count):
                assert pipe.send(down(mid, number))
                if number % 50 == 0:
                    await asyncio.sleep(0.01)
        await until(lambda: fleet.stats()[CODE].sound.packets == 100)
        await until(lambda: fleet.stats()[CODE].program.packets == 300)
        stats = fleet.stats()[CODE]
        assert stats.program.octets == sum(len(down(Mid.PROGRAM, n)) for n in range(300))
        assert (stats.program.frames, stats.program.key_frames) == (100, 4)
        assert (stats.content.packets, stats.sound.frames) == (40, 100)
        for flow in (stats.program, stats.content, stats.sound):
            assert (flow.gaps, flow.duplicates, flow.malformed) == (0, 0, 0)

    meet(world, loops, scene)


def down(mid: Mid, number: int) -> bytes:
    """Packet `number` of a stream down: pictures of three packets, every 25th one an IDR."""
    frame, part = (number, 0) if mid is Mid.SOUND else divmod(number, 3)
    payload = STAP_KEY if frame % 25 == 0 and part == 0 else b"\x41slice"
    payload_type = {Mid.PROGRAM: 102, Mid.CONTENT: 104, Mid.SOUND: 111}[mid]
    ticks = 960 if mid is Mid.SOUND else 3600
    return RtpPacket(
        payload_type, (65_400 + number) % 65536, frame * ticks, DOWN_SSRCS[mid], payload, part == 2
    ).to_bytes()


def test_a_blocked_sender_moves_the_gaps_and_lost_packets_are_asked_for_and_recovered(
    world: World, loops: Path
) -> None:
    async def scene(fleet: Fleet, seat: Seat) -> None:
        pipe = seat.media().pipe(Mid.PROGRAM)
        await until(lambda: pipe.send(down(Mid.PROGRAM, 0)))
        for number in (1, 2):
            pipe.send(down(Mid.PROGRAM, number))
        await until(lambda: fleet.stats()[CODE].program.shown == 1)
        await asyncio.sleep(0.5)
        for number in (5, 6, 8):
            pipe.send(down(Mid.PROGRAM, number))
        asked: set[int] = set()
        await until(lambda: {65_403, 65_404, 65_407} <= asked_on(pipe, asked))
        for number in (3, 4, 7):
            pipe.send(down(Mid.PROGRAM, number))
        await until(lambda: fleet.stats()[CODE].program.shown == 3)
        program = fleet.stats()[CODE].program
        assert (program.gaps, program.recovered, program.gave_up, program.packets) == (3, 3, 0, 9)
        assert program.longest_gap_s >= 0.45
        fleet.reset_gaps()
        assert fleet.stats()[CODE].program.longest_gap_s == 0

    meet(world, loops, scene)


def asked_on(pipe: RtpPipe, asked: set[int]) -> set[int]:
    """Add the sequence numbers of the NACKs that came on a pipe."""
    while (packet := pipe.receive()) is not None:
        for message in parse_compound(packet).messages:
            if isinstance(message, Nack):
                asked.update(message.seqs)
    return asked


def test_a_nack_is_answered_byte_for_byte_over_the_line(world: World, loops: Path) -> None:
    # SRTP throws away what it has seen before, so only in memory can a packet that was not lost
    # come a second time.
    sees_repeats = isinstance(world.mcu, MemoryTransport)

    async def scene(fleet: Fleet, seat: Seat) -> None:
        pipe = seat.media().pipe(Mid.CAMERA)
        await seat.upstream(camera=True)
        first = await collect(pipe, lambda got: len(rtp(got)) >= 20)
        lost = [packet for packet in first if not is_rtcp(packet)][5:8]
        ssrc, seqs = rtp(lost)[0].ssrc, tuple(packet.seq for packet in rtp(lost))
        pipe.send(Nack(1, ssrc, seqs).to_bytes())
        if sees_repeats:
            again = await collect(pipe, lambda got: set(lost) <= set(got))
            assert [packet for packet in again if packet in lost] == lost
        await until(lambda: repeated(fleet) == 3)

    meet(world, loops, scene)


def repeated(fleet: Fleet) -> int:
    camera = fleet.stats()[CODE].camera
    assert camera is not None
    return camera.retransmitted


@pytest.mark.parametrize("flash_beep", [False, True])
def test_a_pli_is_answered_by_an_idr_within_two_seconds(
    world: World, loops: Path, flash_beep: bool
) -> None:
    async def scene(fleet: Fleet, seat: Seat) -> None:
        pipe = seat.media().pipe(Mid.CAMERA)
        await seat.upstream(camera=True)
        first = rtp(await collect(pipe, lambda got: len(rtp(got)) >= 10))
        pipe.send(Pli(1, first[0].ssrc).to_bytes())
        after = rtp(await collect(pipe, lambda got: any(is_key(p) for p in rtp(got))))
        key = next(packet for packet in after if is_key(packet))
        assert (key.timestamp - first[-1].timestamp) % 2**32 <= 2 * 90_000
        numbers = [packet.seq for packet in first + after]
        assert all((b - a) % 65536 == 1 for a, b in pairwise(numbers))

    meet(world, loops, scene, flash_beep=flash_beep)


def is_key(packet: RtpPacket) -> bool:
    """True when the payload is a STAP-A that begins with an SPS, or the SPS itself."""
    return packet.payload[0] & 31 == 7 or (
        packet.payload[0] & 31 == 24 and packet.payload[3] & 31 == 7
    )


def test_picture_and_sound_share_one_wall_clock_and_receivers_report_the_program(
    world: World, loops: Path
) -> None:
    async def scene(fleet: Fleet, seat: Seat) -> None:
        await seat.upstream(camera=True, microphone=True)
        zeros = []
        for mid, rate_hz, ticks in ((Mid.CAMERA, 90_000, 3600), (Mid.MICROPHONE, 48_000, 960)):
            got = await collect(seat.media().pipe(mid), lambda g: bool(reports(g)) and bool(rtp(g)))
            report, first = reports(got)[0], rtp(got)[0]
            ahead = (first.timestamp - report.rtp_timestamp + 2**31) % 2**32 - 2**31
            zeros.append((report.ntp / 2**32 + ahead / rate_hz) % (ticks / rate_hz))
        # Both began at a multiple of their own period after one zero; 40 ms is two sound packets.
        apart = (zeros[0] - zeros[1]) % 0.02
        assert min(apart, 0.02 - apart) < 1e-4
        program = seat.media().pipe(Mid.PROGRAM)
        program.send(down(Mid.PROGRAM, 0))
        got = await collect(program, lambda g: bool(received(g)))
        assert [block.ssrc for block in received(got)[0].blocks] == [DOWN_SSRCS[Mid.PROGRAM]]

    meet(world, loops, scene, flash_beep=True)


def messages(packets: list[bytes]) -> list[RtcpMessage]:
    return [
        message
        for packet in packets
        if is_rtcp(packet)
        for message in parse_compound(packet).messages
    ]


def reports(packets: list[bytes]) -> list[SenderReport]:
    return [message for message in messages(packets) if isinstance(message, SenderReport)]


def received(packets: list[bytes]) -> list[ReceiverReport]:
    return [message for message in messages(packets) if isinstance(message, ReceiverReport)]
