"""A whole MCU node without processes: memory transport, raw codecs, a log in a list."""

import itertools
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.codec.raw import RawCodecs
from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.node import McuNode, NodeSettings
from nhipcau.mcu.streams import StreamNames
from nhipcau.office.tokens import Seat, TokenIssuer
from nhipcau.picture.layout import shipped_layouts
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan, PlannedSite
from nhipcau.quantities import ConferenceId, McuName, SiteId, Ssrc
from nhipcau.storage.memorylog import MemoryLog
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport

HALL, COAST, HILLS, ISLAND = (SiteId(code) for code in ("hall", "coast", "hills", "island"))
CONFERENCE = ConferenceId("meeting")
_HOUR_S = 3_600.0


@dataclass(slots=True)
class Meeting:
    """A plan, who signs its tokens, and what of it outlives a node.

    Attributes:
        kept: the records of the event log.
        rehearsal: it is one.
    """

    clock: Clock
    issuer: TokenIssuer = field(default_factory=lambda: TokenIssuer(Ed25519PrivateKey.generate()))
    kept: list[bytes] = field(default_factory=list)
    rehearsal: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def plan(self, *sites: SiteId, layout: str = "auto") -> ConferencePlan:
        """Return a plan with the hall as chair; all four sites unless told otherwise."""
        rows = sites or (HALL, COAST, HILLS, ISLAND)
        return ConferencePlan(
            conference=CONFERENCE,
            title="A meeting",
            mcu=McuName("mcu"),
            chair_site=HALL,
            layout=layout,
            sites=tuple(_row(site) for site in rows),
            token_public_key_pem=self.issuer.public_key_pem(),
            rehearsal=self.rehearsal,
        )

    def operator_token(self, subtree: SiteId) -> str:
        """Return a token of whoever looks after a part of the roster."""
        return self._issued(Seat(CONFERENCE, "operator", None, subtree))

    def token(self, site: SiteId | None, role: str = "site") -> str:
        """Return a join token that is good for an hour."""
        return self._issued(Seat(CONFERENCE, role, site))

    def _issued(self, seat: Seat) -> str:
        number = next(self._numbers)
        return self.issuer.issue(
            seat, token_id=f"token {number}", now_s=self.clock.wall_s(), lifetime_s=_HOUR_S
        )

    def node(self, network: MemoryNetwork, adapters: Adapters | None = None) -> McuNode:
        """Return a node that begins with what the log keeps, and has the plan.

        It stands on the in-memory twins unless told otherwise.
        """
        twins = Adapters(MemoryTransport(network), RawCodecs(self.clock), self.clock)
        ssrcs = itertools.count(100)
        node = McuNode(
            NodeSettings(
                McuName("mcu"),
                "http://127.0.0.1",
                CONFERENCE,
                StreamNames("mcu", lambda: Ssrc(next(ssrcs))),
            ),
            adapters or twins,
            MemoryLog(self.kept),
            shipped_layouts(),
        )
        node.take_plan(self.plan())
        return node


def _row(site: SiteId) -> PlannedSite:
    parent = None if site == HALL else HALL
    return PlannedSite(site=site, name=site.capitalize(), level="commune", parent=parent)
