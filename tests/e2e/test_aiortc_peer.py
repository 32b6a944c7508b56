"""A peer that shares no code with our transport joins, is seen and heard, sees and hears."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import aioice.ice
import numpy as np
import pytest

from nhipcau.picture.cell import Cell
from nhipcau.picture.colour import Rgb
from nhipcau.rehearsal.loops import site_colour
from tests.e2e.conftest import DISTRICT, HALL
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.measure import colours, grounds, near, powers
from tests.e2e.meeting import calm
from tests.e2e.peer import Peer
from tests.e2e.room import Room
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

# One whose line is declared to carry everything.
_SITE = "22330"
_COLOUR, _TONE_HZ = Rgb(240, 160, 60), 2900.0
_APART = 100.0


@contextmanager
def _running(peer: Peer, demo: Demo) -> Iterator[None]:
    """Run a peer on an event loop of its own, because the browsers' driver has the main thread."""
    loop, done = asyncio.new_event_loop(), asyncio.Event()
    work = peer.run(demo.signal_url, demo.token(_SITE), done)
    thread = threading.Thread(target=loop.run_until_complete, args=(work,), name="aiortc")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(30)
        loop.close()


def _seen(peer: Peer, places: list[Cell]) -> list[Rgb]:
    """Return the mean colours of places of the newest picture that was decoded."""
    picture = peer.pictures[-1].to_ndarray(format="rgb24")
    return [
        Rgb(*(round(float(part)) for part in np.mean(_cut(picture, place), axis=(0, 1))))
        for place in places
    ]


def _cut(picture: np.ndarray, place: Cell) -> np.ndarray:
    return picture[place.y : place.bottom, place.x : place.right]


def _expected(site: str, rooms: dict[str, Room]) -> Rgb:
    if site == _SITE:
        return _COLOUR
    return rooms[site].devices.colour if site in rooms else site_colour(site)


def test_an_aiortc_room_is_seen_and_heard_and_sees_and_hears(
    demo: Demo, desk: Desk, rooms: dict[str, Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    # By itself it gathers no candidate on loopback.
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    calm(desk, rooms)
    desk.do("layout", layout="4x4")
    rooms[DISTRICT].open_mic()
    peer = Peer(_COLOUR, _TONE_HZ)
    with _running(peer, demo):
        desk.until(lambda desk: desk.present(_SITE), "the aiortc room present")
        desk.until(lambda desk: desk.row(_SITE)["mic"], "its microphone open")
        eventually(lambda: _is_in_place(desk.state, colours_of(rooms[HALL]), rooms), "seen by hall")
        eventually(
            lambda: peer.pictures and _is_in_place(peer.state, _seen(peer, grounds("4x4")), rooms),
            "sees every tile in place",
        )
        picture = peer.pictures[-1]
        assert (picture.width, picture.height) == (1280, 720)
        district_hz = rooms[DISTRICT].devices.tone_hz
        eventually(
            lambda: peer.sound and peer.power(district_hz) > _APART * peer.power(_TONE_HZ),
            "hears the district and not itself",
        )
        heard = powers(rooms[HALL].page, [_TONE_HZ, rooms[HALL].devices.tone_hz])
        assert heard[0] > _APART * heard[1]
    desk.until(lambda desk: not desk.present(_SITE), "the aiortc room left")
    desk.do("layout", layout="auto")


def colours_of(room: Room) -> list[Rgb] | None:
    """Return what a room's page shows in each cell."""
    return colours(room.page, grounds("4x4"))


def _is_in_place(state: dict[str, object], seen: list[Rgb] | None, rooms: dict[str, Room]) -> bool:
    cells = state.get("cells")
    if seen is None or state.get("shown") != "4x4" or not isinstance(cells, list):
        return False
    return all(
        near(seen[place], _expected(cell["site"], rooms))
        for place, cell in enumerate(cells)
        if cell is not None
    )
