"""Signing in with a second factor, a district's administrator at work, a session ended."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from nhipcau.access.totp import code_of, step_at
from tests.e2e.browser import FLAGS, chromium_path, new_page
from tests.e2e.demo import Demo
from tests.e2e.looking import look_at

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

ADMIN, OTHERS = "quan-tri-573", "quan-tri-575"
NEW = "truc-moi-573"
FRESH = "con voi con bay qua cau"


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS])
    yield browser
    browser.close()


def sign_in(page: Page, demo: Demo, login: str, password: str) -> None:
    page.goto(f"{demo.says['office']}/sign-in")
    page.get_by_test_id("login").fill(login)
    page.get_by_test_id("password").fill(password)
    page.get_by_test_id("enter").click()


def code_now(secret: str) -> str:
    return code_of(secret.replace(" ", ""), step_at(time.time()))


def account(demo: Demo, login: str) -> dict[str, Any]:
    return next(dict(one) for one in demo.says["accounts"] if one["name"] == login)


def make_account(page: Page) -> str:
    """Make an operator of the chosen unit; return its first password."""
    page.get_by_test_id("part-accounts").click()
    page.get_by_test_id("new-account").click()
    page.get_by_test_id("new-name").fill("Trực kỹ thuật mới")
    page.get_by_test_id("new-login").fill(NEW)
    page.get_by_test_id("make-account").click()
    password = page.get_by_test_id("first-password").inner_text()
    card = page.get_by_test_id("account-card")
    card.get_by_test_id("grant-role").select_option("operator")
    card.get_by_test_id("grant-do").click()
    card.get_by_test_id("grant").filter(has_text="Trực kỹ thuật").wait_for()
    return password


def enters_and_ends_a_session(demo: Demo, browser: Browser, first: str) -> None:
    """Enrol the new account, sign it in twice, end the one from the other."""
    person, other = new_page(browser, desk=True), new_page(browser, desk=True)
    sign_in(person, demo, NEW, first)
    secret = person.get_by_test_id("secret").inner_text()
    person.get_by_test_id("qr").wait_for()
    look_at(person, "sign-in-enrol")
    person.get_by_test_id("first-code").fill(code_now(secret))
    person.get_by_test_id("confirm-factor").click()
    person.get_by_test_id("recovery-codes").wait_for()
    look_at(person, "sign-in-recovery")
    recovery = person.get_by_test_id("recovery-code").first.inner_text()
    person.get_by_test_id("codes-kept").check()
    person.get_by_test_id("codes-done").click()
    person.get_by_test_id("new-password").fill(FRESH)
    person.get_by_test_id("new-password-again").fill(FRESH)
    person.get_by_test_id("change-password").click()
    person.get_by_test_id("join").first.wait_for()

    # A second browser, by a recovery code; ended from the list it is out.
    sign_in(other, demo, NEW, FRESH)
    other.get_by_test_id("recovery").click()
    other.get_by_test_id("code").fill(recovery)
    other.get_by_test_id("give-code").click()
    other.get_by_test_id("my-account").wait_for()
    person.get_by_test_id("my-account").click()
    row = person.locator("[data-testid=session][data-here=false]")
    row.wait_for()
    look_at(person, "me")
    row.get_by_test_id("end-session").click()
    row.get_by_test_id("sure").click()
    row.wait_for(state="detached")
    other.goto(f"{demo.says['office']}/me")
    other.get_by_test_id("sign-in").wait_for()

    person.context.close()
    other.context.close()


def test_an_administrator_manages_its_own_subtree_and_its_people_sign_in(
    demo: Demo, browser: Browser
) -> None:
    admin = new_page(browser, desk=True)
    own = account(demo, ADMIN)
    admin.goto(demo.says["office"])
    look_at(admin, "landing")
    sign_in(admin, demo, ADMIN, "sai mat khau roi")
    admin.get_by_role("alert").filter(has_text="không đúng").wait_for()
    look_at(admin, "sign-in")
    sign_in(admin, demo, ADMIN, own["password"])
    admin.get_by_test_id("code-step").wait_for()
    look_at(admin, "sign-in-code")
    admin.get_by_test_id("code").fill(code_now(own["second_factor"]))
    admin.get_by_test_id("give-code").click()

    # Its own district is the top of its tree; another's is not to be found.
    admin.get_by_test_id("unit-panel").wait_for()
    assert admin.get_by_test_id("unit").first.get_attribute("data-code") == "573"
    admin.locator("[data-testid=unit][aria-level='2']").first.wait_for()
    look_at(admin, "admin-room")
    admin.get_by_test_id("search").first.fill("khanh son")
    admin.get_by_text("Tìm thấy 0 đơn vị").wait_for()
    admin.get_by_test_id("search").first.fill("giang ly")
    admin.get_by_text("Tìm thấy 1 đơn vị").wait_for()
    admin.get_by_test_id("search").first.fill("")
    admin.locator("[data-testid=unit][data-code='573']").click()
    first = make_account(admin)
    admin.get_by_test_id("everybody").check()
    admin.locator(f"[data-login='{ADMIN}']").wait_for()
    assert admin.locator(f"[data-login='{OTHERS}']").count() == 0
    look_at(admin, "admin-accounts")

    enters_and_ends_a_session(demo, browser, first)
    admin.context.close()
