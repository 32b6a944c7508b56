"""Who was removed at one MCU is removed at all: the MCUs of a meeting share one list on the bus.

    removed here ─▶ event ─▶ merged into barred.<conference> ─▶ watched by every MCU ─▶ event there

The list is not what keeps a guest out here; the conference's own log is. Without a bus the news
waits, and goes out when the bus is back. Entries are merged, the newest word of each counts.
"""

import asyncio

import structlog
from pydantic import ValidationError

from nhipcau.conference.commands import Bar, NoteBars
from nhipcau.mcu.host import ConferenceHost
from nhipcau.ports.bus import BusError, Registry, RevisionError
from nhipcau.ports.messages import BarredEntry, BarredList
from nhipcau.ports.subjects import barred_key
from nhipcau.quantities import ConferenceId

_log = structlog.get_logger()
_RETRY_S = 1.0


class Barring:
    """Keeps one MCU's knowledge of the removed and the meeting's list alike."""

    def __init__(self, registry: Registry, host: ConferenceHost, conference: ConferenceId) -> None:
        self._registry = registry
        self._host = host
        self._key = barred_key(conference)
        self._news = asyncio.Event()
        host.observe(lambda _state, _events: self._news.set())

    async def run(self) -> None:
        """Tell and listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(), name="barred list watch")
            group.create_task(self._tell(), name="barred list")

    async def _listen(self) -> None:
        while True:
            try:
                async with self._registry.watch(self._key) as entries:
                    async for entry in entries:
                        self._take(_read(entry.value))
            except BusError as error:
                _log.debug("barred list not heard", error=str(error))
            await asyncio.sleep(_RETRY_S)

    async def _tell(self) -> None:
        told: frozenset[Bar] = frozenset()
        while True:
            await self._news.wait()
            self._news.clear()
            known = frozenset(self._host.state.bars.values())
            if known == told:
                continue
            try:
                await self._merge(known)
                told = known
            except (BusError, RevisionError) as error:
                # Another MCU wrote meanwhile, or the bus is away: again, with what is new there.
                _log.debug("barred list not told", error=str(error))
                self._news.set()
                await asyncio.sleep(_RETRY_S)

    async def _merge(self, known: frozenset[Bar]) -> None:
        entry = await self._registry.get(self._key)
        there = _read(entry.value) if entry is not None else ()
        newest: dict[str, Bar] = {}
        for bar in sorted((*there, *known), key=lambda bar: bar.at_ms):
            newest[bar.credential] = bar
        if set(newest.values()) == set(there):
            return
        entries = tuple(
            BarredEntry(
                credential=bar.credential, site=bar.site, barred=bar.barred, at_ms=bar.at_ms
            )
            for bar in newest.values()
        )
        value = BarredList(entries=entries).model_dump_json().encode()
        revision = entry.revision if entry is not None else 0
        await self._registry.put(self._key, value, expected=revision)

    def _take(self, bars: tuple[Bar, ...]) -> None:
        if self._host.state.is_open():
            self._host.command(NoteBars(bars))


def _read(value: bytes) -> tuple[Bar, ...]:
    try:
        listed = BarredList.model_validate_json(value)
    except ValidationError as error:
        _log.error("the barred list is not one of ours", error=str(error))
        return ()
    return tuple(Bar(e.credential, e.site, e.barred, e.at_ms) for e in listed.entries)
