"""The chair's page leads the meeting; the rooms' pages follow."""

from functools import partial

import pytest
from playwright.sync_api import Page

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import ON_AIR
from nhipcau.picture.layout import cells, shipped_layouts
from tests.e2e.conftest import COMMUNE, DISTRICT, HALL
from tests.e2e.desk import Desk
from tests.e2e.measure import PROGRAM_SIZE, colours, near
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

# A frame of 4 px on a large tile, colour at half resolution: its red is mixed with its neighbours.
_FRAME_TOLERANCE = 60


@pytest.fixture(autouse=True)
def quiet_meeting(desk: Desk, rooms: dict[str, Room]) -> None:
    calm(desk, rooms)


def _row(chair: Page, site: str) -> str:
    return f'[data-testid=site-row][data-site="{site}"]'


def _says(room: Room, tally: str) -> None:
    eventually(partial(room.says, tally), f"{room.site}: {tally}")


def test_a_hand_is_seen_and_the_floor_given_and_taken_back(
    chair: Page, rooms: dict[str, Room]
) -> None:
    district, commune = rooms[DISTRICT], rooms[COMMUNE]
    district.press("raise-hand")
    _says(district, "next")
    commune.press("raise-hand")
    hands = chair.locator("[data-testid=hands] > li")
    eventually(lambda: hands.count() == 2, "two hands")
    assert hands.nth(0).get_attribute("data-site") == DISTRICT
    _says(commune, "listen")

    hands.nth(0).locator("button").first.click()

    _says(district, "on_air")
    _says(commune, "next")
    eventually(district.mic_is_open, "the microphone opened by the floor")
    name = chair.locator(_row(chair, DISTRICT)).locator(".site__name").inner_text()
    eventually(lambda: name in chair.get_by_test_id("floor-holder").inner_text(), "the holder")
    eventually(lambda: hands.count() == 1, "one hand")

    chair.get_by_test_id("take-all").click()

    _says(district, "listen")
    eventually(district.mic_is_closed, "the microphone closed with the floor")


def test_the_tile_of_the_floor_holder_has_a_red_frame(
    chair: Page, desk: Desk, rooms: dict[str, Room]
) -> None:
    chair.locator(_row(chair, COMMUNE)).get_by_test_id("give-floor").click()
    _says(rooms[COMMUNE], "on_air")
    chair.locator('[data-layout="1+7"]').click()
    desk.until(lambda desk: desk.state["shown"] == "1+7", "the layout")
    desk.until(lambda desk: desk.state["cells"][0]["site"] == COMMUNE, "the holder in the large")
    large = cells(shipped_layouts()["1+7"], *PROGRAM_SIZE)[0]
    frame = Cell(large.x, large.y + large.height // 3, 2, large.height // 3)

    def framed() -> bool:
        seen = colours(rooms[HALL].page, [frame])
        return seen is not None and near(seen[0], ON_AIR, _FRAME_TOLERANCE)

    eventually(framed, "a red frame on the program")


def test_mute_all_closes_every_microphone_and_the_lock_keeps_them_closed(
    chair: Page, rooms: dict[str, Room]
) -> None:
    district, commune = rooms[DISTRICT], rooms[COMMUNE]
    district.open_mic()
    commune.open_mic()
    chair.get_by_test_id("mute-lock").check()
    chair.get_by_test_id("mute-all").click()
    for room in (district, commune):
        eventually(room.mic_is_closed, "microphone closed")
        eventually(room.find("mic").is_disabled, "microphone locked")
    chair.get_by_test_id("mute-lock").uncheck()
    chair.get_by_test_id("mute-all").click()
    district.open_mic()


def test_the_layout_changes_for_everybody(chair: Page, desk: Desk) -> None:
    for layout in ("3x3", "duo", "auto"):
        chair.locator(f'[data-layout="{layout}"]').click()
        chair.locator(f'[data-layout="{layout}"][aria-pressed=true]').wait_for()
        assert desk.ask("layout", layout=layout)["type"] == "ok"
        assert desk.state["layout"] == layout
