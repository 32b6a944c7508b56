"""What each room is asked to send: no more than someone sees or hears, nor than its line carries.

    where it is shown ─▶ wanted step ─┐
    estimate of its way up ─▶ control ├─▶ the cheapest of them ─▶ `upstream` message
    strain of its way down ───────────┘

What a line has no room for goes in this order: still pictures, the room's own picture (720p, 360p,
fewer of them, none), what it sees of a shared screen, what it sees of the program. Never sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nhipcau.mcu.ladder import SOUND_WIRE_BPS
from nhipcau.mcu.linecare import Strain
from nhipcau.mcu.mediaplan import MediaPlan
from nhipcau.mcu.uplink import Uplink
from nhipcau.mcu.uplinkcontrol import (
    LARGE,
    NO_PICTURE,
    SMALL,
    SPARE,
    TILE,
    UP_STEPS,
    UplinkControl,
)
from nhipcau.mcu.wall import STILL_S, THIN_STILL_S
from nhipcau.quantities import Bitrate, EndpointId, SiteId
from nhipcau.rtp.estimator import START_BPS

# A cell of more lines than this shows more than 360p has ...
_SMALL_PX = 360
# ... and in one of no more than this 15 pictures a second look as good as 30, and sixteen such
# cells cost the MCU half as much to decode.
_TILE_PX = 180
# Below this a still every 3 s is a burden.
_THIN_BPS = 1_000_000
# What a shared screen is left with when its room's camera is sent beside it.
_CONTENT_BPS = 500_000
# Who has sent no picture for so long has a line of which nothing is known any more.
_FORGET_S = 60.0
# So that a line which breathes a little is not told a new rate every second.
_GRID = 1.12
_STRAINED = {
    Strain.NONE: LARGE,
    Strain.SOME: LARGE,
    Strain.MUCH: SPARE,
    Strain.ALL: SPARE,
}


@dataclass(frozen=True, slots=True)
class Upstream:
    """What a site is asked to send; the fields of docs/PROTOCOL.md."""

    camera: bool
    microphone: bool
    content: bool
    still_s: float
    test: bool
    height: int = 0
    fps: int = 0
    max_bps: int = 0


NOTHING = Upstream(camera=False, microphone=False, content=False, still_s=0.0, test=False)


@dataclass(frozen=True, slots=True)
class Duties:
    """What the meeting wants of a room, before its line is asked.

    Attributes:
        picture: the step of `UP_STEPS` that its largest cell wants; None when nobody sees it.
        still: someone looks at its tile on the wall.
    """

    picture: int | None
    microphone: bool
    content: bool
    still: bool
    test: bool


class Asking:
    """Keeps what is known of the rooms' lines; all of it the event loop's."""

    def __init__(self) -> None:
        self._rooms: dict[EndpointId, _Room] = {}

    def begin(self, endpoint: EndpointId, uplink: Uplink, line_bps: Bitrate | None) -> None:
        """Look after a connection from now on; the declared rate is its bound, less the sound."""
        self._rooms[endpoint] = _Room(uplink, line_bps)

    def forget(self, endpoint: EndpointId) -> None:
        """Take note that an endpoint has gone."""
        self._rooms.pop(endpoint, None)

    def tick(self, strains: Mapping[EndpointId, Strain], now_s: float) -> None:
        """Look at all lines; called once a second."""
        for name, room in self._rooms.items():
            room.observe(strains.get(name, Strain.NONE), now_s)

    def upstream(self, endpoint: EndpointId, duties: Duties, now_s: float) -> Upstream:
        """Return what a room is asked to send now."""
        room = self._rooms.get(endpoint)
        if room is None:
            # Its connection is being made; there is no line yet to ask for a picture.
            return replace(
                NOTHING, microphone=duties.microphone, content=duties.content, test=duties.test
            )
        return room.upstream(duties, now_s)


class _Room:
    """One room's line."""

    def __init__(self, uplink: Uplink, line_bps: Bitrate | None) -> None:
        self._uplink = uplink
        self._line_bps = line_bps
        self._first_bps = START_BPS
        if line_bps is not None:
            self._first_bps = Bitrate(max(line_bps - SOUND_WIRE_BPS, 0))
            uplink.declare(self._first_bps)
        self._control = UplinkControl(self._first_bps if line_bps is not None else None)
        self._strain = Strain.NONE
        self._bps: int = uplink.bps
        self._sending = self._sharing = False
        self._stopped_s: float | None = None

    def observe(self, strain: Strain, now_s: float) -> None:
        self._strain = strain
        self._bps = self._uplink.bps
        if self._sending:
            self._control.observe(self._room_bps(), now_s)

    def upstream(self, duties: Duties, now_s: float) -> Upstream:
        self._sharing = duties.content
        self._note_sending(duties.picture is not None, now_s)
        limit = self._limit()
        step = UP_STEPS[max(duties.picture, limit) if duties.picture is not None else NO_PICTURE]
        return Upstream(
            camera=step.height > 0,
            microphone=duties.microphone,
            content=duties.content,
            still_s=self._still_s(limit) if duties.still else 0.0,
            test=duties.test,
            height=step.height,
            fps=step.fps,
            max_bps=min(step.most_bps, max(step.least_bps, _on_grid(self._room_bps()))),
        )

    def _limit(self) -> int:
        """Return the dearest step that the line has room for, both ways considered.

        Where the way down carries no picture any more, the way up gives its own up, too, if it is
        as thin: two witnesses, because either alone may be wrong.
        """
        if self._strain is Strain.ALL and self._control.step >= SPARE:
            return NO_PICTURE
        return max(self._control.step, _STRAINED[self._strain])

    def _note_sending(self, wanted: bool, now_s: float) -> None:
        if wanted and not self._sending and self._stopped_s is not None:
            if now_s - self._stopped_s > _FORGET_S:
                self._control.forget()
                self._uplink.trust(self._first_bps)
                self._bps = self._first_bps
        elif self._sending and not wanted:
            self._stopped_s = now_s
        self._sending = wanted

    def _room_bps(self) -> int:
        """Return what the camera may use: the shared screen is worth more than it."""
        return max(self._bps - _CONTENT_BPS, 0) if self._sharing else self._bps

    def _still_s(self, limit: int) -> float:
        if limit == NO_PICTURE:
            return 0.0
        declared_thin = self._line_bps is not None and self._line_bps < _THIN_BPS
        thin = declared_thin or limit > LARGE or self._strain is not Strain.NONE
        return THIN_STILL_S if thin else STILL_S


def wanted_steps(plan: MediaPlan, floor: tuple[SiteId, ...]) -> dict[SiteId, int]:
    """Return the step that each site's place wants, of those that some view shows or soon will.

    The holders of the floor and who is next in line are wanted large, whatever their cell.
    """
    wanted: dict[SiteId, int] = {}
    for view in plan.views:
        for cell in view.cells:
            if cell.site is not None and cell.media is not None and not cell.shared:
                step = LARGE if cell.site in floor else _step_of(cell.cell.height)
                wanted[cell.site] = min(step, wanted.get(cell.site, step))
    for media in plan.warm:
        if media.seat is not None:
            wanted[media.seat] = LARGE
    return wanted


def _step_of(height_px: int) -> int:
    """Return the cheapest step that fills a cell of this height."""
    if height_px > _SMALL_PX:
        return LARGE
    return SMALL if height_px > _TILE_PX else TILE


def _on_grid(bps: int) -> int:
    """Return the highest rate of a coarse grid that is not above `bps`."""
    if bps <= 0:
        return 0
    rate = 1000.0
    while rate * _GRID <= bps:
        rate *= _GRID
    return int(rate)
