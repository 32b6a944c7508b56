"""An office's database and bus may be away: it waits for them, and tells again what it told.

start ─▶ database? bus? plans in the registry? ─ no ─▶ a moment later, until told to stop
the bus was lost and is back ─▶ all plans and the directory go into the registry again
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import structlog

from nhipcau.app.children import until_told_to_stop
from nhipcau.bus.natslink import NatsLink
from nhipcau.ports.bus import BusError
from nhipcau.ports.tree import StoreError
from nhipcau.storage.database import open_database, ping

_log = structlog.get_logger()
Ask = Callable[[], Awaitable[None]]
Stopping = Callable[[], Coroutine[Any, Any, None]]
_RETRY_S = 0.5
_LOOK_S = 1.0


async def until_there(needs: Mapping[str, Ask], stopping: Stopping = until_told_to_stop) -> bool:
    """Return True once everything that is needed has answered; False when told to stop before.

    Args:
        needs: each under its name in the log; it raises BusError or StoreError while it is away.
        stopping: returns when there is no need to wait any longer.
    """
    stop = asyncio.create_task(stopping(), name="stop while waiting")
    try:
        for what, ask in needs.items():
            if not await _answers(what, ask, stop):
                return False
        return True
    finally:
        stop.cancel()
        await asyncio.wait((stop,))


def database_and_bus(database_url: str, link: NatsLink) -> Mapping[str, Ask]:
    """Return what an office needs before anything else.

    Raises:
        StoreError: the URL names no database.
    """
    engine = open_database(database_url)

    async def ask_database() -> None:
        await asyncio.to_thread(ping, engine)
        engine.dispose()

    async def ask_bus() -> None:
        await link.wait_connected(_RETRY_S)

    return {"the database": ask_database, "the bus": ask_bus}


async def tell_again(link: NatsLink, tell: Ask) -> None:
    """Tell what stands in the registry again after each loss of the bus, until cancelled.

    What was to be told meanwhile was told to nobody; and a bus that lost its disk knows nothing.

    Args:
        link: to the bus, up.
        tell: tells all of it; raises BusError or StoreError when that is to be tried again.
    """
    told = link.connections
    while True:
        await asyncio.sleep(_LOOK_S)
        now = link.connections
        if now == told or not link.connected:
            continue
        try:
            await tell()
            told = now
        except (BusError, StoreError) as error:
            _log.warning("the MCUs are told again later", error=str(error))


async def _answers(what: str, ask: Ask, stop: "asyncio.Task[None]") -> bool:
    """Return True once `ask` raises nothing; False when `stop` is done before that."""
    said = ""
    while not stop.done():
        try:
            await ask()
        except (BusError, StoreError) as error:
            if str(error) != said:
                said = str(error)
                _log.warning("the office waits", what=what, error=said)
            await asyncio.wait((stop,), timeout=_RETRY_S)
        else:
            return True
    return False
