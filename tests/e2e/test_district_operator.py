"""The operator of a district looks after its own communes, and after nobody else's.

commune ─ hand ─▶ asked ─ the district's room, or its operator ─▶ the chair's queue
"""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, Playwright

from tests.e2e.browser import open_desk
from tests.e2e.conftest import COMMUNE, DISTRICT
from tests.e2e.demo import Demo, fetch_json
from tests.e2e.desk import Desk
from tests.e2e.measure import told
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_OTHER_DISTRICT, _OTHER_COMMUNE = "573", "22633"


@pytest.fixture(scope="module")
def link(demo: Demo) -> str:
    """The operator's link, as the office gives it to the district."""
    operators = fetch_json(f"{demo.says['office']}/api/v1/demo")["operators"]
    (url,) = (operator["url"] for operator in operators if operator["site"] == DISTRICT)
    return str(url)


@pytest.fixture(scope="module")
def operator(link: str, playwright: Playwright) -> Iterator[Page]:
    with open_desk(playwright, link, "site-tile") as page:
        yield page


@pytest.fixture
def own_socket(demo: Demo, link: str) -> Iterator[Desk]:
    """The same token without the page, to say what the page has no button for."""
    desk = Desk(demo.signal_url, link.split("#token=", 1)[1])
    yield desk
    desk.close()


@pytest.fixture(autouse=True)
def quiet_meeting(desk: Desk, rooms: dict[str, Room]) -> Iterator[None]:
    calm(desk, rooms)
    yield
    desk.ask("doors", ask=False)
    desk.ask("hands_via_parent", on=False)


def test_an_operator_sees_the_district_and_its_communes(operator: Page, desk: Desk) -> None:
    own = {site for site, row in desk.rows.items() if DISTRICT in (site, row["parent"])}
    assert COMMUNE in own
    assert {row["site"] for row in told(operator, "roster")["sites"]} == own
    tiles = operator.get_by_test_id("site-tile")
    eventually(lambda: tiles.count() == len(own), "a tile for each")
    seen = {tile.get_attribute("data-site") for tile in tiles.all()}
    assert seen == own


def test_an_operator_mutes_a_commune_of_its_own(operator: Page, rooms: dict[str, Room]) -> None:
    commune = rooms[COMMUNE]
    commune.open_mic()
    _open_panel(operator, COMMUNE)
    operator.get_by_test_id("panel-mute").click()
    eventually(commune.mic_is_closed, "the commune's microphone closed")


def test_an_operator_lets_a_commune_of_its_own_in(
    operator: Page, desk: Desk, rooms: dict[str, Room]
) -> None:
    commune = rooms[COMMUNE]
    commune.press("leave")
    desk.until(lambda desk: not desk.present(COMMUNE), "the commune has left")
    desk.do("doors", ask=True)
    commune.find("rejoin").click()
    commune.find("waiting").wait_for()
    desk.until(lambda desk: desk.row(COMMUNE)["state"] == "waiting", "the commune waits")

    _open_panel(operator, COMMUNE)
    operator.get_by_test_id("panel-admit").click()

    desk.until(lambda desk: desk.present(COMMUNE), "the commune is in")
    commune.find("waiting").wait_for(state="detached")
    eventually(partial(commune.says, "listen"), "its tally")
    eventually(commune.plays, "its program")


@pytest.mark.parametrize("site", [_OTHER_COMMUNE, _OTHER_DISTRICT])
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("mute", {}),
        ("admit", {}),
        ("lower_hand", {}),
        ("forward_hand", {}),
        ("test", {"on": True}),
    ],
)
def test_a_command_for_another_district_is_refused(
    own_socket: Desk, kind: str, fields: dict[str, object], site: str
) -> None:
    answer = own_socket.ask(kind, site=site, **fields)
    assert (answer["type"], answer["code"]) == ("error", "not_allowed")


def test_what_is_the_chairs_is_refused_also_for_its_own_commune(own_socket: Desk) -> None:
    for kind, fields in (("give_floor", {"site": COMMUNE}), ("mute_all", {}), ("undo", {})):
        answer = own_socket.ask(kind, **fields)
        assert (answer["type"], answer["code"]) == ("error", "not_allowed")


def test_a_request_waits_until_the_districts_room_passes_it_on(
    desk: Desk, rooms: dict[str, Room]
) -> None:
    _ask_through_the_district(desk, rooms[COMMUNE])
    rooms[DISTRICT].find("forward").click()
    desk.until(lambda desk: desk.row(COMMUNE)["hand"] == 1, "first in the chair's queue")
    eventually(partial(rooms[COMMUNE].says, "next"), "the commune is next")
    rooms[DISTRICT].find("asking").wait_for(state="detached")


def test_a_request_waits_until_the_operator_passes_it_on(
    operator: Page, desk: Desk, rooms: dict[str, Room]
) -> None:
    _ask_through_the_district(desk, rooms[COMMUNE])
    _open_panel(operator, COMMUNE)
    operator.get_by_test_id("panel-forward").click()
    desk.until(lambda desk: desk.row(COMMUNE)["hand"] == 1, "first in the chair's queue")
    eventually(partial(rooms[COMMUNE].says, "next"), "the commune is next")


def _ask_through_the_district(desk: Desk, commune: Room) -> None:
    """Raise the commune's hand; it waits at the district and is not in the chair's queue."""
    desk.do("hands_via_parent", on=True)
    commune.press("raise-hand")
    commune.find("asked").wait_for()
    desk.until(lambda desk: desk.row(COMMUNE)["asked"], "the request waits")
    assert desk.row(COMMUNE)["hand"] is None
    assert commune.says("listen")


def _open_panel(operator: Page, site: str) -> None:
    """Open a site's panel unless it stands open."""
    if operator.locator(f'[data-testid=site-panel][data-site="{site}"]').count() == 0:
        operator.locator(f'[data-testid=site-tile][data-site="{site}"]').click()
