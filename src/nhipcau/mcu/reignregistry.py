"""Who reigns, in the registry: one key for each conference, that goes up by compare-and-set.

The leaves decide; where there are none, this does. It also tells a root that was cut off from all
of them that another has come.
"""

import asyncio
from collections.abc import Callable

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nhipcau.mcu.succession import Reign, Word
from nhipcau.ports.bus import BusError, Entry, Registry, RevisionError
from nhipcau.ports.subjects import reign_key
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()
_RETRY_S = 1.0
# A compare-and-set over a province's lines takes a tenth of it; rooms wait meanwhile.
_CLAIM_S = 0.25


class _Held(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    epoch: int = Field(ge=1)
    root: McuName


class ReignRegistry:
    """One conference's key."""

    def __init__(self, registry: Registry, conference: ConferenceId) -> None:
        self._registry = registry
        self._key = reign_key(conference)

    async def claim(self, claim: Reign) -> tuple[Word, Reign | None]:
        """Ask for an epoch; return what the registry says, and what it holds where it refuses."""
        try:
            async with asyncio.timeout(_CLAIM_S):
                return await self._claim(claim)
        except (BusError, TimeoutError) as error:
            _log.info("the registry is away", error=str(error))
            return Word.AWAY, None

    async def watch(self, heard: Callable[[Reign], None]) -> None:
        """Tell of every reign that the registry knows of, until cancelled."""
        while True:
            try:
                async with self._registry.watch(self._key) as entries:
                    async for entry in entries:
                        held = _read(entry)
                        if held is not None:
                            heard(held)
            except BusError as error:
                _log.debug("reigns not heard", error=str(error))
            await asyncio.sleep(_RETRY_S)

    async def _claim(self, claim: Reign) -> tuple[Word, Reign | None]:
        entry = await self._registry.get(self._key)
        held = _read(entry)
        if held == claim:
            return Word.GRANTED, None
        if held is not None and held.epoch >= claim.epoch:
            return Word.AWAY, held
        value = _Held(epoch=claim.epoch, root=claim.root).model_dump_json().encode()
        try:
            await self._registry.put(
                self._key, value, expected=entry.revision if entry is not None else 0
            )
        except RevisionError:
            # Somebody was first: what is there now says who.
            held = _read(await self._registry.get(self._key))
            higher = held is not None and held.epoch >= claim.epoch
            return Word.AWAY, held if higher else None
        return Word.GRANTED, None


def _read(entry: Entry | None) -> Reign | None:
    if entry is None:
        return None
    try:
        held = _Held.model_validate_json(entry.value)
    except ValidationError as error:
        _log.error("the registry's reign is not one of ours", error=str(error))
        return None
    return Reign(held.epoch, held.root)
