"""The supervised process's side: says that it is warm, ready, alive, or which thread is stuck.

    stdin  ◀── one line of JSON: "go" and what to do            supervisor
    pipe   ──▶ {"warm": true}   {"ready": {…}}   {"stuck": "compose"}   and an empty line per beat

The beat comes from an ordinary Python thread, so that a GIL that nobody gives back stops it. The
same thread watches the pulses of registered threads. The process ends when its supervisor does.

Import this module first and the heavy ones with `import_quietly`.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from nhipcau.mcu.procstat import ThreadSample, sample_thread
from nhipcau.mcu.watchdog import BEAT_S, waited_share

HEARTBEAT_FD = "NHIPCAU_HEARTBEAT_FD"
SUPERVISOR_PID = "NHIPCAU_SUPERVISOR_PID"
# Set where somebody waits for the process to be ready: it has no time to be polite.
AWAITED = "NHIPCAU_AWAITED"

# The slowest media thread has a period of 40 ms and may draw a new scene for 200 ms: far below, and
# with the start of the warm process a stuck thread costs a meeting about a second.
PULSE_BUDGET_S = 0.8
# Below this a pulse is not looked at closely, which costs two reads in /proc.
_SUSPECT_S = 0.4
# Exit status of a process whose supervisor is gone.
_ORPHANED = 75
# A third of the weight of an ordinary thread: the warm process starts while another carries media.
_QUIET_NICE = 5
_PR_SET_PDEATHSIG = 1
_LINE_LIMIT_BYTES = 1 << 20


class Pulse:
    """What a watched thread calls in every turn of its loop. Cheap: one addition."""

    __slots__ = ("_before", "_count", "_idle_s", "_seen", "budget_s", "closed", "name", "thread")

    def __init__(self, name: str, budget_s: float) -> None:
        self.name = name
        self.budget_s = budget_s
        self.thread = threading.get_native_id()
        self.closed = False
        self._count = 0
        self._seen = -1
        self._idle_s = 0.0
        self._before: ThreadSample | None = None

    def __call__(self) -> None:
        self._count += 1

    def close(self) -> None:
        """Watch it no longer: the thread ends on purpose."""
        self.closed = True

    def handle_elapsed(self, elapsed_s: float) -> bool:
        """Return True when the thread had more than its budget of opportunity and did not beat."""
        if self._count != self._seen:
            self._seen, self._idle_s, self._before = self._count, 0.0, None
            return False
        # When the watching thread is late itself, the watched one is not to blame for all of it.
        step_s = min(elapsed_s, 2 * BEAT_S)
        if self._idle_s >= _SUSPECT_S:
            now = sample_thread(os.getpid(), self.thread)
            if now is not None and self._before is not None:
                step_s *= 1.0 - waited_share(self._before, now, elapsed_s)
            self._before = now
        self._idle_s += step_s
        return self._idle_s >= self.budget_s


class Heartbeat:
    """One for a process, made first of all in its main thread."""

    def __init__(self, fd: int | None, *, stdin_fd: int = 0) -> None:
        """Begin to beat.

        Args:
            fd: the pipe to the supervisor; None: there is no supervisor, and nothing is sent.
            stdin_fd: where "go" comes from, and the end of which is the supervisor's end.
        """
        self.dropped = 0
        self.awaited = False
        self._fd = fd
        self._stdin_fd = stdin_fd
        self._gone = False
        self._closed = threading.Event()
        self._pulses: tuple[Pulse, ...] = ()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        if fd is not None:
            os.set_blocking(fd, False)
            self._thread.start()

    @classmethod
    def from_environment(cls) -> "Heartbeat":
        """Return the heartbeat that the supervisor asks for, and tie this process's life to it."""
        fd = os.environ.pop(HEARTBEAT_FD, None)
        supervisor = os.environ.pop(SUPERVISOR_PID, None)
        awaited = os.environ.pop(AWAITED, None) is not None
        if supervisor is not None:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            # It may have died before the wish was made.
            if os.getppid() != int(supervisor):
                raise SystemExit(_ORPHANED)
        beat = cls(int(fd) if fd is not None else None)
        beat.awaited = awaited
        return beat

    def wait_for_go(self) -> dict[str, Any]:
        """Say that the process is warm, wait for the word, and return what came with it.

        Raises:
            SystemExit: the supervisor is gone, or what came is no JSON object in one line.
        """
        self._send({"warm": True})
        line = b""
        while not line.endswith(b"\n"):
            piece = os.read(self._stdin_fd, 65536)
            if not piece or len(line) > _LINE_LIMIT_BYTES:
                raise SystemExit(_ORPHANED)
            line += piece
        self._gone = True
        word = json.loads(line)
        if not isinstance(word, dict):
            raise SystemExit(_ORPHANED)
        return word

    def ready(self, payload: Mapping[str, Any]) -> None:
        """Say that the work has begun; from now on silence counts. `payload` must be JSON."""
        self._send({"ready": dict(payload)})

    def register(self, name: str, *, budget_s: float = PULSE_BUDGET_S) -> Pulse:
        """Return the pulse of the calling thread; it must be called well within `budget_s`."""
        pulse = Pulse(name, budget_s)
        with self._lock:
            self._pulses = (*(old for old in self._pulses if not old.closed), pulse)
        return pulse

    def close(self) -> None:
        """Beat no longer; may be called twice."""
        self._closed.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _send(self, message: Mapping[str, Any]) -> None:
        self._write(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    def _write(self, line: bytes) -> None:
        if self._fd is None:
            return
        try:
            os.write(self._fd, line)
        except BlockingIOError:
            # The supervisor has not read for hours' worth of beats.
            self.dropped += 1
        except OSError:
            os._exit(_ORPHANED)

    def _run(self) -> None:
        told: set[str] = set()
        before = time.monotonic()
        while not self._closed.is_set():
            self._pause()
            now = time.monotonic()
            self._write(b"\n")
            for pulse in self._pulses:
                late = not pulse.closed and pulse.handle_elapsed(now - before)
                if late and pulse.name not in told:
                    told.add(pulse.name)
                    self._send({"stuck": pulse.name})
            before = now

    def _pause(self) -> None:
        """Wait for the next beat; leave at once when the supervisor's end of stdin is closed."""
        if not self._gone:
            self._closed.wait(BEAT_S)
            return
        readable, _, _ = select.select([self._stdin_fd], [], [], BEAT_S)
        if readable and not os.read(self._stdin_fd, 65536):
            os._exit(_ORPHANED)


def import_quietly(modules: Iterable[str], *, awaited: bool = False) -> None:
    """Import `modules` in a thread of low priority, so that those who carry media are not pushed;
    at full priority where somebody waits for this process.

    The priority is the thread's own and ends with it; a process could not raise its own again.

    Raises:
        ImportError: a module can't be imported.
    """
    failures: list[ImportError] = []

    def work() -> None:
        if not awaited:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _QUIET_NICE)
        try:
            for module in modules:
                importlib.import_module(module)
        except ImportError as error:
            failures.append(error)

    thread = threading.Thread(target=work, name="imports")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
