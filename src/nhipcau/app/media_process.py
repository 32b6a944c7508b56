"""What a media process needs whether it is a conference's root or a leaf."""

import asyncio
import secrets
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import structlog

from nhipcau.app.grouped_log import GroupedLog
from nhipcau.mcu.heartbeat import Heartbeat
from nhipcau.quantities import Ssrc
from nhipcau.settings import MediaSettings
from nhipcau.storage.eventfile import CorruptLogError, EventFile, LogInUseError
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


def prepare() -> None:
    """Set the interpreter up for media threads."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)


def open_transport(settings: MediaSettings, port: int | None = None) -> RtcTransport:
    """Return the transport on this process's UDP port, with its own certificate.

    Args:
        settings: of the process.
        port: another one; 0: one of its own for each connection, so that whoever is called can
            tell them apart by their address.

    Raises:
        OSError: the port is taken.
    """
    return RtcTransport(
        RtcSettings(
            certificate=make_certificate(settings.data_dir, datetime.now(UTC)),
            bind_address=settings.bind,
            port=settings.place.media_port if port is None else port,
            advertised=settings.advertised,
        )
    )


def new_ssrc() -> Ssrc:
    return Ssrc(secrets.randbelow(2**32 - 1) + 1)


async def pulse(heartbeat: Heartbeat) -> None:
    """Beat for the event loop, so that a blocked one is noticed like a stuck media thread."""
    beat = heartbeat.register("event loop", budget_s=_LOOP_BUDGET_S)
    while True:
        beat()
        await asyncio.sleep(0.1)


def end_with(task: "asyncio.Task[None]") -> None:
    """A task that every meeting needs has ended: without it this process is of no use."""
    if task.cancelled():
        return
    _log.critical("a task of the MCU failed", task=task.get_name(), exc_info=task.exception())
    signal.raise_signal(signal.SIGTERM)


async def until_sigterm() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def open_log(path: Path) -> GroupedLog:
    """Return the conference's log.

    A process that was killed a moment ago may hold it still; a damaged one has been moved aside,
    and what of it is whole begins the new one.
    """
    for _ in range(_LOG_TRIES):
        try:
            return GroupedLog(EventFile(path, sync=False))
        except LogInUseError:
            time.sleep(_LOG_PAUSE_S)
        except CorruptLogError as error:
            _log.critical("the event log is damaged", moved_to=str(error.moved_to))
            fresh = GroupedLog(EventFile(path, sync=False))
            fresh.append(error.records)
            return fresh
    return GroupedLog(EventFile(path, sync=False))
