"""What a subscriber and a watcher read: two bounded mailboxes, one reader each, one event loop.

bus message ──▶ Inbox     full: the oldest message goes and is counted
entry       ──▶ Newest    one place for each key: a newer value takes the older one's place
"""

import asyncio
from collections import deque

from nhipcau.ports.bus import BusMessage, Entry

# About ten minutes of the status messages of one MCU, or one second of a province's at once.
INBOX_LIMIT = 1024


class Inbox:
    """A bounded subscription. Iterating ends when it is closed and empty."""

    __slots__ = ("_closed", "_limit", "_messages", "_news", "dropped")

    def __init__(self, limit: int = INBOX_LIMIT) -> None:
        self.dropped = 0
        self._limit = limit
        self._messages: deque[BusMessage] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def put_nowait(self, message: BusMessage) -> None:
        """Add a message; when full the oldest goes and is counted; closed: nothing happens."""
        if self._closed:
            return
        if len(self._messages) >= self._limit:
            self._messages.popleft()
            self.dropped += 1
        self._messages.append(message)
        self._news.set()

    def close(self) -> None:
        """Take no more messages; may be called twice."""
        self._closed = True
        self._news.set()

    def __aiter__(self) -> "Inbox":
        return self

    async def __anext__(self) -> BusMessage:
        while not self._messages:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._messages.popleft()


class Newest:
    """The newest unread entry of each key, in the order of their revisions.

    Bounded by the number of keys. An entry that was given before is not given again.
    """

    __slots__ = ("_closed", "_given", "_news", "_unread")

    def __init__(self) -> None:
        self._unread: dict[str, Entry] = {}
        self._given: dict[str, int] = {}
        self._news = asyncio.Event()
        self._closed = False

    def put_nowait(self, entry: Entry) -> None:
        """Add an entry; it takes the place of an unread older one of the same key."""
        if self._given.get(entry.key) == entry.revision:
            return
        self._given[entry.key] = entry.revision
        self._unread.pop(entry.key, None)
        self._unread[entry.key] = entry
        self._news.set()

    def close(self) -> None:
        """End the iteration; may be called twice."""
        self._closed = True
        self._news.set()

    def __aiter__(self) -> "Newest":
        return self

    async def __anext__(self) -> Entry:
        while not self._unread:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._unread.pop(next(iter(self._unread)))
