"""A leaf's copy of the event log, from which it can go on when its root is lost.

    root: log ─▶ copier ─ events ═▶ leaf: Replica ─▶ its own disk, then its own state
                        ◀═ have ─┘  so many, and the digest of their chain

The digest tells a copy of this log from one of another: after a takeover the events that a lost
root had alone are not those of the new one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from nhipcau.conference.digest import GENESIS, next_digest
from nhipcau.conference.events import Event
from nhipcau.conference.replay import replay
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.conference.wire import dump_event
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.trunk import Anew, Events, Have

# So many bytes of events in one message; a page's signalling waits behind it.
_MESSAGE_BYTES = 128 * 1024


OpenLog = Callable[[bool], EventLog]
"""Opens the copy's log; True: move what is there aside, as a branch, and begin anew."""


class Replica:
    """One conference's copy. On the event loop."""

    def __init__(self, open_log: OpenLog) -> None:
        """Begin with what the disk has.

        Raises:
            ReplayError: it is damaged, or of another version.
        """
        self._open_log = open_log
        self._log = open_log(False)
        self.state: ConferenceState = EMPTY
        self._count, self._digest = 0, GENESIS
        self._fold(self._log.replay())

    def begin_anew(self) -> None:
        """Have a copy of another log from now on; the one so far stays on the disk as a branch."""
        self._log.close()
        self._log = self._open_log(True)
        self.state, self._count, self._digest = EMPTY, 0, GENESIS

    def close(self) -> None:
        """Let go of the log; may be called twice."""
        self._log.close()

    def have(self) -> Have:
        """Return how far this copy goes."""
        return Have(events=self._count, digest=self._digest)

    def copier(self) -> "Copier":
        """Return what makes a copy of this copy."""
        return Copier(self._log)

    def anew_for(self, copier: "Copier") -> Iterator[Events | Anew]:
        """Yield what a leaf that copies this copy is told after it has begun anew."""
        return copier.follow_anew(self._log)

    def take(self, message: Events) -> bool:
        """Append what is new; return False when events before it are missing here.

        Raises:
            ReplayError: a record is no event, or does not fit; nothing of the message is kept.
            OSError: the disk refuses.
        """
        if message.first > self._count + 1:
            return False
        fresh = [one.encode() for one in message.records[self._count + 1 - message.first :]]
        replay(fresh, self.state)
        self._log.append(fresh)
        self._fold(fresh)
        return True

    def _fold(self, records: Iterable[bytes]) -> None:
        records = list(records)
        self.state = replay(records, self.state)
        for record in records:
            self._digest = next_digest(self._digest, record)
        self._count += len(records)


class Copier:
    """The upper side for one leaf: what it has, and what it lacks of this log."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._sent: int | None = None
        self.acknowledged = 0

    @property
    def is_heard(self) -> bool:
        """True once the other side has said what it has."""
        return self._sent is not None

    def hear(self, have: Have) -> Iterator[Events | Anew]:
        """Yield what the leaf is to be sent now; the first word also tells whose log it has."""
        if self._sent is not None:
            self.acknowledged = have.events
            return
        records = self._log.replay()
        known = _digest_of(records, have.events)
        if known != have.digest:
            yield Anew()
            self._sent = 0
        else:
            self._sent = self.acknowledged = have.events
        yield from self._messages(records[self._sent :])

    def follow(self, events: Sequence[Event]) -> Iterator[Events]:
        """Yield the events that just took effect, once the leaf has what came before."""
        if self._sent is not None:
            yield from self._messages([dump_event(event) for event in events])

    def pass_on(self, records: Sequence[bytes]) -> Iterator[Events]:
        """As `follow`, of events as they lie in the log."""
        if self._sent is not None:
            yield from self._messages(records)

    def follow_anew(self, log: EventLog) -> Iterator[Events | Anew]:
        """Copy another log from now on, and have a leaf that was copying begin anew."""
        self._log = log
        if self._sent is not None:
            self._sent = 0
            yield Anew()
            yield from self._messages(log.replay())

    def _messages(self, records: Sequence[bytes]) -> Iterator[Events]:
        assert self._sent is not None
        part: list[str] = []
        size = 0
        for record in records:
            if part and size + len(record) > _MESSAGE_BYTES:
                yield self._message(part)
                part, size = [], 0
            part.append(record.decode())
            size += len(record)
        if part:
            yield self._message(part)

    def _message(self, part: list[str]) -> Events:
        assert self._sent is not None
        message = Events(first=self._sent + 1, records=tuple(part))
        self._sent += len(part)
        return message


def _digest_of(records: Sequence[bytes], count: int) -> str | None:
    """Return the digest of the first `count` records, None when there are not so many."""
    if count > len(records):
        return None
    digest = GENESIS
    for record in records[:count]:
        digest = next_digest(digest, record)
    return digest
