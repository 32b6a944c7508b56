"""A room without camera and microphone takes part with eyes and ears."""

import pytest
from playwright.sync_api import Playwright

from tests.e2e.browser import new_page, running_chromium
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.measure import powers
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_OTHER_COMMUNE = "22633"
# A driver's questions count as gestures of a person, so for so long the page is not asked anything.
_ALONE_MS = 12_000
_SILENCE = 1e-9
# The list of devices comes late, so the greeting promises what nobody has refused yet; and the
# refusal comes before the greeting's answer.
_REFUSED_LATE_JS = """
const { send } = WebSocket.prototype
const greeted = new Promise((resolve) => {
  WebSocket.prototype.send = function (data) {
    send.call(this, data)
    if (String(data).includes('"hello"')) resolve()
  }
})
navigator.mediaDevices.enumerateDevices = () =>
  new Promise((resolve) => setTimeout(() => resolve([]), 1000))
navigator.mediaDevices.getUserMedia = async () => {
  await greeted
  throw new DOMException('', 'NotAllowedError')
}
"""


def _paused(room: Room) -> bool:
    return bool(room.find("sound").evaluate("sound => sound.paused"))


def test_a_room_without_devices_sees_and_after_one_click_hears(
    demo: Demo, desk: Desk, rooms: dict[str, Room], playwright: Playwright
) -> None:
    speaker = next(iter(rooms.values()))
    speaker.open_mic()
    with running_chromium(playwright) as browser:
        room = Room(_OTHER_COMMUNE, new_page(browser, asked=False), speaker.devices)
        room.page.add_init_script(_REFUSED_LATE_JS)
        room.page.goto(demo.room(_OTHER_COMMUNE))
        room.page.wait_for_timeout(_ALONE_MS)
        gate = room.find("sound-on")
        gate.wait_for()
        assert "Bật tiếng" in gate.inner_text()
        assert _paused(room)
        eventually(room.plays, "the program")
        room.find("no-capture").wait_for()
        assert desk.present(_OTHER_COMMUNE)
        desk.until(lambda desk: not desk.row(_OTHER_COMMUNE)["capture"], "no devices on the roster")
        assert room.find("mic").is_disabled()

        gate.click()

        eventually(lambda: not _paused(room), "the sound plays")
        gate.wait_for(state="detached")
        heard = powers(room.page, [speaker.devices.tone_hz])
        assert heard[0] > _SILENCE
        room.press("leave")
        room.find("left").wait_for()
    desk.until(lambda desk: not desk.present(_OTHER_COMMUNE), "the room left")
