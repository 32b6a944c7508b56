"""Keeps a media process at work for each conference that this MCU hosts, and no other.

    folder, ten times a second ─▶ settle ─▶ start │ leave alone │ end ─▶ places written back

What is wanted stands in the folder alone; this only makes it so, and tells how far it is.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from nhipcau.mcu.hosting import Hosted, Settled, Standing, settle
from nhipcau.mcu.hostingfolder import LOOK_S, HostingFolder
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import HostedConference, McuHosting
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()


# So many processes begin at the same time: a start costs a core for a second or two, and a crowd of
# them, as at a split, would each be late. One that takes longer holds up nobody for ever.
_AT_ONCE = 2
_BEGINS_S = 20.0


class Process(Protocol):
    """A media process that is kept at work; `Supervisor` is one."""

    @property
    def current(self) -> object | None:
        """What it said when it was ready; None: it is not, yet or again."""
        ...

    async def run(self) -> None:
        """Keep it at work until `aclose`."""
        ...

    async def aclose(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True, slots=True)
class _Running[P: Process]:
    process: P
    place: int
    since_s: float

    def begins(self, now_s: float) -> bool:
        """Return True while its first start is under way."""
        return self.process.current is None and now_s < self.since_s + _BEGINS_S


class Hoster[P: Process]:
    """Hosts the conferences of one MCU. One event loop."""

    def __init__(
        self,
        folder: HostingFolder,
        urls: Sequence[str],
        make: Callable[[ConferenceId, int], P],
        clock: Clock,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            folder: what is wanted.
            urls: how pages reach each place; the places are numbered by them.
            make: returns what keeps a conference at work in a place; nothing runs yet.
            clock: the time.
        """
        self._folder = folder
        self._urls = urls
        self._make = make
        self._clock = clock
        self._running: dict[ConferenceId, _Running[P]] = {}
        # Places whose process is on its way out: nobody may listen there yet.
        self._leaving: dict[int, asyncio.Task[None]] = {}
        self._settled = Settled({}, {})
        self.looked = asyncio.Event()
        """Set once the folder has been looked at for the first time."""
        self._refused: frozenset[ConferenceId] = frozenset()

    @property
    def running(self) -> Mapping[ConferenceId, P]:
        """What is kept at work now."""
        return {conference: one.process for conference, one in self._running.items()}

    async def run(self) -> None:
        """Host until cancelled, then end every process.

        Raises:
            ExceptionGroup: a process can't be kept at work.
        """
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    self.look(group)
                    self.looked.set()
                    await asyncio.sleep(LOOK_S)
        finally:
            await self._end_all()

    def look(self, group: asyncio.TaskGroup) -> None:
        """Look into the folder once and do what is to be done; does not wait."""
        try:
            found = [self._where_it_is(one) for one in self._folder.all()]
            settled = settle(found, len(self._urls), self._clock.wall_s())
            self._write(found, settled)
        except OSError as error:
            # Whatever runs goes on; a disk that is full or away is looked at again.
            _log.error("the folder of what is hosted can't be used", error=str(error))
            return
        self._settled = settled
        self._say_refused()
        for conference in [one for one in self._running if one not in settled.places]:
            self._leave(group, conference)
        now_s = self._clock.now_s()
        begin = sum(one.begins(now_s) for one in self._running.values())
        for conference, place in settled.places.items():
            waits = conference not in self._running and place not in self._leaving
            if waits and begin < _AT_ONCE:
                self._begin(group, conference, place)
                begin += 1

    def news(self, mcu: McuName) -> McuHosting:
        """Return what the office is told: who is hosted where, who waits, who is over."""
        settled = self._settled
        hosts = [one for one in settled.places if settled.standings[one] is Standing.HOSTED]
        return McuHosting(
            mcu=mcu,
            places=len(self._urls),
            free=len(self._urls) - len(hosts),
            hosted=tuple(self._told()),
        )

    def _told(self) -> Iterator[HostedConference]:
        for conference, standing in self._settled.standings.items():
            if standing is not Standing.PLANNED:
                place = self._settled.places.get(conference)
                url = "" if place is None else self._urls[place]
                yield HostedConference(conference=conference, standing=standing.value, url=url)

    def _where_it_is(self, one: Hosted) -> Hosted:
        """Return what the disk says, in the place where it runs: a plan may have been put anew."""
        running = self._running.get(one.conference)
        return one if running is None else replace(one, place=running.place)

    def _write(self, found: Sequence[Hosted], settled: Settled) -> None:
        """Write places back before anything listens there.

        Raises:
            OSError: the disk refuses.
        """
        for one in found:
            place = settled.places.get(one.conference)
            if one.conference in settled.forgotten:
                self._folder.forget(one.conference)
            else:
                self._folder.place(one.conference, place)

    def _say_refused(self) -> None:
        """Log, once, each conference for which there is no place."""
        standings = self._settled.standings
        refused = frozenset(one for one, how in standings.items() if how is Standing.WAITING)
        for conference in refused - self._refused:
            _log.error("no place is free", conference=conference, places=len(self._urls))
        self._refused = refused

    def _begin(self, group: asyncio.TaskGroup, conference: ConferenceId, place: int) -> None:
        _log.info("hosting", conference=conference, place=place)
        process = self._make(conference, place)
        self._running[conference] = _Running(process, place, self._clock.now_s())
        group.create_task(process.run(), name=f"hosting {conference}")

    def _leave(self, group: asyncio.TaskGroup, conference: ConferenceId) -> None:
        _log.info("hosting no more", conference=conference)
        running = self._running.pop(conference)
        task = group.create_task(running.process.aclose(), name=f"leaving {conference}")
        self._leaving[running.place] = task
        task.add_done_callback(lambda _: self._leaving.pop(running.place, None))

    async def _end_all(self) -> None:
        ending = [one.process.aclose() for one in self._running.values()]
        self._running.clear()
        await asyncio.gather(*ending)
