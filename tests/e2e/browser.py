"""Chromium as a room: one browser for each, because fake devices belong to a browser."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from playwright.sync_api import TimeoutError as WaitedInVainError

from tests.e2e.devices import Devices

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# Small, so that three browsers share two cores; the program's video is 1280×720 all the same.
_VIEWPORT = {"width": 960, "height": 540}
_DESK_VIEWPORT = {"width": 1280, "height": 720}
_MEASURE_JS = Path(__file__).with_name("measure.js")
_TIMEOUT_MS = 45_000


def chromium_path() -> str | None:
    """Return where Chromium is, None where it is not installed."""
    return shutil.which("chromium")


def with_devices(devices: Devices) -> tuple[str, ...]:
    """Return the flags that give a browser its own picture and sound."""
    return (
        *_FAKE,
        f"--use-file-for-fake-video-capture={devices.picture}",
        f"--use-file-for-fake-audio-capture={devices.sound}",
    )


@contextmanager
def running_chromium(playwright: Playwright, flags: Sequence[str] = ()) -> Iterator[Browser]:
    """Run a Chromium of its own while the context is open."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        browser.close()


def new_page(browser: Browser, *, desk: bool = False, asked: bool = True) -> Page:
    """Return a page that can be measured, in a context of its own.

    Args:
        browser: where.
        desk: as large as a desk's screen.
        asked: camera and microphone are granted; else the person says no.
    """
    size = _DESK_VIEWPORT if desk else _VIEWPORT
    context: BrowserContext = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="vi-VN"
    )
    if asked:
        context.grant_permissions(["camera", "microphone"])
    context.set_default_timeout(_TIMEOUT_MS)
    context.add_init_script(path=_MEASURE_JS)
    return context.new_page()


@contextmanager
def open_desk(playwright: Playwright, link: str, ready: str) -> Iterator[Page]:
    """Open a desk's page (chair, console) in a Chromium of its own while the context is open.

    Args:
        playwright: what drives it.
        link: the page's address with its token.
        ready: the test id of what stands on the page once it is in the meeting.

    Raises:
        AssertionError: as `opened`.
    """
    with running_chromium(playwright) as browser:
        yield opened(new_page(browser, desk=True), link, ready)


def opened(page: Page, link: str | None, ready: str) -> Page:
    """Return a page once what is meant by `ready` stands on it.

    Args:
        page: where.
        link: its address; None: it is on its way there.
        ready: the test id of what stands on the page once it is in the meeting.

    Raises:
        AssertionError: it did not stand there in time; what did is in the message.
    """
    said = _what_it_says(page)
    if link is not None:
        page.goto(link)
    try:
        page.get_by_test_id(ready).first.wait_for()
    except WaitedInVainError as error:
        shown = page.locator("body").inner_text()
        raise AssertionError(f"no {ready} on the page, but: {shown!r}; {said}") from error
    return page


def _what_it_says(page: Page) -> list[str]:
    """Return a list that grows with what a page logs, throws and fails to fetch."""
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda one: said.append(f"{one.url}: {one.failure}"))
    return said
