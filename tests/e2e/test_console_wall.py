"""The console: every site at a glance, any site looked at and tested, and no room notices."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, Playwright

from nhipcau.picture.cell import Cell
from tests.e2e.browser import open_desk
from tests.e2e.conftest import COMMUNE, DISTRICT, HALL, own_colour
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.measure import colours, ground, near, powers, progress, still_colour, told
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_NHA_TRANG = "568"
_SPEAKER, _LOOKED_AT = "573", "572"
# What is heard is at least 20 dB above what is not.
_APART = 100.0


@pytest.fixture(scope="module")
def console(demo: Demo, playwright: Playwright) -> Iterator[Page]:
    with open_desk(playwright, str(demo.says["console"]), "site-tile") as page:
        page.get_by_test_id("filter-state").select_option("present")
        yield page


@pytest.fixture(autouse=True)
def one_speaks(desk: Desk, rooms: dict[str, Room]) -> None:
    """Fill the program with one synthetic site that speaks."""
    calm(desk, rooms)
    desk.do("give_floor", site=_SPEAKER)
    desk.do("layout", layout="speaker")


def test_every_present_site_has_a_tile_with_its_picture(console: Page, desk: Desk) -> None:
    present = {site for site, row in desk.rows.items() if row["present"]}
    assert {HALL, DISTRICT, COMMUNE, _SPEAKER} < present
    eventually(lambda: set(_tiles(console)) == present, "a tile for each")
    eventually(partial(_have_pictures, console, present), "a picture in each")


def test_a_tile_shows_the_level_of_who_speaks(console: Page, rooms: dict[str, Room]) -> None:
    rooms[DISTRICT].open_mic()
    for site in (_SPEAKER, DISTRICT):
        eventually(partial(_is_loud, console, site), f"level of {site}")
    assert not _is_loud(console, _LOOKED_AT)


def test_the_search_finds_a_name_without_accents(console: Page, desk: Desk) -> None:
    states = console.get_by_test_id("filter-state")
    search = console.get_by_test_id("search")
    states.select_option("all")
    search.fill("nha trang")
    below = {site for site, row in desk.rows.items() if row["parent"] == _NHA_TRANG}
    eventually(lambda: set(_tiles(console)) == {_NHA_TRANG, *below}, "Nha Trang and below")
    states.select_option("present")
    eventually(lambda: _tiles(console) == [_NHA_TRANG], "Nha Trang itself")
    search.fill("")
    eventually(lambda: len(_tiles(console)) > 1, "the others again")


def test_a_site_is_looked_at_while_the_program_stays(console: Page, rooms: dict[str, Room]) -> None:
    room = rooms[HALL].page
    eventually(lambda: _floor(room) == [_SPEAKER], "the floor")
    eventually(lambda: told(room, "state")["shown"] == "speaker", "the layout")
    eventually(lambda: _shows(room, "program", _SPEAKER), "who speaks in the program")
    before = told(room, "state")
    _tile(console, _LOOKED_AT).click()
    eventually(lambda: _shows(console, "director", _LOOKED_AT), "the site in the panel")
    after = told(room, "state")
    assert (after["cells"], after["floor"]) == (before["cells"], before["floor"])
    assert _shows(room, "program", _SPEAKER)
    console.get_by_test_id("panel-close").click()
    console.get_by_test_id("director").wait_for(state="detached")


def test_a_silent_room_is_measured_and_nobody_hears_it(
    console: Page, rooms: dict[str, Room]
) -> None:
    silent, heard, listener = rooms[COMMUNE], rooms[DISTRICT], rooms[HALL]
    heard.open_mic()
    _tile(console, COMMUNE).click()
    panel = console.get_by_test_id("site-panel")
    level = partial(_percent, panel.get_by_role("meter"))
    eventually(lambda: level() == 0, "nothing measured")
    panel.get_by_test_id("panel-test").click()
    eventually(lambda: level() > 0, "a level")
    silent.find("tested").wait_for()
    assert silent.mic_is_closed()
    loud, quiet = powers(listener.page, [heard.devices.tone_hz, silent.devices.tone_hz])
    assert loud > _APART * quiet
    panel.get_by_test_id("panel-test").click()
    eventually(lambda: level() == 0, "no level after the test")
    silent.find("tested").wait_for(state="detached")
    panel.get_by_test_id("panel-close").click()


def test_the_load_of_the_mcu_is_shown(console: Page) -> None:
    load = console.get_by_test_id("mcu-load")
    eventually(lambda: re.search(r"\d+ ?%", load.inner_text()), "a share")
    (mcu,) = told(console, "mcu")["mcus"]
    assert mcu["cpu_cores"] > 0
    assert mcu["name"] in (load.get_attribute("title") or "")


def _tile(console: Page, site: str) -> Locator:
    return console.locator(f'[data-testid=site-tile][data-site="{site}"]')


def _floor(page: Page) -> list[str]:
    """Return who has the floor, as this page was told last."""
    return [holder["site"] for holder in told(page, "state").get("floor", [])]


def _tiles(console: Page) -> list[str]:
    found: list[str] = console.get_by_test_id("site-tile").evaluate_all(
        "tiles => tiles.map((tile) => tile.dataset.site)"
    )
    return found


def _have_pictures(console: Page, sites: set[str]) -> bool:
    seen = {site: still_colour(console, site) for site in sites}
    wrong = {
        site: colour
        for site, colour in seen.items()
        if colour is None or not near(colour, own_colour(site))
    }
    if wrong:
        print(wrong)
    return not wrong


def _shows(page: Page, testid: str, site: str) -> bool:
    """Return True when a video, of whatever size, is filled by one site's picture."""
    video = progress(page, testid)
    if video is None:
        return False
    seen = colours(page, [ground(Cell(0, 0, video.width, video.height))], testid)
    return seen is not None and near(seen[0], own_colour(site))


def _is_loud(console: Page, site: str) -> bool:
    """Return True when the bar of a tile is filled by a tenth at least."""
    bar = _tile(console, site).locator(".tile__level")
    style = (bar.get_attribute("style") or "") if bar.count() else ""
    found = re.search(r"scaleX\(([\d.]+)\)", style)
    return found is not None and float(found[1]) > 0.1


def _percent(meter: Locator) -> int:
    return int(meter.get_attribute("aria-valuenow") or 0)
