"""The demo's chair for one moment: begins where the first speaker reports, so that somebody speaks.

After that the meeting is the visitor's.
"""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

_PATIENCE_S = 30.0


async def lead_to(chair_link: str, site: str) -> None:
    """Give the floor to `site` once it is present, by the scenario where that has a turn of it.

    What comes before that turn is passed over: it was another day. A scenario that runs already
    stays as it is.

    Args:
        chair_link: the chair's page with its token.
        site: who speaks first.

    Raises:
        TimeoutError: the site did not come.
    """
    page, token = chair_link.split("#token=", 1)
    url = page.rsplit("/", 1)[0].replace("http", "ws", 1) + "/signal"
    hello = {"type": "hello", "v": 1, "token": token, "kind": "viewer", "capture": False}
    async with asyncio.timeout(_PATIENCE_S), connect(url, max_size=2**22) as socket:
        await socket.send(json.dumps(hello))
        scenario = await _see(socket, site)
        while (command := next_command(scenario, site)) is not None:
            await socket.send(json.dumps({**command, "id": 1}))
            if command["type"] == "give_floor":
                await _until(socket, lambda message: message.get("id") == 1)
                break
            scenario = await _until(socket, lambda message: message["type"] == "scenario")
        await socket.send(json.dumps({"type": "leave"}))


def next_command(scenario: dict[str, Any] | None, site: str) -> dict[str, Any] | None:
    """Return what brings a scenario that has not begun to a turn of `site`; None: it is there."""
    if scenario is not None and scenario["at"] is not None:
        return None
    coming = [cue for cue in (scenario or {"cues": ()})["cues"] if cue["state"] == "coming"]
    place = next((n for n, cue in enumerate(coming) if _speaks_in(cue, site)), None)
    if scenario is None or place is None:
        return {"type": "give_floor", "site": site}
    if place == 0:
        return {"type": "cue_next", "seen": scenario["revision"]}
    return {"type": "cue_skip", "seen": scenario["revision"], "cue": coming[0]["cue"]}


async def _see(socket: ClientConnection, site: str) -> dict[str, Any] | None:
    """Wait until `site` is present and return the scenario, None where the meeting has none."""
    scenario: dict[str, Any] | None = None
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "scenario":
            scenario = message
        if _is_present(message, site):
            break
    return scenario


async def _until(socket: ClientConnection, wanted: Any) -> dict[str, Any]:
    async for text in socket:
        message: dict[str, Any] = json.loads(text)
        if wanted(message):
            return message
    raise TimeoutError("the MCU hung up")


def _speaks_in(cue: dict[str, Any], site: str) -> bool:
    return bool(cue["turns"]) and cue["turns"][0]["site"] == site


def _is_present(message: dict[str, Any], site: str) -> bool:
    if message["type"] not in ("roster", "roster_delta"):
        return False
    return any(row["site"] == site and row["present"] for row in message["sites"])
