"""The MCU's word to the office, again and again; whether anybody hears it is no concern of ours."""

import asyncio
from collections.abc import Callable

import structlog

from nhipcau.ports.bus import Bus, BusError
from nhipcau.ports.messages import Message

_log = structlog.get_logger()
TELL_S = 1.0


async def tell(bus: Bus, subject: str, news: Callable[[], Message]) -> None:
    """Publish `news()` every second until cancelled; a bus that is away swallows it."""
    while True:
        said = news().model_dump_json().encode()
        try:
            await bus.publish(subject, said)
        except BusError as error:
            _log.debug("not heard", subject=subject, error=str(error))
        await asyncio.sleep(TELL_S)
