"""The first session is planned on its pages: by a secretary, an operator and the chair, at once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, Route, expect

from tests.e2e.browser import FLAGS, chromium_path, new_page
from tests.e2e.demo import Demo
from tests.e2e.looking import look_at

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

TITLE = "Hội nghị trực tuyến ba cấp về chăm lo Tết cho người nghèo"
GUEST = "Đoàn giám sát HĐND tỉnh"
# What the run sheet of the first session says, and how many cues a long day has.
CUES, LONG_DAY = 20, 200
# How the files begin that are printed from a plan.
FILES = {"invitation-pdf": b"%PDF", "run-sheet-docx": b"PK", "calendar": b"BEGIN"}
# Founds a meeting of a host and writes changes to it, as a page would; gives its id.
FOUND_JS = """async ([host, changes]) => {
    const send = async (method, path, body, seen) => {
        const headers = {'content-type': 'application/json', ...seen}
        const answer = await fetch(`/api/v1${path}`, {method, body: JSON.stringify(body), headers})
        return answer.json()
    }
    const { id } = await send('POST', '/meetings', { host }, {})
    await send('PATCH', `/meetings/${id}`, { changes }, { 'if-match': '"1"' })
    return id
}"""


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS])
    yield browser
    browser.close()


def desk_of(browser: Browser, demo: Demo, login: str) -> Page:
    """Return a page on which somebody is signed in."""
    page = new_page(browser, desk=True)
    page.goto(next(str(one["url"]) for one in demo.says["accounts"] if one["name"] == login))
    page.get_by_test_id("my-account").wait_for()
    return page


def cue(page: Page, key: str) -> Locator:
    """Return a row of the run sheet, scrolled to."""
    row = page.locator(f"[data-testid=cue][data-cue={key}]")
    box = page.get_by_test_id("cues")
    for top in range(0, 2000, 250):
        if row.count():
            break
        box.evaluate("(box, top) => { box.scrollTop = top }", top)
        page.wait_for_timeout(50)
    return row


def time_of(page: Page, key: str) -> str:
    return cue(page, key).get_by_test_id("cue-time").inner_text()


def errors(page: Page) -> Locator:
    """Return what says how many errors the plan has, once everything is written."""
    expect(page.get_by_test_id("saved")).to_have_attribute("data-saving", "saved")
    return page.get_by_test_id("problems")


def no_errors(page: Page) -> None:
    expect(errors(page)).to_have_attribute("data-errors", "0")


def take(page: Page, step: str, state: str) -> None:
    """Take a step in the meeting's life."""
    page.get_by_test_id(f"step-{step}").click()
    page.get_by_test_id("step-do").click()
    expect(page.get_by_test_id("meeting-head")).to_have_attribute("data-state", state)


def begin_from_the_template(page: Page) -> str:
    """Begin the session's plan on a day two months from now; return its id."""
    day = datetime.now(UTC) + timedelta(days=60)
    page.get_by_test_id("new-meeting").click()
    page.get_by_test_id("new-title").fill(TITLE)
    page.get_by_test_id("new-day").fill(day.strftime("%d/%m/%Y"))
    look_at(page, "meetings-new")
    page.get_by_test_id("begin").click()
    page.get_by_test_id("meeting-head").wait_for()
    assert page.get_by_test_id("title").input_value() == TITLE
    return page.url.rsplit("/", 1)[1]


def answers_the_question_of_secrets(page: Page) -> None:
    page.get_by_test_id("secret-yes").click()
    refusal = page.get_by_test_id("trouble").filter(has_text="26/2020/NĐ-CP").first
    refusal.wait_for()
    look_at(page, "meeting-secret")
    refusal.get_by_test_id("drop").click()
    expect(page.get_by_test_id("secret-yes")).not_to_be_checked()
    page.get_by_test_id("secret-no").click()
    no_errors(page)
    expect(page.get_by_test_id("clashes")).to_have_attribute("data-count", "0")


def picks_participants(page: Page) -> None:
    """A guest by hand, a unit twice, a level away and back."""
    page.get_by_test_id("tab-participants").click()
    expect(page.get_by_test_id("site-count")).to_have_attribute("data-sites", "145")
    page.get_by_test_id("guest-name").fill(GUEST)
    page.get_by_test_id("guest-seat").fill("khanh hoa")
    page.get_by_test_id("unit-option").first.click()
    page.get_by_test_id("add-guest").click()
    page.get_by_test_id("pick").filter(has_text="ngồi tại").wait_for()

    # The list of a district's communes beside all communes: each would be invited twice.
    page.get_by_test_id("search").fill("khanh vinh")
    page.locator("[data-testid=unit][data-code='573']").click()
    page.get_by_test_id("add-subtree").click()
    twice = page.locator("[data-testid=row-problem][data-code=invited_twice]")
    twice.first.wait_for()
    look_at(page, "meeting-participants")
    page.get_by_test_id("undo").click()
    twice.first.wait_for(state="detached")
    page.get_by_test_id("new-role").select_option("reporting")
    page.locator("[data-testid=add-level][data-level=district]").click()
    expect(page.get_by_test_id("pick-told")).to_contain_text("không mời hai lần")
    no_errors(page)

    # Without the departments their speakers are no participants: told in their rows.
    page.locator("[data-pick=departments]").get_by_test_id("pick-remove").click()
    page.get_by_test_id("tab-scenario").click()
    stranger = cue(page, "c3").locator("[data-testid=row-problem]")
    expect(stranger).to_have_attribute("data-code", "speaker_no_participant")
    page.get_by_test_id("undo").click()
    no_errors(page)


def writes_the_scenario(page: Page) -> None:
    expect(page.get_by_test_id("cues")).to_have_attribute("data-count", str(CUES))
    expect(page.get_by_test_id("scenario-line")).to_contain_text("07:45 đến 11:36")

    # A missing speaker shows in its row, and is mended by name.
    cue(page, "c12").click()
    speaker = page.get_by_test_id("turn").first.get_by_test_id("turn-unit")
    speaker.fill("")
    speaker.blur()
    missing = cue(page, "c12").locator("[data-testid=row-problem][data-code=no_speaker]")
    missing.wait_for()
    look_at(page, "meeting-scenario-missing")
    speaker.fill("giang ly")
    page.get_by_test_id("unit-option").first.click()
    missing.wait_for(state="detached")
    page.get_by_test_id("close-editor").click()

    # A first item that runs into one with a time of its own; times follow at once.
    minutes = cue(page, "c0").get_by_test_id("cue-minutes")
    minutes.fill("20")
    minutes.blur()
    late = cue(page, "c1").locator("[data-testid=row-problem][data-code=overlap]")
    expect(late).to_contain_text("chồng 5 phút")
    page.get_by_test_id("undo").click()
    late.wait_for(state="detached")


def moves_rows(page: Page) -> None:
    """By pointer and back by keyboard; whoever moves sees the new times."""
    assert (time_of(page, "c8"), time_of(page, "c9")) == ("09:01–09:08", "09:08–09:15")
    cue(page, "c9").get_by_test_id("handle").hover()
    to = cue(page, "c8").bounding_box()
    assert to is not None
    page.mouse.down()
    page.mouse.move(to["x"] + 40, to["y"] + 30, steps=4)
    expect(cue(page, "c9").get_by_test_id("cue-time")).to_have_text("09:01–09:08")
    page.mouse.up()
    no_errors(page)
    assert (time_of(page, "c9"), time_of(page, "c8")) == ("09:01–09:08", "09:08–09:15")
    row = cue(page, "c9")
    row.click()
    row.press("Alt+ArrowDown")
    expect(page.get_by_test_id("moved")).to_contain_text("bắt đầu 09:08")
    expect(cue(page, "c9")).to_be_focused()
    assert time_of(page, "c8") == "09:01–09:08"


def sees_it_beforehand(page: Page) -> None:
    page.get_by_test_id("preview").click()
    at = page.get_by_test_id("sight-at")
    at.fill("09:05")
    at.press("Enter")
    floor = page.locator("[data-testid=sight-box][data-role=floor]")
    expect(floor).to_have_attribute("data-name", "Huyện Khánh Vĩnh")
    expect(page.locator("[data-testid=cue-editor][data-cue=c8]")).to_be_visible()
    look_at(page, "meeting-scenario")
    page.get_by_test_id("preview").click()


def adds_a_break(page: Page) -> None:
    cue(page, "c13").click()
    page.get_by_test_id("add-cue").click()
    page.get_by_test_id("cue-title").fill("Giải lao")
    page.get_by_test_id("cue-kind").select_option("break")
    expect(page.get_by_test_id("scenario-line")).to_contain_text("07:45 đến 11:41")
    expect(cue(page, "c14").get_by_test_id("cue-time")).to_contain_text("10:04")
    no_errors(page)


def held(page: Page) -> Locator:
    return page.get_by_test_id("held").get_by_test_id("trouble")


def deaf(page: Page, plan: str) -> None:
    """Let a page hear nothing of the plan until it writes itself."""
    state = {"deaf": True}

    def answer(route: Route) -> None:
        if route.request.method == "PATCH":
            state["deaf"] = False
        if state["deaf"] and route.request.method == "GET":
            route.abort()
        else:
            route.continue_()

    page.route(re.compile(rf"/api/v1/meetings/{re.escape(plan)}$"), answer)


def two_write_at_once(page: Page, other: Page, plan: str) -> None:
    """Other fields of one row: both stand. The same field: both texts in the row, none lost."""
    for one in (page, other):
        one.goto(re.sub(r"/meetings/.*", f"/meetings/{plan}/scenario", page.url))
        cue(one, "c8").click()
    deaf(other, plan)
    page.get_by_test_id("cue-note").fill("Camera 2 quay toàn cảnh")
    page.get_by_test_id("cue-note").blur()
    no_errors(page)
    minutes = cue(other, "c8").get_by_test_id("cue-minutes")
    minutes.fill("9")
    minutes.blur()
    expect(other.get_by_test_id("cue-note")).to_have_value("Camera 2 quay toàn cảnh")
    no_errors(other)

    other.unroute_all()
    deaf(other, plan)
    page.reload()
    cue(page, "c8").click()
    expect(cue(page, "c8").get_by_test_id("cue-minutes")).to_have_value("9")
    page.get_by_test_id("cue-title").fill("Tham luận của Khánh Vĩnh")
    page.get_by_test_id("cue-title").blur()
    no_errors(page)
    other.get_by_test_id("cue-title").fill("Báo cáo của Khánh Vĩnh")
    other.get_by_test_id("cue-title").blur()
    conflict = cue(other, "c8").get_by_test_id("trouble")
    expect(conflict.get_by_test_id("mine")).to_have_text("Báo cáo của Khánh Vĩnh")
    expect(conflict.get_by_test_id("theirs")).to_have_text("Tham luận của Khánh Vĩnh")
    look_at(other, "meeting-conflict")
    conflict.get_by_test_id("insist").click()
    no_errors(other)
    expect(held(other)).to_have_count(0)
    assert "Báo cáo của Khánh Vĩnh" in cue(other, "c8").inner_text()
    other.unroute_all()


def is_not_submitted_as_long_as_somebody_is_missing(page: Page) -> None:
    cue(page, "c16").click()
    page.get_by_test_id("remove-turn").click()
    expect(errors(page)).to_have_attribute("data-errors", "1")
    page.get_by_test_id("step-submit").click()
    page.get_by_test_id("step-do").click()
    expect(page.get_by_test_id("step-refused")).to_have_attribute("data-code", "unfit")
    page.keyboard.press("Escape")
    page.get_by_test_id("undo").click()
    no_errors(page)


def an_old_page_loses_nothing(page: Page, old: Page) -> None:
    """It writes to what is approved by now: told, its words kept for the next version."""
    old.get_by_test_id("venue").fill("Hội trường lớn")
    old.get_by_test_id("venue").blur()
    expect(held(old)).to_have_attribute("data-kind", "frozen")
    expect(held(old).get_by_test_id("mine")).to_have_text("Hội trường lớn")
    look_at(old, "meeting-frozen")
    page.reload()
    take(page, "revise", "draft")
    old.unroute_all()
    old.reload()
    held(old).get_by_test_id("insist").click()
    no_errors(old)
    expect(held(old)).to_have_count(0)


def compares_versions(page: Page) -> None:
    page.get_by_test_id("tab-history").click()
    title = page.locator("[data-testid=difference][data-part='cues/c8']")
    expect(title.get_by_test_id("was").first).to_have_text("Tham luận: xã miền núi, hộ nghèo")
    expect(title.get_by_test_id("becomes").first).to_have_text("Báo cáo của Khánh Vĩnh")
    venue = page.locator("[data-testid=difference][data-part='header/venue']")
    expect(venue.get_by_test_id("becomes")).to_have_text("Hội trường lớn")
    look_at(page, "meeting-history")


def papers_can_be_fetched(page: Page, demo: Demo) -> None:
    page.get_by_test_id("tab-information").click()
    for name, start in FILES.items():
        link = page.get_by_test_id(f"export-{name}").get_attribute("href")
        answer = page.request.get(f"{demo.says['office']}{link}")
        assert (answer.status, answer.body()[: len(start)]) == (200, start)
    page.get_by_test_id("invitation-issue").click()
    page.get_by_test_id("invitation-number").fill("31/GM-UBND")
    page.get_by_test_id("invitation-do").click()
    page.locator("[data-testid=deadline][data-key=invitation][data-standing=done]").wait_for()
    look_at(page, "meeting-information")
    page.get_by_test_id("tab-participants").click()
    page.get_by_test_id("invited-unit").first.get_by_test_id("comes").click()
    expect(page.get_by_test_id("attendance")).to_have_attribute("data-coming", "1")


def test_the_first_session_is_planned_approved_changed_and_approved_again(
    demo: Demo, browser: Browser
) -> None:
    page, chair = desk_of(browser, demo, "thu-ky"), desk_of(browser, demo, "chu-toa")
    operator = desk_of(browser, demo, "truc-ky-thuat")
    plan = begin_from_the_template(page)
    answers_the_question_of_secrets(page)
    picks_participants(page)
    writes_the_scenario(page)
    moves_rows(page)
    sees_it_beforehand(page)
    adds_a_break(page)
    address = f"{demo.says['office']}/meetings/{plan}"

    is_not_submitted_as_long_as_somebody_is_missing(page)
    operator.goto(address)
    operator.get_by_test_id("venue").wait_for()
    deaf(operator, plan)
    take(page, "submit", "submitted")
    chair.goto(address)
    look_at(chair, "meeting-chair")
    take(chair, "approve", "approved")
    assert "Phiên bản 1" in chair.get_by_test_id("version").inner_text()
    an_old_page_loses_nothing(page, operator)
    two_write_at_once(page, operator, plan)
    page.reload()
    page.get_by_test_id("venue").or_(page.get_by_test_id("cues")).first.wait_for()
    compares_versions(page)
    take(page, "submit", "submitted")
    chair.reload()
    take(chair, "approve", "approved")
    assert "Phiên bản 2" in chair.get_by_test_id("version").inner_text()
    chair.get_by_test_id("tab-history").click()
    expect(chair.get_by_test_id("edition")).to_have_count(2)
    page.reload()
    papers_can_be_fetched(page, demo)

    # Its day is booked now; the list says how it stands.
    page.goto(f"{demo.says['office']}/meetings")
    row = page.locator(f"[data-testid=meeting][data-meeting='{plan}']")
    expect(row).to_have_attribute("data-state", "approved")
    look_at(page, "meetings")
    for one in (page, chair, operator):
        one.context.close()


def test_a_long_day_draws_only_the_rows_in_sight(demo: Demo, browser: Browser) -> None:
    page = desk_of(browser, demo, "thu-ky")
    page.get_by_test_id("meetings").wait_for()
    host = page.request.get(f"{demo.says['office']}/api/v1/units?top=true").json()["units"][0]
    rows: list[dict[str, Any]] = [
        {
            "op": "set",
            "part": f"cues/q{n}",
            "value": {"title": f"Tham luận {n}", "minutes": 3, "turns": [{"unit": host["id"]}]},
        }
        for n in range(LONG_DAY)
    ]
    plan = page.evaluate(FOUND_JS, [host["id"], rows])
    page.goto(f"{demo.says['office']}/meetings/{plan}/scenario")
    expect(page.get_by_test_id("cues")).to_have_attribute("data-count", str(LONG_DAY))
    page.get_by_test_id("cue").first.click()
    page.keyboard.press("End")
    expect(page.locator("[data-cue=q199]").first).to_be_focused()
    assert page.get_by_test_id("cue").count() < 40

    # The tree with everything opened.
    page.get_by_test_id("tab-participants").click()
    page.locator("[data-testid=unit][aria-level='2']").first.wait_for()
    for code in ("568", "572"):
        page.get_by_test_id("search").fill("")
        line = page.locator(f"[data-testid=unit][data-code='{code}']")
        for top in range(0, 1600, 200):
            if line.count():
                break
            page.get_by_test_id("unit-tree").evaluate("(box, top) => { box.scrollTop = top }", top)
            page.wait_for_timeout(50)
        line.get_by_test_id("fold").click()
        page.wait_for_timeout(200)
    assert page.get_by_test_id("unit").count() < 40
    page.context.close()
