"""The bus port: how office and MCUs speak, in one process or on twenty machines.

Subjects are dotted words, as in NATS; `*` stands for one word and `>` for the rest. Payloads are
bytes: `ports.messages` says what is in them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


class BusError(Exception):
    """The bus could not do it: not connected, no answer in time, nobody there."""


class RevisionError(Exception):
    """A compare-and-set found another revision than expected."""


@dataclass(frozen=True, slots=True)
class BusMessage:
    """One message that came in."""

    subject: str
    payload: bytes


Handler = Callable[[BusMessage], Awaitable[bytes]]
"""Answers one request; its subject says who may have asked, where subjects are named so."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in the registry and its revision; revisions of a key only grow."""

    key: str
    value: bytes
    revision: int


class Subscription(Protocol):
    """What a subscriber reads. Bounded: when full the oldest message goes and is counted."""

    dropped: int

    def __aiter__(self) -> AsyncIterator[BusMessage]:
        """Return an iterator over messages, until the subscription's context ends."""
        ...


class Bus(Protocol):
    """Publish, subscribe, ask and answer."""

    async def publish(self, subject: str, payload: bytes) -> None:
        """Send to whoever listens now.

        Raises:
            BusError: not connected.
        """
        ...

    def subscribe(self, pattern: str) -> AbstractAsyncContextManager[Subscription]:
        """Listen while the context is open; messages published after it opened are not missed.

        While the bus can't be reached nothing arrives; it goes on by itself when it can.
        """
        ...

    async def request(self, subject: str, payload: bytes, *, timeout_s: float) -> bytes:
        """Ask one responder.

        Raises:
            BusError: nobody answers at all, or not in time, or the responder's handler failed.
        """
        ...

    def respond(self, pattern: str, handler: Handler) -> AbstractAsyncContextManager[None]:
        """Answer requests whose subject matches `pattern` while the context is open."""
        ...

    async def aclose(self) -> None:
        """Leave the bus; may be called twice."""
        ...


class Registry(Protocol):
    """A small key-value store with revisions: plans, and later the epochs of conferences."""

    async def get(self, key: str) -> Entry | None:
        """Return the newest value, None where there is none.

        Raises:
            BusError: not connected.
        """
        ...

    async def put(self, key: str, value: bytes, *, expected: int | None = None) -> int:
        """Store a value and return its revision.

        Args:
            key: dotted words.
            value: at most 1 MiB.
            expected: the revision that the key must have now; 0: it must not exist; None: any.

        Raises:
            ValueError: the value is larger.
            RevisionError: the key's revision is not `expected`.
            BusError: not connected, or no answer in time: then it may be stored or not.
        """
        ...

    def watch(self, pattern: str) -> AbstractAsyncContextManager[AsyncIterator[Entry]]:
        """Iterate over the present entries that match, then over changes.

        A slow reader gets the newest value of a key and may miss older ones.
        """
        ...
