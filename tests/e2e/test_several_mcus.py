"""Root, standby and two districts on one machine: who serves whom, and the bus may fall meanwhile.

12 synthetic sites ─▶ each at its home      a room of a district in Chromium ─▶ the district's
"""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from nhipcau.picture.colour import Rgb
from tests.e2e.browser import new_page, running_chromium, with_devices
from tests.e2e.demo import Demo, alive, descendants, fetch_json, running_demo
from tests.e2e.desk import Desk
from tests.e2e.devices import make_devices
from tests.e2e.room import Room
from tests.e2e.test_district_meetings import holds_its_meeting
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

_SITES = 12
_FIRST, _SECOND = "mcu-573", "mcu-575"
# Of the first district, and none of the synthetic ones.
_ROOM = "22618"
_START_S = 120.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own, with four MCUs."""
    with running_demo(tmp_path_factory.mktemp("mcus"), _SITES, mcus=4) as demo:
        yield demo


def test_a_districts_own_meeting_is_held_on_its_own_mcu_and_followed_by_its_neighbours(
    demo: Demo,
) -> None:
    with ExitStack() as stack:
        district = holds_its_meeting(demo, stack, _FIRST.removeprefix("mcu-"))

        def parts() -> dict[str, str]:
            statuses = fetch_json(f"{demo.says['office']}/api/v1/demo")["mcus"]
            ours = (one for one in statuses if one["conference"] == district.meeting)
            return {one["mcu"]: one["role"] for one in ours}

        wanted = {_FIRST: "root", _SECOND: "standby"}
        eventually(lambda: parts() == wanted, "root and standby of the district's meeting")
        assert "22633" in district.desk.rows
        district.desk.tell("end_meeting")
        eventually(lambda: district.state() == "ended", "the office has heard of the end")


def test_each_site_is_served_at_home_and_the_bus_may_fall(
    demo: Demo, playwright: Playwright, tmp_path: Path
) -> None:
    mcus = {one["name"]: one for one in demo.says["mcus"]}
    roles = {name: one["role"] for name, one in mcus.items()}
    assert roles == {
        "mcu-tinh": "root",
        "mcu-du-phong": "standby",
        _FIRST: "leaf",
        _SECOND: "leaf",
    }
    assert alive({one["pid"] for one in mcus.values()}) == {one["pid"] for one in mcus.values()}
    urls = {name: str(one["url"]) for name, one in mcus.items()}
    _links_lead_home(demo, urls)
    with ExitStack() as stack:
        desk = Desk(demo.signal_url, demo.chair_token)
        stack.callback(desk.close)
        synthetic = [*list(demo.says["join"])[:1], "573", "575", "22633"]
        desk.until(lambda desk: _present(desk) == _SITES, "every synthetic site present")
        assert desk.present(*synthetic)
        devices = make_devices(tmp_path, _ROOM, Rgb(60, 240, 245), 1150)
        browser = stack.enter_context(running_chromium(playwright, with_devices(devices)))
        page = new_page(browser)
        page.goto(demo.room(_ROOM))
        room = Room(_ROOM, page, devices)
        desk.until(lambda desk: desk.present(_ROOM), "the room present at the root")
        eventually(room.plays, "program behind the district's MCU")
        assert page.url.startswith(urls[_FIRST])

        killed = _bus_of(demo)
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: _bus_of(demo) not in (0, killed), "another hub")
        eventually(lambda: _heard(demo) == set(mcus), "all MCUs heard again", _START_S)
        assert _present(desk) == _SITES + 1
        assert room.plays()
        assert {name: one["pid"] for name, one in mcus.items()} == _pids(demo)
        _links_lead_home(demo, urls)


def _links_lead_home(demo: Demo, urls: Mapping[str, str]) -> None:
    """See that rooms are led to their district's MCU where it has one, all others to the root."""
    sites = fetch_json(f"{demo.says['office']}/api/v1/demo")["sites"]
    districts = {_FIRST.removeprefix("mcu-"): _FIRST, _SECOND.removeprefix("mcu-"): _SECOND}
    for site in sites:
        code = site["code"] if site["code"] in districts else site["parent"]
        home = urls[districts.get(code, "mcu-tinh")]
        assert site["url"].startswith(f"{home}/room#"), site["code"]


def _present(desk: Desk) -> int:
    return sum(row["present"] for row in desk.rows.values())


def _bus_of(demo: Demo) -> int:
    """Return the process of the hub of the bus, 0 between two of them."""
    for pid in alive(descendants(demo.process.pid)):
        words = Path(f"/proc/{pid}/cmdline")
        if words.exists() and b"/nats/nats-server.conf" in words.read_bytes():
            return pid
    return 0


def _pids(demo: Demo) -> dict[str, int]:
    """Return the media process of each MCU in the session, as the office hears it."""
    statuses = fetch_json(f"{demo.says['office']}/api/v1/demo")["mcus"]
    ours = demo.says["meeting"]
    return {one["mcu"]: int(one["pid"]) for one in statuses if one["conference"] == ours}


def _heard(demo: Demo) -> set[str]:
    return set(_pids(demo))
