"""Pictures at a leaf: repeated byte for byte, whatever is lost, and whatever a room changes."""

from itertools import pairwise
from random import Random

import pytest

from nhipcau.mcu.leafengine import LeafPlan
from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId, seq_delta
from nhipcau.rtp.packet import packet_seq, parse_rtp
from nhipcau.rtp.rtcp_feedback import Nack, Pli
from nhipcau.webrtc.memory import Weather
from tests.mcu.leafworld import FarLane, FarRoot, LeafWorld, Room, drain, runs

FAIR = Weather(delay_s=0.005)
BAD_TRUNK = Weather(loss=0.03, delay_s=0.005, jitter_s=0.004, twice=0.02, seed=3)
BAD_LINES = Weather(loss=0.03, delay_s=0.01, jitter_s=0.01, twice=0.02, seed=4)


def pleas(lane: FarLane, mid: Mid = Mid.PROGRAM) -> int:
    return sum(isinstance(message, Pli) for message in lane.heard[mid])


def nacked(lane: FarLane, mid: Mid = Mid.PROGRAM) -> int:
    return sum(isinstance(message, Nack) for message in lane.heard[mid])


def wish(room: Room, place: int) -> None:
    room.media.watcher(Mid.PROGRAM).set_wish(place)


def in_a_row(room: Room, mid: Mid = Mid.PROGRAM) -> bool:
    """Return True when each packet that came has the number after the one before."""
    seqs = [packet_seq(packet) for packet in room.packets[mid]]
    return all(seq_delta(after, before) == 1 for before, after in pairwise(seqs))


def test_a_room_gets_the_root_s_pictures_byte_for_byte() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    room = world.room("coast")
    world.run(2.0)
    seen = world.seen(room)
    assert runs(seen) == ["720p"]
    assert len(seen) > 40
    assert {parse_rtp(packet).ssrc for packet in room.packets[Mid.PROGRAM]} == {100}


def test_a_repeated_picture_is_no_later_than_a_beat() -> None:
    world = LeafWorld()
    lane = world.carry(0)
    room = world.room("coast")
    world.run(1.0)
    source = lane.sources[Mid.PROGRAM]
    behind: list[int] = []
    world.run(1.0, lambda _now_s: behind.append(source.number - 1 - world.seen(room)[-1].number))
    # A picture's own packets take 6 ms; beyond that the two lines and the leaf add one beat.
    assert sum(behind) / len(behind) < 0.5


@pytest.mark.parametrize("seed", range(4))
def test_over_two_bad_lines_every_room_s_chain_is_unbroken(seed: int) -> None:
    trunk = Weather(loss=0.03, delay_s=0.005, jitter_s=0.004, twice=0.02, seed=seed)
    world = LeafWorld(trunk, BAD_LINES)
    lane = world.carry(0)
    rooms = [world.room(f"site {n}") for n in range(3)]
    world.run(6.0)
    for room in rooms:
        assert len(world.seen(room)) > 130
    assert nacked(lane) > 10
    trunk_stats = world.engine.stats().pictures["program/720p"].trunk
    assert trunk_stats.recovered > 10
    assert trunk_stats.duplicates > 3


@pytest.mark.parametrize("weather", [(FAIR, FAIR), (BAD_TRUNK, BAD_LINES)], ids=["fair", "bad"])
def test_a_room_changes_rung_down_and_up_with_one_numbering(
    weather: tuple[Weather, Weather],
) -> None:
    world = LeafWorld(*weather)
    for place in range(3):
        world.carry(place)
    room = world.room("coast")
    wishes = [0, 2, 1, 0, 2, 0, 1]
    for place in wishes:
        wish(room, place)
        # Going up waits for a key frame that is made anyway.
        for source in world.root.sources.values():
            source.key_wanted = True
        world.run(1.5)
    seen = world.seen(room)
    assert runs(seen) == [("720p", "360p", "180p")[place] for place in wishes]
    if weather[0] is FAIR:
        assert in_a_row(room)
    assert world.engine.stats().waiting == 0


def test_who_goes_down_asks_for_a_key_frame_and_who_goes_up_waits_for_one() -> None:
    world = LeafWorld()
    high, low = world.carry(0), world.carry(1)
    room = world.room("coast")
    world.run(1.0)
    low.heard[Mid.PROGRAM].clear()
    wish(room, 1)
    world.run(1.0)
    assert pleas(low) == 1
    high.heard[Mid.PROGRAM].clear()
    wish(room, 0)
    world.run(1.0)
    assert pleas(high) == 0
    assert runs(world.seen(room)) == ["720p", "360p"]
    high.sources[Mid.PROGRAM].key_wanted = True
    world.run(0.5)
    assert runs(world.seen(room)) == ["720p", "360p", "720p"]


def test_the_key_frame_of_an_instant_that_was_seen_comes_a_tick_later() -> None:
    world = LeafWorld()
    world.carry(0)
    low = world.carry(1)
    room = world.room("coast")
    world.run(1.0)
    wish(room, 1)
    low.sources[Mid.PROGRAM].key_wanted = True
    world.run(0.5)
    stamps = [frame.timestamp for frame in room.frames[Mid.PROGRAM]]
    assert 1 in [after - before for before, after in pairwise(stamps)]
    assert runs(world.seen(room)) == ["720p", "360p"]


def test_a_room_s_nack_is_answered_by_the_leaf_alone_over_all_changes() -> None:
    world = LeafWorld()
    lanes = [world.carry(place) for place in range(3)]
    room = world.room("coast")
    for place in (0, 2, 1):
        wish(room, place)
        world.run(0.7)
    got = room.packets[Mid.PROGRAM][-150:]
    assert len({parse_rtp(packet).timestamp for packet in got}) > 20
    room.deaf = True
    world.run(0.1)
    drain(room.far.pipe(Mid.PROGRAM))
    for at in range(0, len(got), 50):
        some = got[at : at + 50]
        nack = Nack(1, 100, tuple(packet_seq(packet) for packet in some))
        room.far.pipe(Mid.PROGRAM).send(nack.to_bytes())
        world.run(0.1)
        back = drain(room.far.pipe(Mid.PROGRAM))
        assert set(some) <= set(back)
    assert sum(nacked(lane) for lane in lanes) == 0


def test_rooms_that_lost_their_chain_share_one_prompt_key_frame_in_two_seconds() -> None:
    world = LeafWorld()
    lane = world.carry(0)
    rooms = [world.room(f"site {n}") for n in range(5)]
    world.run(3.0)
    lane.heard[Mid.PROGRAM].clear()

    def complain(_now_s: float) -> None:
        for room in rooms:
            room.far.pipe(Mid.PROGRAM).send(Pli(1, 100).to_bytes())

    world.run(4.0, complain)
    assert 2 <= pleas(lane) <= 3


def test_a_gap_that_the_root_can_t_fill_asks_for_a_key_frame_twice_a_second_at_most() -> None:
    world = LeafWorld()
    lane = world.carry(0)
    room = world.room("coast")
    world.run(1.0)
    source = lane.sources[Mid.PROGRAM]
    # A picture is made that nobody ever gets, and the root forgets it.
    source.lanes.clear()
    world.run(0.041)
    world.run(0.02)
    source.sender.cache.__init__()  # type: ignore[misc]
    source.lanes.append(lane)
    lane.heard[Mid.PROGRAM].clear()
    world.run(1.5)
    assert 1 <= pleas(lane) <= 3
    assert len(world.seen(room)) > 40
    assert world.engine.stats().pictures["program/720p"].trunk.lost > 0


def test_where_no_lane_brings_what_is_wished_the_next_lower_one_stands_in() -> None:
    world = LeafWorld()
    world.carry(2)
    room = world.room("coast")
    world.run(1.0)
    assert runs(world.seen(room)) == ["180p"]
    assert world.engine.rungs_in_use() >= {("program", "720p"), ("program", "180p")}
    world.carry(0)
    world.run(1.0)
    assert runs(world.seen(room)) == ["180p", "720p"]
    assert ("program", "180p") not in world.engine.rungs_in_use()


def test_a_room_stays_where_it_is_until_the_lane_that_it_wishes_for_is_there() -> None:
    world = LeafWorld()
    world.carry(0)
    room = world.room("coast")
    world.run(1.0)
    wish(room, 1)
    world.run(1.0)
    assert runs(world.seen(room)) == ["720p"]
    world.carry(1)
    world.run(1.0)
    assert runs(world.seen(room)) == ["720p", "360p"]


def test_a_lane_that_is_dropped_leaves_its_last_picture_and_another_goes_on() -> None:
    world = LeafWorld()
    high = world.carry(0)
    world.carry(2)
    room = world.room("coast")
    world.run(1.0)
    world.engine.drop(high.lane)
    world.engine.drop(high.lane)
    world.run(1.0)
    assert runs(world.seen(room)) == ["720p", "180p"]
    assert in_a_row(room)


def test_a_newer_lane_of_the_same_rung_takes_over_without_a_pause() -> None:
    world = LeafWorld()
    old = world.carry(0)
    room = world.room("coast")
    world.run(1.0)
    world.carry(0)
    world.run(0.5)
    world.engine.drop(old.lane)
    world.run(0.5)
    stamps = [frame.timestamp for frame in room.frames[Mid.PROGRAM]]
    world.seen(room)
    assert max(after - before for before, after in pairwise(stamps)) <= 2 * 3_600


def test_whose_line_carries_sound_only_gets_no_packet_of_a_picture() -> None:
    world = LeafWorld()
    world.carry(0)
    room = world.room("coast")
    world.run(1.0)
    wish(room, 3)
    world.run(0.1)
    before = len(room.packets[Mid.PROGRAM])
    world.run(1.0)
    assert len(room.packets[Mid.PROGRAM]) == before
    assert len(room.sound) > 90
    wish(room, 0)
    world.run(1.0)
    assert len(room.packets[Mid.PROGRAM]) > before
    world.seen(room)


def test_content_comes_with_a_ladder_of_its_own() -> None:
    world = LeafWorld()
    for place in range(3):
        world.carry(place)
    rooms = [world.room(f"site {n}", wish=n) for n in range(3)]
    world.run(2.0)
    kinds = [runs(world.seen(room, Mid.CONTENT)) for room in rooms]
    assert kinds == [["content 1080p"], ["content 720p"], []]
    assert {parse_rtp(packet).ssrc for packet in rooms[0].packets[Mid.CONTENT]} == {101}


def test_a_holder_of_the_floor_sees_its_return_view_while_it_comes_down_its_loan() -> None:
    world = LeafWorld(BAD_TRUNK, FAIR)
    world.carry(0)
    loan = world.carry(None)
    room, other = world.room("coast"), world.room("hills")
    world.run(1.0)
    world.engine.lend(loan.lane, room.media.seat)
    loan.show(world.root.sources["return"])
    world.run(2.0)
    loan.hide(Mid.PROGRAM)
    world.run(2.0)
    assert runs(world.seen(room)) == ["720p", "return", "720p"]
    assert runs(world.seen(other)) == ["720p"]
    assert {parse_rtp(packet).ssrc for packet in room.packets[Mid.PROGRAM]} == {100}


def test_a_loan_that_is_taken_back_gives_its_room_the_program_again() -> None:
    world = LeafWorld()
    world.carry(1)
    loan = world.carry(None)
    room = world.room("coast", wish=1)
    world.run(1.0)
    world.engine.lend(loan.lane, room.media.seat)
    loan.show(world.root.sources["return"])
    world.run(1.0)
    assert world.engine.wishes() == {"coast": 1}
    assert room.media.watcher(Mid.PROGRAM).served is not None
    world.engine.lend(loan.lane, None)
    world.run(1.0)
    world.engine.drop(loan.lane)
    world.run(0.2)
    assert runs(world.seen(room)) == ["360p", "return", "360p"]
    assert in_a_row(room)
    assert world.engine.wishes() == {}


def test_sender_reports_tell_the_root_s_clocks_and_each_room_s_own_counts() -> None:
    world = LeafWorld(FAIR, FAIR)
    world.carry(0)
    first = world.room("coast")
    world.run(2.0)
    second = world.room("hills")
    world.run(2.5)
    for room in (first, second):
        report = room.reports[Mid.PROGRAM][-1]
        wall_s = report.ntp / (1 << 32) - 2_208_988_800
        at_s = wall_s - world.clock.wall_s() + world.clock.now_s()
        assert abs(report.rtp_timestamp - (at_s - world.root.zero_s) * 90_000) < 2
        assert report.ssrc == 100
    counts = [room.reports[Mid.PROGRAM][-1].packets for room in (first, second)]
    assert counts[0] > 1.5 * counts[1] > 0
    assert first.media.viewers[Mid.PROGRAM].rtt_s() is not None


def test_a_root_that_begins_anew_goes_on_in_a_room_s_own_time() -> None:
    world = LeafWorld()
    old = world.carry(0)
    room = world.room("coast")
    world.run(2.0)
    world.root.alive = False
    world.run(1.0)
    made = world.root.made
    world.root = FarRoot(world.clock, world.trunk, first_ssrc=950)
    world.root.made = made
    world.carry(0)
    world.engine.drop(old.lane)
    world.run(2.5)
    stamps = [frame.timestamp for frame in room.frames[Mid.PROGRAM]]
    assert stamps == sorted(stamps)
    steps = [after - before for before, after in pairwise(stamps)]
    assert 90_000 <= max(steps) < 1.5 * 90_000
    assert len(stamps) > 90
    reports = room.reports[Mid.PROGRAM]
    walls = [report.ntp / (1 << 32) for report in (reports[0], reports[-1])]
    ticks = reports[-1].rtp_timestamp - reports[0].rtp_timestamp
    assert abs(ticks / 90_000 - (walls[1] - walls[0])) < 0.1


def test_a_room_that_left_is_sent_nothing_and_keeps_nothing_alive() -> None:
    world = LeafWorld()
    world.carry(0)
    room = world.room("coast")
    world.run(1.0)
    world.engine.close(room.media)
    world.engine.close(room.media)
    world.run(0.2)
    assert world.engine.connected() == ()
    assert world.engine.rungs_in_use() == frozenset()
    before = world.engine.stats().pictures["program/720p"]
    world.run(0.5)
    after = world.engine.stats().pictures["program/720p"]
    assert (before.sent, before.refused, after.viewers) == (after.sent, after.refused, 0)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_rooms_lanes_and_loans_do_no_room_gets_a_broken_picture(seed: int) -> None:
    chance = Random(seed)
    trunk = Weather(loss=0.03, delay_s=0.005, jitter_s=0.01, twice=0.02, seed=seed)
    world = LeafWorld(trunk, BAD_LINES)
    lanes = {place: world.carry(place) for place in range(3)}
    rooms = [world.room("coast"), world.room("hills")]
    loans: dict[Room, FarLane] = {}
    for _ in range(30):
        room = chance.choice(rooms)
        loan = loans.get(room)
        match chance.randrange(6):
            case 0 | 1 | 2:
                wish(room, chance.randrange(4))
            case 3 if loan is None:
                loan = loans[room] = world.carry(None)
                world.engine.lend(loan.lane, room.media.seat)
                loan.show(world.root.sources["return"])
            case 3 if loan is not None:
                world.engine.drop(loans.pop(room).lane)
            case 4:
                place = chance.randrange(3)
                world.engine.drop(lanes[place].lane)
                lanes[place] = world.carry(place)
            case 5:
                world.root.alive = not world.root.alive
        world.run(chance.choice([0.02, 0.1, 0.3, 0.6]))
    world.root.alive = True
    for room in rooms:
        wish(room, 1)
    for loan in loans.values():
        world.engine.drop(loan.lane)
    # Who goes up waits for a key frame that is made anyway.
    world.run(1.0)
    world.root.sources["360p"].key_wanted = True
    world.run(1.5)
    for room in rooms:
        assert runs(world.seen(room))[-1] == "360p"
    assert world.engine.stats().waiting == 0


def test_who_waits_at_the_door_sees_and_hears_nothing_until_it_is_let_in() -> None:
    world = LeafWorld()
    world.carry(0)
    room, other = world.room("coast"), world.room("hills")
    world.engine.follow(LeafPlan(at_door=frozenset({SiteId("coast")})))
    world.run(1.0)
    assert all(packets == [] for packets in room.packets.values())
    assert len(world.seen(other)) > 15
    world.engine.follow(LeafPlan())
    world.run(1.0)
    assert len(world.seen(room)) > 15
    assert len(room.sound) > 40
    world.engine.follow(LeafPlan(at_door=frozenset({SiteId("coast")})))
    world.run(0.1)
    before = {mid: len(packets) for mid, packets in room.packets.items()}
    world.run(0.5)
    assert {mid: len(packets) for mid, packets in room.packets.items()} == before
