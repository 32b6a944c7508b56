"""The upper end of a trunk: the lanes to one leaf, and what is lent to whom (ADR 0023).

    planner asks for a site's media ─▶ Trunk.media_of ─▶ the loan it was lent, or a wish for one
    settle ─▶ Lending ─▶ lend, close, open lanes        leaf: answers, rungs in use ─▶ handle

To the media threads a lane is an endpoint like any other. A leaf that has leaves of its own is to
them what a root is: it holds this end, too. All of it runs on the event loop.
"""

import asyncio
import secrets
from collections.abc import Collection, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from nhipcau.conference.events import Event
from nhipcau.mcu.box import Box
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.gathering import gathered
from nhipcau.mcu.ladder import CONTENT_LADDER, PROGRAM_LADDER
from nhipcau.mcu.lanemedia import LaneEngine, LaneMedia
from nhipcau.mcu.lending import Lending
from nhipcau.mcu.replica import Copier
from nhipcau.ports.clock import Clock
from nhipcau.ports.transport import Mid, SdpError
from nhipcau.ports.trunk import (
    Have,
    LaneAnswer,
    LaneOffer,
    LaneOver,
    Lend,
    RungsInUse,
    TrunkMessage,
)
from nhipcau.quantities import EndpointId, McuName, SiteId

_log = structlog.get_logger()
# Beyond the last rung of any ladder: nothing of that line.
_NOTHING = len(PROGRAM_LADDER) + len(CONTENT_LADDER)
# A loan brings what its site alone may hear from when its microphone opens until its voice is out
# of the common mix, which takes the leaf less than half a second (`leaflistener`).
_HEARS_ON_S = 1.0
_RUNG_LANES = max(len(PROGRAM_LADDER), len(CONTENT_LADDER))
# A hundred pages say some ten things a second each; a trunk that is four seconds behind is dead.
OUTBOX_LIMIT = 4096
_STILLS_UP_TO = OUTBOX_LIMIT // 4


class TrunkOutbox(Box[TrunkMessage | bytes]):
    """What waits to be said over a trunk; still pictures can be spared."""

    def __init__(self) -> None:
        super().__init__(OUTBOX_LIMIT, _STILLS_UP_TO)


@dataclass(slots=True)
class _Lane[M: LaneMedia]:
    number: int
    media: M
    place: int | None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class TrunkStats:
    """A trunk as it stands: lanes that are up, of them lent; loans wanted and not to be had."""

    lanes: int
    lent: int
    refused: int


@dataclass(slots=True)
class UpperEnd[M: LaneMedia]:
    """The way to one leaf.

    Attributes:
        revision: counts up whenever `media_of` may answer otherwise.
        rungs: on which rung each endpoint behind the leaf is, as the leaf says.
    """

    mcu: McuName
    engine: LaneEngine[M]
    clock: Clock
    outbox: TrunkOutbox
    copier: Copier
    revision: int = 0
    rungs: dict[EndpointId, str] = field(default_factory=dict)
    _lanes: dict[int, _Lane[M]] = field(default_factory=dict)
    _lending: Lending = field(default_factory=Lending)
    _numbers: int = 0
    _opening: int = 0
    _wanted: list[SiteId] = field(default_factory=list)
    _asked: dict[SiteId, None] = field(default_factory=dict)
    _spoke_s: dict[SiteId, float] = field(default_factory=dict)
    _in_use: RungsInUse = field(default_factory=lambda: RungsInUse(program=(), content=()))
    _jobs: "set[asyncio.Task[None]]" = field(default_factory=set)
    _closed: bool = False

    def open(self) -> None:
        """Open the lanes that carry rungs."""
        for place in range(_RUNG_LANES):
            self._start(self._open_lane(place))

    def media_of(self, site: SiteId) -> M | None:
        """Return the media of a site behind the leaf; None: it has none yet, and is now wanted."""
        self._asked[site] = None
        lane = self._lanes.get(self._lending.lent.get(site, -1))
        return lane.media if lane is not None and lane.media.is_up() else None

    def lent(self) -> dict[SiteId, M]:
        """Return the media of each site that has a loan."""
        pairs = ((site, self._lanes.get(lane)) for site, lane in self._lending.lent.items())
        return {site: lane.media for site, lane in pairs if lane is not None}

    def rungs_up(self) -> bool:
        """Return True when every lane that carries a rung is up."""
        rungs = [lane for lane in self._lanes.values() if lane.place is not None]
        return sum(lane.media.is_up() for lane in rungs) >= _RUNG_LANES

    def note_plan(self) -> None:
        """Take what was asked for since the last `settle` as what the plan wants from now on."""
        self._wanted, self._asked = list(self._asked), {}

    def settle(self, returns: Collection[SiteId], speaks: Collection[SiteId] = frozenset()) -> None:
        """Lend what is wanted, close what is not, open what is short.

        Args:
            returns: the sites that see a return view instead of the program.
            speaks: the sites whose microphone is open: each hears its own mix by its loan.
        """
        if self._closed:
            return
        self._spoke_s |= dict.fromkeys(speaks, self.clock.now_s())
        for lane in [one for one in self._lanes.values() if one.media.has_failed()]:
            self._end(lane)
            if lane.place is not None:
                self._start(self._open_lane(lane.place))
        up = [n for n, one in self._lanes.items() if one.place is None and one.media.is_up()]
        loans = sum(one.place is None for one in self._lanes.values())
        opening = self._opening + loans - len(up)
        wanted = (*self._wanted, *self._asked)
        moves = self._lending.settle(wanted, up, opening, self.clock.now_s())
        self._asked = {}
        for number in moves.over:
            self._end(self._lanes[number])
        for number, site in moves.lend:
            self._lend(self._lanes[number], site)
        for _ in range(moves.fresh):
            self._opening += 1
            self._start(self._open_lane(None))
        self._carry(returns)

    def handle(self, message: LaneAnswer | LaneOver | RungsInUse) -> None:
        """Take what the leaf says of lanes; what is about a lane that is no more is passed over."""
        match message:
            case LaneAnswer():
                lane = self._lanes.get(message.lane)
                if lane is not None and not lane.answered:
                    lane.answered = True
                    self._start(self._accept(lane, message.sdp))
            case LaneOver():
                lane = self._lanes.get(message.lane)
                if lane is not None:
                    self._end(lane)
                    if lane.place is not None:
                        self._start(self._open_lane(lane.place))
            case RungsInUse():
                self._in_use = message
                self.revision += 1

    def hear(self, have: Have) -> None:
        """Send the leaf what its copy of the log lacks."""
        for message in self.copier.hear(have):
            self.outbox.send(message)

    def follow(self, events: Sequence[Event]) -> None:
        """Send the leaf what has just taken effect."""
        for message in self.copier.follow(events):
            self.outbox.send(message)

    def close(self) -> None:
        """Close every lane; may be called twice."""
        self._closed = True
        for job in list(self._jobs):
            job.cancel()
        for lane in list(self._lanes.values()):
            self._end(lane)

    def stats(self) -> TrunkStats:
        """Return the counters."""
        up = sum(lane.media.is_up() for lane in self._lanes.values())
        return TrunkStats(up, len(self._lending.lent), self._lending.refused)

    def _start(self, work: Coroutine[object, object, None]) -> None:
        job = asyncio.create_task(work, name=f"trunk {self.mcu}")
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _open_lane(self, place: int | None) -> None:
        endpoint = EndpointId(f"lane-{secrets.token_hex(8)}")
        try:
            media = await asyncio.to_thread(self.engine.open, endpoint, None)
        except OSError as error:
            _log.error("no lane to offer", mcu=self.mcu, error=str(error))
            return
        finally:
            self._opening -= place is None
        media.hears = place == 0
        # A loan's is settled with its site (`_carry`).
        for mid in (Mid.PROGRAM, Mid.CONTENT):
            media.watcher(mid).set_wish(_NOTHING)
            media.watcher(mid).stands_for_many = True
        self._numbers += 1
        lane = self._lanes[self._numbers] = _Lane(self._numbers, media, place)
        try:
            sdp = await gathered(media.connection)
        except TimeoutError:
            self._end(lane)
            return
        self.outbox.send(LaneOffer(lane=lane.number, place=place, sdp=sdp))

    async def _accept(self, lane: _Lane[M], sdp: str) -> None:
        try:
            await asyncio.to_thread(lane.media.connection.accept, sdp)
        except SdpError as error:
            _log.error("a lane was not answered well", mcu=self.mcu, error=str(error))
            self._end(lane)
            return
        self.engine.attach(lane.media)

    def _lend(self, lane: _Lane[M], site: SiteId) -> None:
        lane.media.move(site)
        self.outbox.send(Lend(lane=lane.number, site=site))
        self.revision += 1

    def _end(self, lane: _Lane[M]) -> None:
        if self._lanes.pop(lane.number, None) is None:
            return
        self._lending.forget(lane.number)
        self.engine.close(lane.media)
        self.outbox.send(LaneOver(lane=lane.number))
        self.revision += 1

    def _carry(self, returns: Collection[SiteId]) -> None:
        """Let each lane carry what somebody behind the leaf is to see and hear of it."""
        now_s = self.clock.now_s()
        for site, number in self._lending.lent.items():
            lane = self._lanes.get(number)
            if lane is not None:
                lane.media.hears = now_s - self._spoke_s.get(site, float("-inf")) < _HEARS_ON_S
        for lane, program, content in self._wishes(returns):
            lane.media.watcher(Mid.PROGRAM).set_wish(program)
            lane.media.watcher(Mid.CONTENT).set_wish(content)

    def _wishes(self, returns: Collection[SiteId]) -> Iterator[tuple[_Lane[M], int, int]]:
        for lane in self._lanes.values():
            place = lane.place
            if place is None:
                yield lane, self._return_place(lane, returns), _NOTHING
            else:
                program = place if place in self._in_use.program else _NOTHING
                yield lane, program, place if place in self._in_use.content else _NOTHING

    def _return_place(self, lane: _Lane[M], returns: Collection[SiteId]) -> int:
        """Return the place of a return view; none until the leaf has said what its line carries."""
        site = self._lending.site_of(lane.number)
        if site is None or site not in returns:
            return _NOTHING
        return self._in_use.returns.get(site, _NOTHING)


# A root's.
Trunk = UpperEnd[EndpointMedia]


class Trunks:
    """The trunks of a root, by the leaf's name. A root without leaves has none."""

    def __init__(self) -> None:
        self.all: dict[McuName, Trunk] = {}
        self._replaced = 0

    @property
    def revision(self) -> int:
        """Counts up whenever a site behind some leaf may have other media."""
        return self._replaced + sum(trunk.revision for trunk in self.all.values())

    def add(self, trunk: Trunk) -> None:
        """Have a trunk from now on; an older one to the same leaf is closed."""
        self.remove(self.all.get(trunk.mcu))
        self.all[trunk.mcu] = trunk
        trunk.open()

    def remove(self, trunk: Trunk | None) -> None:
        """Close a trunk; another one to the same leaf stays."""
        if trunk is None:
            return
        trunk.close()
        if self.all.get(trunk.mcu) is trunk:
            self._replaced += trunk.revision + 1
            del self.all[trunk.mcu]

    def follow(self, events: Sequence[Event]) -> None:
        """See `Trunk.follow`."""
        for trunk in self.all.values():
            trunk.follow(events)

    def note_plan(self) -> None:
        """See `Trunk.note_plan`."""
        for trunk in self.all.values():
            trunk.note_plan()

    def settle(self, returns: Collection[SiteId], speaks: Collection[SiteId]) -> None:
        """See `Trunk.settle`."""
        for trunk in self.all.values():
            trunk.settle(returns, speaks)
