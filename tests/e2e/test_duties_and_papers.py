"""Who does what, what if it fails, and the papers: planned on the pages, approved, checked off;
and afterwards the report.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.e2e.browser import FLAGS, chromium_path
from tests.e2e.looking import look_at
from tests.e2e.office import OfficeAlone, running_office
from tests.e2e.planned import ApiDesk, approved, planned
from tests.e2e.reported import keep_events, session_of
from tests.office.planning.pdfs import pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

PDF = "application/pdf"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeAlone]:
    with running_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
    yield browser
    browser.close()


def open_tab(page: Page, office: OfficeAlone, plan: str, tab: str) -> None:
    page.goto(f"{office.url}/meetings/{plan}/{tab}")
    page.get_by_test_id("meeting-head").wait_for()


def saved(page: Page) -> None:
    """Wait until all that was written is with the office."""
    page.locator("[data-testid=saved][data-saving=saved]").wait_for()


def row(page: Page, name: str, **marks: str) -> Locator:
    """Return a row by its test id and its data attributes."""
    where = "".join(f"[data-{key}='{value}']" for key, value in marks.items())
    return page.locator(f"[data-testid={name}]{where}")


def plan_duties(page: Page, office: OfficeAlone, plan: str) -> None:
    """Share out the tasks, with a contact that is corrected, and check one off."""
    open_tab(page, office, plan, "duties")
    duties = page.get_by_test_id("duty")
    expect(duties).to_have_count(18)
    lead = row(page, "duty", task="t8")
    expect(lead.get_by_role("link", name="+84 258 000 0003")).to_be_visible()
    page.get_by_test_id("add-before").click()
    text = page.get_by_test_id("duty-text")
    text.fill("Kiểm tra máy phát điện của hội trường")
    text.blur()
    page.get_by_test_id("duty-due").check()
    days = page.get_by_test_id("duty-days")
    days.fill("-1")
    days.blur()
    look_at(page, "duty-editor")
    page.get_by_test_id("close-duty").click()
    fresh = duties.filter(has_text="máy phát điện")
    fresh.locator("[data-party=department] button").click()
    saved(page)
    expect(fresh.locator("[data-party=department] [aria-pressed=true]")).to_be_visible()
    expect(fresh).to_contain_text(re.compile(r"\d\d/\d\d/\d{4}"))
    # Model tasks come together and go together.
    page.get_by_test_id("fill-duties").click()
    saved(page)
    assert duties.count() > 40
    page.get_by_test_id("undo").click()
    expect(duties).to_have_count(19)
    correct_contact(page)
    done = row(page, "duty", task="t1").get_by_test_id("duty-check")
    done.get_by_test_id("check-off").click()
    expect(done).to_contain_text("Thư ký (tỉnh)")
    expect(page.get_by_test_id("duties-done")).to_contain_text("1/19")
    look_at(page, "duties")


def correct_contact(page: Page) -> None:
    """Write another telephone number into the contacts of a unit; a wrong one is refused."""
    task = row(page, "duty", task="t8")
    task.get_by_test_id("unit-contacts").click()
    phone = page.get_by_test_id("contact-phone").first
    phone.fill("số lạ")
    page.get_by_test_id("save-contacts").click()
    page.get_by_role("alert").filter(has_text="số lạ").wait_for()
    phone.fill("0258 3 822 229")
    look_at(page, "contacts")
    page.get_by_test_id("save-contacts").click()
    expect(task.get_by_role("link", name="0258 3 822 229")).to_be_attached()
    page.get_by_test_id("close-contacts").click()


def plan_backup(page: Page, office: OfficeAlone, plan: str) -> None:
    """See what each loss would do; take a stand-in away and give it back; word a case."""
    page.get_by_test_id("tab-backup").click()
    leaf = row(page, "mcu", mcu="mcu-568")
    verdict = leaf.get_by_test_id("verdict")
    expect(verdict).to_have_attribute("data-verdict", "carries")
    expect(row(page, "trunk", leaf="mcu-568").get_by_test_id("verdict")).to_be_visible()
    for _ in range(2):
        leaf.get_by_role("button", name=re.compile("^Bỏ")).first.click()
    # Whom the meeting names nobody for, the inventory does.
    expect(verdict).to_have_attribute("data-verdict", "carries")
    leaf.get_by_test_id("add-standin").select_option("mcu-du-phong")
    expect(verdict).to_have_attribute("data-verdict", "carries")
    power = row(page, "case", case="power")
    expect(power).to_contain_text("Bắt buộc có")
    power.get_by_test_id("edit-case").click()
    announce = page.get_by_test_id("case-announce")
    announce.fill("Mất điện: chuyển sang bộ lưu điện, đại biểu giữ nguyên vị trí.")
    announce.blur()
    saved(page)
    expect(power).to_contain_text("bộ lưu điện, đại biểu")
    look_at(page, "backup-editing")
    power.get_by_test_id("edit-case").click()
    expect(row(page, "case", case="intruder")).to_contain_text("0258 3 822 229")
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    look_at(page, "backup")


def plan_papers(page: Page, office: OfficeAlone, plan: str, folder: Path) -> None:
    """Bring papers: what is no PDF is told and changes nothing; a new one gets a row."""
    page.get_by_test_id("tab-papers").click()
    papers = page.get_by_test_id("paper")
    expect(papers).to_have_count(5)
    word = folder / "Tờ trình.docx"
    word.write_bytes(b"PK\x03\x04 a document")
    page.get_by_test_id("choose-papers").set_input_files(word)
    page.get_by_test_id("paper-refused").filter(has_text="không phải tệp PDF").wait_for()
    expect(papers).to_have_count(5)
    fine = folder / "Danh_sách_hộ_nghèo.pdf"
    fine.write_bytes(pdf(2))
    page.get_by_test_id("choose-papers").set_input_files(fine)
    fresh = row(page, "paper", paper="TL6")
    expect(fresh.get_by_test_id("paper-title")).to_have_value("Danh sách hộ nghèo")
    expect(fresh.get_by_test_id("read-paper")).to_contain_text("Danh_sách_hộ_nghèo.pdf")
    fresh.get_by_test_id("restricted").check()
    fresh.get_by_test_id("choose-cues").click()
    fresh.locator("[data-cue=c3]").check()
    saved(page)
    # A paper with personal data on the screen is told in its row of the scenario.
    expect(fresh).to_contain_text("Mục 3")
    fresh.locator("[data-cue=c3]").uncheck()
    fresh.get_by_test_id("choose-cues").click()
    first = row(page, "paper", paper="TL1")
    file = first.get_by_test_id("choose-paper")
    file.set_input_files({"name": "báo cáo.pdf", "mimeType": PDF, "buffer": pdf(3)})
    expect(first).to_contain_text("3 trang")
    broken = b"%PDF-1.7 and no more"
    file.set_input_files({"name": "hỏng.pdf", "mimeType": PDF, "buffer": broken})
    first.get_by_test_id("paper-refused").filter(has_text="hỏng").wait_for()
    expect(first).to_contain_text("3 trang")
    fresh.get_by_role("button", name="Đưa TL6 lên trước").click()
    saved(page)
    expect(papers.nth(4)).to_have_attribute("data-paper", "TL6")
    look_at(page, "papers")


def approve_papers(page: Page, office: OfficeAlone, plan: str) -> None:
    """The chair approves what it sees; rooms that have it are none yet."""
    open_tab(page, office, plan, "papers")
    first = row(page, "paper", paper="TL1")
    first.get_by_test_id("approve-paper").click()
    expect(first.get_by_test_id("paper-approval")).to_contain_text("Chủ tọa (tỉnh)")
    rooms = first.get_by_test_id("paper-rooms")
    expect(rooms).to_have_text("0/145 phòng họp")
    rooms.click()
    expect(page.get_by_test_id("rooms-dialog").locator("li")).to_have_count(145)
    look_at(page, "paper-rooms")
    expect(page.get_by_test_id("choose-papers")).to_have_count(0)


def test_a_secretary_shares_out_tasks_plans_for_failures_and_brings_papers(
    office: OfficeAlone, browser: Browser, tmp_path: Path
) -> None:
    secretary, chair = office.enter(browser, "thu-ky"), office.enter(browser, "chu-toa")
    desks = ApiDesk(office, secretary), ApiDesk(office, chair)
    plan = planned(desks[0], office)
    plan_duties(secretary, office, plan)
    plan_backup(secretary, office, plan)
    plan_papers(secretary, office, plan, tmp_path)
    approved(*desks, plan)
    approve_papers(chair, office, plan)
    # An approved plan is worked through: nothing can be written, everything can be checked off.
    open_tab(secretary, office, plan, "duties")
    expect(secretary.get_by_test_id("edit-duty")).to_have_count(0)
    last = row(secretary, "duty", task="t4")
    last.get_by_test_id("check-off").click()
    expect(last.get_by_test_id("duty-check")).to_have_attribute("data-done", "true")
    last.get_by_test_id("check-off").click()
    expect(last.get_by_test_id("duty-check")).to_have_attribute("data-done", "false")
    look_at(secretary, "duties-approved")
    with secretary.expect_download() as download:
        secretary.get_by_test_id("export-responsibilities-pdf").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    for page in (secretary, chair):
        page.context.close()


def test_a_report_follows_the_meeting_and_is_whole_when_it_is_over(
    office: OfficeAlone, browser: Browser
) -> None:
    events = session_of(office.meeting)
    keep_events(office, events[:-1])
    page = office.enter(browser, "thu-ky")
    page.goto(f"{office.url}/reports")
    page.locator(f"[data-testid=report-listed][data-conference='{office.meeting}'] a").click()
    report = page.get_by_test_id("report")
    expect(page.get_by_test_id("report-state")).to_contain_text("đang diễn ra", timeout=45_000)
    # The end comes by itself to whoever has the page open.
    keep_events(office, events)
    expect(report).to_have_attribute("data-over", "true", timeout=45_000)
    expect(page.get_by_test_id("report-state")).to_have_text("Đã kết thúc")
    expect(row(page, "report-site")).to_have_count(145)
    expect(page.locator("[data-figure=attended]")).to_contain_text("141/145")
    expect(page.get_by_test_id("report-example")).to_have_text("Số liệu ví dụ")
    look_at(page, "report")
    page.get_by_test_id("report-show-late").click()
    expect(row(page, "report-site")).to_have_count(6)
    expect(row(page, "report-site").first).to_contain_text("Đến muộn")
    expect(row(page, "report-cue", state="skipped")).to_contain_text("bỏ qua")
    for file, begins in (("report-docx", b"PK"), ("report-pdf", b"%PDF-")):
        with page.expect_download() as download:
            page.get_by_test_id(file).click()
        assert Path(download.value.path()).read_bytes().startswith(begins)
    page.get_by_test_id("report-tables").click()
    with page.expect_download() as download:
        page.get_by_test_id("report-attendance-csv").click()
    assert "Tỉnh Khánh Hòa" in Path(download.value.path()).read_text("utf-8-sig")
    page.get_by_role("button", name="English").click()
    look_at(page, "report-en")
    page.context.close()
