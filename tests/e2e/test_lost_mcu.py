"""The media process is killed in the middle of the meeting: everyone and everything is back."""

import os
import signal
from functools import partial
from typing import Any

import pytest

from tests.e2e.demo import Demo, wait_for_another_media_process
from tests.e2e.desk import Desk
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

# The goal is 3 s; a machine with other things to do gets three times that.
_BACK_S = 9.0


def _kept(desk: Desk, sites: list[str]) -> dict[str, Any]:
    """Return what a killed MCU must not lose."""
    rows = {site: {key: desk.row(site)[key] for key in ("mic", "hand", "floor")} for site in sites}
    return {
        "rows": rows,
        "layout": desk.state["layout"],
        "floor": desk.state["floor"],
        "hands": desk.state["hands"],
    }


def test_after_the_mcu_is_killed_everybody_and_everything_is_back(
    demo: Demo, desk: Desk, rooms: dict[str, Room]
) -> None:
    hall, district, commune = rooms.values()
    calm(desk, rooms)
    desk.do("give_floor", site=district.site)
    hall.open_mic()
    commune.press("raise-hand")
    desk.do("layout", layout="3x3")
    synthetic = [site for site, row in desk.rows.items() if row["synthetic"] and row["present"]]
    everyone = [*rooms, *synthetic]
    desk.until(lambda desk: desk.row(commune.site)["hand"] == 1, "a hand up")
    desk.until(lambda desk: desk.state["layout"] == "3x3", "the layout")
    before = _kept(desk, everyone)
    tallies = {hall.site: "on_air", district.site: "on_air", commune.site: "next"}
    for site, room in rooms.items():
        eventually(partial(room.says, tallies[site]), f"the tally of {site}")
    killed = demo.media_pid()
    assert killed is not None

    os.kill(killed, signal.SIGKILL)

    desk.until(lambda desk: not desk.is_connected(), "the loss noticed")
    desk.until(lambda desk: desk.is_connected() and desk.present(*everyone), "all present again")
    assert _kept(desk, everyone) == before
    for room in rooms.values():
        eventually(room.plays, f"program again in {room.site}", _BACK_S)
        eventually(partial(room.says, tallies[room.site]), "its tally", _BACK_S)
    assert wait_for_another_media_process(demo, killed) != killed
