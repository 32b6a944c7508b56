"""Conference and event file together: a crash leaves the conference between two commands."""

from pathlib import Path

from nhipcau.conference import EMPTY, ConferenceState
from nhipcau.conference import commands as c
from nhipcau.conference.replay import replay
from nhipcau.conference.wire import dump_event
from nhipcau.storage.eventfile import EventFile

from .meeting import CHAIR, GIANG_LY, HALL, NHA_TRANG, PLAN, Meeting, room, seat

COURSE: tuple[c.Command, ...] = (
    PLAN,
    c.SiteJoined(HALL, seat(HALL), capture=True),
    c.SiteJoined(GIANG_LY, seat(GIANG_LY), capture=True),
    c.SiteJoined(NHA_TRANG, seat(NHA_TRANG), capture=True),
    c.SetHand(room(GIANG_LY), up=True),
    c.GiveFloor(CHAIR, GIANG_LY),
    c.SetContent(room(GIANG_LY), on=True),
    c.GiveFloor(CHAIR, NHA_TRANG),
    c.SiteLeft(GIANG_LY, seat(GIANG_LY)),
)


def state_on(path: Path) -> ConferenceState:
    log = EventFile(path, sync=False)
    try:
        return replay(log.replay())
    finally:
        log.close()


def test_a_log_cut_anywhere_holds_whole_commands_only(tmp_path: Path) -> None:
    path = tmp_path / "tet.log"
    meeting, states = Meeting(), [EMPTY]
    log = EventFile(path)
    for command in COURSE:
        log.append([dump_event(event) for event in meeting.does(command)])
        states.append(meeting.state)
    log.close()
    assert state_on(path) == meeting.state
    data = path.read_bytes()
    found = []
    for size in range(len(data), -1, -1):
        path.write_bytes(data[:size])
        found.append(states.index(state_on(path)))
    assert found == sorted(found, reverse=True)
    assert set(found) == set(range(len(states)))


def test_after_a_kill_the_meeting_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "tet.log"
    meeting = Meeting()
    for command in COURSE[:-1]:
        meeting.does(command)
    log = EventFile(path)
    log.append([dump_event(event) for event in meeting.log])
    log.close()
    again = Meeting(state_on(path))
    again.does(c.Restart())
    again.joins(HALL, GIANG_LY, NHA_TRANG)
    before, after = meeting.state, again.state
    assert (after.floor, after.hands, after.content) == (before.floor, before.hands, before.content)
    assert after.sites == before.sites
