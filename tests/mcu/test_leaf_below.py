"""A leaf below a leaf: the same pictures and sound one tier further, no codec on the way."""

from itertools import pairwise

import pytest

from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import SiteId, seq_delta
from nhipcau.rtp.packet import is_rtcp, packet_seq
from nhipcau.rtp.receiver import VideoReceiver
from nhipcau.rtp.rtcp_feedback import Pli
from nhipcau.sound.opusframes import OPUS_SILENCE
from nhipcau.webrtc.memory import MemoryConnection, Weather
from tests.mcu.deepworld import DeepWorld
from tests.mcu.leafworld import FarLane, Room, drain, runs

FAIR = Weather(delay_s=0.005)
BAD_TRUNK = Weather(loss=0.03, delay_s=0.005, jitter_s=0.004, twice=0.02, seed=3)
BAD_LINES = Weather(loss=0.03, delay_s=0.01, jitter_s=0.01, twice=0.02, seed=4)
EACH = pytest.mark.parametrize(
    "weather", [(FAIR, FAIR), (BAD_TRUNK, BAD_LINES)], ids=["fair", "bad"]
)
COAST = SiteId("coast")


def pleas(lane: FarLane, mid: Mid = Mid.PROGRAM) -> int:
    return sum(isinstance(message, Pli) for message in lane.heard[mid])


def heard(room: Room) -> list[str]:
    """Return what was heard, run by run: `common`, a lane's name, `silence`."""
    found: list[str] = []
    for payload in room.sound:
        kind = "silence" if payload == OPUS_SILENCE else payload[1:].decode().split()[0]
        if not found or found[-1] != kind:
            found.append(kind)
    return found


def sound_of(connection: MemoryConnection) -> list[bytes]:
    """Return the packets of sound that a lane has brought, which nobody has taken."""
    return [packet for packet in drain(connection.pipe(Mid.SOUND)) if not is_rtcp(packet)]


def hears_itself(room: Room) -> bool:
    own = f"+without-{room.media.seat}".encode()
    return any(own in packet for packet in room.packets[Mid.SOUND])


def give_floor(world: DeepWorld, room: Room) -> FarLane:
    """Lend both tiers' loans to a room of the leaf below, which then speaks."""
    loan = world.carry(None)
    loan.own = f"without-{room.media.seat}"
    assert room.media.seat is not None
    world.lend_below(room.media.seat)
    world.engine.lend(loan.lane, room.media.seat)
    room.speaks = room.films = True
    return loan


@EACH
def test_rooms_of_both_leaves_get_the_root_s_pictures_byte_for_byte(
    weather: tuple[Weather, Weather],
) -> None:
    world = DeepWorld(*weather)
    world.carry(0)
    world.lane_below(0)
    near, far = world.room("hills"), world.room_below("coast")
    world.run(4.0)
    for room in (near, far):
        seen = world.seen(room)
        assert runs(seen) == ["720p"]
        assert len(seen) > 85


def test_a_second_tier_adds_no_more_than_a_beat() -> None:
    world = DeepWorld()
    lane = world.carry(0)
    world.lane_below(0)
    room = world.room_below("coast")
    world.run(1.0)
    source = lane.sources[Mid.PROGRAM]
    behind: list[int] = []
    world.run(1.0, lambda _now_s: behind.append(source.number - 1 - world.seen(room)[-1].number))
    assert sum(behind) / len(behind) < 0.5


@EACH
def test_a_room_below_is_heard_and_seen_at_the_root_as_it_sent_it(
    weather: tuple[Weather, Weather],
) -> None:
    world = DeepWorld(*weather)
    world.carry(0)
    world.lane_below(0)
    room = world.room_below("coast")
    world.run(1.0)
    loan = give_floor(world, room)
    receiver = VideoReceiver(PAYLOAD_TYPES[Mid.CAMERA])
    taken = frames = 0

    def take(now_s: float) -> None:
        nonlocal taken, frames
        for packet in loan.came[Mid.CAMERA][taken:]:
            receiver.handle_rtp(packet, now_s)
        taken = len(loan.came[Mid.CAMERA])
        for packet in receiver.poll_rtcp(now_s):
            loan.far.pipe(Mid.CAMERA).send(packet)
        while receiver.poll_frame() is not None:
            frames += 1

    world.run(6.0, take)
    assert frames > 120
    voices = {packet[12:] for packet in loan.came[Mid.MICROPHONE]}
    assert voices <= {packet[12:] for packet in room.sent[Mid.MICROPHONE]}
    assert len(voices) > 250
    for mid in (Mid.CAMERA, Mid.MICROPHONE):
        ssrc = loan.lane.sends[mid].ssrc.to_bytes(4)
        assert {packet[8:12] for packet in loan.came[mid]} == {ssrc}


@EACH
def test_who_speaks_below_hears_its_own_lane_and_never_itself(
    weather: tuple[Weather, Weather],
) -> None:
    world = DeepWorld(*weather)
    world.carry(0)
    world.lane_below(0)
    room, other, near = world.room_below("coast"), world.room_below("hills"), world.room("plain")
    world.run(1.0)
    give_floor(world, room)
    world.run(3.0)
    assert heard(room) == ["common", "without-coast"]
    for listener in (other, near):
        assert heard(listener) == ["common"]
        assert any(b"+without-coast" in packet for packet in listener.packets[Mid.SOUND])
    assert not hears_itself(room)


@EACH
def test_who_has_spoken_below_goes_back_to_the_common_mix(
    weather: tuple[Weather, Weather],
) -> None:
    world = DeepWorld(*weather)
    world.carry(0)
    world.lane_below(0)
    room = world.room_below("coast")
    world.run(1.0)
    loan = world.carry(None)
    loan.own = "without-coast"
    media, lane = world.lend_below(COAST)
    world.engine.lend(loan.lane, COAST)
    room.speaks = True
    world.run(2.0)
    # The root takes it back while the room speaks on; the leaf follows in the same moment.
    world.engine.drop(loan.lane)
    world.engine.close(media)
    world.below.drop(lane)
    world.run(2.0)
    kinds = [kind for kind in heard(room) if kind != "silence"]
    assert kinds == ["common", "without-coast", "common"]
    assert not hears_itself(room)


def test_a_root_that_stands_still_while_one_below_speaks_gives_its_voice_back_to_nobody() -> None:
    world = DeepWorld(FAIR, FAIR)
    world.carry(0)
    world.lane_below(0)
    room = world.room_below("coast")
    world.run(1.0)
    give_floor(world, room)
    world.run(2.0)
    world.root.alive = False
    world.run(3.0)
    world.root.alive = True
    world.run(2.0)
    assert not hears_itself(room)
    assert heard(room)[-1] == "without-coast"


@pytest.mark.parametrize(("place", "sounds"), [(0, True), (1, False), (None, False)])
def test_only_the_first_rung_s_lane_brings_the_common_mix(place: int | None, sounds: bool) -> None:
    world = DeepWorld(FAIR, FAIR)
    world.carry(0)
    _, there, _ = world.lane_below(place, carried=False)
    world.run(0.5)
    assert bool(sound_of(there)) is sounds


def test_a_lane_that_is_lent_brings_what_its_site_may_hear_and_nothing_before() -> None:
    world = DeepWorld(FAIR, FAIR)
    world.carry(0)
    media, there, _ = world.lane_below(None, carried=False)
    media.move(COAST)
    world.engine.seat_anew()
    world.run(0.5)
    assert not sound_of(there)
    loan = world.carry(None)
    loan.own = "without-coast"
    world.engine.lend(loan.lane, COAST)
    world.run(0.5)
    came = sound_of(there)
    assert len(came) > 15
    assert all(b"without-coast" in packet for packet in came)


def test_many_who_need_a_key_frame_below_cost_the_root_one() -> None:
    world = DeepWorld(FAIR, FAIR)
    lane = world.carry(0)
    world.lane_below(0)
    rooms = [world.room_below(f"site {n}", wish=9) for n in range(5)]
    near = world.room("hills")
    world.run(1.5)
    source, before = lane.sources[Mid.PROGRAM], world.root.made.copy()
    for room in rooms:
        room.media.watcher(Mid.PROGRAM).set_wish(0)
    world.run(0.4)
    made = [one for data, one in world.root.made.items() if data not in before]
    assert sum(one.keyframe for one in made if one.source == source.name) == 1
    assert all(world.seen(room) for room in rooms)
    assert world.seen(near)


def test_a_plea_from_below_is_not_lost_though_another_was_just_answered() -> None:
    world = DeepWorld(FAIR, FAIR)
    world.carry(0)
    world.lane_below(0)
    world.room("hills")
    first = world.room_below("coast")
    late = world.room_below("plain", wish=9)
    world.run(1.0)
    assert world.seen(first)
    world.room("north")
    world.run(0.15)
    late.media.watcher(Mid.PROGRAM).set_wish(0)
    world.run(1.0)
    assert world.seen(late)


def test_what_rooms_below_are_on_is_in_use_and_a_lane_of_nobody_is_not() -> None:
    world = DeepWorld(FAIR, FAIR)
    for place in range(2):
        world.carry(place)
    world.lane_below(1)
    spare, _ = world.lend_below(COAST)
    spare.watcher(Mid.PROGRAM).set_wish(0)
    world.run(0.5)
    assert world.engine.rungs_in_use() == {(PROGRAM_VIEW, "360p"), (CONTENT_VIEW, "720p")}


def test_a_lane_brings_its_own_rung_or_nothing() -> None:
    world = DeepWorld(FAIR, FAIR)
    world.carry(1)
    world.lane_below(0)
    room = world.room_below("coast", wish=0)
    world.run(1.0)
    assert not world.seen(room)


def test_a_return_view_comes_down_both_tiers_in_the_rung_that_the_line_carries() -> None:
    world = DeepWorld(FAIR, FAIR)
    world.carry(0)
    world.lane_below(0)
    room = world.room_below("coast")
    world.run(1.0)
    loan = world.carry(None)
    loan.own = "without-coast"
    media, _ = world.lend_below(COAST)
    world.engine.lend(loan.lane, COAST)
    world.run(0.1)
    assert world.engine.wishes() == {COAST: 9}
    media.watcher(Mid.PROGRAM).set_wish(world.below.wishes()[COAST])
    assert world.engine.wishes() == {COAST: 0}
    loan.show(world.root.sources["return"])
    world.run(1.0)
    loan.hide(Mid.PROGRAM)
    world.run(1.0)
    assert runs(world.seen(room)) == ["720p", "return", "720p"]
    seqs = [packet_seq(packet) for packet in room.packets[Mid.PROGRAM]]
    assert all(seq_delta(after, before) == 1 for before, after in pairwise(seqs))
