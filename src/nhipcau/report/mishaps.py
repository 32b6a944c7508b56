"""What went wrong, as the log shows it: connections lost and back, an MCU that began anew or was
taken over, a site that was not here when its turn came, removals, microphones that were locked, a
clock that was set.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from nhipcau.conference import events as ev
from nhipcau.conference.state import ConferenceState, Presence
from nhipcau.quantities import SiteId

# Fewer connections that break in one moment are rooms' own.
_MCU_AT_LEAST = 2
# Who takes its seat again in this time after a takeover was taken over.
_TAKEN_OVER_MS = 3000


class MishapKind(StrEnum):
    """What happened."""

    LOST = "lost"
    MCU_RESTARTED = "mcu_restarted"
    ROOT_CHANGED = "root_changed"
    ABSENT_AT_TURN = "absent_at_turn"
    REMOVED = "removed"
    MUTED = "muted"
    MICROPHONES_LOCKED = "microphones_locked"
    CLOCK_SET = "clock_set"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Mishap:
    """One of them.

    Attributes:
        kind: what.
        at_ms: when it began.
        until_ms: when it was over; None: it was not, or took no time.
        site, name: whose; None and "": of the whole meeting. Of a takeover `name` is the MCU's.
        cue: title of the cue that ran; "": none did.
        speaking: the site had the floor.
        sites: how many it hit.
    """

    kind: MishapKind
    at_ms: int
    until_ms: int | None = None
    site: SiteId | None = None
    name: str = ""
    cue: str = ""
    speaking: bool = False
    sites: int = 1

    @property
    def lasted_ms(self) -> int:
        """Return how long it took; 0 where it is not over, or took no time."""
        return 0 if self.until_ms is None else max(0, self.until_ms - self.at_ms)


@dataclass(slots=True)
class Mishaps:
    """Notes what goes wrong."""

    found: list[Mishap] = field(default_factory=list)
    _lost: dict[SiteId, int] = field(default_factory=dict)
    _burst: list[int] = field(default_factory=list)
    _takeover: int | None = None

    def see(self, before: ConferenceState, event: ev.Event, after: ConferenceState) -> None:
        """Note what an event changed."""
        if isinstance(event, ev.ConnectionLost) and before.is_present(event.site):
            self._lose(before, event, after)
        elif isinstance(event, ev.SiteArrived):
            self._return(event, after)
        elif isinstance(event, ev.RootChanged):
            self._takeover = len(self.found)
            cue = _cue(before)
            self.found.append(
                Mishap(MishapKind.ROOT_CHANGED, event.at_ms, name=event.mcu, cue=cue, sites=0)
            )
        elif isinstance(event, ev.EndpointReplaced) and self._takeover is not None:
            self._take_over(self._takeover, event)
        elif isinstance(event, ev.SiteRemoved) and before.is_admitted(event.site):
            self.found.append(self._of(MishapKind.REMOVED, before, event))
        elif isinstance(event, ev.SiteMuted):
            self.found.append(self._of(MishapKind.MUTED, before, event))
        elif isinstance(event, ev.MicrophonesLocked) and event.locked:
            cue = _cue(before)
            self.found.append(Mishap(MishapKind.MICROPHONES_LOCKED, event.at_ms, cue=cue))

    def _lose(
        self, before: ConferenceState, event: ev.ConnectionLost, after: ConferenceState
    ) -> None:
        if self._burst and self.found[self._burst[-1]].at_ms != event.at_ms:
            self._burst.clear()
        self._lost[event.site] = len(self.found)
        self._burst.append(len(self.found))
        self.found.append(self._of(MishapKind.LOST, before, event))
        if len(self._burst) >= _MCU_AT_LEAST and not any(after.present()):
            self._restarted(event.at_ms)

    def _restarted(self, at_ms: int) -> None:
        """All connections of the meeting broke in one moment: that was the MCU, not its rooms."""
        first, hit = self._burst[0], len(self._burst)
        lost = self.found[first]
        del self.found[first:]
        self._lost = {site: first for site, at in self._lost.items() if at >= first} | {
            site: at for site, at in self._lost.items() if at < first
        }
        self.found.append(Mishap(MishapKind.MCU_RESTARTED, at_ms, cue=lost.cue, sites=hit))
        self._burst.clear()
        self._takeover = None

    def _take_over(self, at: int, event: ev.EndpointReplaced) -> None:
        """The last site that takes its seat says how long a takeover took."""
        takeover = self.found[at]
        if event.at_ms - takeover.at_ms > _TAKEN_OVER_MS:
            self._takeover = None
            return
        self.found[at] = replace(takeover, until_ms=event.at_ms, sites=takeover.sites + 1)

    def _return(self, event: ev.SiteArrived, after: ConferenceState) -> None:
        at = self._lost.pop(event.site, None)
        row = after.sites.get(event.site)
        if at is None or row is None or row.presence is not Presence.PRESENT:
            return
        # Of an MCU the last site that comes back says how long it took.
        self.found[at] = replace(self.found[at], until_ms=event.at_ms)

    def _of(self, kind: MishapKind, state: ConferenceState, event: ev.SiteEvent) -> Mishap:
        return Mishap(
            kind,
            event.at_ms,
            site=event.site,
            name=state.sites[event.site].name,
            cue=_cue(state),
            speaking=event.site in state.floor,
        )


def _cue(state: ConferenceState) -> str:
    running = state.scenario.running()
    return "" if running is None else running.title
