"""One demo, one of whose units has a hostile name, and three rooms in Chromium for all tests here.

Tests change the meeting; each begins by asking for the floor, layout and microphones it needs.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from nhipcau.picture.colour import Rgb
from nhipcau.rehearsal.loops import site_colour
from tests.e2e.browser import chromium_path, new_page, open_desk, running_chromium, with_devices
from tests.e2e.demo import Demo, running_demo
from tests.e2e.desk import Desk
from tests.e2e.devices import make_devices
from tests.e2e.meeting import close_scenario
from tests.e2e.planting import plant_hostile_name
from tests.e2e.room import Room
from tests.e2e.waiting import PATIENCE_S, eventually

# Playwright's own five seconds are short for a page that saves beside four browsers.
expect.set_options(timeout=1000 * PATIENCE_S)

SYNTHETIC_SITES = 9
HALL, DISTRICT, COMMUNE = "56", "575", "22735"
# Brighter than any synthetic site's colour; tones far from each other and from their harmonics.
LOOKS = {
    HALL: (Rgb(250, 60, 230), 700),
    DISTRICT: (Rgb(60, 240, 245), 1150),
    COMMUNE: (Rgb(250, 235, 60), 1900),
}


def own_colour(site: str) -> Rgb:
    """Return the ground of a site's picture, whether a browser sends it or a synthetic site."""
    return LOOKS[site][0] if site in LOOKS else site_colour(site)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let modules with a demo of their own come first, and those with the three browsers last.

    What is shared goes on until the last test that needs it: beside another demo it would take two
    cores away from that one.
    """
    here = Path(__file__).parent
    places = [n for n, item in enumerate(items) if here in item.path.parents]
    needs: dict[Path, tuple[bool, bool]] = {}
    for n in places:
        path = items[n].path
        needs[path] = max(needs.get(path, (False, False)), _needs(items[n]))
    ordered = sorted((items[n] for n in places), key=lambda item: needs[item.path])
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


def _needs(item: pytest.Item) -> tuple[bool, bool]:
    """Return whether a test needs the shared demo, and the three browsers in it."""
    fixtures = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009 - has no type
    demos = fixtures.get("demo")
    return demos is not None and demos[-1].scope == "package", "rooms" in fixtures


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    plant_hostile_name(folder)
    with running_demo(folder, SYNTHETIC_SITES) as demo:
        yield demo


@pytest.fixture(scope="package")
def desk(demo: Demo) -> Iterator[Desk]:
    desk = Desk(demo.signal_url, demo.chair_token)
    close_scenario(desk)
    yield desk
    desk.close()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    if chromium_path() is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def rooms(
    demo: Demo, desk: Desk, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Room]]:
    """Hall, district and commune, each in a Chromium of its own, connected."""
    folder: Path = tmp_path_factory.mktemp("devices")
    with ExitStack() as stack:
        rooms = {}
        for site, (colour, tone_hz) in LOOKS.items():
            devices = make_devices(folder, site, colour, tone_hz)
            browser = stack.enter_context(running_chromium(playwright, with_devices(devices)))
            page = new_page(browser)
            page.goto(demo.room(site))
            rooms[site] = Room(site, page, devices)
        desk.until(lambda desk: desk.present(*rooms), "three rooms present")
        for room in rooms.values():
            eventually(room.plays, f"program in room {room.site}")
        yield rooms


@pytest.fixture(scope="module")
def chair(demo: Demo, playwright: Playwright) -> Iterator[Page]:
    """The chair's real page."""
    with open_desk(playwright, str(demo.says["chair"]), "floor-holder") as page:
        page.get_by_test_id("side-sites").click()
        yield page
