"""What rooms send: drained while nobody wants it, passed on unopened while it is lent."""

from itertools import pairwise

from nhipcau.mcu.leafengine import LeafPlan
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import SiteId
from nhipcau.rtp.packet import packet_seq, parse_rtp
from nhipcau.rtp.receiver import VideoReceiver
from nhipcau.rtp.rtcp_feedback import Nack, Pli, Remb
from nhipcau.rtp.rtcp_reports import SenderReport
from nhipcau.rtp.timeline import ntp_from_wall
from nhipcau.webrtc.memory import MemoryPipe, Weather
from tests.mcu.leafworld import FarLane, LeafWorld, Room

FAIR = Weather(delay_s=0.005)
BAD_TRUNK = Weather(loss=0.03, delay_s=0.005, jitter_s=0.004, twice=0.02, seed=3)
BAD_LINES = Weather(loss=0.03, delay_s=0.01, jitter_s=0.01, twice=0.02, seed=4)


def lend(world: LeafWorld, room: Room) -> FarLane:
    loan = world.carry(None)
    assert room.media.seat is not None
    world.engine.lend(loan.lane, room.media.seat)
    return loan


def test_what_goes_up_is_what_the_room_sent_but_for_the_ssrc() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    room.films = room.speaks = True
    loan = lend(world, room)
    world.run(2.0)
    for mid, least in ((Mid.CAMERA, 100), (Mid.MICROPHONE, 80)):
        came = loan.came[mid]
        ssrc = loan.lane.sends[mid].ssrc.to_bytes(4)
        assert len(came) > least
        sent = [packet[:8] + ssrc + packet[12:] for packet in room.sent[mid]]
        assert set(came) <= set(sent)
        first = sent.index(came[0])
        assert came == sent[first : first + len(came)]


def test_two_bad_lines_are_repaired_each_for_itself() -> None:
    world = LeafWorld(BAD_TRUNK, BAD_LINES)
    room = world.room("coast")
    room.films = True
    loan = lend(world, room)
    receiver = VideoReceiver(PAYLOAD_TYPES[Mid.CAMERA])
    frames = []
    taken = 0

    def take(now_s: float) -> None:
        nonlocal taken
        for packet in loan.came[Mid.CAMERA][taken:]:
            receiver.handle_rtp(packet, now_s)
        taken = len(loan.came[Mid.CAMERA])
        for packet in receiver.poll_rtcp(now_s):
            loan.far.pipe(Mid.CAMERA).send(packet)
        while (frame := receiver.poll_frame()) is not None:
            frames.append(frame)

    world.run(10.0, take)
    assert len(frames) > 225
    stats = receiver.stats()
    assert stats.recovered > 10
    said = world.engine.stats().outlets[SiteId("coast"), Mid.CAMERA]
    assert said.resent > 5
    assert room.media.ups[Mid.CAMERA].stats().received > 500


def test_lending_asks_the_room_for_a_key_frame_and_so_does_the_root() -> None:
    world = LeafWorld(FAIR, FAIR)
    room = world.room("coast")
    room.films = True
    world.engine.follow(LeafPlan(frozenset({SiteId("coast")})))
    world.run(1.0)
    before = len(room.sent[Mid.CAMERA])
    loan = lend(world, room)
    world.run(0.3)
    assert keyframes(room.sent[Mid.CAMERA][before:]) == 1
    world.run(0.7)
    before = len(room.sent[Mid.CAMERA])
    loan.say(Mid.CAMERA, Pli(1, loan.lane.sends[Mid.CAMERA].ssrc))
    world.run(0.3)
    assert keyframes(room.sent[Mid.CAMERA][before:]) == 1


def test_the_root_s_nack_is_answered_from_what_went_up() -> None:
    world = LeafWorld()
    room = world.room("coast")
    room.films = True
    loan = lend(world, room)
    world.run(1.0)
    came = list(loan.came[Mid.CAMERA])
    loan.came[Mid.CAMERA].clear()
    asked = came[-20:-10]
    seqs = tuple(packet_seq(packet) for packet in asked)
    room.films = False
    loan.say(Mid.CAMERA, Nack(1, loan.lane.sends[Mid.CAMERA].ssrc, seqs))
    world.run(0.1)
    assert loan.came[Mid.CAMERA] == asked


def test_a_room_is_told_no_more_than_the_root_says_that_the_trunk_carries() -> None:
    world = LeafWorld(FAIR, FAIR)
    room = world.room("coast")
    room.films = True
    loan = lend(world, room)
    world.engine.follow(LeafPlan(frozenset({SiteId("coast")})))
    world.run(1.0)
    own_bps = room.media.uplink.bps
    loan.say(Mid.CAMERA, Remb(1, 300_000, (loan.lane.sends[Mid.CAMERA].ssrc,)))
    world.run(1.5)
    assert room.media.uplink.bps == 300_000
    assert room.rembs[-1] == 300_000
    # More than the room's own line carries is no reason to send it.
    loan.say(Mid.CAMERA, Remb(1, 10 * own_bps, (loan.lane.sends[Mid.CAMERA].ssrc,)))
    world.run(1.5)
    assert room.media.uplink.bps == own_bps
    # What a lane carried is nothing that the next one has to carry.
    loan.say(Mid.CAMERA, Remb(1, 300_000, (loan.lane.sends[Mid.CAMERA].ssrc,)))
    world.run(1.5)
    world.engine.lend(loan.lane, None)
    world.run(0.5)
    assert room.media.uplink.bps == own_bps


def test_a_room_s_clocks_go_up_as_of_now_with_the_lane_s_counts() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    room.films = room.speaks = True
    loan = lend(world, room)
    world.run(1.0)
    ntp = ntp_from_wall(world.clock.wall_s() - 7_000)
    room.report(ntp, world.clock.now_s())
    world.run(0.5)
    for mid, rate in ((Mid.CAMERA, 90_000), (Mid.MICROPHONE, 48_000)):
        (report,) = [one for one in loan.heard[mid] if isinstance(one, SenderReport)]
        assert report.ssrc == loan.lane.sends[mid].ssrc
        since = (report.ntp - ntp) / (1 << 32)
        assert abs(report.rtp_timestamp - rate * (5 + since)) < 2
        assert report.packets > 40


def test_what_nobody_wants_is_drained_and_goes_nowhere() -> None:
    world = LeafWorld()
    loan = world.carry(None)
    room = world.room("coast")
    room.films = room.speaks = True
    world.run(3.0)
    assert loan.came == {Mid.CAMERA: [], Mid.CONTENT_UP: [], Mid.MICROPHONE: []}
    for mid in (Mid.CAMERA, Mid.MICROPHONE):
        pipe = room.media.connection.pipe(mid)
        assert isinstance(pipe, MemoryPipe)
        assert pipe.dropped == 0
        stats = room.media.ups[mid].stats()
        assert stats.received > 0.8 * len(room.sent[mid])
        assert not stats.lent


def test_a_loan_that_is_taken_back_takes_nothing_more_up() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    room.films = room.speaks = True
    loan = lend(world, room)
    world.run(1.0)
    world.engine.lend(loan.lane, None)
    world.run(0.1)
    before = {mid: len(packets) for mid, packets in loan.came.items()}
    world.run(1.0)
    assert {mid: len(packets) for mid, packets in loan.came.items()} == before
    assert before[Mid.CAMERA] > 50
    assert before[Mid.MICROPHONE] > 20


def test_a_loan_waits_for_its_site_to_dial_and_stays_with_it_when_it_dials_anew() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    loan = world.carry(None)
    world.engine.lend(loan.lane, SiteId("coast"))
    world.run(0.5)
    taken: list[int] = []
    for _ in range(2):
        room = world.room("coast")
        room.films = room.speaks = True
        world.run(1.0)
        world.engine.close(room.media)
        world.run(0.5)
        for mid, packets in loan.came.items():
            # One source to the root: its numbers go on though another connection sends.
            steps = {b - a & 0xFFFF for a, b in pairwise(map(packet_seq, packets))}
            assert steps <= {1}, mid
        taken.append(len(loan.came[Mid.CAMERA]))
    assert taken[0] > 50
    assert taken[1] > taken[0] + 50
    first = loan.came[Mid.CAMERA][taken[0]]
    assert keyframes([first]) == 1


def test_a_lane_that_is_not_carried_is_passed_over() -> None:
    world = LeafWorld()
    lane = world.root.lane(None)
    world.engine.lend(lane.lane, SiteId("coast"))
    world.engine.drop(lane.lane)
    world.run(0.1)


def test_a_lent_line_is_measured_and_the_room_is_told_what_it_carries() -> None:
    world = LeafWorld(FAIR, FAIR)
    room = world.room("coast")
    room.films = True
    world.run(2.0)
    assert room.rembs == []
    lend(world, room)
    world.run(3.0)
    assert len(room.rembs) >= 2
    assert abs(room.rembs[-1] - room.media.uplink.bps) < 0.01 * room.media.uplink.bps


def keyframes(packets: list[bytes]) -> int:
    return sum(parse_rtp(packet).payload[3] & 0x1F == 7 for packet in packets if packet[12] == 0x78)
