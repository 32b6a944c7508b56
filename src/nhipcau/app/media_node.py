"""The media process at work: adapters wired to the MCU's live plane, signalling on top.

The process of a root and that of the standby that follows it are the same program.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable

import structlog

from nhipcau.app.auditing import noting, trail_metrics
from nhipcau.app.branch_logs import BranchLogs
from nhipcau.app.buslink import open_bus
from nhipcau.app.candidate_node import Start, begin, stand
from nhipcau.app.clock import SystemClock
from nhipcau.app.drilling import die
from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.mcu_metrics import mcu_metrics
from nhipcau.app.media_process import (
    end_with,
    new_ssrc,
    open_transport,
    prepare,
    pulse,
    until_sigterm,
)
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.conference.events import Event
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.barring import Barring
from nhipcau.mcu.branches import Branches
from nhipcau.mcu.briefing import Briefing
from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.heartbeat import Heartbeat
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.mcu.node import McuNode, NodeSettings
from nhipcau.mcu.planfile import PlanFile
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.telling import tell
from nhipcau.picture.layout import shipped_layouts
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.subjects import mcu_status
from nhipcau.quantities import ConferenceId
from nhipcau.settings import MediaSettings
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import Knocks
from nhipcau.web.mcu_app import mcu_app

_log = structlog.get_logger()


async def run_node(settings: MediaSettings, heartbeat: Heartbeat) -> None:
    """Run one conference until SIGTERM."""
    prepare()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    listener = bind_tcp(settings.bind, settings.place.port)
    port = listener.getsockname()[1]
    url = settings.place.public_url or f"http://{settings.bind}:{port}"
    folder = HostingFolder(settings.mcu_dir)
    file = PlanFile(settings.data_dir / "plan.json")
    start = begin(settings, _known_plan(settings, folder, file))
    node = _build(settings, url, start)
    node.drilling.die = die
    _note_the_end(node, folder, settings.conference)
    door = Door(
        node.desk,
        node.announcer,
        SystemClock(),
        SignallingCounters(),
        reigning=node.reigning,
        confirmation=node.confirmation,
    )
    knocks = Knocks()
    logs = BranchLogs(settings.data_dir.parent)
    branches = Branches(node.host, node.desk, folder, settings.urls, logs.presence)
    async with contextlib.AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_bus(settings.bus, settings.name))
        candidate, dial = stand(start, node, settings, bus.registry)
        briefing = Briefing(file, node.take_plan)
        briefing.recall()
        # The supervisor brings the chains of all its media processes to the office.
        trail = await stack.enter_async_context(
            noting(settings.mcu_dir, f"mcu {settings.name}", settings.audit)
        )
        node.desk.audit.trail = trail
        app = mcu_app(
            door,
            node,
            node.is_ready,
            lambda: [*mcu_metrics(node, door, knocks), *trail_metrics(trail)],
        )
        node.start(heartbeat.register)
        stack.push_async_callback(node.aclose)
        await stack.enter_async_context(serving(app, listener, knocks))
        barring = Barring(bus.registry, node.host, settings.conference)
        for name, work in (
            ("briefing", briefing.run(folder.follow(settings.conference))),
            ("status", tell(bus.bus, mcu_status(settings.name), node.status)),
            ("node", node.run()),
            ("candidate", candidate.run()),
            ("trunk to the other candidate", dial.run()),
            ("branches", _reigning(node, branches.run)),
            ("barring", _reigning(node, barring.run)),
            ("event loop pulse", pulse(heartbeat)),
        ):
            task = asyncio.create_task(work, name=name)
            task.add_done_callback(end_with)
            stack.callback(task.cancel)
        heartbeat.ready({"port": port, "url": url})
        await until_sigterm()


def _known_plan(
    settings: MediaSettings, folder: HostingFolder, file: PlanFile
) -> ConferencePlan | None:
    hosted = folder.find(settings.conference)
    return hosted.plan if hosted is not None else file.load()


def _note_the_end(node: McuNode, folder: HostingFolder, conference: ConferenceId) -> None:
    """Let the hosting MCU know when the conference is over, or that it was before this start."""

    noted = False

    def note(state: ConferenceState, _events: tuple[Event, ...]) -> None:
        nonlocal noted
        if state.ended_ms is None or noted:
            return
        try:
            folder.end(conference, state.ended_ms / 1000)
            noted = True
        except OSError as error:
            _log.error("the end can't be noted", error=str(error))

    node.host.watch(note)
    note(node.host.state, ())


async def _reigning(node: McuNode, work: Callable[[], Awaitable[None]]) -> None:
    """Do what a root does, from when on the node is one."""
    await node.reigning.wait()
    await work()


def _build(settings: MediaSettings, url: str, start: Start) -> McuNode:
    transport = open_transport(settings)
    names = StreamNames(f"{settings.name}-{secrets.token_hex(4)}", new_ssrc)
    return McuNode(
        NodeSettings(settings.name, url, settings.conference, names),
        Adapters(transport, PyAvCodecs(SystemClock()), SystemClock()),
        start.log,
        shipped_layouts(),
        follows=start.follows,
    )
