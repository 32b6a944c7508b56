"""A district's operator, a parent room, the doors and the chair's undo, on real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection

from nhipcau.office.tokens import Seat
from nhipcau.quantities import SiteId
from tests.mcu.nodes import COAST, CONFERENCE, HALL, HILLS, ISLAND
from tests.web.doors import PATIENCE_S, LiveDoor, hello, live_door, until

# The island stands below the coast, the hills beside it.
PARENTS = {HALL: None, COAST: HALL, HILLS: HALL, ISLAND: COAST}
Play = Callable[[LiveDoor], Awaitable[None]]


def play(scene: Play) -> None:
    """Run a scene on a node whose plan has three levels, and which announces."""

    async def run() -> None:
        async with live_door() as live:
            plan = live.meeting.plan()
            sites = tuple(
                row.model_copy(update={"parent": PARENTS[row.site]}) for row in plan.sites
            )
            live.node.take_plan(plan.model_copy(update={"sites": sites}))
            announcer = asyncio.create_task(live.node.announcer.run())
            await scene(live)
            announcer.cancel()

    asyncio.run(run())


@asynccontextmanager
async def page(
    live: LiveDoor, role: str, site: SiteId | None, subtree: SiteId | None = None
) -> AsyncIterator[tuple[ClientConnection, dict[str, Any]]]:
    """Open a page and yield it with its first `roster` (empty for a room)."""
    token = live.meeting.issuer.issue(
        Seat(CONFERENCE, role, site, subtree),
        token_id="page",
        now_s=live.meeting.clock.wall_s(),
        lifetime_s=600,
    )
    kind = "site" if role == "site" else "viewer"
    async with live.dial() as socket:
        await socket.send(hello(token, kind=kind, capture=kind == "site"))
        roster = await until(socket, "roster") if kind == "viewer" else {}
        await until(socket, "offer")
        yield socket, roster


async def says(socket: ClientConnection, **message: object) -> str:
    """Send a command and return `ok` or the code of its error."""
    await socket.send(json.dumps({**message, "id": 7}))
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer: dict[str, Any] = json.loads(await socket.recv())
            if answer.get("id") == 7 or answer["type"] == "error":
                return str(answer.get("code", "ok"))


async def state_where(socket: ClientConnection, **fields: object) -> dict[str, Any]:
    """Return the next `state` that has these fields."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            state = await until(socket, "state")
            if all(state[name] == value for name, value in fields.items()):
                return state


def test_an_operator_sees_and_commands_its_own_sites_only() -> None:
    async def scene(live: LiveDoor) -> None:
        async with (
            page(live, "operator", None, COAST) as (operator, roster),
            page(live, "site", HILLS) as (hills, _),
            page(live, "site", ISLAND) as (island, _),
        ):
            assert [row["site"] for row in roster["sites"]] == [COAST, ISLAND]
            assert await says(hills, type="mic", open=True) == "ok"
            assert await says(island, type="mic", open=True) == "ok"
            delta = await until(operator, "roster_delta")
            assert ISLAND in {row["site"] for row in delta["sites"]} <= {COAST, ISLAND}
            assert await says(operator, type="mute", site=HILLS) == "not_allowed"
            assert await says(operator, type="test", site=HILLS, on=True) == "not_allowed"
            assert await says(operator, type="test", site=ISLAND, on=True) == "ok"
            assert await says(operator, type="mute", site=ISLAND) == "ok"
            sites = live.node.host.state.sites
            assert (sites[HILLS].mic, sites[ISLAND].mic) == (True, False)

    play(scene)


def test_a_request_goes_from_the_room_by_its_parent_to_the_chair() -> None:
    async def scene(live: LiveDoor) -> None:
        async with (
            page(live, "chair", HALL) as (chair, _),
            page(live, "site", COAST) as (coast, _),
            page(live, "site", ISLAND) as (island, _),
        ):
            assert await says(chair, type="hands_via_parent", on=True) == "ok"
            assert await says(island, type="hand", up=True) == "ok"
            await state_where(island, asked=True, hand=None)
            await state_where(coast, asking=[{"site": ISLAND, "name": "Island"}])
            assert await says(chair, type="forward_hand", site=ISLAND) == "not_allowed"
            assert await says(coast, type="forward_hand", site=ISLAND) == "ok"
            await state_where(island, asked=False, hand=1)
            await state_where(chair, hands=1, hands_via_parent=True)

    play(scene)


def test_a_room_waits_at_the_door_until_its_operator_lets_it_in() -> None:
    async def scene(live: LiveDoor) -> None:
        async with (
            page(live, "chair", HALL) as (chair, _),
            page(live, "operator", None, COAST) as (operator, _),
        ):
            assert await says(operator, type="doors", ask=True) == "not_allowed"
            assert await says(chair, type="doors", ask=True) == "ok"
            async with page(live, "site", ISLAND) as (island, _):
                assert await says(island, type="mic", open=True) == "not_allowed"
                assert await says(operator, type="admit", site=ISLAND) == "ok"
                seen = await state_where(island, waiting=False)
                assert seen["doors_ask"]

    play(scene)


def test_the_chair_takes_its_last_command_back() -> None:
    async def scene(live: LiveDoor) -> None:
        async with (
            page(live, "chair", HALL) as (chair, _),
            page(live, "site", ISLAND) as (_, _),
        ):
            assert await says(chair, type="undo") == "not_allowed"
            # Both at once, so that no slow machine lets the five seconds pass between them.
            await chair.send(json.dumps({"type": "give_floor", "site": ISLAND, "id": 1}))
            assert await says(chair, type="undo") == "ok"
            seen = await state_where(chair, floor=[], undo_ms=0)
            assert seen["seq"] == live.node.host.state.seq
            assert live.node.host.state.sites[ISLAND].mic is False

    play(scene)
