"""What waits to be said to one reader: control never drops, what can be spared gives way.

put ─▶ bounded queue ─▶ next            full: `overflowed`, and the reader must go
offer ─┘ only while little waits        behind: let go, the next one comes soon
"""

import asyncio


class Box[T]:
    """Messages to one reader, on the event loop.

    Attributes:
        overflowed: set when a message was dropped, because the reader does not read.
    """

    def __init__(self, limit: int, spared_from: int) -> None:
        """Hold at most `limit` messages; from `spared_from` on nothing is taken that can wait."""
        self._queue: asyncio.Queue[T] = asyncio.Queue(limit)
        self._spared_from = spared_from
        self.overflowed = asyncio.Event()

    def send(self, message: T) -> None:
        """Queue a message; sets `overflowed` and drops it when there is no room."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.overflowed.set()

    def offer(self, message: T) -> bool:
        """Queue what can be spared; return False when it was let go because others wait already."""
        if self._queue.qsize() >= self._spared_from:
            return False
        self._queue.put_nowait(message)
        return True

    async def next(self) -> T:
        """Return the next message, waiting for it."""
        return await self._queue.get()
