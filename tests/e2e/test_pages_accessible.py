"""axe-core finds nothing serious on any page, in the states in which people meet them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.e2e.browser import FLAGS, chromium_path, new_page
from tests.e2e.conftest import COMMUNE, DISTRICT
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_AXE = Path(__file__).parents[2] / "web-client" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not _AXE.is_file():
        pytest.skip("needs axe-core (npm ci in web-client)")
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *fake])
    yield browser
    browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[[object], Page]]:
    """A way to open a page at an address, closed with the test."""
    pages: list[Page] = []

    def open_page(address: object) -> Page:
        pages.append(new_page(browser, desk=True))
        pages[-1].goto(str(address))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


def _findings(page: Page) -> list[str]:
    """Return what axe-core minds gravely, each with the elements that it minds."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['impact']} {found['id']}: {[node['target'] for node in found['nodes']][:5]}"
        for found in result["violations"]
        if found["impact"] in _GRAVE
    ]


def test_the_landing_page_can_be_used_by_everybody(
    demo: Demo, opened: Callable[[object], Page]
) -> None:
    page = opened(demo.says["office"])
    page.get_by_test_id("join").first.wait_for()
    assert _findings(page) == []


def test_the_room_page_can_be_used_by_everybody(
    demo: Demo, desk: Desk, opened: Callable[[object], Page]
) -> None:
    page = opened(demo.room("22519"))
    page.get_by_test_id("tally").wait_for()
    assert _findings(page) == []
    page.get_by_test_id("devices").click()
    page.get_by_test_id("device-panel").wait_for()
    assert _findings(page) == []
    desk.do("give_floor", site="22519")
    page.locator("main[data-state=on_air]").wait_for()
    assert _findings(page) == []
    desk.do("take_floor")


def test_the_chairs_page_can_be_used_by_everybody(
    demo: Demo, desk: Desk, opened: Callable[[object], Page]
) -> None:
    page = opened(demo.says["chair"])
    page.get_by_test_id("cue").first.wait_for()
    assert _findings(page) == []
    page.get_by_test_id("side-sites").click()
    page.get_by_test_id("site-row").first.wait_for()
    assert _findings(page) == []
    page.get_by_test_id("show-all").click()
    page.locator(f'[data-testid=site-row][data-site="{DISTRICT}"]').get_by_test_id(
        "give-floor"
    ).click()
    page.get_by_test_id("undo").wait_for()
    page.get_by_test_id("settings").locator("summary").click()
    assert _findings(page) == []
    page.get_by_test_id("undo").click()
    desk.until(lambda desk: not desk.row(DISTRICT)["floor"], "the floor taken back by undo")


def test_the_secretarys_page_can_be_used_by_everybody(
    demo: Demo, opened: Callable[[object], Page]
) -> None:
    office, meeting = demo.says["office"], demo.says["meeting"]
    link = next(one["url"] for one in demo.says["accounts"] if one["name"] == "thu-ky")
    page = opened(link)
    page.wait_for_url("**/meetings")
    page.goto(f"{office}/meetings/{meeting}")
    page.get_by_test_id("enter-secretary").wait_for()
    assert _findings(page) == []
    door = f"{office}/api/v1/meetings/{meeting}/entrances"
    page.goto(page.request.post(door, data={"role": "secretary"}).json()["url"])
    page.get_by_test_id("cue").first.wait_for()
    page.get_by_test_id("vote-new").locator("summary").click()
    assert _findings(page) == []
    page.get_by_test_id("side-sites").click()
    page.get_by_test_id("site-row").first.wait_for()
    assert _findings(page) == []


def test_the_console_can_be_used_by_everybody(
    demo: Demo, desk: Desk, opened: Callable[[object], Page]
) -> None:
    desk.until(lambda desk: desk.present(DISTRICT), "a district to look at")
    page = opened(demo.says["console"])
    page.get_by_test_id("wall").wait_for()
    assert _findings(page) == []
    page.get_by_test_id("search").fill("khanh son")
    page.locator(f'[data-testid=site-tile][data-site="{DISTRICT}"]').click()
    page.locator("[data-testid=director-view][data-live=true]").wait_for()
    assert _findings(page) == []
    page.get_by_test_id("preview").click()
    page.get_by_test_id("preview-panel").wait_for()
    page.locator(f'[data-testid=site-tile][data-site="{COMMUNE}"]').click()
    assert _findings(page) == []
