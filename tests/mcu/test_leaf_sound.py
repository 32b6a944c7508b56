"""Sound at a leaf: everybody hears all others, nobody itself, and a silent root is no silence."""

from itertools import pairwise
from random import Random

import pytest

from nhipcau.ports.transport import Mid
from nhipcau.quantities import seq_delta
from nhipcau.rtp.packet import is_rtcp, packet_seq, packet_stamp, parse_rtp
from nhipcau.rtp.rtcp_feedback import Nack
from nhipcau.sound.opusframes import OPUS_SILENCE
from nhipcau.webrtc.memory import Weather
from tests.mcu.leafworld import FarLane, FarRoot, LeafWorld, Room, drain

FAIR = Weather(delay_s=0.005)
BAD_TRUNK = Weather(loss=0.03, delay_s=0.005, jitter_s=0.004, twice=0.02, seed=3)
BAD_LINES = Weather(loss=0.03, delay_s=0.01, jitter_s=0.01, twice=0.02, seed=4)
SOUND_SSRC = 102


def kinds(sound: list[bytes]) -> list[str]:
    """Return what was heard, run by run: `common`, a lane's name, `silence`."""
    found: list[str] = []
    for payload in sound:
        kind = "silence" if payload == OPUS_SILENCE else payload[1:].decode().split()[0]
        if not found or found[-1] != kind:
            found.append(kind)
    return found


def blocks(sound: list[bytes], kind: str = "common") -> list[int]:
    """Return the numbers of the blocks of one lane that were heard."""
    said = [payload[1:].decode().split()[:2] for payload in sound if payload != OPUS_SILENCE]
    return [int(number) for name, number in said if name == kind]


def by_number(room: Room) -> list[bytes]:
    """Return the sound packets that came, each once, in the order of their numbers."""
    packets = list(dict.fromkeys(room.packets[Mid.SOUND]))
    first = packet_seq(packets[0])
    ordered = sorted(packets, key=lambda packet: seq_delta(packet_seq(packet), first))
    seqs = [packet_seq(packet) for packet in ordered]
    assert len(seqs) == len(set(seqs)), "two packets under one number"
    own = f"+without-{room.media.seat}".encode()
    assert not any(own in packet for packet in ordered), "a room hears itself"
    return ordered


def speak(world: LeafWorld, room: Room) -> FarLane:
    """Lend a loan to a room whose microphone then is open at the root."""
    loan = world.carry(None)
    loan.own = f"without-{room.media.seat}"
    world.engine.lend(loan.lane, room.media.seat)
    room.speaks = True
    return loan


def test_every_room_hears_the_common_mix_packet_by_packet() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    rooms = [world.room(f"site {n}") for n in range(3)]
    world.run(3.0)
    for room in rooms:
        assert kinds(room.sound) == ["common"]
        heard = blocks(room.sound)
        assert heard == list(range(heard[0], heard[0] + len(heard)))
        assert len(heard) > 140
        assert {parse_rtp(packet).ssrc for packet in room.packets[Mid.SOUND]} == {SOUND_SSRC}


def test_over_two_bad_lines_nearly_every_packet_comes_in_time() -> None:
    world = LeafWorld(BAD_TRUNK, BAD_LINES)
    lane = world.carry(0)
    rooms = [world.room(f"site {n}") for n in range(3)]
    world.run(10.0)
    for room in rooms:
        heard = blocks(room.sound)
        assert heard == sorted(set(heard))
        assert len(heard) > 480
    assert any(isinstance(message, Nack) for message in lane.heard[Mid.SOUND])


def test_the_same_sound_on_two_lanes_is_heard_once() -> None:
    world = LeafWorld(BAD_TRUNK, FAIR)
    world.carry(0)
    world.carry(1)
    room = world.room("coast")
    world.run(3.0)
    assert len(by_number(room)) == len(room.packets[Mid.SOUND])
    assert world.engine.stats().sound.dropped > 100


@pytest.mark.parametrize("weather", [(FAIR, FAIR), (BAD_TRUNK, BAD_LINES)], ids=["fair", "bad"])
def test_who_speaks_hears_its_own_lane_and_goes_back_under_one_numbering(
    weather: tuple[Weather, Weather],
) -> None:
    world = LeafWorld(*weather)
    world.carry(0)
    room, other = world.room("coast"), world.room("hills")
    world.run(1.0)
    loan = speak(world, room)
    world.run(2.0)
    world.engine.lend(loan.lane, None)
    room.speaks, loan.own = False, None
    world.run(1.0)
    world.engine.drop(loan.lane)
    world.run(1.0)
    assert kinds(other.sound) == ["common"]
    assert kinds(room.sound) == ["common", "without-coast", "common"]
    ordered = by_number(room)
    steps = [
        seq_delta(packet_seq(after), packet_seq(before)) for before, after in pairwise(ordered)
    ]
    if weather[0] is FAIR:
        assert set(steps) == {1}
    assert max(steps) <= 3
    stamps = [packet_stamp(packet) for packet in ordered]
    assert all(
        (b - a) % (1 << 32) == 960 * n for (a, b), n in zip(pairwise(stamps), steps, strict=True)
    )


def test_a_voice_goes_up_only_when_its_room_is_off_the_common_mix() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    world.run(0.5)
    loan = world.carry(None)
    loan.own, loan.sound_on = "own", False
    room.speaks = True
    world.engine.lend(loan.lane, room.media.seat)
    world.run(1.0)
    assert loan.came[Mid.MICROPHONE] == []
    assert kinds(room.sound) == ["common"]
    loan.sound_on = True
    world.run(1.0)
    assert len(loan.came[Mid.MICROPHONE]) > 40
    assert kinds(room.sound) == ["common", "own"]


def test_a_loan_that_falls_silent_leaves_silence_until_the_voice_that_went_up_has_faded() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    world.run(0.5)
    loan = speak(world, room)
    world.run(1.0)
    loan.sound_on = False
    world.run(0.4)
    assert kinds(room.sound) == ["common", "without-coast", "silence"]
    before = len(loan.came[Mid.MICROPHONE])
    world.run(0.6)
    assert kinds(room.sound) == ["common", "without-coast", "silence", "common"]
    # Meanwhile nothing of the room's own went up.
    assert len(loan.came[Mid.MICROPHONE]) == before
    loan.sound_on = True
    world.run(1.0)
    assert kinds(room.sound)[-2:] == ["common", "without-coast"]
    assert len(loan.came[Mid.MICROPHONE]) > before + 40
    by_number(room)


def test_who_has_been_silent_goes_back_to_the_common_mix_without_a_gap() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    world.run(0.5)
    loan = speak(world, room)
    world.run(1.0)
    room.speaks, loan.own = False, None
    world.run(1.0)
    world.engine.drop(loan.lane)
    world.run(1.0)
    assert kinds(room.sound) == ["common", "without-coast", "common"]
    heard = blocks(room.sound) + blocks(room.sound, "without-coast")
    assert max(heard) - min(heard) + 1 == len(heard) == len(set(heard))


def test_a_lane_that_is_dropped_under_a_speaker_leaves_silence_until_its_voice_has_faded() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    world.run(0.5)
    loan = speak(world, room)
    world.run(1.0)
    world.engine.drop(loan.lane)
    world.run(0.4)
    assert kinds(room.sound) == ["common", "without-coast", "silence"]
    world.run(1.0)
    assert kinds(room.sound) == ["common", "without-coast", "silence", "common"]
    by_number(room)


def test_no_resend_gives_a_room_its_own_voice_back() -> None:
    world = LeafWorld()
    world.carry(0)
    room = world.room("coast")
    world.run(0.5)
    speak(world, room)
    world.run(0.5)
    room.deaf = True
    world.run(0.02)
    drain(room.far.pipe(Mid.SOUND))
    last = packet_seq(room.packets[Mid.SOUND][-1])
    got = {packet_seq(packet): packet for packet in room.packets[Mid.SOUND]}
    asked = [last - back & 0xFFFF for back in range(-20, 45)]
    room.far.pipe(Mid.SOUND).send(Nack(1, SOUND_SSRC, tuple(asked)).to_bytes())
    world.run(0.1)
    back = [packet for packet in drain(room.far.pipe(Mid.SOUND)) if not is_rtcp(packet)]
    resent = [packet for packet in back if packet_seq(packet) in got]
    assert len(resent) > 30
    assert all(got[packet_seq(packet)] == packet for packet in resent)
    since = [packet for packet in back if seq_delta(packet_seq(packet), last) > -20]
    assert since
    assert all(b"without-coast" in packet for packet in since)


def test_a_root_that_stands_still_is_silence_and_then_goes_on_behind_it() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    rooms = [world.room("coast"), world.room("hills")]
    world.run(1.0)
    loan = speak(world, rooms[0])
    world.run(1.0)
    world.root.alive = False
    frozen_s = 2.0
    world.run(frozen_s)
    world.root.alive = True
    # What the root did not make meanwhile is never made.
    world.root.zero_s += frozen_s
    world.run(1.0)
    assert kinds(rooms[1].sound) == ["common", "silence", "common"]
    assert kinds(rooms[0].sound) == ["common", "without-coast", "silence", "without-coast"]
    assert loan.came[Mid.MICROPHONE]
    for room in rooms:
        ordered = by_number(room)
        assert [packet_seq(packet) for packet in ordered] == [
            packet_seq(ordered[0]) + n & 0xFFFF for n in range(len(ordered))
        ]
        stamps = [packet_stamp(packet) for packet in ordered]
        steps = [after - before & 0xFFFFFFFF for before, after in pairwise(stamps)]
        assert all(960 <= step <= 6 * 960 for step in steps)
        assert sum(step > 960 for step in steps) <= 2
        # A second of sound is a second of numbers and timestamps, silence or not.
        assert abs(sum(steps) / 48_000 - 0.02 * len(steps)) < 0.1
        assert room.hearing.stats().lost == 0
    assert world.engine.stats().sound.filled > 90


def test_a_trunk_that_was_cut_costs_no_more_than_itself() -> None:
    world = LeafWorld(FAIR, FAIR)
    lane = world.carry(0)
    room = world.room("coast")
    world.run(1.0)
    lane.sound_on = False
    world.run(1.0)
    lane.sound_on = True
    world.run(1.0)
    assert kinds(room.sound) == ["common", "silence", "common"]
    heard = blocks(room.sound)
    gaps = [after - before for before, after in pairwise(heard)]
    assert 45 <= max(gaps) <= 55
    # The root's clock ran on, and a room's play-out sees that.
    stamps = {packet: packet_stamp(packet) for packet in by_number(room)}
    for packet, stamp in stamps.items():
        if OPUS_SILENCE not in packet:
            number = int(parse_rtp(packet).payload[1:].split()[1])
            assert stamp == (number - 1) * 960


def test_a_leaf_without_a_root_keeps_its_rooms_with_silence() -> None:
    world = LeafWorld(FAIR, FAIR)
    room = world.room("coast")
    world.run(1.0)
    assert kinds(room.sound) == ["silence"]
    assert len(room.sound) > 40
    world.carry(0)
    world.run(1.0)
    assert kinds(room.sound) == ["silence", "common"]


def test_sender_reports_keep_lips_with_voices_across_a_silence() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    world.run(1.5)
    world.root.alive = False
    world.run(2.0)
    world.root.alive = True
    world.root.zero_s += 2.0
    world.run(2.2)
    report = room.reports[Mid.SOUND][-1]
    assert report.ssrc == SOUND_SSRC
    # What the root says at that instant, moved by what silence has moved the timestamps.
    wall_s = report.ntp / (1 << 32) - 2_208_988_800
    at_s = wall_s - world.clock.wall_s() + world.clock.now_s()
    root_ticks = (at_s - world.root.zero_s) * 48_000
    last = by_number(room)[-1]
    number = int(parse_rtp(last).payload[1:].split()[1])
    moved = packet_stamp(last) - (number - 1) * 960
    assert abs(report.rtp_timestamp - moved - root_ticks) < 2
    assert report.packets > 200
    assert room.media.viewers[Mid.SOUND].rtt_s() is not None


def test_who_has_no_loan_hears_silence_where_only_the_common_mix_is_away() -> None:
    world = LeafWorld(FAIR, FAIR)
    lane = world.carry(0)
    rooms = [world.room("coast"), world.room("hills"), world.room("isle")]
    world.run(0.5)
    for room in rooms[:2]:
        speak(world, room)
    world.run(1.0)
    lane.sound_on = False
    world.run(1.0)
    assert kinds(rooms[0].sound) == ["common", "without-coast"]
    assert kinds(rooms[1].sound) == ["common", "without-hills"]
    assert kinds(rooms[2].sound) == ["common", "silence"]
    for room in rooms:
        by_number(room)


@pytest.mark.parametrize("seed", range(6))
def test_nobody_hears_itself_whatever_happens_to_lanes_and_lines(seed: int) -> None:
    chance = Random(seed)
    trunk = Weather(loss=0.05, delay_s=0.01, jitter_s=0.01, twice=0.02, seed=seed)
    world = LeafWorld(trunk, BAD_LINES)
    lane = world.carry(0)
    rooms = [world.room("coast"), world.room("hills"), world.room("isle")]
    loans: dict[Room, FarLane] = {}
    for _ in range(40):
        room = chance.choice(rooms)
        loan = loans.get(room)
        match chance.randrange(6):
            case 0 | 1 if loan is None:
                loans[room] = speak(world, room)
            case 2 if loan is not None:
                world.engine.drop(loans.pop(room).lane)
            case 3 if loan is not None:
                loan.sound_on = not loan.sound_on
            case 4:
                lane.sound_on = not lane.sound_on
            case 5:
                world.root.alive = not world.root.alive
        world.run(chance.choice([0.02, 0.1, 0.3, 0.6]))
    spoke = [loan for loan in world.root.lanes if loan.came[Mid.MICROPHONE]]
    assert spoke
    heard_others = 0
    for room in rooms:
        heard_others += sum(b"+without" in packet for packet in by_number(room))
    assert heard_others > 0


def test_another_root_goes_on_under_the_same_numbers_for_speakers_too() -> None:
    world = LeafWorld(FAIR, FAIR)
    old = world.carry(0)
    rooms = [world.room("coast"), world.room("hills")]
    world.run(0.5)
    loan = speak(world, rooms[0])
    world.run(1.0)
    world.root.alive = False
    world.run(0.6)
    world.root = FarRoot(world.clock, world.trunk, first_ssrc=950)
    for lane in (old, loan):
        world.engine.drop(lane.lane)
    world.carry(0)
    speak(world, rooms[0])
    world.run(1.5)
    assert kinds(rooms[0].sound) == ["common", "without-coast", "silence", "without-coast"]
    assert kinds(rooms[1].sound) == ["common", "silence", "common"]
    for room in rooms:
        ordered = by_number(room)
        steps = {
            seq_delta(packet_seq(after), packet_seq(before)) for before, after in pairwise(ordered)
        }
        assert steps == {1}
        assert len({parse_rtp(packet).ssrc for packet in ordered}) == 1
