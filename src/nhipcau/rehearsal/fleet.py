"""A fleet: hundreds of synthetic sites in one process, on one event loop and one media thread.

Fleet ─┬─ task "fleet" ─┬─ task "site 22732"  ──▶ Caller ──▶ Endpoint
       │                └─ …
       ├─ thread "fleet-media"                ──▶ every SiteMedia, each 5 ms
       ├─ threads "fleet-blocking-…"          SDP, DTLS and closing
       └─ Pantry                              loops, made when first asked for
"""

import asyncio
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import Codecs
from nhipcau.ports.transport import Transport
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.caller import Caller
from nhipcau.rehearsal.leg import FleetRoom
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.mediathread import MediaThread
from nhipcau.rehearsal.pantry import Pantry
from nhipcau.rehearsal.relay import Relays
from nhipcau.rehearsal.sitestats import SiteStats
from nhipcau.rehearsal.spec import SiteSpec

# A dead MCU is noticed after 3 s of silence; this is fine enough beside it.
_TEND_S = 0.25
# An MCU is lost after 0.3 s in which it was silent in every way.
_WATCH_S = 0.05
# A site hangs up in milliseconds; only one whose MCU does not answer takes longer.
_LEAVE_S = 1.5
# Enough that one slow close does not hold up the joins of the others.
_BLOCKING_THREADS = 4


class FleetError(Exception):
    """The fleet cannot go on, or was asked for a site that it does not have."""


@dataclass(frozen=True, slots=True)
class FleetStats:
    """The fleet as a whole: sites, ticks of the media thread, loops.

    `longest_late_s`: how long sites could not listen at the most, since `reset_gaps`.
    """

    sites: int
    ticks: int
    late_ticks: int
    longest_late_s: float
    loops_made: int
    loops_loaded: int


class Fleet:
    """Synthetic sites. All methods are called from one event loop, on which the sites live."""

    def __init__(
        self, transport: Transport, codecs: Codecs, clock: Clock, data: Path, *, seed: int = 0
    ) -> None:
        """Have no site yet.

        Args:
            transport: makes the sites' connections; it stays the caller's to close, after this.
            codecs: makes the encoders of the loops.
            clock: monotonic and wall time.
            data: folder in which loops are kept between runs; it need not exist.
            seed: of SSRCs, phases and the spread of reconnections.
        """
        self._executor = ThreadPoolExecutor(_BLOCKING_THREADS, "fleet-blocking")
        self._media = MediaThread(clock)
        self._pantry = Pantry(codecs, data)
        self._relays = Relays(clock)
        self._room = FleetRoom(
            transport, clock, self._pantry, self._media, self._relays, self._executor
        )
        self._rng = random.Random(seed)  # noqa: S311 - SSRCs and jitter, no secrets
        self._callers: dict[SiteId, Caller] = {}
        self._tasks: dict[SiteId, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()
        self._group = asyncio.TaskGroup()
        self._runner: asyncio.Task[None] | None = None

    async def start(self, sites: Iterable[SiteSpec] = ()) -> None:
        """Start the threads and let `sites` call their MCUs; once."""
        self._media.start()
        opened = asyncio.Event()
        self._runner = asyncio.create_task(self._run(opened), name="fleet")
        await opened.wait()
        for site in sites:
            self.add(site)

    def add(self, site: SiteSpec) -> None:
        """Let one more site call its MCU.

        Raises:
            FleetError: a site of that code is there already.
        """
        if site.code in self._callers:
            raise FleetError(f"site {site.code} is in the fleet already")
        caller = Caller(site, self._room, random.Random(self._rng.random()))  # noqa: S311 - as above
        self._callers[site.code] = caller
        self._tasks[site.code] = self._group.create_task(caller.run(), name=f"site {site.code}")

    async def remove(self, code: SiteId) -> None:
        """Let a site leave its meeting and forget it.

        Raises:
            FleetError: no such site.
        """
        caller = self._caller(code)
        del self._callers[code]
        await self._part(caller, self._tasks.pop(code))

    async def raise_hand(self, code: SiteId, *, up: bool = True) -> None:
        """Let a site ask for the floor, or no longer.

        Raises:
            FleetError: no such site.
        """
        caller = self._caller(code)
        await caller.act(caller.endpoint.raise_hand(up))

    async def open_mic(self, code: SiteId, *, is_open: bool = True) -> None:
        """Let a site ask to open or close its microphone.

        Raises:
            FleetError: no such site.
        """
        caller = self._caller(code)
        await caller.act(caller.endpoint.open_mic(is_open))

    async def switch_camera(self, code: SiteId, *, on: bool) -> None:
        """Switch a site's camera.

        Raises:
            FleetError: no such site.
        """
        caller = self._caller(code)
        await caller.act(caller.endpoint.switch_camera(on))

    def set_line(self, code: SiteId, profile: LineProfile) -> None:
        """Let a site that has a line have another.

        Raises:
            FleetError: no such site.
        """
        self._caller(code).set_line(profile)

    def recall(self, code: SiteId) -> None:
        """Let a site that yielded its seat come back.

        Raises:
            FleetError: no such site.
        """
        self._caller(code).recall()

    def waiting(self) -> int:
        """Return how many paired rooms can be called now."""
        return sum(caller.waits for caller in self._callers.values())

    def reset_gaps(self) -> None:
        """Forget the longest gaps of all sites: a measurement begins."""
        for caller in self._callers.values():
            for counter in caller.counters.values():
                counter.reset_gaps()
        self._media.longest_late_s = 0.0

    def stats(self) -> dict[SiteId, SiteStats]:
        """Return every site as it is now."""
        return {code: caller.stats() for code, caller in self._callers.items()}

    def fleet_stats(self) -> FleetStats:
        """Return the fleet as a whole."""
        return FleetStats(
            len(self._callers),
            self._media.ticks,
            self._media.late_ticks,
            self._media.longest_late_s,
            self._pantry.made,
            self._pantry.loaded,
        )

    async def wait(self) -> None:
        """Return when the fleet has been closed.

        Raises:
            ExceptionGroup: of what made it fail, `FleetError` among it when its thread died.
        """
        if self._runner is not None:
            await asyncio.shield(self._runner)

    async def aclose(self) -> None:
        """Let all sites leave, end all threads; may be called twice.

        Raises:
            ExceptionGroup: what made the fleet fail before.
        """
        self._stopping.set()
        try:
            if self._runner is not None:
                await self._runner
        finally:
            self._runner = None
            await asyncio.to_thread(self._end_threads)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _run(self, opened: asyncio.Event) -> None:
        """Own the sites' tasks; tend their connections until the fleet is closed."""
        async with self._group:
            opened.set()
            watching = self._group.create_task(self._watch(), name="fleet vigil")
            while not self._stopping.is_set():
                await self._tend()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _TEND_S)
            watching.cancel()
            pairs = zip(self._callers.values(), self._tasks.values(), strict=True)
            await asyncio.gather(*(self._part(caller, task) for caller, task in pairs))

    async def _part(self, caller: Caller, task: "asyncio.Task[None]") -> None:
        """Let a site leave politely; one that is still in the middle of a call is cut off."""
        await caller.leave()
        _, late = await asyncio.wait((task,), timeout=_LEAVE_S)
        for one in late:
            one.cancel()
            await asyncio.wait((one,))

    async def _tend(self) -> None:
        if not self._media.is_alive():
            raise FleetError("the media thread died")
        for caller in list(self._callers.values()):
            caller.tend()
            await caller.send_still()
            await caller.report_drill()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            for caller in list(self._callers.values()):
                caller.watch()

    def _end_threads(self) -> None:
        self._media.close()
        self._relays.close()
        self._pantry.close()
        self._executor.shutdown(wait=True)

    def _caller(self, code: SiteId) -> Caller:
        try:
            return self._callers[code]
        except KeyError:
            raise FleetError(f"no site {code} in this fleet") from None
