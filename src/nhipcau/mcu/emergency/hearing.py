"""The front's dealings over the bus: the directory, the calls of all MCUs, and its own told.

Without a bus the directory on disk is used, and only this MCU's bells ring.
"""

import asyncio

import structlog
from pydantic import ValidationError

from nhipcau.mcu.emergency.front import Front
from nhipcau.ports.bus import BusError, Registry
from nhipcau.ports.directory import Directory, EmergencyCalls
from nhipcau.ports.subjects import DIRECTORY, EMERGENCY, emergency_key
from nhipcau.quantities import McuName

_log = structlog.get_logger()
_RETRY_S = 1.0


class Hearing:
    """Keeps one front and the registry alike."""

    def __init__(self, registry: Registry, front: Front) -> None:
        self._registry = registry
        self._front = front
        self._news = asyncio.Event()
        front.on_calls = self._news.set

    async def run(self) -> None:
        """Listen and tell until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._directory(), name="directory watch")
            group.create_task(self._calls(), name="calls watch")
            group.create_task(self._tell(), name="calls")

    async def _directory(self) -> None:
        while True:
            try:
                async with self._registry.watch(DIRECTORY.pattern) as entries:
                    async for entry in entries:
                        self._take_directory(entry.value)
            except BusError as error:
                _log.debug("directory not heard", error=str(error))
            await asyncio.sleep(_RETRY_S)

    def _take_directory(self, value: bytes) -> None:
        try:
            self._front.take_directory(Directory.model_validate_json(value))
        except ValidationError as error:
            _log.error("the directory is not one of ours, the last good one stays", why=str(error))

    async def _calls(self) -> None:
        while True:
            try:
                async with self._registry.watch(EMERGENCY.pattern) as entries:
                    async for entry in entries:
                        self._take_calls(entry.key, entry.value)
            except BusError as error:
                _log.debug("calls not heard", error=str(error))
            await asyncio.sleep(_RETRY_S)

    def _take_calls(self, key: str, value: bytes) -> None:
        mcu = McuName(key.removeprefix(EMERGENCY.named("")))
        try:
            self._front.take_calls(mcu, EmergencyCalls.model_validate_json(value))
        except ValidationError as error:
            _log.error("the calls of an MCU are not as ours", mcu=mcu, error=str(error))

    async def _tell(self) -> None:
        # What was left from before this start is told, too, and what the bus had not heard.
        told: EmergencyCalls | None = None
        while True:
            now = self._front.book.own()
            if now != told:
                try:
                    key = emergency_key(self._front.mcu)
                    await self._registry.put(key, now.model_dump_json().encode())
                    told = now
                except BusError as error:
                    _log.debug("calls not told", error=str(error))
                    await asyncio.sleep(_RETRY_S)
                    continue
            await self._news.wait()
            self._news.clear()
