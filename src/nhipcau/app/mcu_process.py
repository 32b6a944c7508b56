"""The media processes of an MCU, and the supervisors that keep them alive.

`nhipcau mcu` supervises: `nhipcau media` for each conference that it hosts, and one more, warm, for
them all. What it hosts stands in a folder of its own disk; the bus brings plans into it.
"""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

import structlog

from nhipcau.app.allocator import return_large_blocks
from nhipcau.app.audit_retention import keep_files
from nhipcau.app.auditing import FOLDER, auditing
from nhipcau.app.buslink import open_bus
from nhipcau.app.children import nhipcau_argv, say_ready, until_told_to_stop
from nhipcau.app.clock import SystemClock
from nhipcau.app.eventing import shipping_events
from nhipcau.app.precedence import take_precedence
from nhipcau.mcu.heartbeat import Heartbeat, import_quietly
from nhipcau.mcu.hoster import Hoster
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.mcu.planintake import PlanIntake
from nhipcau.mcu.spares import Spares
from nhipcau.mcu.supervised import Command
from nhipcau.mcu.supervisor import Patience, Supervisor, restart_delay_s
from nhipcau.mcu.telling import tell
from nhipcau.ports.subjects import mcu_hosting
from nhipcau.quantities import ConferenceId
from nhipcau.settings import McuSettings, MediaSettings

_log = structlog.get_logger()
_HEAVY = (
    "nhipcau.app.media_node",
    "nhipcau.app.leaf_node",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "uvicorn.loops.auto",
)

# A media process that is not ready by now dies at each start; its log says why.
_FIRST_READY_S = 50.0


async def run_mcu(settings: McuSettings) -> None:
    """Host what is to be hosted, with one process warm for all, until told."""
    patience = Patience(spare_s=settings.warm_after_s)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    spares = Spares(Command(_MEDIA, {}), patience.spare_s, restart_delay_s)
    folder = HostingFolder(settings.data_dir)

    def make(conference: ConferenceId, place: int) -> Supervisor:
        go = json.loads(settings.media(conference, place).model_dump_json())
        return Supervisor(Command(_MEDIA, go), patience=patience, spares=spares)

    hoster = Hoster[Supervisor](folder, settings.urls(), make, SystemClock())
    async with contextlib.AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_bus(settings.bus, settings.name))
        audit = await stack.enter_async_context(
            auditing(settings.data_dir, f"mcu {settings.name}", settings.audit, bus.bus)
        )
        group = await stack.enter_async_context(asyncio.TaskGroup())
        kept = settings.data_dir / FOLDER
        works = (
            hoster.run(),
            PlanIntake(bus.registry, folder, settings.name).run(),
            tell(bus.bus, mcu_hosting(settings.name), lambda: hoster.news(settings.name)),
            spares.keep(),
            shipping_events(settings, bus.bus).run(),
            keep_files(kept, audit.shipping.has_all, settings.audit.keep_months),
        )
        tasks = [group.create_task(work) for work in works]
        front = _front(settings, patience)
        if front is not None:
            group.create_task(front.run(), name="front")
        try:
            say_ready({**await _hosted_from_the_start(hoster), "front": await _ready_front(front)})
            await until_told_to_stop()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await spares.aclose()
            if front is not None:
                await front.aclose()


_MEDIA = tuple(nhipcau_argv("media"))


def _front(settings: McuSettings, patience: Patience) -> Supervisor | None:
    """Return what keeps the front at work, with a warm one beside it; None: there is none."""
    if settings.front_port is None:
        return None
    go = json.loads(settings.model_dump_json())
    return Supervisor(Command(tuple(nhipcau_argv("front")), go), patience=patience)


async def _ready_front(front: Supervisor | None) -> Mapping[str, Any] | None:
    """Return what the front said when it was ready; None: it is not up yet, and is tried on.

    Meetings must not wait for it, let alone end with it.
    """
    if front is None:
        return None
    try:
        async with asyncio.timeout(_FIRST_READY_S):
            running = await front.wait_ready()
    except TimeoutError:
        _log.error("the front does not come up; meetings go on without it")
        return None
    return {"pid": running.pid, **running.ready}


async def _hosted_from_the_start(hoster: Hoster[Supervisor]) -> Mapping[str, Any]:
    """Return what runs as soon as everything does that the disk wants to have hosted.

    Raises:
        TimeoutError: a media process does not come up.
    """
    await hoster.looked.wait()
    wanted = tuple(hoster.running.items())
    async with asyncio.timeout(_FIRST_READY_S * max(1, len(wanted))):
        running = [
            {"conference": conference, "pid": one.pid, **one.ready}
            for conference, supervisor in wanted
            for one in (await supervisor.wait_ready(),)
        ]
    return {"hosted": running}


def run_media() -> None:
    """Be the media process: warm up, wait for the word, work until SIGTERM."""
    heartbeat = Heartbeat.from_environment()
    import_quietly(_HEAVY, awaited=heartbeat.awaited)
    take_precedence()
    return_large_blocks()
    settings = MediaSettings.model_validate(heartbeat.wait_for_go())
    from nhipcau.app.leaf_node import is_leaf, run_leaf
    from nhipcau.app.media_node import run_node

    hosted = HostingFolder(settings.mcu_dir).find(settings.conference)
    if hosted is not None and is_leaf(settings, hosted.plan):
        asyncio.run(run_leaf(settings, hosted.plan, heartbeat))
    else:
        asyncio.run(run_node(settings, heartbeat))
    heartbeat.close()
