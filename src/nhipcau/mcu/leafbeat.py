"""The beat that pages of a leaf hear: the leaf's own, so that a root that stalls moves nobody."""

import asyncio
import json
from collections.abc import Callable, Iterable

from nhipcau.mcu.leafchannel import LeafChannel
from nhipcau.mcu.posting import QUICK_BEAT_S
from nhipcau.ports.clock import Clock


async def beat(channels: Callable[[], Iterable[LeafChannel]], clock: Clock) -> None:
    """Say every 100 ms to every page that was welcomed that we live, until cancelled.

    Who is behind with reading is spared it.
    """
    while True:
        await asyncio.sleep(QUICK_BEAT_S)
        text = json.dumps({"type": "beat", "t": round(clock.wall_s() * 1000)})
        for channel in list(channels()):
            if channel.media is not None:
                channel.box.offer(text)
