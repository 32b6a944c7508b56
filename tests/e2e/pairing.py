"""A room's page paired as an administrator does it: code on the one page, typed on the other."""

from playwright.sync_api import Browser, Page

from tests.e2e.browser import new_page
from tests.e2e.demo import Demo


def new_room(browser: Browser, demo: Demo) -> Page:
    """Return a page that asks to be paired, in a context of its own."""
    page = new_page(browser, desk=True)
    page.goto(f"{demo.says['office']}/room")
    page.get_by_test_id("pairing").wait_for()
    return page


def make_code(page: Page, demo: Demo, site: str, policy: str) -> str:
    """Make a pairing code on the administrator's page; return it."""
    page.goto(f"{demo.says['office']}/rooms?site={site}")
    page.get_by_test_id(f"policy-{policy}").check()
    page.get_by_test_id("make-code").click()
    code = page.get_by_test_id("code")
    code.wait_for()
    return code.inner_text()


def type_code(page: Page, code: str) -> None:
    """Type a code into a room's page."""
    page.get_by_test_id("pairing-code").press_sequentially(code.lower())
    page.get_by_test_id("pairing-name").fill("Máy phòng họp")
    page.get_by_test_id("pair").click()
