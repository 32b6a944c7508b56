"""A site has one seat: a second device asks, the first gives way and stays away."""

import time

import pytest
from playwright.sync_api import Playwright

from tests.e2e.browser import new_page, running_chromium, with_devices
from tests.e2e.conftest import COMMUNE, DISTRICT, HALL
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

# A page that came back by itself would have done so by then: it retries within 2 s.
_STAYS_AWAY_S = 5.0


def test_a_synthetic_site_gives_its_seat_to_a_browser_at_once(
    desk: Desk, rooms: dict[str, Room]
) -> None:
    for site in (HALL, DISTRICT):
        assert desk.row(site)["synthetic"] is False
        assert rooms[site].find("occupied").count() == 0


def test_a_second_device_asks_and_the_first_does_not_come_back_by_itself(
    demo: Demo, desk: Desk, rooms: dict[str, Room], playwright: Playwright
) -> None:
    first = rooms[COMMUNE]
    with running_chromium(playwright, with_devices(first.devices)) as browser:
        second = Room(COMMUNE, new_page(browser), first.devices)
        second.page.goto(demo.room(COMMUNE))
        second.find("occupied").wait_for()
        eventually(first.plays, "the first device plays on")

        second.find("take-over").click()

        eventually(second.plays, "the program on the second device")
        first.find("replaced").wait_for()
        time.sleep(_STAYS_AWAY_S)
        assert first.find("replaced").is_visible()
        eventually(second.plays, "the second device plays on")
        assert desk.present(COMMUNE)

        first.find("come-back").click()
        eventually(first.plays, "the program on the first device again")
        second.find("replaced").wait_for()
