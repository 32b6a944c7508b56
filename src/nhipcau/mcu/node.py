"""One MCU's live plane, put together: conference, endpoints, media, and the word with the office.

briefing ─▶ plan ─▶ host ─▶ direction ─▶ engine
signalling ─▶ desk ─▶ host                    announcer ─▶ endpoints
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import structlog

from nhipcau.conference.commands import EndByPlan
from nhipcau.conference.refusal import Refusal, RefusalCode
from nhipcau.mcu.announcer import Announcer, Stage
from nhipcau.mcu.capacity import Capacity
from nhipcau.mcu.cutoffplan import carry_on
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.direction import Direction
from nhipcau.mcu.engine import Adapters, MediaEngine
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.load import LoadMeter
from nhipcau.mcu.planner import Planner
from nhipcau.mcu.posting import Posting
from nhipcau.mcu.replica import Copier
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.ticker import Register
from nhipcau.mcu.trunk import Trunk, TrunkOutbox
from nhipcau.mcu.usage import Usage
from nhipcau.picture.layout import Layout
from nhipcau.ports.eventlog import EventLog
from nhipcau.ports.messages import ConferencePlan, McuStatus
from nhipcau.ports.trunk import TrunkHello
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()
_REAP_S = 0.2
# As often as receivers report.
_LINES_S = 1.0
# A console's figures: slower would look frozen, faster could not be read.
_LOAD_S = 2.0


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Who this MCU is."""

    name: McuName
    url: str
    conference: ConferenceId
    names: StreamNames


class McuNode:
    """The live plane of one conference on its root MCU.

    Attributes:
        epoch: raised by each takeover; leaves follow no root of a lower one than they have seen.
        reigning: set while this MCU decides for the conference.
    """

    def __init__(
        self,
        settings: NodeSettings,
        adapters: Adapters,
        log: EventLog,
        layouts: Mapping[str, Layout],
    ) -> None:
        self._settings = settings
        clock = self._clock = adapters.clock
        self._log = log
        self.epoch = 1
        self.reigning = asyncio.Event()
        self.reigning.set()
        self.host = ConferenceHost(log, clock)
        self.host.restore()
        self.engine = MediaEngine(adapters, settings.names)
        self.desk = Desk(self.host, self.engine, clock, Capacity())
        self.direction = Direction(self.host, self.desk, self.engine, Planner(layouts), clock)
        posting = Posting(settings.name, lambda: self.epoch, lambda: self.desk.plan)
        self.announcer = Announcer(Stage(self.host, self.desk, self.direction, clock, posting))
        self.host.observe(lambda _state, events: self.desk.trunks.follow(events))
        self._usage = Usage(clock)
        self._load = LoadMeter(self.engine, clock)
        self._strain = LoadMeter(self.engine, clock)

    def make_trunk(self, hello: TrunkHello, outbox: TrunkOutbox) -> Trunk:
        """Return the root's end of a trunk to a leaf that has proven itself."""
        return Trunk(hello.mcu, self.engine, self._clock, outbox, Copier(self._log))

    def start(self, register: Register) -> None:
        """Start the media threads; call it on the event loop that owns this node."""
        loop = asyncio.get_running_loop()
        self.engine.start(register, lambda: _call_soon(loop, self.direction.refresh))

    def take_plan(self, plan: ConferencePlan) -> bool:
        """Run the conference by `plan` from now on; return False when it can't be run."""
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
        """Announce and reap until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.announcer.run(), name="announcer")
            group.create_task(self._reap(), name="reaper")
            group.create_task(self.direction.roll_caller.run(), name="roll call")
            group.create_task(self._tell_load(), name="load")
            group.create_task(self._look_after_lines(), name="lines")
            group.create_task(self.desk.warm.run(), name="warm places")

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
            sites_present=sum(1 for _ in self.host.state.present()),
            endpoints=len(self.desk.endpoints),
            cpu_cores=usage.cpu_cores,
            rss_mb=usage.rss_mb,
        )

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
