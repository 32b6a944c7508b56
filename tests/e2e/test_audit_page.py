"""The audit log page: an auditor sees that it stands, finds a deed and opens it; others don't."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.e2e.browser import new_page, running_chromium
from tests.e2e.conftest import DISTRICT
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.test_pages_accessible import _AXE, _findings

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not _AXE.is_file():
        pytest.skip("needs axe-core (npm ci in web-client)")
    with running_chromium(playwright) as browser:
        yield browser


def signed_in(browser: Browser, demo: Demo, login: str) -> Page:
    """Return the audit log page of a demo's account."""
    accounts: list[dict[str, Any]] = list(demo.says["accounts"])
    [url] = [str(one["url"]) for one in accounts if one["name"] == login]
    page = new_page(browser, desk=True)
    page.goto(url.replace("/#sign-in=", "/audit#sign-in="))
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, demo: Demo, desk: Desk) -> Iterator[Page]:
    desk.until(lambda desk: desk.present(DISTRICT), "a district to give the floor to")
    desk.do("give_floor", site=DISTRICT)
    page = signed_in(browser, demo, "kiem-tra")
    yield page
    page.context.close()


def test_an_auditor_sees_that_the_log_stands(page: Page) -> None:
    standing = page.get_by_test_id("audit-standing")
    expect(standing).to_have_attribute("data-stands", "true")
    expect(standing).to_contain_text("Nhật ký nguyên vẹn")
    page.get_by_test_id("audit-chains").locator("summary").click()
    expect(page.get_by_test_id("audit-chains").locator("tbody tr").first).to_be_visible()
    assert _findings(page) == []
    page.get_by_test_id("audit-chains").locator("summary").click()


def test_a_deed_is_found_and_opened(page: Page) -> None:
    page.get_by_test_id("audit-action").select_option("live.floor")
    page.get_by_test_id("audit-on").fill(DISTRICT)
    # The row is at the office within two seconds of the deed.
    deeds = page.locator("[data-testid=audit-deed][data-action='live.floor']")
    for _ in range(20):
        page.get_by_test_id("audit-search").click()
        page.get_by_test_id("audit-search").and_(page.locator(":enabled")).wait_for()
        if deeds.count():
            break
        page.wait_for_timeout(500)
    expect(deeds.first).to_contain_text("Huyện Khánh Sơn")
    deeds.first.get_by_test_id("audit-open").click()
    detail = page.get_by_test_id("audit-detail")
    expect(detail).to_contain_text("live.floor")
    expect(detail).to_contain_text("SHA-256")
    expect(detail).to_contain_text("bàn chủ tọa")
    assert _findings(page) == []
    page.get_by_test_id("audit-close").click()
    expect(detail).to_have_count(0)


def test_what_is_found_is_exported_as_a_file(page: Page) -> None:
    with page.expect_download() as waiting:
        page.get_by_test_id("audit-export").click()
    download = waiting.value
    assert download.suggested_filename.endswith(".csv")
    text = download.path().read_text(encoding="utf-8-sig")
    assert text.startswith("at,who,name,") and f"site:{DISTRICT}" in text


def test_whoever_is_no_auditor_is_told_so(browser: Browser, demo: Demo) -> None:
    page = signed_in(browser, demo, "thu-ky")
    expect(page.get_by_test_id("audit-shut")).to_contain_text("Chỉ người kiểm tra nhật ký")
    assert _findings(page) == []
    page.context.close()
    stranger = new_page(browser, desk=True)
    stranger.goto(f"{demo.says['office']}/audit")
    expect(stranger.get_by_test_id("audit-shut")).to_contain_text("Hãy đăng nhập")
    stranger.context.close()
