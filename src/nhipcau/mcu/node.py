"""One MCU's live plane, put together: conference, endpoints, media, and the word with the office.

briefing ─▶ plan ─▶ host ─▶ direction ─▶ engine
signalling ─▶ desk ─▶ host                    announcer ─▶ endpoints

A node that follows another's conference has its plan, its state and lanes to its leaves, and does
nothing with them until it reigns.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

import structlog

from nhipcau.conference.commands import EndByPlan, SiteLost
from nhipcau.conference.refusal import Refusal, RefusalCode
from nhipcau.mcu.announcer import Announcer, Stage
from nhipcau.mcu.capacity import Capacity
from nhipcau.mcu.confirmation import Confirmation
from nhipcau.mcu.cutoffplan import carry_on
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.direction import Direction
from nhipcau.mcu.drilling import Drilling
from nhipcau.mcu.engine import Adapters, MediaEngine
from nhipcau.mcu.followers import Follower, Followers
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.load import LoadMeter
from nhipcau.mcu.planner import Planner
from nhipcau.mcu.posting import Posting
from nhipcau.mcu.replica import Copier
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.succession import Reign
from nhipcau.mcu.ticker import Register
from nhipcau.mcu.trunk import Trunk, TrunkOutbox
from nhipcau.mcu.usage import Usage
from nhipcau.picture.layout import Layout
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.messages import ConferencePlan, McuStatus
from nhipcau.ports.trunk import Consented, Reigns, TrunkHello
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()
_REAP_S = 0.2
# As often as receivers report.
_LINES_S = 1.0
# A console's figures: slower would look frozen, faster could not be read.
_LOAD_S = 2.0
_LANES_S = 0.05
# After a takeover: who has not taken its seat again by then is lost.
_RETURN_S = 3.0


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Who this MCU is."""

    name: McuName
    url: str
    conference: ConferenceId
    names: StreamNames


class Court(Protocol):
    """Who decides who reigns; a `Candidate` is one."""

    def hear_hello(self, hello: TrunkHello) -> None:
        """Take note of what another MCU of the plan says of epochs."""
        ...

    def hear_consent(self, leaf: McuName, said: Consented) -> None:
        """Take a leaf's answer to a claim."""
        ...


class McuNode:
    """The live plane of one conference on its root MCU, or on one that follows the root.

    Attributes:
        epoch: raised by each takeover; leaves follow no root of a lower one than they have seen.
        reigning: set while this MCU decides for the conference.
        followers: who copies what it decides.
        court: who decides whether it reigns; None: nobody else could.
    """

    def __init__(
        self,
        settings: NodeSettings,
        adapters: Adapters,
        log: EventLog,
        layouts: Mapping[str, Layout],
        *,
        follows: bool = False,
    ) -> None:
        """Begin with what the log keeps; `follows`: a court says what state there is, and when it
        reigns.
        """
        self._settings = settings
        self.name = settings.name
        clock = self._clock = adapters.clock
        self._log = log
        self.epoch = 1
        self.reigning = asyncio.Event()
        self.court: Court | None = None
        self.followers = Followers()
        self.host = ConferenceHost(log, clock)
        if follows:
            self.host.follow(self.host.state)
        else:
            self.reigning.set()
            self.host.restore()
        self.engine = MediaEngine(adapters, settings.names)
        self.desk = Desk(self.host, self.engine, clock, Capacity())
        self.direction = Direction(self.host, self.desk, self.engine, Planner(layouts), clock)
        posting = Posting(settings.name, lambda: self.epoch, lambda: self.desk.plan)
        self.drilling = Drilling(settings.name, self.desk, clock)
        stage = Stage(self.host, self.desk, self.direction, clock, posting, self.drilling)
        self.announcer = Announcer(stage)
        self.host.observe(lambda _state, events: self.desk.trunks.follow(events))
        self.host.observe(lambda _state, events: self.followers.follow(events))
        self.host.observe(self.drilling.follow)
        self.confirmation = Confirmation(lambda: self.host.state.seq, self.followers)
        self._usage = Usage(clock)
        self._load = LoadMeter(self.engine, clock)
        self._strain = LoadMeter(self.engine, clock)

    @property
    def conference(self) -> ConferenceId:
        """Which conference it is."""
        return self._settings.conference

    @property
    def url(self) -> str:
        """How pages reach it."""
        return self._settings.url

    def make_follower(self, hello: TrunkHello, outbox: TrunkOutbox) -> Follower:
        """Return our end of the trunk of the other candidate, which has proven itself."""
        return Follower(hello.mcu, self._log, outbox)

    def make_trunk(self, hello: TrunkHello, outbox: TrunkOutbox) -> Trunk:
        """Return the root's end of a trunk to a leaf that has proven itself."""
        return Trunk(hello.mcu, self.engine, self._clock, outbox, Copier(self._log))

    def start(self, register: Register) -> None:
        """Start the media threads; call it on the event loop that owns this node."""
        loop = asyncio.get_running_loop()
        self.engine.start(register, lambda: _call_soon(loop, self.direction.refresh))

    def reign(self, reign: Reign) -> None:
        """Decide for the conference from now on, in this reign; who is here keeps its seat."""
        self.epoch = reign.epoch
        self.host.take_over(reign)
        self.reigning.set()
        for trunk in self.desk.trunks.all.values():
            trunk.outbox.send(Reigns(epoch=reign.epoch, root=reign.root))
        for follower in self.followers.all:
            follower.tell(reign, self.host.state.seq)
        if self.desk.plan is not None:
            self.take_plan(self.desk.plan)
        self.direction.refresh()

    def take_plan(self, plan: ConferencePlan) -> bool:
        """Run the conference by `plan` from now on; return False when it can't be run."""
        if self.host.follows:
            self.desk.plan = plan
            return True
        outcome = self.host.open(plan, tuple(self.direction.layouts))
        if isinstance(outcome, Refusal) and outcome.code is not RefusalCode.UNCHANGED:
            _log.error("the plan is refused, the last good one stays", detail=outcome.detail)
            return False
        self.desk.plan = plan
        carried = carry_on(plan)
        if carried is not None:
            self.host.command(carried)
        if plan.over:
            self.host.command(EndByPlan())
        self.desk.dismiss_unlisted()
        self.desk.dismiss_revoked()
        return True

    def is_ready(self) -> bool:
        """Return True when endpoints can be admitted."""
        return self.desk.plan is not None

    async def run(self) -> None:
        """Announce and reap until cancelled, from when on it reigns."""
        works: Mapping[str, Callable[[], Awaitable[None]]] = {
            "announcer": self.announcer.run,
            "reaper": self._reap,
            "roll call": self.direction.roll_caller.run,
            "load": self._tell_load,
            "lines": self._look_after_lines,
            "absent": self._lose_the_absent,
        }
        async with asyncio.TaskGroup() as group:
            group.create_task(self.desk.warm.run(), name="warm places")
            group.create_task(self._keep_lanes(), name="lanes")
            for name, work in works.items():
                group.create_task(self._reigning(work), name=name)

    async def aclose(self) -> None:
        """Let everybody go and stop the media threads."""
        self.desk.close()
        for trunk in list(self.desk.trunks.all.values()):
            self.desk.trunks.remove(trunk)
        await asyncio.to_thread(self.engine.stop)

    def status(self) -> McuStatus:
        """Return what the office is told every second."""
        usage = self._usage.read()
        plan = self.desk.plan
        return McuStatus(
            mcu=self._settings.name,
            pid=os.getpid(),
            url=self._settings.url,
            conference=plan.conference if plan is not None else None,
            role="root" if self.reigning.is_set() else "standby",
            # Whoever follows leaves it to the root to say who is here.
            sites_present=0 if self.host.follows else sum(1 for _ in self.host.state.present()),
            endpoints=len(self.desk.endpoints),
            cpu_cores=usage.cpu_cores,
            rss_mb=usage.rss_mb,
        )

    async def _reigning(self, work: Callable[[], Awaitable[None]]) -> None:
        await self.reigning.wait()
        await work()

    async def _keep_lanes(self) -> None:
        """Keep lanes to the leaves connected, while nothing goes over them."""
        while not self.reigning.is_set():
            self.desk.trunks.settle((), ())
            await asyncio.sleep(_LANES_S)

    async def _lose_the_absent(self) -> None:
        """Note who has not come along with a takeover."""
        await asyncio.sleep(_RETURN_S)
        for row in list(self.host.state.sites.values()):
            if row.endpoint is not None and row.endpoint not in self.desk.endpoints:
                self.host.command(SiteLost(row.site, row.endpoint))

    async def _tell_load(self) -> None:
        while True:
            load = {"name": self._settings.name, **asdict(self._load.read())}
            self.announcer.tell_watchers({"type": "mcu", "mcus": [load]})
            await asyncio.sleep(_LOAD_S)

    async def _look_after_lines(self) -> None:
        while True:
            await asyncio.sleep(_LINES_S)
            self.desk.look_after_lines()
            self.desk.capacity.observe(self._strain.read())

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(_REAP_S)
            self.desk.reap()


def _call_soon(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    """Have the event loop do `work` soon; the poll thread may outlive it by a moment."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(work)
