"""The one thread that sends and reads the media of all sites of a fleet, in ticks of 5 ms.

    event loop ── attach, detach, send (bounded inbox) ──▶ thread ── tick ──▶ every SiteMedia

One thread, because hundreds of threads would only queue for the GIL; ticks, because asking the
clock and sleeping once for all sites is cheaper than once for each packet.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import Queue

from nhipcau.ports.clock import Clock
from nhipcau.rehearsal.sitemedia import Loop, SiteMedia

TICK_S = 0.005
# Five commands for each of two thousand sites. Full means that the thread is dead: fail loudly.
_INBOX = 10_000
_JOIN_S = 5.0


class MediaThread:
    """Paces and polls. Its methods are called from the event loop, but for `_run` and below."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sites: dict[SiteMedia, int] = {}
        self._added = 0
        self._inbox: Queue[Callable[[], None]] = Queue(_INBOX)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet-media", daemon=True)
        self.ticks = 0
        self.late_ticks = 0
        """Ticks that began more than one tick too late."""
        self.longest_late_s = 0.0
        """How late a tick began at the most, since somebody set it to nought."""

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Return False before `start`, after `close`, and when an error ended the thread."""
        return self._thread.is_alive()

    def attach(self, media: SiteMedia, *, comes_over: bool = False) -> None:
        """Send and read for a site from the next tick on.

        Args:
            media: the site's on one connection.
            comes_over: it goes on where another connection was lost: what that costs is measured.

        Raises:
            queue.Full: the thread no longer takes commands.
        """
        self._inbox.put_nowait(partial(self._attach, media, comes_over))

    def detach(self, media: SiteMedia) -> "Future[None]":
        """Touch the site's pipes no more; the future is done when that is so.

        Raises:
            queue.Full: the thread no longer takes commands.
        """
        done: Future[None] = Future()
        self._inbox.put_nowait(partial(self._detach, media, done))
        return done

    def send(self, media: SiteMedia, camera: Loop | None, microphone: Loop | None) -> None:
        """Send these loops as soon as they are made; None stops.

        Raises:
            queue.Full: the thread no longer takes commands.
        """
        self._inbox.put_nowait(partial(media.send, camera, microphone))

    def close(self) -> None:
        """End the thread and wait for it; may be called twice, not from an event loop."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        clock, wait = self._clock, self._stopping.wait
        due_s = clock.now_s()
        while not self._stopping.is_set():
            now_s = clock.now_s()
            self.longest_late_s = max(self.longest_late_s, now_s - due_s)
            if now_s - due_s > TICK_S:
                self.late_ticks += 1
                due_s = now_s
            self._tick(now_s)
            due_s += TICK_S
            rest_s = due_s - clock.now_s()
            if rest_s > 0:
                wait(rest_s)

    def _tick(self, now_s: float) -> None:
        while not self._inbox.empty():
            self._inbox.get_nowait()()
        number = self.ticks
        for media, offset in self._sites.items():
            media.tick(number + offset, now_s)
        self.ticks = number + 1

    def _attach(self, media: SiteMedia, comes_over: bool) -> None:
        media.begin(comes_over=comes_over)
        self._sites[media] = self._added
        self._added += 1

    def _detach(self, media: SiteMedia, done: "Future[None]") -> None:
        self._sites.pop(media, None)
        # Nobody may wait for it any longer.
        if done.set_running_or_notify_cancel():
            done.set_result(None)
