"""The one media process of a meeting is killed: how soon is all as before?

    SIGKILL ─▶ the supervisor's warm process ─▶ log folded ─▶ sites call again ─▶ all present

"As before" is what the chair's page is told: floor, layout, open microphones, hands, presence.
"""

import asyncio
import json
import os
import signal
import time
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.stage import Stage, demo_stage

_GOAL_S = 3.0
_SETTLE_S = 6.0
_PAUSE_S = 4.0
_PATIENCE_S = 30.0
_KEPT = ("mic", "hand", "floor", "present")

_Rows = dict[str, Mapping[str, Any]]


async def restart_figures(sites: int, seconds: float) -> list[Figure]:
    """Return how long a meeting of `sites` takes to be as before after a SIGKILL of its MCU."""
    times: list[float] = []
    async with demo_stage(sites) as stage:
        await asyncio.sleep(_SETTLE_S)
        before = await _settled(stage, sites, _PATIENCE_S)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            times.append(await _kill_and_wait(stage, before))
            await asyncio.sleep(_PAUSE_S)
    return [
        at_most("restart_as_before_s_max", max(times), "s", _GOAL_S),
        plain("restart_as_before_s_median", percentile(times, 0.5), "s"),
        plain("kills", len(times), "kills"),
    ]


async def _kill_and_wait(stage: Stage, before: Mapping[str, Any]) -> float:
    pid = await asyncio.to_thread(stage.living_mcu_pid)
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    async with asyncio.timeout(_PATIENCE_S):
        while await _look(stage, _PATIENCE_S, before) != before:  # noqa: ASYNC110 - it is polled
            await asyncio.sleep(0)
    return time.monotonic() - began


async def _settled(stage: Stage, sites: int, patience_s: float) -> Mapping[str, Any]:
    """Return the meeting as it is once all synthetic sites are there."""
    async with asyncio.timeout(patience_s):
        while True:
            seen = await _look(stage, 2.0, None)
            if sum(row["present"] for row in seen.get("rows", {}).values()) >= sites:
                return seen
            await asyncio.sleep(0.2)


async def _look(
    stage: Stage, seconds: float, wanted: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Return what the chair's page is told, as soon as it is `wanted`, else after `seconds`.

    Empty when the MCU can't be reached.
    """
    page, token = str(stage.announcement["chair"]).split("#token=", 1)
    url = page.rsplit("/", 1)[0].replace("http", "ws", 1) + "/signal"
    seen: dict[str, Any] = {}
    try:
        async with connect(url, max_size=2**22) as socket:
            hello = {"type": "hello", "v": 1, "token": token, "kind": "viewer", "capture": False}
            await socket.send(json.dumps(hello))
            async with asyncio.timeout(seconds):
                await _listen(socket, seen, wanted)
    except (OSError, WebSocketException):
        return {}
    except TimeoutError:
        return seen
    return seen


async def _listen(
    socket: ClientConnection, seen: dict[str, Any], wanted: Mapping[str, Any] | None
) -> None:
    rows: _Rows = {}
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "state":
            seen["layout"] = message["layout"]
        elif message["type"] in ("roster", "roster_delta"):
            rows.update({row["site"]: row for row in message["sites"]})
            seen["rows"] = {site: {key: row[key] for key in _KEPT} for site, row in rows.items()}
        if "rows" in seen and "layout" in seen and wanted in (None, seen):
            return
