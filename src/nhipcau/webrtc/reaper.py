"""Ends connections off the caller's thread, and keeps them alive until they are over.

Closing may wait for the transport's own threads, and an object that is destroyed while they are
still at work with it is the end of the process. So a closed connection goes onto this queue: one
thread closes it, holds it until its state says closed, and only then lets go of it.

    close() ─▶ queue ─▶ closing ─▶ held until over ─▶ gone
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

# A connection is normally over within a millisecond; looking again costs nothing.
_LOOK_AGAIN_S = 0.01
# The transport's own patience with a peer that does not answer ends long before.
_GIVE_UP_S = 10.0


class Mortal(Protocol):
    """What can be reaped."""

    def end(self) -> None:
        """Start the end; may block for some milliseconds."""
        ...

    def is_over(self) -> bool:
        """Return True when nothing of it runs any more."""
        ...


class Reaper:
    """One thread that ends connections. `bury` may be called from any thread."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        # Unbounded on purpose: bounded by the number of connections, which admission bounds.
        self._coming: queue.SimpleQueue[Mortal | None] = queue.SimpleQueue()
        self._dying: list[Mortal] = []
        self._thread = threading.Thread(target=self._run, name="rtc-reaper", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many connections are on their way out."""
        return self._coming.qsize() + len(self._dying)

    def bury(self, mortal: Mortal) -> None:
        """Take over `mortal`; returns at once."""
        self._coming.put(mortal)

    def close(self) -> None:
        """End what is queued, wait until all of it is over (ten seconds at most) and stop."""
        if self._thread.is_alive():
            self._coming.put(None)
            self._thread.join(_GIVE_UP_S)

    def _run(self) -> None:
        while True:
            coming = self._next()
            if coming is None:
                break
            coming.end()
            self._dying.append(coming)
            del coming
            self._look()
        deadline_s = self._now_s() + _GIVE_UP_S / 2
        while self._dying and self._now_s() < deadline_s:
            time.sleep(_LOOK_AGAIN_S)
            self._look()

    def _next(self) -> Mortal | None:
        """Wait for the next one, looking after the dying meanwhile."""
        while True:
            try:
                return self._coming.get(timeout=_LOOK_AGAIN_S if self._dying else None)
            except queue.Empty:
                self._look()

    def _look(self) -> None:
        self._dying = [mortal for mortal in self._dying if not mortal.is_over()]
