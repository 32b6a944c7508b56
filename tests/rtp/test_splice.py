"""One numbering of sound over sources that come and go, and over silence that was filled in."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.splice import Place, Splice

TICKS, HZ = 960, 48_000
MASK32 = 0xFFFFFFFF


def splice() -> Splice:
    return Splice(HZ, TICKS)


def feed(line: Splice, first: int, count: int, stamp: int = 0) -> list[Place]:
    places = [line.place(seq & 0xFFFF, stamp + 960 * n) for n, seq in _counted(first, count)]
    assert all(place is not None for place in places)
    return [place for place in places if place is not None]


def _counted(first: int, count: int) -> list[tuple[int, int]]:
    return list(enumerate(range(first, first + count)))


def test_without_silence_numbers_and_timestamps_are_the_source_s_own() -> None:
    places = feed(splice(), 65_530, 20, stamp=7_000)
    assert [place.number & 0xFFFF for place in places] == [
        n & 0xFFFF for n in range(65_530, 65_550)
    ]
    assert [place.stamp for place in places] == [7_000 + 960 * n for n in range(20)]


def test_a_source_that_stood_still_goes_on_behind_the_silence() -> None:
    line = splice()
    before = feed(line, 40, 3)[-1]
    filled = [line.fill(0.1), *(line.fill(0.02) for _ in range(9))]
    after = feed(line, 43, 2, stamp=3 * 960)
    numbers = [place.number for place in (*filled, *after)]
    assert numbers == list(range(before.number + 1, before.number + 13))
    # The first silence comes 100 ms after the last sound, and says so.
    assert filled[0].stamp == before.stamp + 5 * 960
    assert [place.stamp for place in after] == [filled[-1].stamp + 960 * n for n in (1, 2)]
    assert line.stamp_shift == after[0].stamp - 3 * 960


def test_a_source_that_went_on_unheard_keeps_its_timestamps() -> None:
    line = splice()
    feed(line, 40, 3)
    for n in range(10):
        line.fill(0.1 if not n else 0.02)
    # 14 packets of time have passed; the source is back with its 17th.
    after = feed(line, 57, 2, stamp=17 * 960)
    assert [place.stamp for place in after] == [17 * 960, 18 * 960]
    assert after[0].number == line.last - 1


def test_a_late_packet_finds_its_place_and_one_whose_number_was_filled_finds_none() -> None:
    line = splice()
    feed(line, 40, 2)
    feed(line, 43, 1, stamp=3 * 960)
    line.fill(0.1)
    missing = line.place(42, 2 * 960)
    assert missing is not None
    assert missing.number == line.last - 2
    # 46 is the first that comes after the silence: 44 and 45 came too late for a place.
    feed(line, 46, 1, stamp=6 * 960)
    assert line.place(44, 4 * 960) is None
    assert line.place(45, 5 * 960) is None
    again = line.place(41, 960)
    assert again is not None
    assert again.stamp == 960


def test_another_source_goes_on_with_the_same_numbers() -> None:
    line = splice()
    before = feed(line, 40, 3)[-1]
    line.restart()
    after = feed(line, 60_000, 2, stamp=123_456_789)
    assert [place.number for place in after] == [before.number + 1, before.number + 2]
    assert [place.stamp for place in after] == [before.stamp + 960, before.stamp + 1_920]


def test_silence_before_any_source_counts_from_zero() -> None:
    line = splice()
    assert line.last == -1
    assert [line.fill(0.02).number for _ in range(3)] == [0, 1, 2]
    assert feed(line, 500, 1, stamp=99)[0].number == 3


@given(st.lists(st.sampled_from(["sound", "lost", "silence", "restart"]), max_size=60))
def test_numbers_never_go_back_and_no_two_packets_share_one(story: list[str]) -> None:
    line, seq, numbers, stamps = splice(), 65_500, [], []
    for event in story:
        if event == "silence":
            place: Place | None = line.fill(0.02)
        elif event == "restart":
            line.restart()
            seq = seq * 7 & 0xFFFF
            continue
        else:
            seq = seq + 1 & 0xFFFF
            if event == "lost":
                continue
            place = line.place(seq, seq * 960 & MASK32)
        assert place is not None
        numbers.append(place.number)
        stamps.append(place.stamp)
    assert numbers == sorted(set(numbers))
    steps = [after - before & MASK32 for before, after in pairwise(stamps)]
    assert all(0 < step < 1 << 31 for step in steps)
