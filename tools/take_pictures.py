"""Takes the pictures of the documentation from a running demo, so that they never go stale.

./run demo --json --port 0 > demo.json &      # or any other demo
.venv/bin/python tools/take_pictures.py demo.json docs/images
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ViewportSize, async_playwright

from nhipcau.bench.browser import FLAGS, chromium_path

_SIZE: ViewportSize = {"width": 1280, "height": 720}
# The commune that looks on, and what is photographed: file name, link in the announcement.
_ROOM = "22735"
_SETTLE_MS = 8000


async def _take(browser: Browser, url: str, file: Path) -> None:
    context = await browser.new_context(viewport=_SIZE, locale="vi-VN")
    page = await context.new_page()
    await page.goto(url)
    await page.wait_for_timeout(_SETTLE_MS)
    # A moved pointer brings the controls back.
    await page.mouse.move(300, 300)
    await page.mouse.move(320, 320)
    await page.wait_for_timeout(600)
    await page.screenshot(path=str(file))
    await context.close()


async def _main(demo: dict[str, Any], folder: Path) -> None:
    shots = {
        "meeting.png": demo["join"][_ROOM],
        "chair.png": demo["chair"],
        "console.png": demo["console"],
        "office.png": demo["office"],
    }
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=list(FLAGS)
        )
        for name, url in shots.items():
            await _take(browser, url, folder / name)
            print(folder / name)
        await browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    announced = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()[0]
    Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    asyncio.run(_main(json.loads(announced), Path(sys.argv[2])))
