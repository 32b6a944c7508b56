"""When a leaf goes on by itself and when it merges, in time that is moved by hand."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.mcu.cutoff import CUT_S, REST_S, STEADY_S, Cutoff, Deed, Seen

_STEP_S = 0.1
_BACK_S = CUT_S - 3 * _STEP_S


@dataclass
class Line:
    """A leaf with its rooms; a part begins and ends at once when that is due."""

    rooms: int = 3
    now_s: float = 100.0
    up: bool = True
    over: bool = False
    part: bool = False
    ended: bool = False
    cutoff: Cutoff = field(default_factory=lambda: Cutoff(100.0))
    deeds: list[tuple[float, Deed]] = field(default_factory=list)

    def passes(self, seconds: float, *, up: bool | None = None) -> list[Deed]:
        """Let time pass; return what was to be done."""
        self.up = self.up if up is None else up
        done: list[Deed] = []
        for _ in range(round(seconds / _STEP_S)):
            seen = Seen(self.up, self.over, self.part, self.ended, self.rooms)
            self.cutoff, deed = self.cutoff.step(seen, self.now_s)
            if deed is Deed.BEGIN:
                assert not self.part
                self.part, self.ended = True, False
            if deed is Deed.END:
                assert self.part
                self.part = self.ended = False
            if deed is not Deed.NOTHING:
                done.append(deed)
                self.deeds.append((self.now_s, deed))
            self.now_s += _STEP_S
        return done


def test_a_trunk_that_is_down_for_two_seconds_begins_a_part_once() -> None:
    line = Line()
    line.passes(1)
    assert line.passes(CUT_S, up=False) == []
    assert line.passes(1) == [Deed.BEGIN]
    assert line.passes(60) == []
    assert line.cutoff.is_cut(line.now_s)


def test_a_trunk_that_is_back_in_time_is_as_if_nothing_had_happened() -> None:
    line = Line()
    for _ in range(10):
        line.passes(1, up=True)
        assert line.passes(_BACK_S, up=False) == []
    assert not line.cutoff.is_cut(line.now_s)


def test_it_merges_as_soon_as_the_trunk_has_been_back_for_a_moment() -> None:
    line = Line()
    line.passes(1)
    line.passes(30, up=False)
    assert line.passes(STEADY_S, up=True) == []
    assert line.passes(1) == [Deed.END]
    assert line.passes(60) == []


def test_a_line_that_only_blinks_up_ends_no_part() -> None:
    line = Line()
    line.passes(1)
    line.passes(5, up=False)
    for _ in range(5):
        assert line.passes(STEADY_S, up=True) == []
        assert line.passes(5, up=False) == []


def test_cut_again_soon_after_the_merge_the_rooms_wait_before_the_next_part() -> None:
    line = Line()
    line.passes(1)
    line.passes(5, up=False)
    assert line.passes(1, up=True) == [Deed.END]
    merged_s = line.deeds[-1][0]
    assert line.passes(20, up=False) == [Deed.BEGIN]
    assert line.deeds[-1][0] - merged_s >= REST_S
    assert line.deeds[-1][0] - merged_s < REST_S + 2 * _STEP_S


def test_a_part_that_its_chair_has_ended_is_not_begun_again_before_the_trunk_was_back() -> None:
    line = Line()
    line.passes(1)
    line.passes(5, up=False)
    line.ended = True
    assert line.passes(60) == []
    assert line.passes(1, up=True) == [Deed.END]
    assert line.passes(30, up=False) == [Deed.BEGIN]


def test_a_process_that_begins_anew_while_it_is_cut_off_goes_on_with_the_part_of_before() -> None:
    line = Line(up=False, part=True)
    assert line.passes(60) == []
    assert line.passes(1, up=True) == [Deed.END]


def test_a_process_that_begins_anew_after_the_line_is_back_merges() -> None:
    line = Line(up=True, part=True)
    assert line.passes(1) == [Deed.END]


def test_where_nothing_was_ever_heard_of_the_meeting_there_is_nothing_to_go_on_with() -> None:
    fresh = Cutoff(0.0)
    seen = Seen(up=False, rooms=3, known=False)
    for now_s in (0.0, 2.0, 60.0):
        fresh, deed = fresh.step(seen, now_s)
        assert deed is Deed.NOTHING


def test_a_room_alone_has_nobody_to_meet_and_waits_until_another_calls() -> None:
    line = Line(rooms=1)
    line.passes(1)
    assert line.passes(30, up=False) == []
    assert line.cutoff.is_cut(line.now_s)
    line.rooms = 2
    assert line.passes(1) == [Deed.BEGIN]


def test_a_meeting_that_is_known_to_be_over_is_not_carried_on_and_its_part_ends() -> None:
    line = Line()
    line.passes(1)
    line.passes(5, up=False)
    line.over = True
    assert line.passes(1) == [Deed.END]
    assert line.passes(60) == []


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=30))
def test_whatever_the_line_does_parts_begin_and_end_in_turn_and_rooms_rest_between(
    course: list[tuple[bool, int]],
) -> None:
    line = Line()
    for up, steps in course:
        line.passes(steps * _STEP_S, up=up)
        if line.part:
            # Never together and apart for longer than it takes to see that the line is steady.
            steady = up and line.now_s - line.cutoff.since_s > STEADY_S + 2 * _STEP_S
            assert not steady
    kinds = [deed for _, deed in line.deeds]
    assert kinds == [Deed.BEGIN if n % 2 == 0 else Deed.END for n in range(len(kinds))]
    ends = [at for at, deed in line.deeds if deed is Deed.END]
    begins = [at for at, deed in line.deeds if deed is Deed.BEGIN]
    rests = [begin - end for end, begin in zip(ends, begins[1:], strict=False)]
    assert all(rest >= REST_S - 1e-6 for rest in rests)
