"""Who stands at the door: connections that have said nothing of use yet, bounded in number.

    TCP accepted ─▶ arrive ─▶ a whole HTTP request │ WebSocket and a good hello ─▶ settle
                      └─ too many: the oldest is turned away

A flood of half-open connections costs itself its own oldest ones; whoever says hello at once has
long passed the door. Nothing here knows sockets: a key stands for a connection.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

# Under this name the server leaves the call that settles a connection in its ASGI state.
_SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How patient the door is.

    Attributes:
        half_open: connections that have not said hello, all addresses together. More than the 600
            endpoints of an MCU, because all of them come back at the same moment after a restart.
        per_address: the same from one address; a district's rooms may share one.
        trusted: addresses to which only the first bound applies: the demo, a proxy on this machine.
        greet_s: within this a connection has sent a whole request, or said hello.
        stall_s: a peer that takes nothing for so long, while it is sent something, is let go.
        linger_s: after the last word the connection is gone at the latest after this.
        head_bytes: of an HTTP request line and its headers.
        large_messages: so many may be longer than allowed at a time; each is read to its end, so
            that it gets its answer, and costs memory meanwhile.
    """

    half_open: int = 768
    per_address: int = 64
    trusted: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    greet_s: float = 10.0
    stall_s: float = 20.0
    linger_s: float = 5.0
    head_bytes: int = 32 * 1024
    large_messages: int = 16


@dataclass(slots=True)
class _Knock:
    address: str
    turn_away: Callable[[], None]


class Knocks:
    """The half-open connections of one server, on its event loop."""

    def __init__(self, limits: DoorLimits | None = None) -> None:
        self.limits = limits or DoorLimits()
        self._waiting: dict[Hashable, _Knock] = {}
        self._by_address: Counter[str] = Counter()
        self._large: set[Hashable] = set()
        self._refused: Counter[str] = Counter()

    def arrive(self, key: Hashable, address: str, turn_away: Callable[[], None]) -> None:
        """Take note of a connection; when there are too many, turn the oldest away.

        Args:
            key: the connection; one that waits already keeps its place.
            address: where it comes from.
            turn_away: closes it; must not raise.
        """
        if key in self._waiting:
            self._waiting[key].turn_away = turn_away
            return
        self._waiting[key] = _Knock(address, turn_away)
        self._by_address[address] += 1
        crowd = self._by_address[address] > self.limits.per_address
        if crowd and address not in self.limits.trusted:
            self._drop(next(k for k, knock in self._waiting.items() if knock.address == address))
        elif len(self._waiting) > self.limits.half_open:
            self._drop(next(iter(self._waiting)))

    def settle(self, key: Hashable) -> None:
        """Take note that a connection is admitted, answered or gone; may be called twice."""
        knock = self._waiting.pop(key, None)
        if knock is None:
            return
        self._by_address[knock.address] -= 1
        if not self._by_address[knock.address]:
            del self._by_address[knock.address]

    def take_large(self, key: Hashable) -> bool:
        """Return True when this connection may send a message that is too long to its end."""
        if key not in self._large and len(self._large) >= self.limits.large_messages:
            return False
        self._large.add(key)
        return True

    def end_large(self, key: Hashable) -> None:
        """Take note that the long message of a connection is over; may be called twice."""
        self._large.discard(key)

    def note(self, reason: str) -> None:
        """Count a connection that was ended before it said a word that could be answered."""
        self._refused[reason] += 1

    def waiting(self) -> int:
        """Return how many connections are half-open now."""
        return len(self._waiting)

    def refused(self) -> Mapping[str, int]:
        """Return how many connections were ended at the door, by reason."""
        return dict(self._refused)

    def _drop(self, key: Hashable) -> None:
        turn_away = self._waiting[key].turn_away
        self.settle(key)
        self.note("crowd")
        turn_away()


def leave_word(scope: MutableMapping[str, Any], settle: Callable[[], None]) -> None:
    """Leave in an ASGI scope how its connection is settled (the server does)."""
    scope.setdefault("state", {})[_SETTLE] = settle


def settle_scope(scope: Mapping[str, Any]) -> None:
    """Settle the connection of an ASGI scope, where its server counts half-open ones."""
    settle = scope.get("state", {}).get(_SETTLE)
    if settle is not None:
        settle()
