"""Times of cues are worked out anew after every change."""

from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.planning.editing import MovePart
from nhipcau.planning.plan import Cue, Header, Plan, Turn
from nhipcau.planning.timeline import (
    clock_min,
    clock_text,
    cue_minutes,
    lay_out,
    span,
    timeline,
    turns_together,
)

from .session import checked, field, row

TIMES = st.one_of(st.none(), st.integers(min_value=0, max_value=1439).map(clock_text))
CUES = st.builds(
    Cue,
    id=st.just("c"),
    at=TIMES,
    minutes=st.one_of(st.none(), st.integers(min_value=0, max_value=300)),
    turns=st.lists(
        st.builds(Turn, minutes=st.one_of(st.none(), st.integers(min_value=0, max_value=60))),
        max_size=4,
    ).map(tuple),
    open_turns=st.integers(min_value=0, max_value=10),
    turn_minutes=st.one_of(st.none(), st.integers(min_value=0, max_value=10)),
)


@given(st.lists(CUES, max_size=30), st.integers(min_value=0, max_value=1439))
def test_every_cue_begins_at_its_own_time_or_when_the_one_before_ends(
    cues: list[Cue], start: int
) -> None:
    slots = lay_out(cues, start)
    assert len(slots) == len(cues)
    for cue, slot in zip(cues, slots, strict=True):
        assert slot.ends_min - slot.begins_min == cue_minutes(cue) >= 0
        assert cue.at is None or slot.begins_min == clock_min(cue.at)
        assert len(slot.turns_min) == len(cue.turns)
    for before, slot in pairwise(slots):
        assert slot.gap_min == slot.begins_min - before.ends_min
    for cue, (_, slot) in zip(cues[1:], pairwise(slots), strict=True):
        assert cue.at is not None or slot.gap_min == 0


@given(st.lists(CUES, min_size=2, max_size=12), st.data())
def test_cues_without_a_time_of_their_own_may_be_dragged_and_the_sum_stays(
    cues: list[Cue], data: st.DataObject
) -> None:
    free = [cue.model_copy(update={"at": None}) for cue in cues]
    dragged = data.draw(st.permutations(free))
    assert lay_out(free, 480)[-1].ends_min == lay_out(dragged, 480)[-1].ends_min


@given(st.integers(min_value=0, max_value=1439))
def test_a_time_of_day_reads_as_it_is_written(minutes: int) -> None:
    assert clock_min(clock_text(minutes)) == minutes


def test_turns_tell_when_each_begins_until_one_has_no_length() -> None:
    turns = (Turn(minutes=4), Turn(minutes=4), Turn(), Turn(minutes=1))
    (slot,) = lay_out([Cue(id="c", minutes=12, turns=turns)], 9 * 60)
    assert slot.turns_min == (540, 544, 548, None)
    assert turns_together(Cue(id="c", turns=turns)) == 9


def test_a_dragged_cue_moves_all_that_follow() -> None:
    made = checked(MovePart(op="move", part="cues/c8", after="c4"))
    clocks = {slot.cue: clock_text(slot.begins_min) for slot in timeline(made.plan)}
    assert [clocks[name] for name in ("c4", "c8", "c5", "c9")] == [
        "08:30",
        "08:38",
        "08:45",
        "09:08",
    ]


def test_another_hour_moves_only_what_has_no_time_of_its_own() -> None:
    made = checked(field("starts", "2024-01-25T14:00:00"), row("cues/c0", at=None))
    clocks = [clock_text(slot.begins_min) for slot in timeline(made.plan)]
    assert clocks[:3] == ["14:00", "08:00", "08:05"]


def test_a_meeting_lasts_from_its_first_cue_to_the_end_of_the_last() -> None:
    assert span(Plan()) is None
    empty = span(Plan(header=Header(starts=datetime(2024, 1, 25, 8))))
    assert empty is not None and (empty.ends - empty.starts).seconds == 3600
    assert f"{empty.starts:%H:%M %z}" == "08:00 +0700"
