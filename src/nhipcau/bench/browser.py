"""A Chromium as a far end: Debian's, driven by Playwright, with devices of its own making."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


def chromium_path() -> str | None:
    """Return where Chromium is, None where it is not installed."""
    return shutil.which("chromium")


def missing() -> str | None:
    """Return what a browser bench lacks on this machine, None when nothing."""
    if chromium_path() is None:
        return "needs Chromium (Debian: apt-get install chromium)"
    try:
        import playwright  # noqa: F401 - only whether it is there
    except ImportError:
        return "needs the Python package playwright (./check installs it)"
    return None


@contextlib.asynccontextmanager
async def chromium(flags: Sequence[str] = ()) -> AsyncIterator["BrowserContext"]:
    """Run a Chromium of its own while the context is open."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=[*FLAGS, *flags]
        )
        try:
            yield await _context(browser)
        finally:
            await browser.close()


async def window(beside: "BrowserContext") -> "Page":
    """Return a page in a window of its own: of the tabs of one window only the last is painted."""
    assert beside.browser is not None
    return await (await _context(beside.browser)).new_page()


async def _context(browser: "Browser") -> "BrowserContext":
    # Our own pages forbid scripts from elsewhere; a bench puts its measuring worklet in.
    return await browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True)
