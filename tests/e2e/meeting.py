"""Puts the shared meeting into a state that a test can begin with."""

from functools import partial

from nhipcau.app.demo import FIRST_SPEAKER
from tests.e2e.desk import Desk
from tests.e2e.room import Room
from tests.e2e.waiting import eventually


def _changed_since(seen: int, desk: Desk) -> bool:
    return bool(desk.scenario["revision"] > seen)


def close_scenario(desk: Desk) -> None:
    """Pass over all that comes, so that the meeting is led by hand; the first speaker speaks."""
    desk.until(lambda desk: desk.scenario, "the scenario")
    for cue in [cue["cue"] for cue in desk.scenario["cues"] if cue["state"] == "coming"]:
        seen = desk.scenario["revision"]
        desk.do("cue_skip", seen=seen, cue=cue)
        desk.until(partial(_changed_since, seen), "the change")
    desk.do("cue_next", seen=desk.scenario["revision"])
    desk.until(lambda desk: desk.scenario["over"], "the end of the scenario")
    desk.do("give_floor", site=FIRST_SPEAKER)
    desk.do("layout", layout="auto")


def calm(desk: Desk, rooms: dict[str, Room]) -> None:
    """Leave nobody with the floor, no hand up, no microphone open or locked, layout `auto`."""
    desk.ask("take_floor")
    desk.ask("mute_all", locked=False)
    for site in rooms:
        desk.ask("mute", site=site)
        desk.ask("lower_hand", site=site)
    desk.ask("layout", layout="auto")
    for room in rooms.values():
        eventually(room.mic_is_closed, f"microphone of {room.site} closed")
