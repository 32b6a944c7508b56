"""The event store port: the logs of all conferences, gathered at the office.

A log is of one conference and one branch. The branch "" is what the conference's own MCU wrote;
others are what another MCU wrote of it, or the same one after it had to begin anew. Numbers begin
at 1. Events are kept as they were written, also those that this version can't read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from nhipcau.conference.digest import GENESIS, next_digest
from nhipcau.quantities import ConferenceId, McuName


class LogKey(NamedTuple):
    """Names a log."""

    conference: ConferenceId
    branch: str = ""


@dataclass(frozen=True, slots=True)
class LogHead:
    """How far a log goes: the number of its last event, and the running digest there."""

    number: int = 0
    digest: str = GENESIS


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records of a log: behind which place they come, and they themselves."""

    after: LogHead
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class KeptLog:
    """A log as the store has it; moments since 1970-01-01 UTC.

    Attributes:
        key: its name.
        mcu: who writes it.
        begun_ms, last_ms: when its first and its newest event were.
        head: how far it goes.
        opening: the record that says what conference it is; b"": there is none yet.
    """

    key: LogKey
    mcu: McuName
    begun_ms: int
    last_ms: int
    head: LogHead
    opening: bytes


class ContradictionError(Exception):
    """The records are not those of the log that is kept under this name, or another's log."""


class EventStore(Protocol):
    """Where the logs are gathered. Calls block, and come from any thread."""

    def head(self, key: LogKey) -> LogHead:
        """Return how far a log goes; number 0: nothing of it is here.

        Raises:
            StoreError: the store can't be reached, as with every other method.
        """
        ...

    def append(self, key: LogKey, mcu: McuName, sent: Stretch) -> LogHead:
        """Take what is new of a stretch, and return how far the log goes now.

        What is here already is passed over; what does not reach the log's end yet adds nothing.

        Raises:
            ContradictionError: other records are here in their place, or another MCU writes this
                log; nothing of the stretch is taken.
            ValueError: a record is no event: it says no moment, or is no text.
        """
        ...

    def read(self, key: LogKey) -> list[bytes]:
        """Return the records of a log in their order."""
        ...

    def logs(self, conference: ConferenceId | None = None, *, below: bool = False) -> list[KeptLog]:
        """Return the logs of one conference, or all, the youngest first.

        Args:
            conference: its id; None: all.
            below: instead of its own those of the conferences that it split into, whose ids begin
                with its own and two dashes.
        """
        ...

    def close(self) -> None:
        """Let go of it; may be called twice."""
        ...


class Fresh(NamedTuple):
    """A record to be added, with its number and the digest there."""

    number: int
    digest: str
    record: bytes


def fresh_of(have: LogHead, sent: Stretch, kept: Callable[[int], str]) -> list[Fresh]:
    """Return what of a stretch is to be added to a log.

    Args:
        have: how far the log goes.
        sent: what came.
        kept: returns the digest at a number from 1 to `have.number`.

    Raises:
        ContradictionError: the stretch is not of this log.
    """
    number, digest = sent.after.number, sent.after.digest
    if number > have.number:
        return []
    if digest != (kept(number) if number else GENESIS):
        raise ContradictionError(f"another event is kept as number {number}, or before it")
    fresh = []
    for record in sent.records:
        number, digest = number + 1, next_digest(digest, record)
        if number == have.number and digest != have.digest:
            raise ContradictionError(f"another event is kept as number {number}, or before it")
        if number > have.number:
            fresh.append(Fresh(number, digest, record))
    if sent.records and number < have.number and digest != kept(number):
        raise ContradictionError(f"another event is kept as number {number}, or before it")
    return fresh
