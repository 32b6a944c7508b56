"""Child processes of the demo: started with one JSON line, ready with one, gone with their parent.

parent ── settings as JSON on stdin ──▶ child
parent ◀── {"ready": …} on stdout ───── child
parent closes stdin, or dies            child stops
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

# Python start plus imports on a loaded small machine; beyond it something is wrong.
_READY_S = 60.0
_STOP_S = 5.0


class ChildError(Exception):
    """A child process ended or said nothing before it was ready."""


def nhipcau_argv(*words: str) -> list[str]:
    """Return the command line that runs `nhipcau WORDS…` in this environment."""
    return [sys.executable, "-m", "nhipcau", *words]


class Child:
    """One child process that is ready."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, ready: Any) -> None:
        self.name = name
        self.process = process
        self.ready = ready

    async def stop(self) -> None:
        """End it: close its stdin, then SIGTERM, then SIGKILL."""
        if self.process.returncode is not None:
            return
        if self.process.stdin is not None:
            self.process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), _STOP_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


@contextlib.asynccontextmanager
async def child(
    name: str,
    words: tuple[str, ...],
    settings: str,
    log_dir: Path,
    prefix: tuple[str, ...] = (),
) -> AsyncIterator[Child]:
    """Run `nhipcau WORDS…` as a child while the context is open; enters when it is ready.

    Args:
        name: names it in errors and its log file `<name>.log`.
        words: the command line behind `nhipcau`.
        settings: one JSON line for its standard input.
        log_dir: where its standard error goes.
        prefix: what stands before the command, to run it elsewhere; it must `exec` it.

    Raises:
        ChildError: it ended, or was silent for a minute.
    """
    log_path = log_dir / f"{name}.log"
    with log_path.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *prefix,
            *nhipcau_argv(*words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=_environment(),
        )
    one = Child(name, process, None)
    try:
        one.ready = await _ready(one, settings, log_path)
        yield one
    finally:
        await one.stop()


async def _ready(one: Child, settings: str, log_path: Path) -> Any:
    process = one.process
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(settings.encode() + b"\n")
    try:
        await process.stdin.drain()
        line = await asyncio.wait_for(process.stdout.readline(), _READY_S)
    except (TimeoutError, ConnectionError) as error:
        raise ChildError(f"{one.name} did not start in time; see {log_path}") from error
    if not line:
        raise ChildError(f"{one.name} ended while it started; see {log_path}")
    return json.loads(line)


def _environment() -> Mapping[str, str]:
    """Return the environment of children: ours, with numerical libraries kept to one thread."""
    one_thread = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(one_thread, "1"), "PYTHONUNBUFFERED": "1"}


def read_settings_line() -> str:
    """Return the settings line that our parent wrote, blocking."""
    line = sys.stdin.readline()
    if not line.strip():
        raise ChildError("no settings on standard input")
    return line


def say_ready(payload: Mapping[str, Any]) -> None:
    """Tell our parent that we are ready."""
    print(json.dumps({"ready": True, **payload}, ensure_ascii=False), flush=True)


async def until_told_to_stop() -> None:
    """Wait for SIGINT, SIGTERM or the end of standard input (our parent is gone).

    When it is cancelled, signals do again what they did before.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # Without a standard input only signals can end us.
    descriptor = -1 if sys.stdin is None else sys.stdin.fileno()

    def readable() -> None:
        if not os.read(descriptor, 4096):
            loop.remove_reader(descriptor)
            stop.set()

    if descriptor >= 0:
        with contextlib.suppress(PermissionError, OSError):
            loop.add_reader(descriptor, readable)
    try:
        await stop.wait()
    except asyncio.CancelledError:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        if descriptor >= 0:
            loop.remove_reader(descriptor)
        raise
