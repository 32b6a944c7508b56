"""The media process of a leaf at work: adapters wired to the leaf's live plane, pages on top.

A process is a root's or a leaf's for as long as it lives: when a new plan makes it the other, it
ends, and its supervisor starts one that is.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog

from nhipcau.app.branch_logs import BranchLogs
from nhipcau.app.buslink import open_bus
from nhipcau.app.clock import SystemClock
from nhipcau.app.drilling import LeafDrills, LineCut
from nhipcau.app.eventing import event_file
from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.leaf_calls import LeafCaller, leaf_dials
from nhipcau.app.leaf_metrics import LeafStatus, leaf_metrics
from nhipcau.app.media_process import (
    end_with,
    new_ssrc,
    open_log,
    open_transport,
    prepare,
    pulse,
    until_sigterm,
)
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.mcu.autonomy import Autonomy, Surroundings
from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.heartbeat import Heartbeat
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafallegiance import Allegiance
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.leaflanes import LeafLanes
from nhipcau.mcu.reignfile import ReignFile
from nhipcau.mcu.replica import Replica
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.telling import tell
from nhipcau.mcu.warm import out_by
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.subjects import mcu_status
from nhipcau.quantities import McuName
from nhipcau.settings import MediaSettings
from nhipcau.web.below_door import BelowDoor, hang_below
from nhipcau.web.knocks import Knocks
from nhipcau.web.leaf_app import leaf_app

_log = structlog.get_logger()
_LOOK_S = 0.5


class RoleChangedError(Exception):
    """The new plan has this MCU no more as a leaf."""


class _Plan:
    """The plan as it stands."""

    def __init__(self, plan: ConferencePlan) -> None:
        self.now = plan

    async def follow(
        self, plans: AsyncIterator[ConferencePlan], settings: MediaSettings, leaf: LeafNode
    ) -> None:
        """Take each newer plan.

        Raises:
            RoleChangedError: this MCU is no leaf in it.
        """
        async for plan in plans:
            self.now = plan
            leaf.warm.put_out(out_by(plan, leaf.replica.state))
            if not is_leaf(settings, plan):
                raise RoleChangedError(plan.conference)


def is_leaf(settings: MediaSettings, plan: ConferencePlan) -> bool:
    """Return True when this MCU is a leaf in that plan."""
    return settings.name in {leaf.mcu for leaf in plan.leaves}


async def run_leaf(settings: MediaSettings, first: ConferencePlan, heartbeat: Heartbeat) -> None:
    """Run this MCU's part of a conference whose root is elsewhere, until SIGTERM."""
    prepare()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    listener = bind_tcp(settings.bind, settings.place.port)
    port = listener.getsockname()[1]
    url = settings.place.public_url or f"http://{settings.bind}:{port}"
    plan, folder, knocks = _Plan(first), HostingFolder(settings.mcu_dir), Knocks()
    engine, lanes, leaf = _build(settings, first.mcu)
    line = LineCut()
    leaf.on_drill = LeafDrills(lambda: plan.now, line).hear
    async with contextlib.AsyncExitStack() as stack:
        engine.start(heartbeat.register, lambda: None)
        stack.push_async_callback(asyncio.to_thread, engine.stop)
        stack.push_async_callback(asyncio.to_thread, lanes.close)
        stack.callback(leaf.close)
        bus = await stack.enter_async_context(open_bus(settings.bus, settings.name))
        status = LeafStatus(settings, url, leaf, SystemClock())
        app = leaf_app(leaf, lambda: plan.now, lambda: leaf_metrics(leaf, engine))
        hang_below(app, BelowDoor(leaf, settings.name, lambda: plan.now))
        await stack.enter_async_context(serving(app, listener, knocks))
        caller = LeafCaller(settings.name, url, leaf, lambda: plan.now)
        dials = leaf_dials(caller, lambda: plan.now, line)
        autonomy = _autonomy(settings, leaf, folder, lambda: plan.now)
        for name, work in (
            ("plan", plan.follow(folder.follow(settings.conference), settings, leaf)),
            ("leaf", leaf.run()),
            ("autonomy", autonomy.run()),
            *(("trunk", dial.run()) for dial in dials),
            ("status", tell(bus.bus, mcu_status(settings.name), status.read)),
            ("end", _note_the_end(leaf, plan, folder)),
            ("event loop pulse", pulse(heartbeat)),
        ):
            task = asyncio.create_task(work, name=name)
            task.add_done_callback(end_with)
            stack.callback(task.cancel)
        heartbeat.ready({"port": port, "url": url})
        await until_sigterm()


async def _note_the_end(leaf: LeafNode, plan: _Plan, folder: HostingFolder) -> None:
    """Let the hosting MCU know when the conference is over: its root says so, or the plan does
    while no root can be heard.
    """
    while leaf.replica.state.ended_ms is None and (leaf.is_up or not plan.now.over):  # noqa: ASYNC110 - polled
        await asyncio.sleep(_LOOK_S)
    ended_ms = leaf.replica.state.ended_ms
    at_s = SystemClock().wall_s() if ended_ms is None else ended_ms / 1000
    try:
        folder.end(plan.now.conference, at_s)
    except OSError as error:
        _log.error("the end can't be noted", error=str(error))
    await asyncio.Event().wait()


def _build(settings: MediaSettings, root: McuName) -> tuple[LeafEngine, LeafLanes, LeafNode]:
    clock = SystemClock()
    transport = open_transport(settings)
    names = StreamNames(f"{settings.name}-{secrets.token_hex(4)}", new_ssrc)
    engine = LeafEngine(Adapters(transport, PyAvCodecs(clock), clock), names)
    # The root's one port has many lanes of ours: each comes from a port of its own.
    lanes = LeafLanes(engine, open_transport(settings, 0), names)
    replica = Replica(lambda anew: _open_copy(settings, anew))
    file = ReignFile(settings.data_dir / "reign.json")
    allegiance = Allegiance(file.voice(settings.name, root), clock, file.keep_voice)
    return engine, lanes, LeafNode(engine, lanes, replica, clock, allegiance)


def _autonomy(
    settings: MediaSettings,
    leaf: LeafNode,
    folder: HostingFolder,
    plan: Callable[[], ConferencePlan],
) -> Autonomy:
    """Return what looks after the part that goes on here when the root is lost."""
    kept = settings.data_dir.parent
    logs = BranchLogs(kept)
    around = Surroundings(
        settings.name, settings.urls, plan, logs.state, lambda prefix: _parts(kept, folder, prefix)
    )
    return Autonomy(leaf, folder, around, SystemClock())


def _parts(kept: Path, folder: HostingFolder, prefix: str) -> list[int]:
    """Return the numbers of all conferences whose ids begin so, of which this disk knows."""
    names = {path.name for path in kept.iterdir()} | {one.conference for one in folder.all()}
    ends = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
    return [int(end) for end in ends if end.isascii() and end.isdigit()]


def _open_copy(settings: MediaSettings, anew: bool) -> EventLog:
    """Return the log of the copy; `anew`: what is there stays beside it, as a branch."""
    # Not the name of a log of its own: the root brings the events to the office.
    path = event_file(settings).with_suffix(".copy")
    if anew and path.exists():
        number = len(list(path.parent.glob(f"{path.name}.branch-*")))
        path.rename(path.with_name(f"{path.name}.branch-{number}"))
    return open_log(path)
