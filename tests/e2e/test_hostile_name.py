"""A script in a unit's name is letters on every page; and whose lines a telecom operator sees."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.e2e.browser import FLAGS, chromium_path, new_page
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.looking import look_at
from tests.e2e.planting import HOSTILE_NAME, HOSTILE_SITE

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_ADMIN, _TELECOM = "quan-tri", "vien-thong"


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *fake])
    yield browser
    browser.close()


def open_page(browser: Browser, address: object) -> Page:
    page = new_page(browser, desk=True)
    page.goto(str(address))
    return page


def is_only_text(page: Page) -> None:
    """See that the name stands there letter by letter, and that nothing of it became anything."""
    page.get_by_text(HOSTILE_NAME).locator("visible=true").first.wait_for()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x], svg[onload]").count() == 0


def test_a_script_in_a_units_name_is_letters_on_every_page(
    demo: Demo, desk: Desk, browser: Browser
) -> None:
    room = open_page(browser, demo.room(HOSTILE_SITE))
    room.get_by_test_id("tally").wait_for()
    desk.until(lambda desk: desk.present(HOSTILE_SITE), "the room is in")
    desk.do("give_floor", site=HOSTILE_SITE)
    is_only_text(room)
    chair = open_page(browser, demo.says["chair"])
    chair.get_by_test_id("floor-holder").filter(has_text="<script>").wait_for()
    is_only_text(chair)
    console = open_page(browser, demo.says["console"])
    console.get_by_test_id("search").fill("script")
    tile = console.locator(f"[data-testid=site-tile][data-site='{HOSTILE_SITE}']")
    tile.click()
    is_only_text(console)
    desk.do("take_floor")
    landing = open_page(browser, demo.says["office"])
    landing.get_by_test_id("join").first.wait_for()
    landing.get_by_test_id("search").first.fill("script")
    is_only_text(landing)
    for page in (room, chair, console, landing):
        page.context.close()


def test_an_administrator_says_whose_lines_a_telecom_operator_sees(
    demo: Demo, browser: Browser
) -> None:
    link = next(one["url"] for one in demo.says["accounts"] if one["name"] == _ADMIN)
    admin = open_page(browser, link)
    admin.get_by_test_id("unit-tree").wait_for()
    admin.get_by_test_id("search").first.fill("script")
    unit = admin.locator(f"[data-testid=unit][data-code='{HOSTILE_SITE}']")
    unit.click()
    admin.get_by_test_id("unit-panel").get_by_role("heading", level=2).first.wait_for()
    is_only_text(admin)
    look_at(admin, "admin-hostile")

    admin.get_by_test_id("part-accounts").click()
    admin.get_by_test_id("everybody").check()
    row = admin.locator(f"[data-testid=account][data-login='{_TELECOM}']")
    row.get_by_test_id("account-open").click()
    company = row.get_by_test_id("company")
    before = company.input_value()
    assert before
    company.fill("Viễn thông không có thật")
    row.get_by_text("Chưa có đường truyền nào").wait_for()
    look_at(admin, "admin-company")
    company.fill("")
    row.get_by_test_id("save-company").click()
    row.get_by_text("Đã lưu doanh nghiệp").wait_for()
    row.get_by_text("chưa thấy đường truyền nào").wait_for()
    company.fill(before)
    row.get_by_test_id("save-company").click()
    row.get_by_test_id("account-open").filter(has_text=before).wait_for()

    # Of whoever is none, it is not asked.
    admin.locator("[data-login='thu-ky']").get_by_test_id("account-open").click()
    card = admin.get_by_test_id("account-card")
    card.get_by_test_id("grant-role").wait_for()
    assert card.get_by_test_id("company").count() == 0
    card.get_by_test_id("grant-role").select_option("telecom")
    card.get_by_test_id("company").wait_for()
    admin.context.close()
