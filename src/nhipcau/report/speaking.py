"""Who had the floor and was here, from when until when, and who asked for it."""

from dataclasses import dataclass, field, replace

from nhipcau.conference import events as ev
from nhipcau.conference.state import ConferenceState
from nhipcau.quantities import SiteId


@dataclass(frozen=True, slots=True)
class FloorSpan:
    """A site spoke all this time; `cue` is the running one, "" outside the scenario."""

    site: SiteId
    from_ms: int
    until_ms: int
    cue: str

    @property
    def spoken_ms(self) -> int:
        """Return how long that was."""
        return self.until_ms - self.from_ms


@dataclass(slots=True)
class Speaking:
    """Notes every span of the floor, and how often each site was given it."""

    spans: list[FloorSpan] = field(default_factory=list)
    turns: dict[SiteId, int] = field(default_factory=dict)
    _since: dict[SiteId, tuple[int, str]] = field(default_factory=dict)

    def see(self, before: ConferenceState, event: ev.Event, after: ConferenceState) -> None:
        """Note what an event changed."""
        for site in after.floor:
            if site not in before.floor:
                self.turns[site] = self.turns.get(site, 0) + 1
        if after.floor is before.floor and after.sites is before.sites:
            return
        speaking = after.speaking()
        for site in [site for site in self._since if site not in speaking]:
            self._end(site, event.at_ms)
        for site in after.floor:
            if site in speaking and site not in self._since:
                at = after.scenario.at if after.scenario.runs else None
                self._since[site] = event.at_ms, at.cue if at is not None else ""

    def close(self, at_ms: int) -> None:
        """End every span that goes on."""
        for site in list(self._since):
            self._end(site, at_ms)

    def _end(self, site: SiteId, at_ms: int) -> None:
        from_ms, cue = self._since.pop(site)
        self.spans.append(FloorSpan(site, from_ms, at_ms, cue))


@dataclass(frozen=True, slots=True)
class Request:
    """A site asked for the floor.

    Attributes:
        asked_ms: when.
        heard_ms: when it got the floor; None: it was not heard.
        lowered_ms: when its hand went down without that; None: it stayed up.
    """

    site: SiteId
    name: str
    asked_ms: int
    heard_ms: int | None = None
    lowered_ms: int | None = None


@dataclass(slots=True)
class Asking:
    """Notes who asked, and what came of it.

    A hand goes down in the moment in which its site gets the floor; so one that went down in that
    same command was heard.
    """

    requests: list[Request] = field(default_factory=list)
    _open: dict[SiteId, int] = field(default_factory=dict)

    def see(self, before: ConferenceState, event: ev.Event, after: ConferenceState) -> None:
        """Note what an event changed."""
        match event:
            case ev.HandRaised() | ev.HandAsked():
                self._ask(event, after)
            case ev.HandLowered():
                self._settle(event.site, lowered_ms=event.at_ms)
            case ev.FloorGiven():
                self._hear(event)
            case ev.ConferenceEnded():
                # Hands that were up then stay so in the report: nobody heard them.
                return
            case _:
                # Whoever leaves takes the request along.
                for site in [one for one in self._open if not _asks(after, one)]:
                    if _asks(before, site):
                        self._settle(site, lowered_ms=event.at_ms)

    def _ask(self, event: ev.SiteEvent, after: ConferenceState) -> None:
        """Note a request; one that is only passed on by the parent is noted already."""
        known = self._open.get(event.site)
        if known is None or self.requests[known].lowered_ms is not None:
            self._open[event.site] = len(self.requests)
            name = after.sites[event.site].name
            self.requests.append(Request(event.site, name, event.at_ms))

    def _hear(self, event: ev.FloorGiven) -> None:
        known = self._open.pop(event.site, None)
        if known is None:
            return
        request = self.requests[known]
        if request.lowered_ms in (None, event.at_ms):
            self.requests[known] = replace(request, heard_ms=event.at_ms, lowered_ms=None)

    def _settle(self, site: SiteId, lowered_ms: int) -> None:
        known = self._open.get(site)
        if known is not None and self.requests[known].lowered_ms is None:
            self.requests[known] = replace(self.requests[known], lowered_ms=lowered_ms)


def _asks(state: ConferenceState, site: SiteId) -> bool:
    return site in state.hands or site in state.asked
