"""Holds pages against axe-core, and takes their pictures for whoever wants to look at them."""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "web-client" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = {"serious", "critical"}
# Whoever wants to look at the pages names a folder for their pictures.
_PICTURES = os.environ.get("NHIPCAU_PICTURES", "")
_SIZES = ((1920, 1080), (1366, 768))


def look_at(page: Page, name: str) -> None:
    """Hold the page against axe-core, and take its pictures where somebody wants them."""
    if _AXE.is_file():
        page.evaluate(_AXE.read_text(encoding="utf-8"))
        result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [
            f"{found['id']}: {[node['target'] for node in found['nodes']][:5]}"
            for found in result["violations"]
            if found["impact"] in _GRAVE
        ]
        assert not grave, f"{name}: {grave}"
    if not _PICTURES:
        return
    size = page.viewport_size
    for width, height in _SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        page.screenshot(path=f"{_PICTURES}/{name}-{width}.png")
    if size:
        page.set_viewport_size(size)


def snap(page: Page, name: str) -> None:
    """Take a picture of the page as it stands, where somebody wants pictures."""
    if _PICTURES:
        page.screenshot(path=f"{_PICTURES}/{name}.png")
