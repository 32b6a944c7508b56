"""The in-memory twin of the NATS adapter: the same ports, for tests and for one process.

    MemoryBus ─┐                 ┌─ Inbox, Inbox, …
    MemoryBus ─┼─▶ MemoryHub ────┼─ Answering (one of a subject's responders)
  MemoryRegistry ┘               └─ entries, Newest, Newest, …

The hub can be cut and mended, as a line can: what NATS does then, this does too. Each end can have
rights of its own: a message that it may not publish is lost, what it may not hear never comes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nhipcau.bus.answering import Answer, Answering
from nhipcau.bus.inbox import INBOX_LIMIT, Inbox, Newest
from nhipcau.bus.limits import check_value
from nhipcau.bus.subjects import check_pattern, check_subject, matches
from nhipcau.ports.bus import BusError, BusMessage, Entry, Handler, RevisionError
from nhipcau.ports.busrights import EVERYTHING, BusRights


class MemoryHub:
    """What all in-memory buses and registries of one test or process share."""

    def __init__(self) -> None:
        self.connected = True
        self.inboxes: list[tuple[str, Inbox]] = []
        self.responders: dict[str, list[Answering]] = {}
        self.entries: dict[str, Entry] = {}
        self.watchers: list[tuple[str, Newest]] = []
        self._revision = 0

    def cut(self) -> None:
        """Behave as a bus that nobody can reach."""
        self.connected = False

    def mend(self) -> None:
        """Carry again; what was subscribed is subscribed still."""
        self.connected = True

    def check_connected(self) -> None:
        """Raise BusError when the hub is cut."""
        if not self.connected:
            raise BusError("not connected")

    def store(self, key: str, value: bytes) -> int:
        """Store a value under the next revision, tell the watchers, return the revision."""
        self._revision += 1
        entry = Entry(key, value, self._revision)
        self.entries[key] = entry
        for pattern, newest in self.watchers:
            if matches(pattern, key):
                newest.put_nowait(entry)
        return entry.revision


class MemoryBus:
    """`ports.bus.Bus` over a hub."""

    def __init__(
        self, hub: MemoryHub, *, inbox_limit: int = INBOX_LIMIT, rights: BusRights = EVERYTHING
    ) -> None:
        self._hub = hub
        self._inbox_limit = inbox_limit
        self._rights = rights
        self._closed = False

    def _check(self) -> None:
        if self._closed:
            raise BusError("closed")
        self._hub.check_connected()

    async def publish(self, subject: str, payload: bytes) -> None:
        """Put the message into every inbox whose pattern it matches.

        Raises:
            BusError: the hub is cut or this bus is closed.
        """
        check_subject(subject)
        self._check()
        if not _covered(self._rights.publish, subject):
            return
        message = BusMessage(subject, payload)
        for pattern, inbox in self._hub.inboxes:
            if matches(pattern, subject):
                inbox.put_nowait(message)

    @asynccontextmanager
    async def subscribe(self, pattern: str) -> AsyncIterator[Inbox]:
        """Listen while the context is open."""
        place = (check_pattern(pattern), Inbox(self._inbox_limit))
        heard = _covered(self._rights.listen, pattern)
        if heard:
            self._hub.inboxes.append(place)
        try:
            yield place[1]
        finally:
            if heard:
                self._hub.inboxes.remove(place)
            place[1].close()

    async def request(self, subject: str, payload: bytes, *, timeout_s: float) -> bytes:
        """Ask one responder.

        Raises:
            BusError: nobody answers at all, or not in time, or the responder's handler failed.
        """
        check_subject(subject)
        self._check()
        responders = [
            one
            for pattern, there in self._hub.responders.items()
            if matches(pattern, subject)
            for one in there
        ]
        if not responders or not _covered(self._rights.publish, subject):
            raise BusError(f"{subject}: nobody answers")
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        async def reply(answer: Answer) -> None:
            if not answered.done() and self._hub.connected:
                answered.set_result(answer)

        await responders[0].start(BusMessage(subject, payload), reply)
        try:
            answer = await asyncio.wait_for(answered, timeout_s)
        except TimeoutError as error:
            raise BusError(f"{subject}: no answer within {timeout_s} s") from error
        if answer.error is not None:
            raise BusError(f"{subject}: {answer.error}")
        return answer.payload

    @asynccontextmanager
    async def respond(self, pattern: str, handler: Handler) -> AsyncIterator[None]:
        """Answer requests whose subject matches `pattern` while the context is open."""
        answering = Answering(check_pattern(pattern), handler)
        responders = self._hub.responders.setdefault(pattern, [])
        heard = self._rights.answer and _covered(self._rights.listen, pattern)
        if heard:
            responders.append(answering)
        try:
            yield
        finally:
            if heard:
                responders.remove(answering)
            await answering.aclose()

    async def aclose(self) -> None:
        """Leave the hub; may be called twice."""
        self._closed = True


class MemoryRegistry:
    """`ports.bus.Registry` over a hub."""

    def __init__(self, hub: MemoryHub, *, rights: BusRights = EVERYTHING) -> None:
        self._hub = hub
        self._rights = rights

    async def get(self, key: str) -> Entry | None:
        """Return the newest value, None where there is none.

        Raises:
            BusError: the hub is cut, or this end may not read the key.
        """
        check_subject(key)
        self._hub.check_connected()
        if not _covered(self._rights.watch, key):
            raise BusError(f"{key}: no answer")
        return self._hub.entries.get(key)

    async def put(self, key: str, value: bytes, *, expected: int | None = None) -> int:
        """Store a value and return its revision.

        Raises:
            ValueError: the value is too large.
            RevisionError: the key's revision is not `expected` (0: it exists).
            BusError: the hub is cut, or this end may not write the key.
        """
        check_subject(key)
        check_value(value)
        self._hub.check_connected()
        if not _covered(self._rights.put, key):
            raise BusError(f"{key}: no answer")
        entry = self._hub.entries.get(key)
        revision = entry.revision if entry else 0
        if expected is not None and expected != revision:
            raise RevisionError(f"{key}: revision is {revision}, not {expected}")
        return self._hub.store(key, value)

    @asynccontextmanager
    async def watch(self, pattern: str) -> AsyncIterator[AsyncIterator[Entry]]:
        """Iterate over the present entries that match, then over changes."""
        place = (check_pattern(pattern), Newest())
        if not _covered(self._rights.watch, pattern):
            yield place[1]
            return
        for entry in sorted(self._hub.entries.values(), key=lambda entry: entry.revision):
            if matches(pattern, entry.key):
                place[1].put_nowait(entry)
        self._hub.watchers.append(place)
        try:
            yield place[1]
        finally:
            self._hub.watchers.remove(place)
            place[1].close()


def _covered(allowed: tuple[str, ...], wanted: str) -> bool:
    """Return True when a subject, or each subject of a pattern, is allowed."""
    return any(matches(one, wanted) for one in allowed)
