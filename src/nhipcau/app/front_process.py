"""The front of an MCU: a light process of its own, in which rooms wait to be called.

It holds no media and no conference: a wedged meeting leaves the button alone, and the other way.
"""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from nhipcau.app.audit_retention import keep_files
from nhipcau.app.auditing import FOLDER, Auditing, auditing
from nhipcau.app.buslink import open_bus
from nhipcau.app.clock import SystemClock
from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.mcu.emergency.folderhosting import FolderHosting
from nhipcau.mcu.emergency.front import Front, FrontFiles
from nhipcau.mcu.emergency.hearing import Hearing
from nhipcau.mcu.emergency.keeping import KeptFile
from nhipcau.mcu.heartbeat import Heartbeat, import_quietly
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.ports.directory import Directory, EmergencyCalls
from nhipcau.settings import McuSettings
from nhipcau.web.front_app import front_app
from nhipcau.web.front_session import Hall
from nhipcau.web.knocks import Knocks
from nhipcau.web.metrics import Family, Sample

_log = structlog.get_logger()
_HEAVY = (
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "uvicorn.loops.auto",
)
# Below the MCU's data folder.
_FRONT = "front"
_ENDS_S = 0.25
# The event loop waits for the disk when it is pressed.
_LOOP_BUDGET_S = 1.5


async def run_front_node(settings: McuSettings, heartbeat: Heartbeat) -> None:
    """Run one MCU's front until SIGTERM."""
    folder = settings.data_dir / _FRONT
    folder.mkdir(parents=True, exist_ok=True)
    listener = bind_tcp(settings.bind, settings.front_port or 0)
    port = listener.getsockname()[1]
    front = _build(settings)
    front.recall()
    hall, knocks = Hall(front, SystemClock()), Knocks()
    async with contextlib.AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_bus(settings.bus, settings.name))
        audit = await stack.enter_async_context(
            auditing(folder, f"front {settings.name}", settings.audit, bus.bus)
        )
        front.trail = audit.trail
        app = front_app(hall, lambda: [*_metrics(hall, knocks), *audit.metrics()])
        await stack.enter_async_context(serving(app, listener, knocks))
        for name, work in (
            ("bus", Hearing(bus.registry, front).run()),
            ("ends", _look_for_ends(front)),
            ("audit files", _keep_files(settings, audit)),
            ("event loop pulse", _pulse(heartbeat)),
        ):
            task = asyncio.create_task(work, name=name)
            task.add_done_callback(_ended)
            stack.callback(task.cancel)
        url = settings.front_url or f"http://{settings.bind}:{port}"
        heartbeat.ready({"port": port, "url": url})
        await _sigterm()


def run_front() -> None:
    """Be the front: wait for the word, work until SIGTERM."""
    heartbeat = Heartbeat.from_environment()
    import_quietly(_HEAVY)
    settings = McuSettings.model_validate(heartbeat.wait_for_go())
    asyncio.run(run_front_node(settings, heartbeat))
    heartbeat.close()


def _build(settings: McuSettings) -> Front:
    folder = settings.data_dir / _FRONT
    files = FrontFiles(
        KeptFile.at(folder, "directory", Directory), KeptFile.at(folder, "calls", EmergencyCalls)
    )
    hosting = FolderHosting(HostingFolder(settings.data_dir), settings.urls())
    return Front(settings.name, hosting, files, SystemClock(), _new_id)


def _new_id() -> str:
    """Return an id that says when, and that nobody guesses."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(8)}"


async def _look_for_ends(front: Front) -> None:
    while True:
        front.look_for_ends()
        await asyncio.sleep(_ENDS_S)


async def _keep_files(settings: McuSettings, audit: Auditing) -> None:
    folder = settings.data_dir / _FRONT / FOLDER
    await keep_files(folder, audit.shipping.has_all, settings.audit.keep_months)


async def _pulse(heartbeat: Heartbeat) -> None:
    pulse: Callable[[], None] = heartbeat.register("event loop", budget_s=_LOOP_BUDGET_S)
    while True:
        pulse()
        await asyncio.sleep(0.1)


def _ended(task: "asyncio.Task[None]") -> None:
    """A task that the front needs has ended: its supervisor starts another one."""
    if task.cancelled():
        return
    _log.critical("a task of the front failed", task=task.get_name(), exc_info=task.exception())
    signal.raise_signal(signal.SIGTERM)


async def _sigterm() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def _metrics(hall: Hall, knocks: Knocks) -> list[Family]:
    stats = hall.front.stats()
    refused = [Sample(n, {"code": code}) for code, n in hall.counters.stats().items()]
    return [
        Family("front_bells", "rooms that wait to be called", False, [Sample(stats["bells"])]),
        Family("front_calls", "calls of this MCU not over", False, [Sample(stats["own"])]),
        Family("front_refusals", "errors answered", True, refused),
        Family(
            "front_half_open", "connections that said nothing", False, [Sample(knocks.waiting())]
        ),
    ]
