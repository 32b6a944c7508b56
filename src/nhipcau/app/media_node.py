"""The media process at work: adapters wired to the MCU's live plane, signalling on top."""

import asyncio
import contextlib
import secrets
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import structlog

from nhipcau.app.auditing import noting, trail_metrics
from nhipcau.app.buslink import open_bus
from nhipcau.app.clock import SystemClock
from nhipcau.app.eventing import event_file
from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.mcu_metrics import mcu_metrics
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.conference.events import ConferenceEnded, Event
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.barring import Barring
from nhipcau.mcu.briefing import Briefing
from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.heartbeat import Heartbeat
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.mcu.node import McuNode, NodeSettings
from nhipcau.mcu.planfile import PlanFile
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.telling import tell
from nhipcau.picture.layout import shipped_layouts
from nhipcau.ports.subjects import mcu_status
from nhipcau.quantities import ConferenceId, Ssrc
from nhipcau.settings import MediaSettings
from nhipcau.storage.eventfile import CorruptLogError, EventFile, LogInUseError
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import Knocks
from nhipcau.web.mcu_app import mcu_app
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport

_log = structlog.get_logger()
# A media thread must get the GIL back before its 20 ms are over; the default of 5 ms is too long
# when four threads want it.
_SWITCH_INTERVAL_S = 0.001
# Half a second for the killed predecessor to let go of its files.
_LOG_TRIES = 50
_LOG_PAUSE_S = 0.01
# The event loop waits for the disk at every event; a slow one is no reason to kill a meeting.
_LOOP_BUDGET_S = 1.5


async def run_node(settings: MediaSettings, heartbeat: Heartbeat) -> None:
    """Run one conference until SIGTERM."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    listener = bind_tcp(settings.bind, settings.place.port)
    port = listener.getsockname()[1]
    url = settings.place.public_url or f"http://{settings.bind}:{port}"
    node = _build(settings, url)
    folder = HostingFolder(settings.mcu_dir)
    _note_the_end(node, folder, settings.conference)
    door = Door(node.desk, node.announcer, SystemClock(), SignallingCounters())
    knocks = Knocks()
    async with contextlib.AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_bus(settings.bus, settings.name))
        file = PlanFile(settings.data_dir / "plan.json")
        briefing = Briefing(file, node.take_plan)
        briefing.recall()
        # The supervisor brings the chains of all its media processes to the office.
        trail = await stack.enter_async_context(
            noting(settings.mcu_dir, f"mcu {settings.name}", settings.audit)
        )
        node.desk.audit.trail = trail
        app = mcu_app(
            door,
            node.is_ready,
            lambda: [
                *mcu_metrics(node, door, knocks),
                *trail_metrics(trail),
            ],
        )
        node.start(heartbeat.register)
        stack.push_async_callback(node.aclose)
        await stack.enter_async_context(serving(app, listener, knocks))
        for name, work in (
            ("briefing", briefing.run(folder.follow(settings.conference))),
            ("status", tell(bus.bus, mcu_status(settings.name), node.status)),
            ("node", node.run()),
            ("barring", Barring(bus.registry, node.host, settings.conference).run()),
            ("event loop pulse", _pulse(heartbeat)),
        ):
            task = asyncio.create_task(work, name=name)
            task.add_done_callback(_ended)
            stack.callback(task.cancel)
        heartbeat.ready({"port": port, "url": url})
        await _sigterm()


def _note_the_end(node: McuNode, folder: HostingFolder, conference: ConferenceId) -> None:
    """Let the hosting MCU know when the conference is over, or that it was before this start."""

    def note(at_ms: int) -> None:
        try:
            folder.end(conference, at_ms / 1000)
        except OSError as error:
            _log.error("the end can't be noted", error=str(error))

    def observe(_state: ConferenceState, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, ConferenceEnded):
                note(event.at_ms)

    node.host.observe(observe)
    if node.host.state.ended_ms is not None:
        note(node.host.state.ended_ms)


def _build(settings: MediaSettings, url: str) -> McuNode:
    certificate = make_certificate(settings.data_dir, datetime.now(UTC))
    transport = RtcTransport(
        RtcSettings(
            certificate=certificate,
            bind_address=settings.bind,
            port=settings.place.media_port,
            advertised=settings.advertised,
        )
    )
    names = StreamNames(f"{settings.name}-{secrets.token_hex(4)}", _ssrc)
    return McuNode(
        NodeSettings(settings.name, url, settings.conference, names),
        Adapters(transport, PyAvCodecs(SystemClock()), SystemClock()),
        _open_log(event_file(settings)),
        shipped_layouts(),
    )


def _ssrc() -> Ssrc:
    return Ssrc(secrets.randbelow(2**32 - 1) + 1)


async def _pulse(heartbeat: Heartbeat) -> None:
    """Beat for the event loop, so that a blocked one is noticed like a stuck media thread."""
    pulse = heartbeat.register("event loop", budget_s=_LOOP_BUDGET_S)
    while True:
        pulse()
        await asyncio.sleep(0.1)


def _ended(task: "asyncio.Task[None]") -> None:
    """A task that every meeting needs has ended: without it this process is of no use."""
    if task.cancelled():
        return
    _log.critical("a task of the MCU failed", task=task.get_name(), exc_info=task.exception())
    signal.raise_signal(signal.SIGTERM)


async def _sigterm() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def _open_log(path: Path) -> EventFile:
    """Return the conference's log.

    A process that was killed a moment ago may hold it still; a damaged one has been moved aside,
    and what of it is whole begins the new one.
    """
    for _ in range(_LOG_TRIES):
        try:
            return EventFile(path)
        except LogInUseError:
            time.sleep(_LOG_PAUSE_S)
        except CorruptLogError as error:
            _log.critical("the event log is damaged", moved_to=str(error.moved_to))
            fresh = EventFile(path)
            fresh.append(error.records)
            return fresh
    return EventFile(path)
