"""The button with office and bus killed: one room comes by itself, one is asked, one is shown both.

A demo of its own, because what it kills every other test needs.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.e2e.browser import FLAGS, chromium_path, new_page
from tests.e2e.demo import Demo, alive, descendants, running_demo
from tests.e2e.desk import Desk
from tests.e2e.looking import look_at
from tests.e2e.pairing import make_code, new_room, type_code
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

HALL, ITSELF, ASKED, BUSY = "56", "22732", "22714", "22519"
_FAKE = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("emergency"), 1) as demo:
        yield demo


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *_FAKE])
    yield browser
    browser.close()


def signed_in(browser: Browser, demo: Demo, login: str) -> Page:
    page = new_page(browser, desk=True)
    page.goto(next(one["url"] for one in demo.says["accounts"] if one["name"] == login))
    page.get_by_test_id("join").first.wait_for()
    return page


def paired(browser: Browser, demo: Demo, operator: Page, site: str, policy: str) -> Page:
    """Return a room that asks before planned meetings, with its policy for emergencies."""
    room = new_room(browser, demo)
    type_code(room, make_code(operator, demo, site, "ask"))
    room.get_by_test_id("ring").wait_for()
    operator.get_by_test_id("device-emergency").select_option(policy)
    room.get_by_test_id("bell").wait_for()
    return room


def process_of(demo: Demo, word: str) -> int:
    """Return the child of the demo whose command line has this word."""
    for pid in descendants(demo.process.pid):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            continue
        if any(one.endswith(word.encode()) for one in words):
            return pid
    raise AssertionError(f"no process {word}")


def kill(demo: Demo, word: str) -> None:
    pid = process_of(demo, word)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not alive({pid}), f"{word} is dead")


def missing(desk: Page) -> set[str]:
    # All at one moment: a row goes as soon as its room has come.
    found = "[...document.querySelectorAll('[data-testid=missing]')].map((row) => row.dataset.site)"
    return set(desk.evaluate(found))


def give_pass(demo: Demo, browser: Browser) -> Page:
    """Return the leader's page with a pass, kept by its browser."""
    desk = signed_in(browser, demo, "chu-toa")
    desk.goto(f"{demo.says['office']}/emergency")
    desk.get_by_test_id("pass-site").wait_for()
    look_at(desk, "emergency-pass")
    desk.get_by_test_id("give-pass").click()
    desk.get_by_test_id("call-desk").wait_for()
    kept = "caches.open('nhipcau-room-1').then((kept) => kept.match('/emergency')).then(Boolean)"
    eventually(lambda: desk.evaluate(kept), "the page is kept by the browser")
    return desk


def choose(desk: Page, *sites: str) -> None:
    """Look at all ways to choose, and choose these sites."""
    look_at(desk, "emergency-desk")
    desk.get_by_test_id("whom-level").check()
    look_at(desk, "emergency-levels")
    desk.get_by_test_id("whom-below").check()
    look_at(desk, "emergency-parts")
    desk.get_by_test_id("whom-sites").check()
    for site in sites:
        desk.get_by_test_id(f"site-{site}").check()
    desk.get_by_test_id("called-count").filter(has_text=str(len(sites))).wait_for()
    look_at(desk, "emergency-sites")


def end_as_chair(desk: Page, *present: str) -> None:
    """Open the chair's page of the call, see who is there, and end the meeting for everyone."""
    with desk.context.expect_page() as opened:
        desk.get_by_test_id("to-chair").click()
    chair = opened.value
    chair.get_by_test_id("floor-holder").wait_for()
    token = chair.url.partition("#token=")[2]
    media = chair.url.partition("/chair")[0].replace("http", "ws", 1)
    conference = Desk(f"{media}/signal", token)
    conference.until(lambda desk: desk.present(*present), "the rooms are present")
    conference.tell("end_meeting")


def test_the_button_works_with_office_and_bus_dead(demo: Demo, browser: Browser) -> None:
    operator = signed_in(browser, demo, "truc-ky-thuat")
    itself = paired(browser, demo, operator, ITSELF, "itself")
    asked = paired(browser, demo, operator, ASKED, "ask")
    busy = paired(browser, demo, operator, BUSY, "itself")
    look_at(operator, "emergency-policy")
    for room in (itself, asked):
        room.get_by_test_id("not-now").click()
    busy.get_by_test_id("enter").click()
    busy.get_by_test_id("tally").wait_for()
    desk = give_pass(demo, browser)

    # What the demo keeps at work stays dead.
    (demo.logs.parent / "hold").touch()
    kill(demo, "office")
    kill(demo, "nats-server")
    desk.reload()
    desk.get_by_test_id("call-desk").wait_for()
    choose(desk, ITSELF, ASKED, BUSY)
    desk.get_by_test_id("emergency-name").fill("Họp khẩn ứng phó bão")
    # One press does nothing yet; the second, within a moment, does.
    desk.get_by_test_id("press").click()
    assert desk.get_by_test_id("came").count() == 0
    desk.get_by_test_id("press").click()

    desk.get_by_test_id("came").wait_for()
    itself.get_by_test_id("tally").wait_for()
    asked.get_by_test_id("emergency-title").filter(has_text="ứng phó bão").wait_for()
    look_at(asked, "emergency-ring")
    busy.get_by_test_id("emergency-now").wait_for()
    look_at(busy, "emergency-ring-busy")
    eventually(lambda: missing(desk) == {HALL, ASKED, BUSY}, "one room has come")
    look_at(desk, "emergency-came")
    asked.get_by_test_id("emergency-enter").click()
    busy.get_by_test_id("emergency-aside").click()
    # It stays where it is, and the way stays open.
    busy.get_by_test_id("emergency-banner").wait_for()
    look_at(busy, "emergency-banner")
    desk.locator(f"[data-testid=missing][data-site='{BUSY}'][data-away=busy]").wait_for()
    busy.get_by_test_id("emergency-after-all").click()
    eventually(lambda: missing(desk) == {HALL}, "all rooms but the hall have come")

    end_as_chair(desk, ITSELF, ASKED, BUSY)
    for room in (itself, asked, busy):
        room.get_by_test_id("ended").wait_for()
    desk.get_by_test_id("call-desk").wait_for()
    for page in (itself, asked, busy, desk, operator):
        page.context.close()
