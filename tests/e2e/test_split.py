"""The session splits into its districts' meetings and merges again: rooms go and come back by
themselves, each district is chaired by its own, and the hall stays with the province.
"""

import os
import signal
from functools import partial
from typing import Any

import pytest

from tests.e2e.demo import Demo, fetch_json
from tests.e2e.desk import Desk
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

_DISTRICT, _ALONE = "575", "573"
_BEGIN_S = 180.0


def _branch(desk: Desk, site: str) -> dict[str, Any]:
    """Return the branch that a site chairs, as the province's chair is told of it."""
    found = (one for one in desk.branches["branches"] if one["chair_site"] == site)
    return next(found, {"present": [], "url": ""})


def _apart(room: Room) -> bool:
    """Return True when the room says that it meets apart from the others, and shows pictures."""
    return room.find("branch").count() == 1 and room.find("program").count() == 1


def _changed_since(seen: int, desk: Desk) -> bool:
    return bool(desk.scenario["revision"] > seen)


def _together(room: Room) -> bool:
    return not room.find("branch").count()


def _hosted(demo: Demo) -> set[str]:
    """Return the chairing sites of the branches that a media process runs."""
    mcus = fetch_json(f"{demo.says['office']}/api/v1/demo")["mcus"]
    return {one["conference"].rpartition("--")[2] for one in mcus if "--" in one["conference"]}


def _split(demo: Demo, desk: Desk) -> None:
    """Go to the scenario's own split, wherever the tests before have left it."""
    if desk.scenario["over"]:
        desk.do("cue_back", seen=desk.scenario["revision"])
        desk.until(lambda desk: not desk.scenario["over"], "the scenario going on")
    cue = next(one["cue"] for one in desk.scenario["cues"] if one["kind"] == "split")
    for kind, how in (("cue_skip", {"on": False}), ("cue_move", {})):
        seen = desk.scenario["revision"]
        desk.do(kind, seen=seen, cue=cue, **how)
        desk.until(partial(_changed_since, seen), "the change")
    # The process begins before the split is due; this machine has other things to do.
    eventually(lambda: _DISTRICT in _hosted(demo), "the district's process", _BEGIN_S)
    desk.do("cue_next", seen=desk.scenario["revision"])
    desk.until(lambda desk: desk.branches["split"], "the split")


def _leads_its_district(district: Room, commune: Room) -> Desk:
    """Open the district's chair as its room is offered it; give its commune the floor."""
    link = eventually(
        lambda: district.find("branch-chair").get_attribute("href"), "the way to the chair"
    )
    assert link is not None
    address, token = link.split("/chair#token=")
    leading = Desk(address.replace("http", "ws", 1) + "/signal", token)
    leading.until(lambda desk: desk.present(district.site, commune.site), "both in their meeting")
    leading.do("give_floor", site=commune.site)
    return leading


def test_the_session_splits_into_its_districts_and_is_merged_again(
    demo: Demo, desk: Desk, rooms: dict[str, Room]
) -> None:
    hall, district, commune = rooms.values()
    calm(desk, rooms)
    desk.do("layout", layout="2x2")

    _split(demo, desk)

    for room in (district, commune):
        eventually(partial(_apart, room), f"{room.site} meets apart")
        eventually(room.plays, f"the district's program in {room.site}")
    assert "Khánh Sơn" in commune.find("branch").inner_text()
    assert not hall.find("branch").count()
    assert hall.plays()
    desk.until(
        lambda desk: {_DISTRICT, commune.site} <= set(_branch(desk, _DISTRICT)["present"]),
        "the province sees who is there",
    )
    # A district whose communes have not come stays.
    assert desk.present(_ALONE)
    desk.until(lambda desk: desk.row(commune.site)["branch"], "the roster says where it is")

    leading = _leads_its_district(district, commune)
    try:
        eventually(partial(commune.says, "on_air"), "the commune on air in its district")
        # The district's process falls; a page is loaded anew. Both are back where they were.
        conference = _branch(desk, _DISTRICT)["conference"]
        mcus = fetch_json(f"{demo.says['office']}/api/v1/demo")["mcus"]
        pid = next(one["pid"] for one in mcus if one["conference"] == conference)
        os.kill(pid, signal.SIGKILL)
        district.page.reload()
        leading.until(lambda desk: not desk.is_connected(), "the loss noticed")
        leading.until(
            lambda desk: desk.is_connected() and desk.present(district.site, commune.site), "back"
        )
        for room in (district, commune):
            eventually(room.plays, f"the district's program again in {room.site}")
        eventually(partial(commune.says, "on_air"), "still on air")
        eventually(partial(_apart, district), "the page loaded anew is in its district's meeting")

        desk.do("merge")

        leading.until(lambda desk: desk.over, "the end of the district's meeting")
    finally:
        leading.close()
    desk.until(lambda desk: not desk.branches["split"], "the merge")
    desk.until(lambda desk: desk.present(*rooms), "all rooms together again")
    for room in rooms.values():
        eventually(partial(_together, room), f"{room.site} is back")
        eventually(room.plays, f"the province's program in {room.site}")
    assert desk.row(commune.site)["branch"] == ""
    assert hall.plays()
