"""A room that nobody sees is quiet on its line; given the floor it is there at once, and large."""

from collections.abc import Iterator, Mapping
from functools import partial

import pytest
from playwright.sync_api import Page, Playwright

from tests.e2e.browser import FLAGS, chromium_path, new_page, open_desk
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.measure import told
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_ROOM, _SPEAKER = "22519", "573"
_CAMERA = ("--use-fake-device-for-media-stream=fps=30", "--use-fake-ui-for-media-stream")
_QUIET_KBPS = 30.0
# What UDP, IPv4 and SRTP put around a packet, and TCP, IPv4 and the frame around a still's pieces.
_AROUND_PACKET, _AROUND_STILL = 38, 6 * 52
_STILL_BYTES = 7 * 1024


@pytest.fixture(scope="module")
def room(demo: Demo, desk: Desk, playwright: Playwright) -> Iterator[Page]:
    """A room with a camera of 720p that nobody sees: one synthetic site fills the program."""
    if chromium_path() is None:
        pytest.skip("needs Chromium")
    desk.ask("take_floor")
    desk.do("give_floor", site=_SPEAKER)
    desk.ask("layout", layout="speaker")
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *_CAMERA])
    page = new_page(browser)
    page.goto(demo.room(_ROOM))
    desk.until(lambda desk: desk.present(_ROOM), "the room present")
    eventually(lambda: told(page, "upstream"), "what the room is asked to send")
    yield page
    browser.close()


@pytest.fixture(scope="module")
def console(demo: Demo, room: Page, playwright: Playwright) -> Iterator[Page]:
    """The operators' wall, with the room's tile on it."""
    with open_desk(playwright, str(demo.says["console"]), "site-tile") as page:
        page.get_by_test_id("filter-state").select_option("present")
        yield page


def sent(page: Page) -> Mapping[str, float]:
    """Return what a page has sent since it was loaded."""
    found: Mapping[str, float] = page.evaluate("e2e.sent()")
    return found


def test_a_room_that_nobody_sees_sends_stills_and_nothing_else(room: Page, console: Page) -> None:
    eventually(lambda: told(room, "upstream")["still_s"] == 3, "stills asked for")
    assert not told(room, "upstream")["camera"]
    tile = console.locator(f'[data-testid=site-tile][data-site="{_ROOM}"]')
    tile.get_by_test_id("still").wait_for()
    before = sent(room)
    room.wait_for_timeout(12_000)
    after = sent(room)
    grown = {name: after[name] - value for name, value in before.items()}
    assert (grown["video"], grown["audio"]) == (0, 0)
    assert grown["stills"] in (3, 4, 5)
    assert max(room.evaluate("e2e.stills")) <= _STILL_BYTES
    around = _AROUND_PACKET * grown["packets"] + _AROUND_STILL * grown["stills"]
    kbps = 8 * (grown["bytes"] + grown["said"] + around) / grown["now"]
    print(f"unseen_site_up_kbps {kbps:.1f}")
    assert kbps <= _QUIET_KBPS


def test_a_tile_is_sent_small_and_who_has_the_floor_large(
    room: Page, desk: Desk, demo: Demo
) -> None:
    desk.do("layout", layout="4x4")
    eventually(partial(_sends, room, 360), "360p")
    assert told(room, "upstream")["max_bps"] <= 400_000
    desk.do("layout", layout="speaker")
    eventually(lambda: not told(room, "upstream")["camera"], "the camera no longer asked for")
    desk.do("next", site=_ROOM)
    eventually(partial(_sends, room, 720), "720p before it has the floor")
    assert room.get_by_test_id("tally").inner_text() == "SẮP ĐẾN LƯỢT"
    desk.do("give_floor", site=_ROOM)
    eventually(lambda: _lines(demo) == 720, "720 lines here")
    assert sent(room)["height"] == 720
    desk.do("give_floor", site=_SPEAKER)
    eventually(partial(_stands_still, room), "the quiet line again")


def _sends(room: Page, height: int) -> bool:
    before = sent(room)
    room.wait_for_timeout(500)
    after = sent(room)
    return after["height"] == height and after["video"] > before["video"]


def _stands_still(room: Page) -> bool:
    before = sent(room)
    room.wait_for_timeout(1_000)
    after = sent(room)
    return (after["video"], after["audio"]) == (before["video"], before["audio"])


def _lines(demo: Demo) -> float | None:
    """Return the height of the room's picture as the MCU decodes it."""
    return demo.metrics().get(f'nhipcau_mcu_camera_lines{{site="{_ROOM}"}}')
