"""The demo's first session, from its first report on; three of the reporting rooms are browsers.

chair's page, secretary's page (by the office's link), console ─▶ MCU ─▶ Khánh Sơn, Ba Cụm Nam,
                                                                        and Nha Trang, late
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from nhipcau.picture.colour import Rgb
from tests.e2e.browser import new_page, opened, running_chromium, with_devices
from tests.e2e.demo import Demo, fetch_json, running_demo
from tests.e2e.desk import Desk
from tests.e2e.devices import make_devices
from tests.e2e.heldline import HeldLine
from tests.e2e.room import Room
from tests.e2e.waiting import PATIENCE_S, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

# The hall and the districts that report first, but for Nha Trang: its turn comes in vain.
_SITES = 4
_HALL, _FIRST, _OURS, _THIRD = "56", "573", "575", "572"
_LATE, _COMMUNE = "568", "22735"
# What ran up to the conclusions, in the order in which it did.
_BEFORE = ("c8", "c9", "c10", "c12", "c11", "c13", "c14", "c15", "c16")
_PATIENCE_MS = PATIENCE_S * 1000
# A media process begins; a machine that does other things takes its time.
_BEGIN_S = 180.0
# Longer than the page takes a second press for the first.
_PAUSE_MS = 1200
_LOOKS = {
    _OURS: (Rgb(60, 240, 245), 1150),
    _COMMUNE: (Rgb(250, 235, 60), 1900),
    _LATE: (Rgb(250, 60, 230), 700),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A session of its own: it runs by its scenario from the first report on."""
    with running_demo(tmp_path_factory.mktemp("session"), _SITES) as demo:
        yield demo


@pytest.fixture(scope="module")
def desk(demo: Demo) -> Iterator[Desk]:
    desk = Desk(demo.signal_url, demo.chair_token)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def rooms(
    demo: Demo, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Rooms"]:
    with ExitStack() as stack:
        yield Rooms(demo, playwright, tmp_path_factory, stack)


class Rooms:
    """Rooms in Chromium, each opened when it is first asked for."""

    def __init__(
        self,
        demo: Demo,
        playwright: Playwright,
        folders: pytest.TempPathFactory,
        stack: ExitStack,
    ) -> None:
        self._demo, self._playwright, self._stack = demo, playwright, stack
        self._folder = folders.mktemp("devices")
        self._open: dict[str, Room] = {}

    def __getitem__(self, site: str) -> Room:
        if site not in self._open:
            devices = make_devices(self._folder, site, *_LOOKS[site])
            browser = running_chromium(self._playwright, with_devices(devices))
            page = new_page(self._stack.enter_context(browser))
            page.goto(self._demo.room(site))
            self._open[site] = Room(site, page, devices)
            eventually(self._open[site].plays, f"the program in room {site}")
        return self._open[site]


@pytest.fixture(scope="module")
def desks(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium of all desks."""
    with running_chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def chair(demo: Demo, desks: Browser) -> Page:
    return opened(new_page(desks, desk=True), str(demo.says["chair"]), "scenario")


@pytest.fixture(scope="module")
def office(demo: Demo, desks: Browser) -> Page:
    """The meeting's page in the office, with the secretary signed in."""
    page = new_page(desks, desk=True)
    page.goto(next(one["url"] for one in demo.says["accounts"] if one["name"] == "thu-ky"))
    page.wait_for_url("**/meetings")
    page.goto(f"{demo.says['office']}/meetings/{demo.says['meeting']}")
    return page


@pytest.fixture(scope="module")
def secretary(office: Page) -> Page:
    """The secretary's page, entered from the office."""
    with office.context.expect_page() as tab:
        office.get_by_test_id("enter-secretary").click()
    return opened(tab.value, None, "scenario")


def _runs(page: Page, cue: str) -> None:
    row = page.locator(f'[data-testid=cue][data-cue="{cue}"]')
    expect(row).to_have_attribute("data-state", "running", timeout=_PATIENCE_MS)


def _says(room: Room, tally: str) -> None:
    eventually(partial(room.says, tally), f"{room.site}: {tally}")


def _holder(chair: Page, name: str) -> None:
    holder = chair.get_by_test_id("floor-holder")
    eventually(lambda: name in holder.inner_text(), f"the floor with {name}")


def test_the_chair_leads_the_session_from_cue_to_cue(chair: Page, desk: Desk, rooms: Rooms) -> None:
    room = rooms[_OURS]
    _runs(chair, "c8")
    _holder(chair, "Khánh Vĩnh")
    _says(room, "next")
    line = room.find("cue-line")
    eventually(lambda: "sau Huyện Khánh Vĩnh" in line.inner_text(), "whom the room comes after")
    eventually(lambda: "còn" in line.inner_text(), "how long until then")

    chair.get_by_test_id("cue-next").click()
    _runs(chair, "c9")
    _says(room, "on_air")
    eventually(room.mic_is_open, "the microphone opened by the cue")
    desk.until(lambda desk: desk.state["layout"] == "1+2", "the cue's layout")
    desk.until(lambda desk: desk.state["cells"][0]["site"] == _OURS, "the speaker large")
    desk.until(lambda desk: desk.state["next"]["site"] == _THIRD, "who follows is next")

    chair.get_by_test_id("cue-prev").click()
    _runs(chair, "c8")
    _says(room, "next")
    eventually(room.mic_is_closed, "the microphone closed by going back")

    chair.get_by_test_id("undo").click()
    _runs(chair, "c9")
    _says(room, "on_air")


def test_a_reloaded_page_comes_back_at_the_same_cue(chair: Page, desk: Desk, rooms: Rooms) -> None:
    seen = desk.scenario["revision"]
    chair.reload()
    _runs(chair, "c9")
    chair.get_by_test_id("cue-extend").click()
    desk.until(lambda desk: desk.scenario["revision"] > seen, "two minutes more")
    cue = next(cue for cue in desk.scenario["cues"] if cue["cue"] == "c9")
    assert cue["allotted_ms"] == 9 * 60_000
    assert rooms[_OURS].says("on_air")


def test_two_chairs_pages_that_press_at_once_go_on_by_one_step_and_a_lost_one_comes_back(
    demo: Demo, chair: Page, desks: Browser
) -> None:
    other = new_page(desks, desk=True)
    line = HeldLine(other)
    opened(other, str(demo.says["chair"]), "scenario")
    _runs(other, "c9")
    # The other page presses before it hears of the first one's press.
    line.hold()
    chair.get_by_test_id("cue-next").click()
    _runs(chair, "c10")
    other.get_by_test_id("cue-next").click()
    line.release()
    expect(other.get_by_test_id("notice")).to_be_visible(timeout=_PATIENCE_MS)
    _runs(other, "c10")
    _runs(chair, "c10")

    line.cut()
    expect(other.locator(".chair__lost")).to_be_visible(timeout=_PATIENCE_MS)
    chair.get_by_test_id("cue-prev").click()
    _runs(chair, "c9")
    line.mend()
    _runs(other, "c9")
    other.wait_for_timeout(_PAUSE_MS)
    other.get_by_test_id("cue-next").click()
    _runs(chair, "c10")
    _holder(chair, "Ninh Hòa")
    other.context.close()


def test_the_secretary_puts_a_vote_and_writes_to_rooms(
    demo: Demo, secretary: Page, desk: Desk, desks: Browser, rooms: Rooms
) -> None:
    expect(secretary.get_by_test_id("cue-next")).to_have_count(0)
    room = rooms[_OURS]
    secretary.get_by_test_id("vote-new").locator("summary").click()
    secretary.get_by_test_id("vote-question").fill("Thông qua nhiệm vụ chăm lo Tết")
    secretary.get_by_test_id("vote-open").click()
    room.press("answer-0")
    # A district that is not here answers by telephone; the technical desk writes it down.
    console = opened(new_page(desks, desk=True), str(demo.says["console"]), "vote")
    absent = console.locator(f'[data-testid=vote] li[data-site="{_LATE}"]')
    absent.get_by_test_id("vote-record").select_option("1")
    desk.until(lambda desk: desk.state["vote"]["cast"] == 2, "two answers of eight")
    console.context.close()
    secretary.get_by_test_id("vote-close").click()
    expect(room.find("vote-result")).to_contain_text("Đồng ý", timeout=_PATIENCE_MS)
    # The district's own answer, and the one that was written down.
    desk.until(lambda desk: desk.state["vote"]["counts"] == [1, 1, 0], "the result")
    desk.until(lambda desk: None in desk.state["cells"], "its tile in the program")
    secretary.get_by_test_id("vote-hide").click()
    expect(room.find("ballot")).to_have_count(0, timeout=_PATIENCE_MS)

    commune = rooms[_COMMUNE]
    secretary.get_by_test_id("prompt-form").locator("summary").click()
    # To a district and its communes, to one of them, to all.
    for to, text, read_by in (
        (f"below:{_OURS}", "Chuẩn bị tài liệu", (room, commune)),
        (f"one:{_COMMUNE}", "Mời nói gần micro", (commune,)),
        ("", "Còn mười phút", (room, commune)),
    ):
        secretary.get_by_test_id("prompt-to").select_option(to)
        secretary.get_by_test_id("prompt-text").fill(text)
        secretary.get_by_test_id("prompt-send").click()
        for reader in read_by:
            prompt = reader.find("prompt")
            expect(prompt).to_contain_text(text, timeout=_PATIENCE_MS)
            expect(prompt).to_contain_text("Thư ký nhắn")
    commune.press("prompt-seen")
    expect(commune.find("prompt")).to_have_count(0, timeout=_PATIENCE_MS)


def test_an_absent_turn_is_put_off_by_the_secretary_and_the_room_comes_later(
    chair: Page, secretary: Page, desk: Desk, rooms: Rooms
) -> None:
    _presses_next(chair, desk)
    _runs(chair, "c11")
    for page in (chair, secretary):
        expect(page.get_by_test_id("awaited")).to_contain_text("Nha Trang", timeout=_PATIENCE_MS)
    desk.until(lambda desk: desk.state["floor"] == [], "the floor with nobody")
    assert desk.scenario["awaited"] == _LATE

    secretary.get_by_test_id("put-off").click()
    _runs(chair, "c12")
    desk.until(lambda desk: desk.scenario["at"]["cue"] == "c12", "the next cue")
    order = [cue["cue"] for cue in desk.scenario["cues"]]
    assert order.index("c11") == order.index("c12") + 1
    # Of its three communes one is here; the secretary passes over the others.
    for _ in range(3):
        turn = desk.scenario["at"]
        if desk.scenario["awaited"]:
            name = desk.row(desk.scenario["awaited"])["name"]
            expect(secretary.get_by_test_id("awaited")).to_contain_text(name, timeout=_PATIENCE_MS)
            secretary.get_by_test_id("skip-turn").click()
        else:
            _says(rooms[_COMMUNE], "on_air")
            late = rooms[_LATE]
            _presses_next(chair, desk)
        desk.until(partial(_has_left, turn), "the next turn")
    _runs(chair, "c11")
    _says(late, "on_air")
    eventually(late.mic_is_open, "the microphone of who came late")
    assert desk.scenario["awaited"] is None


def test_a_discussion_goes_by_hands_and_a_vote_by_its_cue(
    chair: Page, desk: Desk, rooms: Rooms
) -> None:
    _presses_next(chair, desk)
    _runs(chair, "c13")
    commune = rooms[_COMMUNE]
    commune.press("raise-hand")
    hand = chair.get_by_test_id("hands").locator(f'[data-site="{_COMMUNE}"]')
    hand.get_by_test_id("hand-give").click()
    _says(commune, "on_air")

    while desk.scenario["at"]["cue"] != "c15":
        _presses_next(chair, desk)
    for site in (_OURS, _LATE):
        rooms[site].press("answer-0")
    desk.until(lambda desk: desk.state["vote"]["cast"] == 2, "two answers in the rooms")
    _presses_next(chair, desk)
    _runs(chair, "c16")
    desk.until(lambda desk: desk.state["floor"][0]["site"] == _HALL, "the chair concludes")


def test_the_districts_meet_apart_and_are_merged_again(
    demo: Demo, chair: Page, secretary: Page, desk: Desk, rooms: Rooms
) -> None:
    # Its process begins before the split is due; this machine has other things to do.
    eventually(partial(_is_hosted, demo, _OURS), "the process of the district's meeting", _BEGIN_S)
    _presses_next(chair, desk)
    _runs(chair, "c17")
    district, commune, late = rooms[_OURS], rooms[_COMMUNE], rooms[_LATE]
    for room in (district, commune):
        expect(room.find("branch")).to_contain_text("Khánh Sơn", timeout=_PATIENCE_MS)
        eventually(room.plays, f"the district's program in {room.site}")
    # Who would be alone stays.
    assert late.find("branch").count() == 0
    for page in (chair, secretary):
        row = page.get_by_test_id("branch-row").filter(has_text="Khánh Sơn")
        expect(row.get_by_test_id("branch-count")).to_contain_text("2/", timeout=_PATIENCE_MS)

    # The district leads its own meeting, on a chair's page of its own.
    with district.page.context.expect_page() as tab:
        district.find("branch-chair").click()
    own = tab.value
    own.get_by_test_id("side-sites").click()
    line = own.locator(f'[data-testid=site-row][data-site="{_COMMUNE}"]')
    line.get_by_test_id("give-floor").click()
    _says(commune, "on_air")

    while desk.scenario["at"]["cue"] != "c19":
        _presses_next(chair, desk)
    for room in (district, commune, late):
        expect(room.find("branch")).to_have_count(0, timeout=_PATIENCE_MS)
        eventually(room.plays, f"the province's program in {room.site}")
    own.close()
    desk.until(lambda desk: desk.present(_OURS, _COMMUNE, _LATE, _THIRD), "all together again")
    # The first of the districts to sum up, which had stayed.
    assert desk.scenario["at"] == {"cue": "c19", "turn": "0"}
    _says(late, "on_air")


def test_the_meeting_ends_for_everybody_and_its_report_tells_it(
    demo: Demo, chair: Page, office: Page, rooms: Rooms
) -> None:
    chair.get_by_test_id("end-meeting").click()
    chair.get_by_test_id("end-meeting-sure").click()
    for site in (_OURS, _COMMUNE, _LATE):
        expect(rooms[site].find("ended")).to_be_visible(timeout=_PATIENCE_MS)
    told = eventually(lambda: _report_of(office, demo), "the report of a meeting that is over")
    assert told is not None
    came = {row["site"] for row in told["attendance"] if row["standing"] != "absent"}
    assert came == {_HALL, _FIRST, _OURS, _THIRD, _LATE, _COMMUNE}
    assert len(told["attendance"]) == 145
    by_hand, by_cue = told["votes"]
    assert (by_hand["counts"], by_cue["counts"]) == ([1, 1, 0], [2, 0, 0])
    ran = {cue["cue"]: cue for cue in told["cues"] if cue["began_ms"]}
    assert list(ran) == [*_BEFORE, "c17", "c19"]
    (apart,) = told["children"]
    assert (apart["chair"], apart["attended"], apart["over"]) == ("Huyện Khánh Sơn", 2, True)
    assert (ran["c9"]["planned_min"], ran["c9"]["extra_min"]) == (7, 2)
    assert [turn["state"] for turn in ran["c12"]["turns"]] == ["skipped", "done", "skipped"]
    (asked,) = told["requests"]
    assert asked["site"] == _COMMUNE
    assert asked["heard_ms"] > asked["asked_ms"]
    spoken = {row["site"]: row["turns"] for row in told["attendance"] if row["turns"]}
    # Going back gave some of them the floor again; the commune spoke in the discussion, too.
    assert spoken == {_HALL: 1, _FIRST: 2, _OURS: 3, _THIRD: 2, _LATE: 2, _COMMUNE: 2}
    for name in ("report.docx", "report.pdf", "attendance.csv", "votes.csv"):
        assert office.request.get(f"{_report_path(demo)}/{name}").ok, name


def test_the_reports_page_shows_the_same_numbers(demo: Demo, office: Page) -> None:
    office.goto(f"{demo.says['office']}/reports/{demo.says['meeting']}")
    office.locator("[data-testid=report][data-over=true]").wait_for()
    figures = office.get_by_test_id("report-figures")
    expect(figures.locator("[data-figure=attended]")).to_contain_text("6/145")
    expect(figures.locator("[data-figure=spoke]")).to_contain_text("6")
    late = office.locator(f'[data-testid=report-speaker][data-site="{_LATE}"]')
    expect(late).to_contain_text("Nha Trang")
    expect(office.get_by_test_id("report-vote")).to_have_count(2)
    heard = office.locator("[data-testid=report-request][data-heard=true]")
    expect(heard).to_have_count(1)
    done = office.locator('[data-testid=report-cue][data-state="done"]')
    expect(done.first).to_contain_text("Tham luận")


def _is_hosted(demo: Demo, site: str) -> bool:
    """Return True when a media process runs the branch that a site chairs."""
    mcus = fetch_json(f"{demo.says['office']}/api/v1/demo")["mcus"]
    return any(one["conference"].endswith(f"--{site}") for one in mcus if one["conference"])


def _report_of(office: Page, demo: Demo) -> dict[str, Any] | None:
    """Return the report once it is of a meeting that is over."""
    answer = office.request.get(_report_path(demo))
    report: dict[str, Any] | None = answer.json()["report"] if answer.ok else None
    return report if report and report["over"] else None


def _report_path(demo: Demo) -> str:
    return f"{demo.says['office']}/api/v1/reports/{demo.says['meeting']}"


def _has_left(turn: dict[str, str], desk: Desk) -> bool:
    return bool(desk.scenario["at"] != turn)


def _presses_next(chair: Page, desk: Desk) -> None:
    """Press "next" as whoever looks first: at once after a press it would mean the first one."""
    chair.wait_for_timeout(_PAUSE_MS)
    seen = desk.scenario["revision"]
    chair.get_by_test_id("cue-next").click()
    desk.until(lambda desk: desk.scenario["revision"] > seen, "the next step")
