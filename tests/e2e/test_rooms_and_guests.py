"""A room is paired once and joins by itself; a guest waits, is let in, put out, and stays out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.e2e.browser import FLAGS, chromium_path, new_page
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.looking import look_at
from tests.e2e.pairing import make_code, new_room, type_code
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SITE = "22732"
_OPERATOR = "truc-ky-thuat"
_SCRIPT = "<img src=x onerror=\"document.title='hacked'\"><script>window.hacked=1</script>"


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    fake = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
    )
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *fake])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def office_page(demo: Demo, browser: Browser) -> Iterator[Page]:
    """A page of the office, signed in as the province's operator."""
    page = new_page(browser, desk=True)
    page.goto(next(one["url"] for one in demo.says["accounts"] if one["name"] == _OPERATOR))
    page.get_by_test_id("join").first.wait_for()
    yield page
    page.context.close()


def test_a_room_is_paired_joins_by_itself_and_is_revoked(
    demo: Demo, desk: Desk, browser: Browser, office_page: Page
) -> None:
    room = new_room(browser, demo)
    look_at(room, "pairing")
    type_code(room, "AAAA-AAAA")
    room.get_by_role("alert").filter(has_text="Mã không đúng").wait_for()
    code = make_code(office_page, demo, SITE, "itself")
    look_at(office_page, "rooms")
    type_code(room, code)
    room.get_by_test_id("ring").wait_for()
    look_at(room, "ring")
    # Nobody touches anything from here on.
    desk.until(lambda desk: desk.present(SITE), "the room has joined by itself")
    room.get_by_test_id("tally").wait_for()
    room.get_by_test_id("program").wait_for()
    office_page.get_by_test_id("device").wait_for()

    # A reload needs nobody either: the key is in the browser, the seat in the meeting.
    room.reload()
    desk.until(lambda desk: desk.present(SITE), "the room is back after a reload")
    room.get_by_test_id("tally").wait_for()

    office_page.get_by_test_id("revoke").click()
    look_at(office_page, "revoking")
    office_page.get_by_test_id("revoke-yes").click()
    room.get_by_test_id("refused").wait_for()
    desk.until(lambda desk: not desk.present(SITE), "the revoked room is out")
    room.reload()
    room.get_by_test_id("revoked").wait_for()
    look_at(room, "revoked")
    room.context.close()


def test_a_key_never_leaves_its_browser_and_the_code_was_good_once(
    demo: Demo, browser: Browser, office_page: Page
) -> None:
    code = make_code(office_page, demo, SITE, "ask")
    room = new_room(browser, demo)
    type_code(room, code)
    room.get_by_test_id("room-name").wait_for()
    key = room.evaluate(
        """async () => {
          const opened = indexedDB.open('nhipcau', 1)
          await new Promise((done) => (opened.onsuccess = done))
          const found = opened.result.transaction('device').objectStore('device').get('own')
          await new Promise((done) => (found.onsuccess = done))
          const { secret } = found.result.key
          const out = await crypto.subtle.exportKey('jwk', secret).then(() => 'out', () => 'kept')
          return [secret.extractable, out]
        }"""
    )
    assert key == [False, "kept"]
    second = new_room(browser, demo)
    type_code(second, code)
    second.get_by_role("alert").filter(has_text="Mã không đúng").wait_for()
    # Asked, not joined: it rings, and somebody says not now.
    room.get_by_test_id("ring").wait_for()
    room.get_by_test_id("not-now").click()
    room.get_by_test_id("ring").wait_for(state="detached")
    look_at(room, "standby")
    room.get_by_test_id("enter-live").click()
    room.get_by_test_id("tally").wait_for()
    room.context.close()
    second.context.close()


def invite(page: Page, demo: Demo, agency: str, person: str = "") -> tuple[str, str]:
    """Invite a guest on the page; return link and PIN."""
    page.goto(f"{demo.says['office']}/guests")
    page.get_by_test_id("guest-agency").fill(agency)
    page.get_by_test_id("guest-person").fill(person)
    page.get_by_test_id("invite").click()
    page.get_by_test_id("invitation").wait_for()
    link = page.get_by_test_id("guest-link").inner_text()
    return link, page.get_by_test_id("guest-pin").inner_text()


def open_guest(browser: Browser, link: str) -> Page:
    page = new_page(browser, desk=True)
    page.goto(link)
    page.get_by_test_id("guest").wait_for()
    return page


def enter(page: Page, pin: str) -> None:
    page.get_by_test_id("pin").fill(pin)
    page.get_by_test_id("guest-enter").click()


def test_a_guest_waits_with_a_still_is_let_in_put_out_and_stays_out(
    demo: Demo, desk: Desk, browser: Browser, office_page: Page, chair: Page
) -> None:
    agency = "Báo Khánh Hòa"
    link, pin = invite(office_page, demo, agency, "Bà Trần Thị Mẫu")
    look_at(office_page, "guests")
    guest = open_guest(browser, link)
    look_at(guest, "guest")
    enter(guest, "000000" if pin != "000000" else "111111")
    guest.get_by_test_id("pin-problem").filter(has_text="không đúng").wait_for()
    enter(guest, pin)
    guest.get_by_test_id("waiting").wait_for()
    look_at(guest, "lobby-guest")
    face = chair.get_by_test_id("waiting-face").filter(has_text=agency)
    face.get_by_test_id("lobby-still").wait_for()
    look_at(chair, "lobby-chair")
    site = face.get_attribute("data-site") or ""
    face.get_by_test_id("admit").click()
    guest.get_by_test_id("tally").wait_for()
    desk.until(lambda desk: desk.present(site), "the guest is in")
    assert desk.row(site)["name"] == f"{agency} · Bà Trần Thị Mẫu"
    assert guest.get_by_test_id("participants").count() == 0
    desk.do("show_roster", site=site, on=True)
    guest.get_by_test_id("participants").wait_for()
    look_at(guest, "guest-in")

    # A reload is neither asked for the PIN nor made to wait; another browser is both.
    guest.reload()
    guest.get_by_test_id("tally").wait_for()
    desk.until(lambda desk: desk.present(site), "the guest is back")

    chair.get_by_test_id("show-all").click()
    row = chair.locator(f'[data-testid=site-row][data-site="{site}"]')
    row.get_by_test_id("site-open").click()
    look_at(chair, "remove-chair")
    row.get_by_test_id("remove").click()
    guest.get_by_test_id("refused").wait_for()
    look_at(guest, "removed")
    guest.reload()
    guest.get_by_test_id("refused").wait_for()
    other = open_guest(browser, link)
    enter(other, pin)
    other.get_by_test_id("refused").wait_for()
    desk.until(lambda desk: desk.row(site)["state"] == "absent", "the removed guest is out")
    guest.context.close()
    other.context.close()


def test_a_script_in_a_guests_name_is_letters_on_every_page(
    demo: Demo, desk: Desk, browser: Browser, office_page: Page, chair: Page
) -> None:
    link, pin = invite(office_page, demo, _SCRIPT)
    guest = open_guest(browser, link)
    enter(guest, pin)
    guest.get_by_test_id("waiting").wait_for()
    console = new_page(browser, desk=True)
    console.goto(str(demo.says["console"]))
    for page in (chair, console):
        face = page.get_by_test_id("waiting-face").filter(has_text="<script>")
        face.wait_for()
    site = face.get_attribute("data-site") or ""
    look_at(console, "console-lobby")
    desk.do("admit", site=site)
    console.get_by_test_id("search").fill("script")
    console.locator(f"[data-testid=site-tile][data-site='{site}']", has_text="<script>").wait_for()
    for page in (chair, console, guest, office_page):
        assert page.evaluate("window.hacked") is None
        assert page.title() != "hacked"
    desk.do("remove", site=site)
    guest.context.close()
    console.context.close()


def test_an_invitation_is_withdrawn_and_its_guest_leaves(
    demo: Demo, desk: Desk, browser: Browser, office_page: Page
) -> None:
    link, pin = invite(office_page, demo, "Sở Y tế")
    guest = open_guest(browser, link)
    enter(guest, pin)
    guest.get_by_test_id("waiting").wait_for()
    office_page.get_by_test_id("withdraw").first.click()
    guest.get_by_test_id("ended").wait_for()
    desk.until(
        lambda desk: not any(row["state"] == "waiting" for row in desk.rows.values()),
        "nobody waits",
    )
    guest.context.close()


def test_a_room_goes_on_ringing_and_joining_while_the_office_is_away(
    demo: Demo, desk: Desk, browser: Browser, office_page: Page
) -> None:
    code = make_code(office_page, demo, SITE, "ask")
    room = new_room(browser, demo)
    type_code(room, code)
    room.get_by_test_id("ring").wait_for()
    context: BrowserContext = room.context
    kept = "caches.open('nhipcau-room-1').then((kept) => kept.match('/room')).then(Boolean)"
    eventually(lambda: room.evaluate(kept), "the page is kept by the browser")
    # All that the office serves is away; the MCU is another origin and stays.
    context.route(f"{demo.says['office']}/api/**", lambda route: route.abort())
    room.get_by_test_id("office-away").wait_for()
    room.get_by_test_id("enter").click()
    desk.until(lambda desk: desk.present(SITE), "the room has joined without an office")
    room.context.close()
    desk.until(lambda desk: not desk.present(SITE), "the room has gone")
