"""One supervised process as its supervisor holds it: start, go, what it says, end.

spawn ─▶ warm ─▶ go ─▶ ready ─▶ beats … ─▶ exit
"""

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from nhipcau.mcu.heartbeat import AWAITED, HEARTBEAT_FD, SUPERVISOR_PID

# The longest line is the ready payload; more than this without an end is not our protocol.
_LINE_LIMIT_BYTES = 64 << 10
_READ_BYTES = 64 << 10

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    """How to start the process and what to tell it.

    Args:
        argv: program and arguments; the program uses `mcu.heartbeat`.
        go: JSON that the process gets with the word "go".
        env: its environment; None: ours.
    """

    argv: tuple[str, ...]
    go: Mapping[str, Any]
    env: Mapping[str, str] | None = None


class Child:
    """A started process. One event loop."""

    def __init__(self, process: asyncio.subprocess.Process, pipe_fd: int) -> None:
        loop = asyncio.get_running_loop()
        self.pid = process.pid
        self.beats = 0
        self.warm = False
        self.stuck: str | None = None
        self.ready: asyncio.Future[dict[str, Any]] = loop.create_future()
        self.taken: asyncio.Future[None] = loop.create_future()
        self.exit = asyncio.create_task(process.wait(), name=f"exit of {process.pid}")
        self._process = process
        self._pipe_fd = pipe_fd
        self._rest = b""
        # Once: when the group is gone its number may become another's.
        self._killed = False
        loop.add_reader(pipe_fd, self.read_nowait)

    @classmethod
    async def spawn(cls, command: Command, *, awaited: bool = False) -> "Child":
        """Start the process; it warms up and waits. `awaited`: "go" comes at once.

        A session of its own, so that a Ctrl-C in the terminal is left to its supervisor, and all
        that it starts itself can be killed with it.

        Raises:
            OSError: there is no such program.
        """
        ours, its = os.pipe()
        try:
            os.set_blocking(ours, False)
            environment = dict(os.environ if command.env is None else command.env)
            environment |= {HEARTBEAT_FD: str(its), SUPERVISOR_PID: str(os.getpid())}
            environment |= {AWAITED: "1"} if awaited else {}
            process = await asyncio.create_subprocess_exec(
                *command.argv,
                stdin=asyncio.subprocess.PIPE,
                pass_fds=(its,),
                env=environment,
                start_new_session=True,
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(its)
        return cls(process, ours)

    def go(self, word: Mapping[str, Any]) -> None:
        """Tell it to begin; it may still be warming up."""
        if not self.taken.done():
            self.taken.set_result(None)
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(word, ensure_ascii=False).encode() + b"\n")

    def read_nowait(self) -> None:
        """Read what it has said so far."""
        while self._pipe_fd >= 0:
            try:
                piece = os.read(self._pipe_fd, _READ_BYTES)
            except BlockingIOError:
                return
            if not piece:
                self._close_pipe()
                return
            *lines, self._rest = (self._rest + piece).split(b"\n")
            for line in lines:
                self._handle_line(line)
            if len(self._rest) > _LINE_LIMIT_BYTES:
                self._rest = b""

    def _handle_line(self, line: bytes) -> None:
        if not line:
            self.beats += 1
            return
        try:
            message = json.loads(line)
        except ValueError:
            _log.warning("supervisor.not_understood", pid=self.pid, line=line[:100])
            return
        match message:
            case {"warm": True}:
                self.warm = True
            case {"ready": dict(payload)} if not self.ready.done():
                self.ready.set_result(payload)
            case {"stuck": str(name)}:
                self.stuck = name

    def terminate(self) -> None:
        """Ask it to end."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """Kill it and all that it started in its group, which may have outlived it; once."""
        if not self._killed:
            self._killed = True
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    async def end(self, *, grace_s: float = 0.0) -> int:
        """End it, with a grace after asking, and return its status; may be called twice."""
        if grace_s > 0 and not self.exit.done():
            self.terminate()
            await asyncio.wait({self.exit}, timeout=grace_s)
        self.kill()
        status = await self.exit
        self._close_pipe()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return status

    def _close_pipe(self) -> None:
        if self._pipe_fd >= 0:
            asyncio.get_running_loop().remove_reader(self._pipe_fd)
            os.close(self._pipe_fd)
            self._pipe_fd = -1
