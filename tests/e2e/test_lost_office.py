"""Office, database and bus are killed, then the MCU as well: the meeting goes on, nothing is lost.

    room in Chromium ── MCU ── NATS ── office ── PostgreSQL      ✗ ✗ ✗   reload   ✗ MCU   ✓ ✓ ✓ ✓

What it stands on it has for itself, because what it kills every other test needs.
"""

import asyncio
import shutil
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from nhipcau.app.buslink import open_bus
from nhipcau.app.children import child
from nhipcau.app.demo import MEETING
from nhipcau.app.demo_bus import bus_of
from nhipcau.app.demo_fleet import loops_dir
from nhipcau.app.demo_mcus import MCU
from nhipcau.bench.officeground import OfficeGround, office_ground
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.subjects import plan_key
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.spec import FleetSpec
from nhipcau.rehearsal.tones import site_tone_hz
from tests.e2e.browser import new_page, running_chromium, with_devices
from tests.e2e.conftest import LOOKS
from tests.e2e.desk import Desk
from tests.e2e.devices import make_devices
from tests.e2e.measure import powers
from tests.e2e.room import Room
from tests.e2e.waiting import PATIENCE_S, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

_ROOM, _VOICE, _OTHER = "575", SiteId("573"), SiteId("56")
_START_S = 180.0
_APART = 10.0


class Stage:
    """The ground on an event loop of its own, beside Playwright's thread."""

    def __init__(self, ground: OfficeGround, loop: asyncio.AbstractEventLoop) -> None:
        self.ground, self._loop = ground, loop

    def do[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        """Return what comes of work on the ground."""
        return self.begin(work).result(_START_S)

    def begin[Result](self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Begin work on the ground."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def lose_all(self) -> None:
        """Kill bus, database and office."""
        await self.ground.kill_bus()
        self.ground.kill_database()
        await self.ground.office.kill()

    async def plan_in_registry(self) -> ConferencePlan:
        """Return the meeting's plan as the bus has it for this MCU."""
        async with (
            asyncio.timeout(PATIENCE_S),
            open_bus(bus_of(self.ground.nats, MCU), MCU) as bus,
            bus.registry.watch(plan_key(MEETING)) as entries,
        ):
            return ConferencePlan.model_validate_json((await anext(aiter(entries))).value)


@contextmanager
def _standing() -> Iterator[Stage]:
    """Run the ground with two synthetic sites, the first of which speaks all the while."""
    ready: Future[Stage] = Future()
    over = threading.Event()

    async def stand() -> None:
        async with AsyncExitStack() as stack:
            ground = await stack.enter_async_context(office_ground())
            specs = ground.spec(_VOICE, mic=True), ground.spec(_OTHER)
            fleet = FleetSpec(sites=specs, data=loops_dir()).model_dump_json()
            await stack.enter_async_context(child("fleet", ("fleet",), fleet, ground.folder))
            ready.set_result(Stage(ground, asyncio.get_running_loop()))
            await asyncio.to_thread(over.wait)

    async def run() -> None:
        try:
            await stand()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    try:
        yield ready.result(_START_S)
    finally:
        over.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with _standing() as stage:
        yield stage


@pytest.fixture(scope="module")
def desk(stage: Stage) -> Iterator[Desk]:
    url = stage.ground.mcu_url.replace("http", "ws", 1) + "/signal"
    desk = Desk(url, stage.ground.chair.split("#token=", 1)[1])
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def room(stage: Stage, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Any:
    devices = make_devices(tmp_path_factory.mktemp("devices"), _ROOM, *LOOKS[_ROOM])
    with running_chromium(playwright, with_devices(devices)) as browser:
        page = new_page(browser)
        page.goto(f"{stage.ground.room(_ROOM)}&processing=off")
        yield Room(_ROOM, page, devices)


def _hears(room: Room) -> bool:
    """Return True when the room hears who speaks, and not the noise of a tone that nobody plays."""
    speaker, nobody = powers(room.page, [site_tone_hz(_VOICE), 1.5 * site_tone_hz(_VOICE)])
    return speaker > _APART * nobody


def _is_whole(room: Room, tally: str) -> None:
    eventually(room.plays, "the program")
    eventually(partial(_hears, room), "the voice")
    eventually(partial(room.says, tally), "the tally")


def test_a_meeting_without_office_database_and_bus_goes_on_and_is_stored_when_they_return(
    stage: Stage, desk: Desk, room: Room
) -> None:
    ground = stage.ground
    desk.until(lambda desk: desk.present(_ROOM, _VOICE, _OTHER), "all present")
    desk.do("give_floor", site=_ROOM)
    _is_whole(room, "on_air")

    stage.do(stage.lose_all())
    desk.do("layout", layout="3x3")
    desk.do("give_floor", site=_OTHER)
    eventually(partial(room.says, "listen"), "the floor taken")
    room.press("raise-hand")
    desk.until(lambda desk: desk.row(_ROOM)["hand"] == 1, "a hand up")
    # The page comes from the MCU.
    room.page.reload()
    _is_whole(room, "next")

    # An MCU that begins meanwhile has all it needs on its disk, and the page comes by itself.
    stage.do(ground.mcu.kill())
    desk.until(lambda desk: not desk.is_connected(), "the loss noticed")
    stage.do(ground.mcu.begin())
    desk.until(lambda desk: desk.is_connected() and desk.present(_ROOM, _VOICE), "all back")
    _is_whole(room, "next")
    assert desk.state["layout"] == "3x3"
    assert [one["site"] for one in desk.state["floor"]] == [_OTHER]

    # Whatever comes back first: the office waits for what it needs.
    returning = stage.begin(ground.office.begin())
    desk.do("give_floor", site=_ROOM)
    stage.do(ground.begin_bus())
    stage.do(ground.begin_database())
    returning.result(_START_S)
    stored = stage.do(ground.stored())
    assert stored.same
    assert any(b"3x3" in record for record in stored.kept)
    _is_whole(room, "on_air")


def test_an_office_that_lives_stores_and_tells_again_after_its_bus_and_database_were_lost(
    stage: Stage, desk: Desk, room: Room
) -> None:
    ground = stage.ground
    desk.until(lambda desk: desk.present(_ROOM, _VOICE), "all present")
    before = stage.do(stage.plan_in_registry())
    stage.do(ground.kill_bus())
    ground.kill_database()
    desk.do("layout", layout="4x4")
    # The bus comes back without anything that it knew.
    shutil.rmtree(Path(ground.folder) / "nats" / "jetstream")
    stage.do(ground.begin_bus())
    stage.do(ground.begin_database())
    assert stage.do(stage.plan_in_registry()).sites == before.sites
    stored = stage.do(ground.stored())
    assert stored.same
    assert any(b"4x4" in record for record in stored.kept)
    _is_whole(room, "on_air")
