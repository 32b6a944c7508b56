"""The demo's session led from cue to cue on the chair's page; a reporting room is a browser."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, Playwright, expect

from nhipcau.picture.colour import Rgb
from tests.e2e.browser import new_page, open_desk, running_chromium, with_devices
from tests.e2e.demo import Demo, running_demo
from tests.e2e.desk import Desk
from tests.e2e.devices import make_devices
from tests.e2e.room import Room
from tests.e2e.waiting import PATIENCE_S, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

# Of the session's reporting districts all but Nha Trang are here: its turn comes in vain.
_SITES = 4
_FIRST, _OURS, _THIRD, _ABSENT = "573", "575", "572", "568"
_PATIENCE_MS = PATIENCE_S * 1000
_COLOUR, _TONE_HZ = Rgb(60, 240, 245), 1150


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
def room(
    demo: Demo, desk: Desk, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Room]:
    """Khánh Sơn, which reports second, in Chromium."""
    devices = make_devices(tmp_path_factory.mktemp("devices"), _OURS, _COLOUR, _TONE_HZ)
    with running_chromium(playwright, with_devices(devices)) as browser:
        page = new_page(browser)
        page.goto(demo.room(_OURS))
        room = Room(_OURS, page, devices)
        eventually(room.plays, "the program in the room")
        yield room


@pytest.fixture(scope="module")
def chair(demo: Demo, playwright: Playwright) -> Iterator[Page]:
    with open_desk(playwright, str(demo.says["chair"]), "scenario") as page:
        yield page


def _runs(chair: Page, cue: str) -> None:
    row = chair.locator(f'[data-testid=cue][data-cue="{cue}"]')
    expect(row).to_have_attribute("data-state", "running", timeout=_PATIENCE_MS)


def _says(room: Room, tally: str) -> None:
    eventually(partial(room.says, tally), f"{room.site}: {tally}")


def _holder(chair: Page, name: str) -> None:
    holder = chair.get_by_test_id("floor-holder")
    eventually(lambda: name in holder.inner_text(), f"the floor with {name}")


def test_the_chair_leads_the_session_from_cue_to_cue(chair: Page, desk: Desk, room: Room) -> None:
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


def test_a_reloaded_page_comes_back_at_the_same_cue_and_a_late_press_does_nothing(
    chair: Page, desk: Desk, room: Room
) -> None:
    seen = desk.scenario["revision"]
    chair.reload()
    _runs(chair, "c9")
    chair.get_by_test_id("cue-extend").click()
    desk.until(lambda desk: desk.scenario["revision"] > seen, "two minutes more")
    cue = next(cue for cue in desk.scenario["cues"] if cue["cue"] == "c9")
    assert cue["allotted_ms"] == 9 * 60_000
    refused = desk.ask("cue_next", seen=seen)
    assert (refused["type"], refused["code"]) == ("error", "moved")
    assert room.says("on_air")


def test_a_vote_is_answered_by_the_room_and_by_telephone_and_its_result_is_on_the_screens(
    chair: Page, desk: Desk, room: Room
) -> None:
    chair.get_by_test_id("vote-new").locator("summary").click()
    chair.get_by_test_id("vote-question").fill("Thông qua nhiệm vụ chăm lo Tết")
    chair.get_by_test_id("vote-open").click()
    room.press("answer-0")
    absent = chair.locator(f'[data-testid=vote] li[data-site="{_ABSENT}"]')
    absent.get_by_test_id("vote-record").select_option("1")
    desk.until(lambda desk: desk.state["vote"]["cast"] == 2, "two answers of eight")
    chair.get_by_test_id("vote-close").click()
    result = room.find("vote-result")
    expect(result).to_contain_text("Đồng ý", timeout=_PATIENCE_MS)
    # The district's own answer, and the one that was written down.
    desk.until(lambda desk: desk.state["vote"]["counts"] == [1, 1, 0], "the result")
    desk.until(lambda desk: None in desk.state["cells"], "its tile in the program")
    chair.get_by_test_id("vote-hide").click()
    expect(room.find("ballot")).to_have_count(0, timeout=_PATIENCE_MS)


def test_a_text_cue_is_read_in_the_room(chair: Page, room: Room) -> None:
    chair.get_by_test_id("prompt-form").locator("summary").click()
    chair.get_by_test_id("prompt-text").fill("Mời nói gần micro")
    chair.get_by_test_id("prompt-send").click()
    expect(room.find("prompt")).to_contain_text("Mời nói gần micro", timeout=_PATIENCE_MS)
    room.press("prompt-seen")
    expect(room.find("prompt")).to_have_count(0, timeout=_PATIENCE_MS)


def test_an_absent_turn_gives_the_floor_to_nobody_and_is_put_off(chair: Page, desk: Desk) -> None:
    chair.get_by_test_id("cue-next").click()
    _runs(chair, "c10")
    _holder(chair, "Ninh Hòa")
    # A press at once after a press means the first one.
    eventually(lambda: _pressed(chair, desk, "c11"), "the turn of who is not here")
    expect(chair.get_by_test_id("awaited")).to_contain_text("Nha Trang", timeout=_PATIENCE_MS)
    desk.until(lambda desk: desk.state["floor"] == [], "the floor with nobody")
    assert desk.scenario["awaited"] == _ABSENT

    chair.get_by_test_id("put-off").click()
    _runs(chair, "c12")
    desk.until(lambda desk: desk.scenario["at"]["cue"] == "c12", "the next cue")
    order = [cue["cue"] for cue in desk.scenario["cues"]]
    assert order.index("c11") == order.index("c12") + 1
    # None of the three communes is here either.
    for _ in range(3):
        turn = desk.scenario["at"]
        chair.get_by_test_id("skip-turn").click()
        desk.until(partial(_has_left, turn), "the next turn")
    _runs(chair, "c11")
    assert desk.scenario["awaited"] == _ABSENT


def _has_left(turn: dict[str, str], desk: Desk) -> bool:
    return bool(desk.scenario["at"] != turn)


def _pressed(chair: Page, desk: Desk, cue: str) -> bool:
    if desk.scenario["at"]["cue"] != cue:
        chair.get_by_test_id("cue-next").click()
    return bool(desk.scenario["at"]["cue"] == cue)
