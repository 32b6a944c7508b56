"""Three real rooms among synthetic sites: each sees everyone in place, hears all but itself."""

from functools import partial

import pytest

from nhipcau.mcu.ladder import PROGRAM_LADDER
from nhipcau.picture.colour import Rgb
from nhipcau.rehearsal.loops import site_colour
from tests.e2e.desk import Desk
from tests.e2e.measure import colours, grounds, near, powers, progress, told
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

# A listener's own tone must be at least this far below the quieter of the others': 20 dB.
_APART = 100.0

# A machine that is too busy to show the large picture gets a smaller one.
_SIZES = [(spec.video.width, spec.video.height) for spec in PROGRAM_LADDER]

_Tile = tuple[str, Rgb]


def _expected(cells: list[dict[str, str] | None], rooms: dict[str, Room]) -> dict[int, _Tile]:
    """Return cell → site and colour, as the MCU announces who is where."""
    return {
        place: (cell["site"], _colour(cell["site"], rooms))
        for place, cell in enumerate(cells)
        if cell is not None
    }


def _colour(site: str, rooms: dict[str, Room]) -> Rgb:
    return rooms[site].devices.colour if site in rooms else site_colour(site)


def _sees_all(room: Room, rooms: dict[str, Room]) -> bool:
    wrong = _misplaced(room, rooms)
    if wrong:
        print(wrong)
    return not wrong


def _misplaced(room: Room, rooms: dict[str, Room]) -> list[str]:
    """Return what this room shows otherwise than it is told: the program, or a return view."""
    state = told(room.page, "state")
    expected = _expected(state["cells"], rooms)
    seen = colours(room.page, grounds(state["shown"]))
    if seen is None:
        return ["no picture"]
    return [
        f"cell {place}: {site} is {colour}, seen {seen[place]}"
        for place, (site, colour) in expected.items()
        if not near(seen[place], colour)
    ]


@pytest.mark.parametrize("layout", ["4x4", "1+7", "auto"])
def test_every_room_sees_every_tile_where_the_layout_says(
    desk: Desk, rooms: dict[str, Room], layout: str
) -> None:
    desk.do("layout", layout=layout)
    desk.until(lambda desk: desk.state["layout"] == layout, layout)
    for room in rooms.values():
        eventually(partial(_sees_all, room, rooms), f"{layout} in {room.site}")
        seen = progress(room.page)
        assert seen is not None
        assert (seen.width, seen.height) in _SIZES


def test_a_room_hears_the_others_and_never_itself(desk: Desk, rooms: dict[str, Room]) -> None:
    calm(desk, rooms)
    for room in rooms.values():
        room.open_mic()
    desk.until(lambda desk: all(desk.row(site)["mic"] for site in rooms), "three microphones")
    tones = {site: float(room.devices.tone_hz) for site, room in rooms.items()}
    for site, room in rooms.items():
        heard = dict(zip(tones, powers(room.page, list(tones.values())), strict=True))
        own = heard.pop(site)
        assert min(heard.values()) > _APART * own, (site, own, heard)


def test_a_closed_microphone_is_heard_by_nobody(desk: Desk, rooms: dict[str, Room]) -> None:
    silent, loud, listener = rooms.values()
    loud.open_mic()
    desk.ask("mute", site=silent.site)
    eventually(lambda: not silent.mic_is_open(), "the microphone closed")
    tones = [loud.devices.tone_hz, silent.devices.tone_hz]

    def only_the_other_is_heard() -> bool:
        heard = powers(listener.page, tones)
        return heard[0] > _APART * heard[1]

    eventually(only_the_other_is_heard, "silence of the closed microphone")
