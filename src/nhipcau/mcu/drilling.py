"""Drills on the root: who serves whom, what is done to whom, and what everybody is told of it.

    console ─ drill ─▶ conference ─▶ DrillBegan ─┬─▶ this MCU: dies, a moment later
                                                 └─▶ a leaf: told over its trunk
    site ◀─ drill: measure, report then ─┐          site ─ drilled ─▶ DrillReported ─▶ console

Twice refused outside a rehearsal: by the conference, and by the plan of whoever is to do it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import structlog

from nhipcau.conference.drill import Drill, DrillKind, Served
from nhipcau.conference.drill_commands import BeginDrill, ReportDrill
from nhipcau.conference.drill_events import DrillBegan
from nhipcau.conference.drill_views import drill_view
from nhipcau.conference.events import Event
from nhipcau.conference.refusal import Outcome
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Endpoint
from nhipcau.ports.clock import Clock
from nhipcau.ports.trunk import DrillOrder
from nhipcau.quantities import McuName, SiteId

_log = structlog.get_logger()
# By then the event is with whoever follows, and the answer with whoever pressed.
_TAKES_EFFECT_S = 0.3
# A hundred reports come in a second; nobody reads that fast.
_TABLE_EVERY = 10


def _live_on() -> None:
    _log.error("nothing here can be killed")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a site reports of a drill."""

    drill: int
    sound_ms: int
    picture_ms: int


class Drilling:
    """The drills of one conference, on the event loop of its root."""

    def __init__(self, name: McuName, desk: Desk, clock: Clock) -> None:
        self._name = name
        self._desk = desk
        self._clock = clock
        # Kills this process, with nothing said to anybody.
        self.die: Callable[[], None] = _live_on

    def begin(self, endpoint: Endpoint, kind: DrillKind, mcu: McuName) -> Outcome:
        """Have an MCU killed or its trunk cut, on the word of whoever is at `endpoint`."""
        command = BeginDrill(
            endpoint.actor(), kind, mcu, self._name, self._served(), endpoint.ticket.bearer
        )
        return self._desk.command(command)

    def report(self, endpoint: Endpoint, told: Measured) -> Outcome:
        """Take what the room of an endpoint missed."""
        served = self._server_of(endpoint)
        return self._desk.command(
            ReportDrill(endpoint.actor(), told.drill, served, told.sound_ms, told.picture_ms)
        )

    def follow(self, _state: ConferenceState, events: tuple[Event, ...]) -> None:
        """Do what has just been decided."""
        for event in events:
            if isinstance(event, DrillBegan):
                self._carry_out(event)

    def tell(self, endpoint: Endpoint, tick: int) -> None:
        """Tell an endpoint what is news to it: a room the drill that is on, a console all."""
        state = self._desk.state
        if not state.rehearsal:
            return
        if endpoint.seat is not None:
            self._tell_room(endpoint, state.drills)
        if endpoint.sees_roster:
            self._tell_console(endpoint, state, tick)

    def _carry_out(self, event: DrillBegan) -> None:
        plan = self._desk.plan
        if plan is None or not plan.rehearsal:
            _log.error("a drill outside a rehearsal", drill=event.drill)
            return
        _log.warning("drill", number=event.drill, kind=event.kind.value, mcu=event.mcu)
        trunk = self._desk.trunks.all.get(event.mcu)
        if event.mcu == self._name:
            asyncio.get_running_loop().call_later(_TAKES_EFFECT_S, self.die)
        elif trunk is not None:
            trunk.outbox.send(DrillOrder(drill=event.drill, kind=event.kind.value))

    def _served(self) -> tuple[Served, ...]:
        """Return who serves whom: this MCU, and every leaf whose trunk is up."""
        found: dict[McuName, list[SiteId]] = {self._name: []}
        found.update({mcu: [] for mcu in self._desk.trunks.all})
        for endpoint in self._desk.endpoints.values():
            seat = endpoint.seat
            if seat is not None and self._desk.state.is_present(seat):
                found.setdefault(self._server_of(endpoint), []).append(seat)
        return tuple(Served(mcu, tuple(dict.fromkeys(sites))) for mcu, sites in found.items())

    def _server_of(self, endpoint: Endpoint) -> McuName:
        return endpoint.via.mcu if endpoint.via is not None else self._name

    def _tell_room(self, endpoint: Endpoint, drills: tuple[Drill, ...]) -> None:
        now_ms = round(self._clock.wall_s() * 1000)
        if not drills or endpoint.told_drill == drills[-1].drill:
            return
        drill = drills[-1]
        endpoint.told_drill = drill.drill
        if drill.is_open(now_ms) and endpoint.seat not in drill.reports:
            endpoint.outbox.send(
                {
                    "type": "drill",
                    "drill": drill.drill,
                    "age_ms": max(0, now_ms - drill.began_ms),
                    "report_in_ms": max(0, drill.report_at_ms - now_ms),
                }
            )

    def _tell_console(self, endpoint: Endpoint, state: ConferenceState, tick: int) -> None:
        ground = self._ground(state)
        if ground != endpoint.told_ground:
            endpoint.told_ground = ground
            endpoint.outbox.send({"type": "drill_ground", **ground})
        told = endpoint.told_drills
        if state.drills == told or (len(state.drills) == len(told) and tick % _TABLE_EVERY):
            return
        endpoint.told_drills = state.drills
        names = {site: row.name for site, row in state.sites.items()}
        for drill in state.drills:
            if drill not in told:
                view = asdict(drill_view(drill, names))
                endpoint.outbox.send({"type": "drill_result", **view})

    def _ground(self, state: ConferenceState) -> Mapping[str, object]:
        """Return what can be drilled: the root, and each leaf of the plan, with its trunk."""
        plan = self._desk.plan
        leaves = () if plan is None else tuple(leaf.mcu for leaf in plan.leaves)
        counts = {one.mcu: len(one.sites) for one in self._served()}
        now_ms = round(self._clock.wall_s() * 1000)
        rows = [{"mcu": self._name, "root": True, "up": True, "sites": counts[self._name]}]
        rows += [
            {"mcu": mcu, "root": False, "up": mcu in counts, "sites": counts.get(mcu, 0)}
            for mcu in leaves
            if mcu != self._name
        ]
        busy = bool(state.drills) and state.drills[-1].is_open(now_ms)
        return {"mcus": rows, "busy": busy}
