"""Puts the shared meeting into a state that a test can begin with."""

from tests.e2e.desk import Desk
from tests.e2e.room import Room
from tests.e2e.waiting import eventually


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
