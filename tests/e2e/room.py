"""A room's page in Chromium, by what a person would look for on it."""

import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.e2e.devices import Devices
from tests.e2e.measure import progress
from tests.e2e.waiting import eventually

TALLY = {"on_air": "ĐANG PHÁT", "next": "SẮP ĐẾN LƯỢT", "listen": "ĐANG NGHE"}


@dataclass(frozen=True, slots=True)
class Room:
    """One room."""

    site: str
    page: Page
    devices: Devices

    def find(self, testid: str) -> Locator:
        """Return an element by its test id."""
        return self.page.get_by_test_id(testid)

    def plays(self) -> bool:
        """Return True when the program shows new pictures."""
        before = progress(self.page)
        time.sleep(0.3)
        after = progress(self.page)
        return before is not None and after is not None and after.shown > before.shown

    def tally(self) -> str:
        """Return the word that the room reads from afar."""
        return self.find("tally").inner_text() if self.find("tally").count() else ""

    def press(self, testid: str) -> None:
        """Press a button as a person does: the mouse moves first, which brings the buttons back."""
        self.page.mouse.move(300, 200)
        self.page.mouse.move(320, 220)
        self.find(testid).click()

    def mic_is_closed(self) -> bool:
        """Return the contrary of `mic_is_open`."""
        return not self.mic_is_open()

    def says(self, tally: str) -> bool:
        """Return True when the room reads this tally, `on_air`, `next` or `listen`."""
        return self.tally() == TALLY[tally]

    def open_mic(self) -> None:
        """Press the microphone's button unless it is open."""
        if not self.mic_is_open():
            self.press("mic")
        eventually(self.mic_is_open, f"the microphone of {self.site} open")

    def mic_is_open(self) -> bool:
        """Return what the microphone's button says."""
        return self.find("mic").get_attribute("aria-pressed") == "true"
