"""A screen to share in a browser that has none, and how it is known again at the far end."""

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import Rgb
from tests.e2e.measure import colours, near
from tests.e2e.room import Room

# A screen of four colours instead of a real one: a browser without a display has no screen.
_SCREEN_JS = """() => {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 1280
    canvas.height = 720
    const context = canvas.getContext('2d')
    let turn = 0
    setInterval(() => {
      const colours = ['#c01818', '#18a038', '#2038c0', '#c0a020']
      colours.forEach((colour, at) => {
        context.fillStyle = colour
        context.fillRect((at % 2) * 640, at > 1 ? 360 : 0, 640, 360)
      })
      context.fillStyle = 'white'
      context.fillRect(600 + (turn++ % 8) * 10, 340, 40, 40)
    }, 100)
    return canvas.captureStream(10)
  }
}"""
_COLOURS = ((0xC0, 0x18, 0x18), (0x18, 0xA0, 0x38), (0x20, 0x38, 0xC0), (0xC0, 0xA0, 0x20))
# A canvas is converted by the browser on its way out, so a few more steps are lost.
_TOLERANCE = 30


def share_a_screen(room: Room) -> None:
    """Press the room's button, behind which a screen of four colours stands."""
    room.page.evaluate(_SCREEN_JS)
    room.press("share")


def sees_the_screen(room: Room) -> bool:
    """Return True when a room is shown the four colours in their places."""
    places = [Cell(960 * x + 200, 540 * y + 120, 300, 200) for y in (0, 1) for x in (0, 1)]
    seen = colours(room.page, places, "content")
    if seen is None:
        return False
    wrong = [
        (one, want)
        for one, want in zip(seen, _COLOURS, strict=True)
        if not near(one, Rgb(*want), _TOLERANCE)
    ]
    if wrong:
        print(wrong)
    return not wrong
