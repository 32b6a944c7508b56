"""Care of the lines: once a second each viewer's rung is chosen anew. All of it the event loop's.

viewers' counters, the page's report, the declared line ─▶ Sample ─▶ RungControl ─▶ wishes

What is sacrificed, in this order: still pictures, the room's own upstream picture (both by what
the room is asked to send), then content, then the program's picture. Never the sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import structlog

from nhipcau.mcu.ladder import CONTENT_LADDER, SOUND_WIRE_BPS, ladder_of
from nhipcau.mcu.rungcontrol import RungControl, Sample, Steps
from nhipcau.mcu.viewer import Viewer
from nhipcau.mcu.watcher import PictureViewer
from nhipcau.ports.transport import Mid
from nhipcau.quantities import Bitrate, EndpointId, SiteId, ViewId
from nhipcau.rtp.pacer import WIRE_OVERHEAD_BYTES
from nhipcau.rtp.packet import HEADER_BYTES

_log = structlog.get_logger()
SOUND_ONLY = "sound"
_PICTURES = (Mid.PROGRAM, Mid.CONTENT)
# What a packet weighs on the wire beyond its payload.
_OVERHEAD_BYTES = HEADER_BYTES + WIRE_OVERHEAD_BYTES


class Reporting(Protocol):
    """Whose page reports what it measured: an endpoint, or a page behind a leaf."""

    report: Mapping[str, float | None]


class Line(Protocol):
    """A connection as the care of the lines knows it."""

    @property
    def endpoint(self) -> EndpointId:
        """Whose it is."""
        ...

    @property
    def seat(self) -> SiteId | None:
        """The site whose room it is, None for a page that only watches."""
        ...

    @property
    def watches(self) -> ViewId:
        """The view on its program line."""
        ...

    @property
    def viewers(self) -> Mapping[Mid, Viewer]:
        """Its ends of what comes down."""
        ...

    def is_up(self) -> bool:
        """Return True while media can flow."""
        ...

    def watcher(self, mid: Mid) -> PictureViewer[Any]:
        """Return its end of a picture line."""
        ...


class Strain(Enum):
    """What a line has given up of what comes down: nothing, the highest rung or the shared
    screen, all but the lowest rung, the picture.
    """

    NONE = "none"
    SOME = "some"
    MUCH = "much"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LineStats:
    """One viewer: its rung (`sound` for none), how often it changed, packets of pictures."""

    rung: str
    switches: int
    sent: int
    nacked: int


@dataclass(frozen=True, slots=True)
class _Counted:
    """What had been sent to, and asked for again by, a viewer; all since it came."""

    packets: int = 0
    octets: int = 0
    nacked: int = 0
    reports: int = 0


class _Line:
    """One viewer's line."""

    def __init__(self, media: Line, line_bps: Bitrate | None) -> None:
        self.media = media
        self._ladder = ladder_of(media.watches)
        self._ceiling = Bitrate(max(line_bps - SOUND_WIRE_BPS, 0)) if line_bps else None
        self._counted = _Counted()
        self._report: object = None
        self._pictures = (0, float("-inf"))
        """Pictures of the program sent until the last report, and when that came."""
        self._control = RungControl(self._steps(sharing=True))
        self._wish()

    def observe(self, report: Mapping[str, float | None], now_s: float, *, sharing: bool) -> None:
        """Take the last second and wish for what the line carries."""
        before = self._control.step
        sample = self._sample(report, now_s)
        self._control.observe(sample, self._steps(sharing=sharing), now_s)
        self._wish()
        if self._control.step != before:
            names = (self._name(before), self._name(self._control.step))
            _log.info(
                "rung",
                endpoint=self.media.endpoint,
                site=self.media.seat,
                was=names[0],
                now=names[1],
                why=self._control.why,
            )

    def stats(self) -> LineStats:
        program = self.media.watcher(Mid.PROGRAM)
        now = self._count()
        rung = program.served
        name = SOUND_ONLY if rung is None else rung.spec.name
        return LineStats(name, program.numbers.switches, now.packets, now.nacked)

    def strain(self) -> Strain:
        """Return what is wished for the line, which at first no rung serves yet."""
        place = max(self._control.step - len(CONTENT_LADDER), 0)
        last = len(self._ladder) - 1
        if place > last:
            return Strain.ALL
        if place and place == last:
            return Strain.MUCH
        fell = self._control.step > self._highest
        return Strain.SOME if place or fell else Strain.NONE

    def _steps(self, *, sharing: bool) -> Steps:
        """Return the program's rungs with all content, with less and with none; then fewer."""
        program = [spec.wire_bps for spec in self._ladder]
        content = [spec.wire_bps if sharing else 0 for spec in CONTENT_LADDER]
        rates = [program[0] + rate for rate in content] + [*program, 0]
        steps = Steps(rates, self._ceiling)
        self._highest = steps.highest()
        return steps

    def _name(self, step: int) -> str:
        """Return a step of both ladders in words."""
        contents = len(CONTENT_LADDER)
        if step <= contents:
            content = CONTENT_LADDER[step].name if step < contents else "none"
            return f"{self._ladder[0].name}, content {content}"
        place = step - contents
        return self._ladder[place].name if place < len(self._ladder) else SOUND_ONLY

    def _wish(self) -> None:
        step, contents = self._control.step, len(CONTENT_LADDER)
        self.media.watcher(Mid.PROGRAM).set_wish(max(step - contents, 0))
        self.media.watcher(Mid.CONTENT).set_wish(min(step, contents))

    def _sample(self, report: Mapping[str, float | None], now_s: float) -> Sample:
        before, now = self._counted, self._count()
        self._counted = now
        fresh = report if report is not self._report else {}
        self._report = report
        packets, octets = now.packets - before.packets, now.octets - before.octets
        stats = [viewer.stats() for viewer in self._served()]
        # A report that did not come says nothing; the last one was about another second.
        heard = [one.fraction_lost for one in stats if now.reports > before.reports]
        rembs = [one.remb_bps for one in stats if one.remb_bps is not None]
        losses = [*heard, fresh.get("loss_down")]
        return Sample(
            sent=packets,
            missing=now.nacked - before.nacked,
            sent_bps=8 * (octets + _OVERHEAD_BYTES * packets),
            fraction_lost=max((loss for loss in losses if loss is not None), default=None),
            remb_bps=max(rembs, default=None),
            rtt_s=self.media.viewers[Mid.SOUND].rtt_s(),
            freezes=fresh.get("freezes") or 0.0,
            fps_share=self._fps_share(fresh["fps"], now_s) if "fps" in fresh else None,
        )

    def _served(self) -> list[PictureViewer[Any]]:
        watchers = [self.media.watcher(mid) for mid in _PICTURES]
        return [watcher for watcher in watchers if watcher.served is not None]

    def _count(self) -> _Counted:
        watchers = [self.media.watcher(mid) for mid in _PICTURES]
        return _Counted(
            sum(watcher.numbers.packets for watcher in watchers),
            sum(watcher.numbers.octets for watcher in watchers),
            sum(watcher.numbers.asked for watcher in watchers),
            sum(watcher.stats().reports for watcher in watchers),
        )

    def _fps_share(self, fps: float | None, now_s: float) -> float | None:
        """Return what share of the pictures that it was sent a page has shown since its last
        report: what a busy MCU did not make is not the page's fault.
        """
        before, since_s = self._pictures
        pictures = self.media.watcher(Mid.PROGRAM).numbers.pictures
        self._pictures = pictures, now_s
        sent_fps = (pictures - before) / (now_s - since_s)
        return fps / sent_fps if fps is not None and sent_fps > 0 else None


class LineCare:
    """Cares for the lines of all endpoints."""

    def __init__(self) -> None:
        self._lines: dict[EndpointId, _Line] = {}

    def begin(self, media: Line, line_bps: Bitrate | None) -> None:
        """Care for a connection from now on; the declared rate counts before its first packet."""
        self._lines[media.endpoint] = _Line(media, line_bps)

    def forget(self, endpoint: EndpointId) -> None:
        """Take note that an endpoint has gone."""
        self._lines.pop(endpoint, None)

    def tick(
        self, endpoints: Mapping[EndpointId, Reporting], now_s: float, *, sharing: bool
    ) -> None:
        """Look at all lines; called once a second.

        Args:
            endpoints: by id, for what their pages report.
            now_s: monotonic seconds.
            sharing: somebody shares a screen, so that content weighs something.
        """
        for name, line in self._lines.items():
            endpoint = endpoints.get(name)
            if endpoint is not None and line.media.is_up():
                line.observe(endpoint.report, now_s, sharing=sharing)

    def rung(self, endpoint: EndpointId) -> str | None:
        """Return the name of the rung that an endpoint is on, None while it is not connected."""
        line = self._lines.get(endpoint)
        return line.stats().rung if line is not None and line.media.is_up() else None

    def strains(self) -> dict[EndpointId, Strain]:
        """Return what each line has given up."""
        return {name: line.strain() for name, line in self._lines.items()}

    def stats(self) -> dict[EndpointId, LineStats]:
        """Return the counters of all lines that are up."""
        return {name: line.stats() for name, line in self._lines.items() if line.media.is_up()}
