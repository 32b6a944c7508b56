"""A reform of units: looked at by name, its bad lines told, applied on a day, taken back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.e2e.browser import FLAGS, chromium_path
from tests.e2e.looking import look_at
from tests.e2e.office import OfficeAlone, running_office
from tests.org.province import text_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeAlone]:
    with running_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
    yield browser
    browser.close()


def row(page: Page, name: str, **marks: str) -> Locator:
    """Return a row by its test id and its data attributes."""
    where = "".join(f"[data-{key}='{value}']" for key, value in marks.items())
    return page.locator(f"[data-testid={name}]{where}")


def test_an_administrator_looks_at_a_reform_applies_it_and_takes_it_back(
    office: OfficeAlone, browser: Browser
) -> None:
    page = office.enter(browser, "quan-tri")
    page.goto(f"{office.url}/admin")
    page.get_by_test_id("to-reforms").click()
    table = page.get_by_test_id("reform-table")
    text = text_of("succession-1196.csv")
    wrong = text.replace("Phường Xương Huân", "Phường Không Có").encode()
    table.set_input_files({"name": "sai.csv", "mimeType": "text/csv", "buffer": wrong})
    page.get_by_test_id("reform-day").fill("1/11/2024")
    page.get_by_test_id("reform-act").fill("Nghị quyết 1196/NQ-UBTVQH15")
    page.get_by_test_id("look-reform").click()
    row(page, "bad-line", code="old_name").wait_for()
    look_at(page, "reform-bad")
    fine = text.encode()
    table.set_input_files({"name": "1196.csv", "mimeType": "text/csv", "buffer": fine})
    page.get_by_test_id("look-reform").click()
    report = page.get_by_test_id("reform-report")
    expect(report.locator("li[data-part=merged]")).to_contain_text("5")
    merged = row(page, "reform-part", part="merged")
    merged.locator("summary").click()
    expect(merged).to_contain_text("Phường Tân Tiến")
    look_at(page, "reform")
    page.get_by_test_id("apply-reform").get_by_role("button").click()
    page.get_by_test_id("sure").click()
    applied = row(page, "reform", undone="false")
    applied.wait_for()
    look_at(page, "reform-applied")
    applied.get_by_role("button").click()
    page.get_by_test_id("sure").click()
    row(page, "reform", undone="true").wait_for()
    page.context.close()
