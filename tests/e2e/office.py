"""A real office and its bus, without any MCU: enough for all that is planned beforehand."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from nhipcau.app.children import Child, child
from nhipcau.app.demo import MEETING
from nhipcau.app.demo_accounts import demo_accounts
from nhipcau.app.demo_mcus import MCU
from nhipcau.bus.server import NatsServer
from nhipcau.settings import BusSettings, DemoAccount, DemoMcu, DemoSettings, OfficeSettings
from tests.e2e.browser import new_page
from tests.e2e.demo import fetch_json
from tests.e2e.waiting import eventually


class OfficeAlone:
    """An office that answers.

    Attributes:
        url: its pages and API.
        meeting: the demo's session, planned in 2024 and live.
        accounts: who there is.
        data: its data folder.
    """

    def __init__(
        self, url: str, accounts: Sequence[DemoAccount], stop: "_Stop", data: Path
    ) -> None:
        self.url, self.meeting, self.accounts = url, str(MEETING), accounts
        self._stop = stop
        self.data = data

    def enter(self, browser: Browser, login: str) -> Page:
        """Return a page that is signed in as an account of the demo."""
        demo = fetch_json(f"{self.url}/api/v1/demo")
        link = next(one["url"] for one in demo["accounts"] if one["login"] == login)
        page = new_page(browser, desk=True)
        page.goto(self.url + link)
        me = f"{self.url}/api/v1/me"
        eventually(lambda: page.request.get(me).ok, f"{login} is signed in")
        return page

    def stop(self) -> None:
        """End the office; its bus and its data stay."""
        self._stop()


class _Stop:
    """Ends the office from another thread than the one that runs it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, office: Child) -> None:
        self._loop, self._office = loop, office

    def __call__(self) -> None:
        asyncio.run_coroutine_threadsafe(self._office.stop(), self._loop).result(30)


@contextmanager
def running_office(folder: Path) -> Iterator[OfficeAlone]:
    """Run an office with the demo's province, accounts and session while the context is open."""
    ready: Future[OfficeAlone] = Future()
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_run(folder, ready, over)), daemon=True)
    thread.start()
    try:
        yield ready.result(120)
    finally:
        over.set()
        thread.join(60)


async def _run(folder: Path, ready: "Future[OfficeAlone]", over: threading.Event) -> None:
    try:
        async with contextlib.AsyncExitStack() as stack:
            ready.set_result(await _start(folder, stack))
            await asyncio.to_thread(over.wait)
    except BaseException as error:
        if not ready.done():
            ready.set_exception(error)
        raise


async def _start(folder: Path, stack: contextlib.AsyncExitStack) -> OfficeAlone:
    nats = NatsServer(folder / "nats")
    await nats.start()
    stack.push_async_callback(nats.stop)
    address = nats.address
    accounts = demo_accounts()
    # Nobody answers there; the office only hands the address out.
    demo = DemoSettings(
        conference=MEETING,
        mcus=(DemoMcu(name=MCU, url="http://127.0.0.1:9"),),
        accounts=accounts,
    )
    settings = OfficeSettings(
        port=0,
        data_dir=folder / "office",
        bus=BusSettings(url=address.url, user=address.user, password=address.password),
        demo=demo,
    )
    office = await stack.enter_async_context(
        child("office", ("office",), settings.model_dump_json(), folder)
    )
    url = f"http://127.0.0.1:{office.ready['port']}"
    stop = _Stop(asyncio.get_running_loop(), office)
    return OfficeAlone(url, accounts, stop, settings.data_dir)
