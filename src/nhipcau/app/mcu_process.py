"""The media processes of an MCU, and the supervisors that keep them alive.

`nhipcau mcu` supervises: `nhipcau media` for each conference, and one more, warm, for them all.
"""

import asyncio
import json

from nhipcau.app.allocator import return_large_blocks
from nhipcau.app.children import nhipcau_argv, say_ready, until_told_to_stop
from nhipcau.app.precedence import take_precedence
from nhipcau.mcu.heartbeat import Heartbeat, import_quietly
from nhipcau.mcu.spares import Spares
from nhipcau.mcu.supervised import Command
from nhipcau.mcu.supervisor import Patience, Supervisor, restart_delay_s
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
    """Keep a media process for each conference at work, and one warm for them all, until told."""
    patience = Patience()
    commands = [
        Command(tuple(nhipcau_argv("media")), json.loads(one.model_dump_json()))
        for one in settings.of_each()
    ]
    spares = Spares(commands[0], patience.spare_s, restart_delay_s)
    supervisors = [Supervisor(one, patience=patience, spares=spares) for one in commands]
    async with asyncio.TaskGroup() as group:
        for one in supervisors:
            group.create_task(one.run(), name="supervisor")
        standing_by = group.create_task(spares.keep(), name="spares")
        try:
            async with asyncio.timeout(_FIRST_READY_S * len(supervisors)):
                running = [await one.wait_ready() for one in supervisors]
            pids = [one.pid for one in running]
            say_ready({"pid": pids[0], "pids": pids, **running[0].ready})
            await until_told_to_stop()
        finally:
            standing_by.cancel()
            await spares.aclose()
            await asyncio.gather(*(one.aclose() for one in supervisors))


def run_media() -> None:
    """Be the media process: warm up, wait for the word, work until SIGTERM."""
    heartbeat = Heartbeat.from_environment()
    import_quietly(_HEAVY)
    take_precedence()
    return_large_blocks()
    settings = McuSettings.model_validate(heartbeat.wait_for_go())
    from nhipcau.app.media_node import run_node

    asyncio.run(run_node(settings, heartbeat))
    heartbeat.close()
