"""Who follows this MCU: the other candidate's ear, and its copy of the log, while we reign.

    we reign ─▶ `reigns` ─▶ have ─▶ what it lacks ─▶ events as they come ─▶ have: so many are safe

All of it runs on the event loop.
"""

from collections.abc import Callable, Sequence

from nhipcau.conference.events import Event
from nhipcau.mcu.replica import Copier
from nhipcau.mcu.succession import Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.trunk import Have, Reigns, TrunkBeat, TrunkError, TrunkMessage
from nhipcau.quantities import McuName


class Follower:
    """Our end of the other candidate's trunk to us."""

    def __init__(self, mcu: McuName, log: EventLog, outbox: TrunkOutbox) -> None:
        self.mcu = mcu
        self._outbox = outbox
        self._log = log
        self._copier = Copier(log)

    @property
    def acknowledged(self) -> int | None:
        """How many events it has on its disk; None: it has said nothing yet."""
        return self._copier.acknowledged if self._copier.is_heard else None

    def handle(self, message: TrunkMessage) -> None:
        """Take what it says.

        Raises:
            TrunkError: it may not say that.
        """
        match message:
            case Have():
                for one in self._copier.hear(message):
                    self._outbox.send(one)
            case TrunkBeat():
                pass
            case _:
                raise TrunkError(f"a candidate does not say {message.type}")

    def tell(self, reign: Reign, events: int) -> None:
        """Say that we reign, with so many events; it answers with how much it has of our log."""
        self._copier = Copier(self._log)
        self._outbox.send(Reigns(epoch=reign.epoch, root=reign.root, events=events))

    def follow(self, events: Sequence[Event]) -> None:
        """Send it what has just taken effect."""
        for message in self._copier.follow(events):
            self._outbox.send(message)


class Followers:
    """All that follow; there is one at most, but an old trunk may linger beside its new one."""

    def __init__(self) -> None:
        self.all: list[Follower] = []
        self._heard: list[Callable[[], None]] = []

    def add(self, follower: Follower) -> None:
        """Have a follower from now on."""
        self.all.append(follower)

    def remove(self, follower: Follower) -> None:
        """Have it no more; who waits for its word waits no longer."""
        self.all.remove(follower)
        self._tell()

    def handle(self, follower: Follower, message: TrunkMessage) -> None:
        """See `Follower.handle`."""
        follower.handle(message)
        if isinstance(message, Have):
            self._tell()

    def follow(self, events: Sequence[Event]) -> None:
        """See `Follower.follow`."""
        for follower in self.all:
            follower.follow(events)

    def safe(self) -> int | None:
        """Return how many events would outlive us; None: there is no follower that copies."""
        counts = [one.acknowledged for one in self.all]
        known = [count for count in counts if count is not None]
        return max(known) if known else None

    def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever `safe` may have changed."""
        self._heard.append(heard)

    def _tell(self) -> None:
        for heard in self._heard:
            heard()
