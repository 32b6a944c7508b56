"""A district's MCU dies, or freezes, while its room speaks: its page goes on at another.

hall ── root ═══ leaf 1 ── one (has the floor)       leaf 1 is killed: one goes on at leaf 2
            ╚═══ leaf 2 ── two                       leaf 2 freezes: both go on elsewhere
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from nhipcau.bench.cascade import Cascade, Post
from nhipcau.picture.colour import Rgb
from tests.e2e.browser import new_page, running_chromium, with_devices
from tests.e2e.cascade import running_cascade
from tests.e2e.desk import Desk
from tests.e2e.devices import make_devices
from tests.e2e.looking import look_at, snap
from tests.e2e.measure import colours, grounds, near, powers, told
from tests.e2e.room import Room
from tests.e2e.waiting import eventually
from tests.e2e.watching import Watched, begin_watching, now_ms

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

LOOKS = ((Rgb(250, 60, 230), 700), (Rgb(60, 240, 245), 1150), (Rgb(250, 235, 60), 1900))
# The goal is 0.4 s, and 0.4 s more where an MCU freezes. Nothing here is a measurement.
_BACK_MS = 20_000
# A listener's own tone is this far below the others': 20 dB; in a short window 12 dB.
_APART, _APART_SHORT = 100.0, 16.0
# A tile without a picture is darker than one with; a page without any is black.
_DARK = 0.25
# A voice that is heard twice is four times as loud, or gone.
_TWICE = 2.5


@dataclass(frozen=True, slots=True)
class World:
    """Three MCUs, a room at each, and the chair's desk."""

    stage: Cascade
    desk: Desk
    hall: Room
    one: Room
    two: Room

    @property
    def rooms(self) -> tuple[Room, Room, Room]:
        """All rooms."""
        return self.hall, self.one, self.two

    def tones(self, room: Room) -> list[float]:
        """Return the tones of all rooms, that of this room first."""
        others = [other for other in self.rooms if other is not room]
        return [float(one.devices.tone_hz) for one in (room, *others)]

    def wrong(self, room: Room) -> list[str]:
        """Return what the room shows otherwise than it is told."""
        ours = {one.site: one.devices.colour for one in self.rooms}
        state = told(room.page, "state")
        seen = colours(room.page, grounds(state["shown"])) or []
        pairs = [(cell, at) for cell, at in zip(state["cells"], seen, strict=False) if cell]
        return [
            f"{cell['site']} is {ours[cell['site']]}, seen {at}"
            for cell, at in pairs
            if not near(at, ours[cell["site"]])
        ] or ([] if pairs else ["no picture"])


@pytest.fixture(scope="module")
def world(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("devices")
    with ExitStack() as stack:
        stage = stack.enter_context(running_cascade((1, 1, 1)))
        desk = Desk(stage.root.signal_url, stage.token(None, "chair"))
        stack.callback(desk.close)
        rooms = []
        for post, (colour, tone_hz) in zip(stage.posts, LOOKS, strict=True):
            site = post.sites[0]
            devices = make_devices(folder, site, colour, tone_hz)
            browser = stack.enter_context(running_chromium(playwright, with_devices(devices)))
            page = new_page(browser)
            page.goto(f"{stage.link(post, 'room', site, 'site')}&processing=off")
            rooms.append(Room(site, page, devices))
        desk.until(lambda desk: desk.present(*(room.site for room in rooms)), "three rooms")
        world = World(stage, desk, *rooms)
        _begin(world)
        yield world


def _begin(world: World) -> None:
    """Let room one speak by the scenario, with every microphone open."""
    desk, site = world.desk, world.one.site
    # Nothing is said of a scenario that is empty yet.
    desk.do("cue_insert", seen=0, title="Tham luận", minutes=7, site=site)
    desk.until(lambda desk: desk.scenario, "the cue")
    desk.do("cue_next", seen=desk.scenario["revision"])
    for room in world.rooms:
        room.open_mic()
        eventually(room.plays, f"program in {room.site}")
    eventually(lambda: world.one.says("on_air"), "room one on air")


def _stand_by(*posts: Post) -> None:
    """Wait until both districts' pages stand by, at these MCUs together."""

    def both() -> bool:
        return sum(post.metrics().get("warm", 0.0) for post in posts) == len(posts)

    eventually(both, "both pages stand by")


def _served_by(room: Room) -> str:
    return str(told(room.page, "posts").get("here"))


def _lose(
    world: World, post: Post, fault: signal.Signals, pressed: str = ""
) -> tuple[dict[str, Watched], float]:
    """Let an MCU be lost; return what each page showed, and when it happened.

    Args:
        world: where.
        post: the MCU.
        fault: how it is lost.
        pressed: the test id of what is pressed in room one in the middle of the change.
    """
    for room in world.rooms:
        begin_watching(room.page, world.tones(room))
    world.hall.page.wait_for_timeout(1500)
    at_ms = {room.site: now_ms(room.page) for room in world.rooms}
    os.kill(post.pid, fault)
    if pressed:
        world.one.page.evaluate(f"document.querySelector('[data-testid={pressed}]').click()")
    snap(world.one.page, f"taken-over-{fault.name.lower()}-during")
    eventually(lambda: _served_by(world.one) != post.name, "room one served elsewhere")
    for room in world.rooms:
        eventually(room.plays, f"program in {room.site}")
    world.hall.page.wait_for_timeout(2500)
    seen = {room.site: Watched.of(room.page) for room in world.rooms}
    for site, watched in seen.items():
        since_ms = at_ms[site]
        print(
            f"{fault.name}, site {site}: picture {watched.picture_gap_ms(since_ms):.0f} ms, "
            f"sound {watched.sound_gap_ms(since_ms):.0f} ms, "
            f"clock {watched.clock_gap_ms(since_ms):.0f} ms, "
            f"darkest {watched.darkest(since_ms):.2f}, own tone {watched.own_tone(since_ms):.4f}"
        )
    return seen, max(at_ms.values())


def _check(watched: Watched, since_ms: float) -> None:
    """Check that a page showed nothing of it."""
    assert not watched.errors
    assert [said for _, said in watched.troubles] == [""]
    assert len(watched.places) == 1, watched.places
    assert watched.picture_gap_ms(since_ms) < _BACK_MS
    assert watched.sound_gap_ms(since_ms) < _BACK_MS
    assert watched.darkest(since_ms) > _DARK
    assert watched.own_tone(since_ms) < 1 / _APART_SHORT


def _voices(world: World) -> dict[str, list[float]]:
    """Return for each room how loud it hears itself, then the others."""
    return {room.site: powers(room.page, world.tones(room)) for room in world.rooms}


def _hears_once(before: list[float], after: list[float]) -> bool:
    return min(after[1:]) > _APART * after[0] and all(
        1 / _TWICE < now / then < _TWICE for then, now in zip(before[1:], after[1:], strict=True)
    )


def _goes_on(world: World, voices: dict[str, list[float]], layout: str) -> None:
    """Check that all go on as before, and that what changes now is seen."""
    desk = world.desk
    for room in world.rooms:
        assert desk.row(room.site)["mic"], room.site

        def heard_once(room: Room = room) -> bool:
            return _hears_once(voices[room.site], powers(room.page, world.tones(room)))

        eventually(heard_once, f"every other voice once in {room.site}")
    desk.do("layout", layout=layout)
    desk.until(lambda desk: desk.state["layout"] == layout, layout)
    for room in world.rooms:

        def right(room: Room = room) -> bool:
            return not world.wrong(room)

        eventually(right, f"{layout} in {room.site}")


def test_a_room_whose_mcu_is_killed_in_mid_sentence_goes_on_at_the_next(world: World) -> None:
    first, second = world.stage.leaves
    _stand_by(first, second)
    voices = _voices(world)

    seen, since_ms = _lose(world, first, signal.SIGKILL)

    assert _served_by(world.one) == second.name
    for watched in seen.values():
        _check(watched, since_ms)
        assert len(watched.tallies) == 1, watched.tallies
    assert seen[world.one.site].clock_gap_ms(since_ms) < _BACK_MS
    assert world.desk.state["floor"][0]["site"] == world.one.site
    assert world.one.says("on_air")
    _goes_on(world, voices, "1+7")
    look_at(world.one.page, "taken-over")


def test_rooms_whose_mcu_freezes_go_on_where_they_stood_by(world: World) -> None:
    root, first, second = world.stage.posts
    world.desk.do("give_floor", site=world.hall.site)
    eventually(lambda: world.one.says("listen"), "room one listens")
    for room in world.rooms:
        room.open_mic()
    _stand_by(root, first)
    voices = _voices(world)

    seen, since_ms = _lose(world, second, signal.SIGSTOP, pressed="raise-hand")

    for room in (world.one, world.two):
        assert _served_by(room) in (root.name, first.name)
    for watched in seen.values():
        _check(watched, since_ms)
    world.desk.until(lambda desk: desk.row(world.one.site)["hand"] == 1, "the hand of room one")
    _goes_on(world, voices, "auto")
