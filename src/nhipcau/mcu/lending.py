"""Which loan of a trunk serves which site. Pure: wishes, connected loans and `now` in.

    wanted sites, connected loans, now ─▶ settle ─▶ lend this lane to that site │ this lane is over
                                                    │ make so many new ones

A loan serves one site once: what it was lent for is over when nobody has wanted the site for a
moment, and a fresh one takes its place. A few fresh ones are kept connected, because a speaker
can't wait for ICE and DTLS.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from nhipcau.quantities import SiteId

# A page of tiles turns, a floor is given back by mistake: so long a site keeps what it was lent.
_LINGER_S = 2.0
# The next speaker and one who asks in between, each warmed up before the last one has gone.
_SPARE = 3
# A program of sixteen tiles, a few who are heard and not seen, a wave of the roll call.
_MOST = 32


@dataclass(frozen=True, slots=True)
class Moves:
    """What to do: `lend` pairs of lane and site, `over` lanes to close, `fresh` lanes to open."""

    lend: tuple[tuple[int, SiteId], ...] = ()
    over: tuple[int, ...] = ()
    fresh: int = 0


@dataclass(slots=True)
class Lending:
    """The loans of one trunk.

    Attributes:
        lent: the lane of each site that has one.
        linger_s: so long a site keeps its loan when nobody wants it any more.
        refused: how often a wanted site could not be given one, because all were lent.
    """

    spare: int = _SPARE
    most: int = _MOST
    linger_s: float = _LINGER_S
    lent: dict[SiteId, int] = field(default_factory=dict)
    refused: int = 0
    _wanted_s: dict[SiteId, float] = field(default_factory=dict)

    def site_of(self, lane: int) -> SiteId | None:
        """Return whom a lane is lent to."""
        return next((site for site, one in self.lent.items() if one == lane), None)

    def forget(self, lane: int) -> None:
        """Take note that a lane is no more."""
        self.lent = {site: one for site, one in self.lent.items() if one != lane}

    def settle(
        self, wanted: Iterable[SiteId], up: Collection[int], opening: int, now_s: float
    ) -> Moves:
        """Return what to do now, and take it as done.

        Args:
            wanted: the sites to be seen or heard now, the most important first.
            up: the loans that are connected.
            opening: loans that are being connected.
            now_s: monotonic seconds.
        """
        wishes = list(dict.fromkeys(wanted))
        self._wanted_s |= dict.fromkeys(wishes, now_s)
        over = self._end_unwanted(now_s)
        idle = sorted(set(up) - set(self.lent.values()) - set(over))
        waiting = [site for site in wishes if site not in self.lent]
        lend = tuple((lane, site) for site, lane in zip(waiting, idle, strict=False))
        self.lent |= {site: lane for lane, site in lend}
        short = len(waiting) - len(lend)
        at_hand = len(idle) - len(lend) + opening
        room = self.most - len(self.lent) - at_hand
        fresh = max(0, min(self.spare + short - at_hand, room))
        if short > opening + fresh:
            self.refused += 1
        return Moves(lend, tuple(over), fresh)

    def _end_unwanted(self, now_s: float) -> list[int]:
        gone = [
            site
            for site in self.lent
            if now_s - self._wanted_s.get(site, float("-inf")) > self.linger_s
        ]
        self._wanted_s = self._recent(now_s)
        return [self.lent.pop(site) for site in gone]

    def _recent(self, now_s: float) -> dict[SiteId, float]:
        wanted_s = self._wanted_s.items()
        return {site: at_s for site, at_s in wanted_s if now_s - at_s <= self.linger_s}
