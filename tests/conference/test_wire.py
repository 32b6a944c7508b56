"""Events on disk and on trunks: round trip, and one typed error for everything else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.conference import commands as c
from nhipcau.conference import events as ev
from nhipcau.conference.commands import RosterRow
from nhipcau.conference.fold import fold
from nhipcau.conference.misfit import EventError
from nhipcau.conference.replay import ReplayError, replay
from nhipcau.conference.state import EMPTY
from nhipcau.conference.wire import (
    EVENTS_BY_NAME,
    MAX_EVENT_BYTES,
    WireError,
    dump_event,
    load_event,
)
from nhipcau.quantities import EndpointId, SiteId

from .meeting import CHAIR, GIANG_LY, HALL, Meeting, opened

# Written by the version that knew no other: each of its events at least once.
LOG_V1 = Path(__file__).parent / "data" / "log_v1.jsonl"

built = [st.from_type(cls) for cls in EVENTS_BY_NAME.values() if cls is not ev.SitesListed]
rows = st.lists(st.from_type(RosterRow)).map(tuple)
events = st.one_of([*built, st.builds(ev.SitesListed, st.integers(), rows)])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FLOOR_GIVEN = {"v": 1, "event": "floor_given", "at_ms": 5, "site": "573"}


@given(events)
def test_every_event_comes_back_as_it_went(event: ev.Event) -> None:
    data = dump_event(event)
    assert load_event(data) == event
    assert dump_event(load_event(data)) == data


def test_the_bytes_of_an_event_are_those_of_version_one() -> None:
    data = dump_event(
        ev.EndpointReplaced(7, GIANG_LY, EndpointId("b"), EndpointId("a"), True, False)
    )
    assert data == (
        b'{"v":1,"event":"endpoint_replaced","at_ms":7,"site":"22633","endpoint":"b",'
        b'"replaced":"a","capture":true,"synthetic":false}'
    )


def test_an_event_of_version_two_says_so() -> None:
    data = dump_event(ev.HandAsked(7, GIANG_LY))
    assert data == b'{"v":2,"event":"hand_asked","at_ms":7,"site":"22633"}'


def test_a_log_of_version_one_loads_and_is_written_back_byte_for_byte() -> None:
    records = LOG_V1.read_bytes().splitlines()
    state = replay(records)
    assert [dump_event(load_event(record)) for record in records] == records
    assert (state.seq, state.floor, state.hands) == (32, ("568",), ("573",))
    assert (state.content, state.layout, state.mics_locked) == ("568", "1+7", True)
    assert [row.presence.value for row in state.sites.values()] == [
        "present",
        "present",
        "lost",
        "absent",
    ]
    assert {site for site, row in state.sites.items() if row.mic} == {"56", "568"}
    assert (state.asked, state.hands_via_parent, state.doors_ask) == ((), False, False)
    assert state.undo is None


def test_a_meeting_of_version_one_goes_on_with_the_words_of_version_two() -> None:
    records = LOG_V1.read_bytes().splitlines()
    meeting = Meeting(replay(records))
    meeting.does(c.SetDoors(CHAIR, ask=True))
    meeting.joins(GIANG_LY)
    again = replay([*records, *(dump_event(event) for event in meeting.log)])
    assert again == meeting.state
    assert list(again.waiting()) == [GIANG_LY]


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_foreign_bytes_give_one_typed_error(data: bytes) -> None:
    with pytest.raises(WireError):
        load_event(data)


@given(st.sampled_from(sorted(FLOOR_GIVEN)), json_values)
def test_a_field_of_another_kind_is_refused(name: str, value: object) -> None:
    damaged = json.dumps({**FLOOR_GIVEN, name: value}).encode()
    try:
        event = load_event(damaged)
    except WireError:
        return
    assert type(value) is type(FLOOR_GIVEN[name])
    assert isinstance(event, ev.Event)


@pytest.mark.parametrize(
    "body",
    [
        {**FLOOR_GIVEN, "v": 2},
        {**FLOOR_GIVEN, "v": 3},
        {**FLOOR_GIVEN, "v": 0},
        {**FLOOR_GIVEN, "v": 1.5},
        {**FLOOR_GIVEN, "v": [1]},
        {"v": 1, "event": "doors_set", "at_ms": 1, "ask": True},
        {"v": 3, "event": "doors_set", "at_ms": 1, "ask": True},
        {**FLOOR_GIVEN, "v": True},
        {**FLOOR_GIVEN, "event": "floor_sold"},
        {**FLOOR_GIVEN, "event": ["floor_given"]},
        {**FLOOR_GIVEN, "extra": 1},
        {**FLOOR_GIVEN, "at_ms": 1.5},
        {**FLOOR_GIVEN, "at_ms": True},
        {**FLOOR_GIVEN, "site": None},
        {**FLOOR_GIVEN, "site": "\ud800"},
        {key: value for key, value in FLOOR_GIVEN.items() if key != "site"},
        {"v": 1, "event": "microphones_locked", "at_ms": 1, "locked": 1},
        {"v": 1, "event": "sites_listed", "at_ms": 1, "rows": {}},
        {"v": 1, "event": "sites_listed", "at_ms": 1, "rows": [["573"]]},
        [],
    ],
)
def test_what_this_version_would_not_write_is_refused(body: object) -> None:
    with pytest.raises(WireError):
        load_event(json.dumps(body).encode())


def test_a_deep_or_long_record_is_refused() -> None:
    for data in (b"[" * 60_000, b" " * (MAX_EVENT_BYTES + 1)):
        with pytest.raises(WireError):
            load_event(data)
    with pytest.raises(WireError):
        dump_event(ev.LayoutSet(1, "x" * MAX_EVENT_BYTES))
    with pytest.raises(WireError):
        dump_event(ev.LayoutSet(1, "\ud800"))
    with pytest.raises(WireError):
        dump_event(ev.Event(1))


@pytest.mark.parametrize(
    "event",
    [
        ev.MicrophoneOpened(1, SiteId("999")),
        ev.FloorGiven(1, SiteId("999")),
        ev.HandRaised(1, SiteId("999")),
        ev.SiteUnlisted(1, SiteId("999")),
        ev.ContentStarted(1, SiteId("999")),
        ev.HandAsked(1, SiteId("999")),
        ev.SiteWaited(1, SiteId("999"), EndpointId("a"), True, False),
        ev.SiteAdmitted(1, HALL),
        ev.UndoOffered(1, 2),
        ev.Event(1),
    ],
)
def test_an_event_that_does_not_fit_leaves_the_state_and_says_why(event: ev.Event) -> None:
    with pytest.raises(EventError):
        fold(opened().state, event)


def test_a_third_floor_holder_in_a_log_is_an_error() -> None:
    state = opened().state
    for site in (HALL, GIANG_LY):
        state = fold(state, ev.FloorGiven(1, site))
    for site in (HALL, SiteId("568")):
        with pytest.raises(EventError):
            fold(state, ev.FloorGiven(1, site))


def test_replay_names_the_first_record_that_is_wrong_and_keeps_what_was_right() -> None:
    meeting = opened(HALL)
    records = [dump_event(event) for event in meeting.log]
    with pytest.raises(ReplayError) as caught:
        replay([*records, b"{}"])
    assert caught.value.seq == len(records) + 1
    assert caught.value.state == meeting.state
    assert replay([]) is EMPTY
