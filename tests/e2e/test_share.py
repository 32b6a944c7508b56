"""A room shares its screen: everyone else sees the same picture, sharp, beside the program."""

from functools import partial

import pytest

from nhipcau.mcu.ladder import CONTENT_LADDER
from tests.e2e.conftest import COMMUNE, DISTRICT, HALL
from tests.e2e.desk import Desk
from tests.e2e.measure import progress
from tests.e2e.room import Room
from tests.e2e.screen import sees_the_screen, share_a_screen
from tests.e2e.waiting import eventually

# A machine that is too busy to show the large picture gets a smaller one.
_SIZES = [(spec.video.width, spec.video.height) for spec in CONTENT_LADDER]

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]


def test_a_shared_screen_is_seen_by_the_others(desk: Desk, rooms: dict[str, Room]) -> None:
    sharer, watchers = rooms[DISTRICT], (rooms[HALL], rooms[COMMUNE])
    share_a_screen(sharer)
    desk.until(lambda desk: (desk.state["content"] or {}).get("site") == DISTRICT, "content")
    for room in watchers:
        eventually(partial(sees_the_screen, room), f"the screen in {room.site}")
        seen = progress(room.page, "content")
        assert seen is not None
        assert (seen.width, seen.height) in _SIZES
        eventually(room.plays, f"program beside it in {room.site}")

    sharer.press("share")

    desk.until(lambda desk: desk.state["content"] is None, "no content")
    for room in watchers:
        room.find("content").wait_for(state="detached")
