"""The media process of an MCU, and the supervisor that keeps one alive.

`nhipcau mcu` is the supervisor; it starts `nhipcau media` twice: one at work, one warm.
"""

import asyncio
import json

from nhipcau.app.children import nhipcau_argv, say_ready, until_told_to_stop
from nhipcau.mcu.heartbeat import Heartbeat, import_quietly
from nhipcau.mcu.supervised import Command
from nhipcau.mcu.supervisor import Supervisor
from nhipcau.settings import McuSettings

_HEAVY = (
    "nhipcau.app.media_node",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "uvicorn.loops.auto",
)

# A media process that is not ready by now dies at each start; its log says why.
_FIRST_READY_S = 25.0


async def run_mcu(settings: McuSettings) -> None:
    """Keep a media process at work until told to stop."""
    command = Command(tuple(nhipcau_argv("media")), json.loads(settings.model_dump_json()))
    supervisor = Supervisor(command)
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run(), name="supervisor")
        async with asyncio.timeout(_FIRST_READY_S):
            running = await supervisor.wait_ready()
        say_ready({"pid": running.pid, **running.ready})
        await until_told_to_stop()
        await supervisor.aclose()


def run_media() -> None:
    """Be the media process: warm up, wait for the word, work until SIGTERM."""
    heartbeat = Heartbeat.from_environment()
    import_quietly(_HEAVY)
    settings = McuSettings.model_validate(heartbeat.wait_for_go())
    from nhipcau.app.media_node import run_node

    asyncio.run(run_node(settings, heartbeat))
    heartbeat.close()
