"""Takes the roll call: sites are called in waves, and what comes of each is decoded and weighed.

    state.roll.due ─▶ at most 12 at a time ─▶ asked for a small picture and sound (`direction`)
                                                   │ decoded beside the program, never shown
                                      2 s of it ◀──┘ pictures ─▶ Trace   level ─▶ loudest
                                                   │
                      NoteEvidence ─▶ conference ◀─┘

A site that is not connected has its turn when it comes, or at the end. All of it runs on the event
loop; decoding is the composer's, sound the mixer's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from nhipcau.conference.commands import NoteEvidence
from nhipcau.conference.rollcall import Evidence
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.host import ConferenceHost
from nhipcau.picture.motion import Means, Trace, is_repeat, sample, trace
from nhipcau.ports.clock import Clock
from nhipcau.quantities import SiteId

# Twelve small pictures at 10 a second cost the composer 4 ms of each 100, and the province's line
# what one floor costs it.
WAVE = 12
STEP_S = 0.1
# A picture's first second is the encoder's refinement as much as the room's.
_SETTLE_S = 0.6
_TAKE_S = 2.0
# A camera opens its stream within half a second, a busy room's within some; who has sent nothing by
# now has nothing to send.
_PATIENCE_S = 5.0
# Who is not here is waited for so long, so that a room that reconnects is called.
_ABSENT_S = 20.0
# Of some twenty comparisons so many must differ: a still picture's last refinements are fewer.
_MOVING = 4
_SILENT_DBOV = -127

MediaOf = Callable[[SiteId], EndpointMedia | None]
LevelOf = Callable[[SiteId], int | None]


@dataclass(slots=True)
class _Call:
    """One site's turn."""

    began_s: float
    media: EndpointMedia
    version: int
    first_s: float | None = None
    pictures: int = 0
    samples: list[Means] = field(default_factory=list)
    loudest: int = _SILENT_DBOV


@dataclass(frozen=True, slots=True)
class Ears:
    """What the caller looks at: a site's media, and how loud its microphone is."""

    media_of: MediaOf
    level_of: LevelOf


class RollCaller:
    """Calls the sites of a roll call.

    Attributes:
        sites: those whose turn it is; they are asked for picture and sound.
    """

    def __init__(self, host: ConferenceHost, ears: Ears, clock: Clock) -> None:
        self._host = host
        self._ears = ears
        self._clock = clock
        self._calls: dict[SiteId, _Call] = {}
        self._traces: dict[SiteId, Trace] = {}
        self._round: tuple[int, int] = (0, 0)
        self._round_s = 0.0
        self.sites: frozenset[SiteId] = frozenset()

    async def run(self) -> None:
        """Call whoever is due until cancelled."""
        while True:
            await asyncio.sleep(STEP_S)
            self.step()

    def step(self) -> None:
        """Look at those whose turn it is; let others have theirs."""
        now_s, roll = self._clock.now_s(), self._host.state.roll
        if not roll.runs:
            self._calls.clear()
            self._follow()
            return
        if self._round != (roll.number, roll.began_ms):
            self._round, self._round_s = (roll.number, roll.began_ms), now_s
            self._calls.clear()
        for site, call in tuple(self._calls.items()):
            if site not in roll.due or self._ears.media_of(site) is not call.media:
                del self._calls[site]
            elif self._look(site, call, now_s):
                del self._calls[site]
                self._conclude(site, call)
        self._call_more(now_s)
        self._follow()

    def _call_more(self, now_s: float) -> None:
        state = self._host.state
        for site in state.roll.due:
            if len(self._calls) >= WAVE:
                return
            if site in self._calls:
                continue
            media = self._ears.media_of(site) if state.is_present(site) else None
            if media is not None and media.is_up():
                self._calls[site] = _Call(now_s, media, media.camera.version)
            elif now_s - self._round_s > _ABSENT_S and not self._calls:
                self._host.command(NoteEvidence(site, None))

    def _look(self, site: SiteId, call: _Call, now_s: float) -> bool:
        """Take in what there is of a site; return True when its turn is over."""
        level = self._ears.level_of(site)
        if level is not None:
            call.loudest = max(call.loudest, level)
        camera = call.media.camera
        picture, version = camera.picture, camera.version
        if picture is not None and version != call.version:
            call.pictures += version - call.version
            call.version = version
            if call.first_s is None:
                call.first_s = now_s
            if now_s - call.first_s >= _SETTLE_S:
                call.samples.append(sample(picture))
        elif call.samples and picture is not None:
            # No new picture in a tenth of a second: it stood still that long.
            call.samples.append(call.samples[-1])
        if call.first_s is None:
            return now_s - call.began_s >= _PATIENCE_S
        return now_s - call.first_s >= _SETTLE_S + _TAKE_S

    def _conclude(self, site: SiteId, call: _Call) -> None:
        row = self._host.state.sites[site]
        now, before = trace(call.samples), self._traces.get(site)
        # A synthetic site is a loop, and says so on the roster.
        repeated = before is not None and not row.synthetic and is_repeat(now, before)
        self._traces[site] = now
        evidence = Evidence(
            at_ms=round(self._clock.wall_s() * 1000),
            pictures=call.pictures,
            changes=now.changes,
            moving=now.changes >= _MOVING,
            repeated=repeated,
            level_dbov=call.loudest,
        )
        self._host.command(NoteEvidence(site, evidence))

    def _follow(self) -> None:
        sites = frozenset(self._calls)
        if sites != self.sites:
            self.sites = sites
