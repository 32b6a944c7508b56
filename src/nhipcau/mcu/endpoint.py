"""An endpoint as the event loop knows it: who it is, its media, and what it is told.

The seat's owner in the conference state is an endpoint id; this is the live thing behind that id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nhipcau.conference.commands import Actor, Role
from nhipcau.conference.drill import Drill
from nhipcau.conference.rollcall import NO_ROLL, RollCall
from nhipcau.conference.views import SiteRef, SiteView
from nhipcau.conference.vote import Vote
from nhipcau.mcu.admission import Ticket
from nhipcau.mcu.box import Box
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.trunk import Trunk
from nhipcau.quantities import EndpointId, McuName, SiteId

# A page that reads gets some ten messages a second; 256 unread ones are half a minute of them.
OUTBOX_LIMIT = 256
# Stills fill at most half of it, so that they never push a control message out.
_STILLS_UP_TO = OUTBOX_LIMIT // 2

CLOSE_REPLACED = 4009
CLOSE_ENDED = 4010
CLOSE_MOVED = 4011
CLOSE_REMOVED = 4403

Outgoing = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an endpoint says of itself in `hello`; `director`: it wants a view of its own.

    `moves`: it was warm here and comes from another MCU. `address` it does not say: it is where the
    connection comes from, for the audit.
    """

    kind: str
    capture: bool
    agent: str
    takeover: bool
    synthetic: bool
    director: bool = False
    address: str = ""
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Farewell:
    """The last thing an endpoint is told: a close code, after the messages before it."""

    close_code: int


Said = Outgoing | Farewell | bytes
"""A message, a still picture, or the end."""


class Outbox(Box[Said]):
    """Messages to one endpoint; still pictures can be spared."""

    def __init__(self) -> None:
        super().__init__(OUTBOX_LIMIT, _STILLS_UP_TO)

    def say(self, message: Outgoing) -> None:
        """Queue a message."""
        self.send(message)

    def spare(self, message: Outgoing) -> bool:
        """Queue what can be spared; return False when it was let go."""
        return self.offer(message)

    def part(self, close_code: int) -> None:
        """Queue the end."""
        self.send(Farewell(close_code))


@dataclass(slots=True)
class Endpoint:
    """One device and connection. Owned by the event loop."""

    id: EndpointId
    ticket: Ticket
    arrival: Arrival
    since_ms: int
    outbox: Outbox
    media: EndpointMedia | None = None
    # The trunk behind whose leaf it is; then it has no media of its own here.
    via: Trunk | None = None
    # The leaf that its page has called: that one, or one below it.
    at: McuName | None = None
    gone: bool = False
    # What a director's view shows: a layout and the sites in its cells.
    look: tuple[str, tuple[SiteId, ...]] | None = None
    # What was last announced, so that only changes are sent.
    last_view: SiteView | None = None
    last_upstream: object = None
    last_participants: tuple[SiteRef, ...] = ()
    last_scenario: tuple[object, ...] = (0, None)
    last_votes: tuple[Vote, ...] = ()
    last_roll: RollCall = NO_ROLL
    last_posts: Outgoing | None = None
    told_drill: int = 0
    told_drills: tuple[Drill, ...] = ()
    told_ground: Outgoing | None = None
    # Of `Posting`, when it was looked at last.
    posted: int = 0
    report: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def seat(self) -> SiteId | None:
        """The site whose room this endpoint is; None for a page that only watches."""
        return self.ticket.site if self.arrival.kind == "site" else None

    @property
    def site(self) -> SiteId | None:
        """The site that this endpoint belongs to, in the room or watching."""
        return self.ticket.site

    @property
    def sees_roster(self) -> bool:
        """Chair and console see all sites, an operator those that it looks after."""
        return self.ticket.role is not Role.SITE

    def actor(self) -> Actor:
        """Return who commands when this endpoint does."""
        return Actor(self.ticket.role, self.ticket.site, self.ticket.subtree)
