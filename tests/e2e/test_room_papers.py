"""A room fetches its meeting's papers beforehand, slowly, and opens them without an office."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Playwright, Request

from nhipcau.planning.pacing import CHUNK_BYTES
from tests.e2e.browser import FLAGS, chromium_path, new_page
from tests.e2e.looking import look_at
from tests.e2e.office import OfficeAlone, running_office
from tests.e2e.planned import ApiDesk, approved, planned
from tests.e2e.waiting import eventually
from tests.office.planning.pdfs import pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SITE = "22732"
# The room's line in the demo is declared to carry 512 kbit/s.
QUARTER_BYTES_PER_S = 512_000 / 4 / 8
BURST_BYTES = CHUNK_BYTES


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeAlone]:
    with running_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    flags = (*FLAGS, "--autoplay-policy=no-user-gesture-required")
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(flags))
    yield browser
    browser.close()


def paired_room(browser: Browser, office: OfficeAlone, operator: Page) -> Page:
    """Return a room's page that is paired, and waits for its meetings."""
    path = f"{office.url}/api/v1/sites/{SITE}/pairing-codes"
    code = operator.request.post(path, data={"join": "ask"}).json()["code"]
    room = new_page(browser, desk=True)
    room.goto(f"{office.url}/room")
    room.get_by_test_id("pairing-code").press_sequentially(code)
    room.get_by_test_id("pair").click()
    room.get_by_test_id("not-now").click()
    room.get_by_test_id("next-meeting").wait_for()
    return room


def count(room: Page, here: int, of: int) -> None:
    """Wait until the room shows so many papers."""
    text = f"Tài liệu: {here}/{of} đã tải"
    room.get_by_test_id("next-meeting").get_by_test_id("papers-count").filter(
        has_text=text
    ).wait_for()


def kept_files(room: Page) -> set[str]:
    """Return the SHA-256 of every file that the browser keeps."""
    names = "caches.open('nhipcau-papers-1').then((c) => c.keys()).then((k) => k.map((r) => r.url))"
    return {str(url).rsplit("/", 1)[1] for url in room.evaluate(names)}


def switched_off_and_on(room: Page, asked: list[Request], sha256: str) -> None:
    """Load the room's page anew while the first paper is on its way; it goes on where it was."""
    shelf = room.get_by_test_id("next-meeting").get_by_test_id("room-papers")
    shelf.get_by_test_id("papers-count").click()
    coming = shelf.locator("[data-paper=TL1]").filter(has_text="Đang tải")
    eventually(lambda: "Đang tải 0 %" not in coming.inner_text(), "a part of the paper has come")
    look_at(room, "room-papers-coming")
    room.reload()
    room.get_by_test_id("not-now").click()
    count(room, 2, 2)
    ranges = [one.headers.get("range") for one in asked if sha256 in one.url]
    assert any(one and one != "bytes=0-" for one in ranges), ranges


def fetched_twice_at_once(room: Page, url: str) -> tuple[int, float]:
    """Fetch one file twice at the same time; return all bytes that came and the seconds it took."""
    came, took_s = room.evaluate(
        """async (url) => {
          const begun = performance.now()
          const fetched = [0, 1].map(() => fetch(url, { cache: 'no-store' }))
          const bodies = await Promise.all(fetched.map(async (one) => (await one).arrayBuffer()))
          const bytes = bodies.reduce((sum, body) => sum + body.byteLength, 0)
          return [bytes, (performance.now() - begun) / 1000]
        }""",
        url,
    )
    return came, took_s


def opens(room: Page, sha256: str, data: bytes) -> None:
    """Open the first paper of the next meeting; what is shown is that file, to the byte."""
    shelf = room.get_by_test_id("next-meeting").get_by_test_id("room-papers")
    shelf.get_by_test_id("papers-count").click()
    with room.context.expect_page() as opened:
        shelf.get_by_test_id("open-paper").first.click()
    shown = opened.value
    shown.wait_for_load_state()
    assert shown.evaluate("document.contentType") == "application/pdf"
    look = "(path) => fetch(path).then((answer) => answer.arrayBuffer()).then((data) => "
    read = look + "crypto.subtle.digest('SHA-256', data)).then((sum) => [...new Uint8Array(sum)])"
    assert bytes(room.evaluate(read, f"/room/papers/{sha256}")) == hashlib.sha256(data).digest()


def test_a_room_has_its_papers_beforehand_and_opens_them_without_an_office(
    office: OfficeAlone, browser: Browser
) -> None:
    people = {who: office.enter(browser, who) for who in ("thu-ky", "chu-toa", "truc-ky-thuat")}
    secretary, chair = ApiDesk(office, people["thu-ky"]), ApiDesk(office, people["chu-toa"])
    plan = approved(secretary, chair, planned(secretary, office))
    # The first one takes 12 s, so that it can be caught on its way.
    files = {"TL1": pdf(2, ballast=200_000), "TL2": pdf(3, ballast=60_000), "TL3": pdf(4)}
    marks = {paper: secretary.upload(plan, paper, data) for paper, data in files.items()}
    for paper, sha256 in marks.items():
        body = {"sha256": sha256}
        chair.ask("POST", f"/meetings/{plan}/papers/{paper}/approval", body)

    room = paired_room(browser, office, people["truc-ky-thuat"])
    asked: list[Request] = []
    room.on("request", lambda request: asked.append(request) if "ticket=" in request.url else None)
    switched_off_and_on(room, asked, marks["TL1"])
    shelf = room.get_by_test_id("next-meeting").get_by_test_id("room-papers")
    # Personal data is named and not sent.
    assert kept_files(room) == {marks["TL1"], marks["TL2"]}
    shelf.get_by_test_id("papers-count").click()
    shelf.locator("[data-paper=TL3]").filter(has_text="dữ liệu cá nhân").wait_for()
    look_at(room, "room-papers")

    def receipt() -> bool:
        rooms = secretary.ask("GET", f"/meetings/{plan}/papers/TL1/rooms")
        return [one["site"] for one in rooms if one["at"]] == [SITE]

    eventually(receipt, "the office knows that the room has the paper")

    # Whatever the room asks for at once, a quarter of its line is all it gets.
    url = next(one.url for one in asked if marks["TL2"] in one.url)
    came, took_s = fetched_twice_at_once(room, url)
    assert came == 2 * len(files["TL2"])
    assert took_s >= (came - 2 * BURST_BYTES) / QUARTER_BYTES_PER_S

    # A paper that was taken back is gone from the room when it asks again.
    secretary.upload(plan, "TL2", pdf(5))
    room.reload()
    room.get_by_test_id("not-now").click()
    count(room, 1, 1)
    eventually(lambda: kept_files(room) == {marks["TL1"]}, "the withdrawn paper is thrown away")

    office.stop()
    room.reload()
    count(room, 1, 1)
    room.get_by_test_id("not-now").click()
    room.get_by_test_id("office-away").wait_for()
    opens(room, marks["TL1"], files["TL1"])
    # Days later the room has nothing of the meeting any more, office or no office.
    room.clock.set_system_time(datetime.now() + timedelta(days=30))
    room.reload()
    eventually(lambda: kept_files(room) == set(), "the papers of a meeting that is long over")
    for page in (*people.values(), room):
        page.context.close()
