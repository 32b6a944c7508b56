"""The branches of a split meeting, as the process that runs the parent looks after them.

    soon   ─▶ plan of each branch ─▶ hosting folder ─▶ a place, a process that waits
    split  ─▶ whoever belongs there: `move`
    merge  ─▶ its plan says "over" ─▶ the branch ends ─▶ its pages come back by themselves
    a branch that ended by itself ─▶ its sites belong here again

All of it follows from the conference's state and the folder: a process that begins anew goes on.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import structlog

from nhipcau.conference.branch import Branch, numbered
from nhipcau.conference.commands import CloseBranch, Role
from nhipcau.mcu.admission import Ticket
from nhipcau.mcu.branchplans import branch_plan
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.endpoint import Outgoing
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.hosting import Hosted
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId, EndpointId, SiteId

_log = structlog.get_logger()
LOOK_S = 0.1
# A process takes seconds to begin, eight of them longer: they do before the split is due.
_STEPS_AHEAD = 3
# Figures for a person's eye.
_NEWS_EVERY = 10


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is in a branch now, and who has the floor there."""

    present: tuple[SiteId, ...] = ()
    floor: tuple[SiteId, ...] = ()


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch as the parent's chair sees it; `url` is "" while it is not hosted: because nobody
    has come yet whom its chair could meet with, or, if it `waits`, because no place is free.
    """

    conference: ConferenceId
    name: str
    chair_site: SiteId
    url: str
    sites: tuple[SiteId, ...]
    present: tuple[SiteId, ...]
    floor: tuple[SiteId, ...]
    waits: bool


Look = Callable[[ConferenceId], Presence]
"""Return who is in a branch now."""


class Branches:
    """Looks after the branches of one conference, on its event loop."""

    def __init__(
        self,
        host: ConferenceHost,
        desk: Desk,
        folder: HostingFolder,
        urls: Sequence[str],
        look: Look,
    ) -> None:
        """Begin; `urls` are those of the MCU's places."""
        self._host = host
        self._desk = desk
        self._folder = folder
        self._urls = urls
        self._look = look
        self._where: Mapping[ConferenceId, str] = {}
        self._waits: set[ConferenceId] = set()
        self._told: set[tuple[EndpointId, ConferenceId]] = set()
        self._showed = False
        desk.elsewhere = self.elsewhere

    async def run(self) -> None:
        """Look after them until cancelled."""
        turn = 0
        while True:
            try:
                self.tick()
                if turn % _NEWS_EVERY == 0:
                    self.tell_watchers()
            except OSError as error:
                # What runs goes on; the disk is asked again.
                _log.error("the branches can't be looked after", error=str(error))
            turn += 1
            await asyncio.sleep(LOOK_S)

    def tick(self) -> None:
        """Let be hosted what the state says, and nothing else; tell whoever is to move.

        Raises:
            OSError: the disk refuses.
        """
        plan = self._desk.plan
        if plan is None:
            return
        running = self._host.state.branches
        found = {one.conference: one for one in self._folder.all()}
        cue, coming = self._coming(found)
        self._end_others(plan, found, {branch.conference for branch in (*running, *coming)})
        for branch in coming:
            self._put(plan, branch, cue, found)
        where, waits = {}, set()
        for branch in running:
            hosted = found.get(branch.conference)
            if hosted is not None and hosted.ended_s is not None:
                self._host.command(CloseBranch(branch.conference))
                continue
            self._put(plan, branch, self._host.state.split_cue, found)
            if hosted is not None and hosted.place is not None:
                where[branch.conference] = self._urls[hosted.place]
            elif hosted is not None:
                waits.add(branch.conference)
        self._where, self._waits = where, waits
        self._move_all()

    def elsewhere(self, ticket: Ticket) -> Outgoing | None:
        """Return where the bearer of a ticket belongs now, as a message; None: here."""
        branch = self._branch_of(ticket)
        url = None if branch is None else self._where.get(branch.conference)
        if branch is None or url is None:
            return None
        return {
            "type": "move",
            "conference": branch.conference,
            "url": url,
            "name": branch.name,
            "why": "split",
        }

    def tell_watchers(self) -> None:
        """Tell chairs and consoles of the parent who is in which branch."""
        state = self._host.state
        if not state.split_cue and not self._showed:
            return
        self._showed = bool(state.split_cue)
        views = [asdict(self._view(branch)) for branch in state.branches]
        message = {"type": "branches", "split": bool(state.split_cue), "branches": views}
        for endpoint in list(self._desk.endpoints.values()):
            if endpoint.ticket.role not in (Role.SITE, Role.OPERATOR):
                endpoint.outbox.send(message)

    def _view(self, branch: Branch) -> BranchView:
        url = self._where.get(branch.conference, "")
        seen = self._look(branch.conference) if url else Presence()
        return BranchView(
            branch.conference,
            branch.name,
            branch.chair_site,
            url,
            branch.sites,
            seen.present,
            seen.floor,
            branch.conference in self._waits,
        )

    def _branch_of(self, ticket: Ticket) -> Branch | None:
        if ticket.role is Role.SITE:
            return self._host.state.branch_of(ticket.site)
        if ticket.role is Role.OPERATOR:
            return self._host.state.branch_of(ticket.subtree)
        return None

    def _coming(self, found: Mapping[ConferenceId, Hosted]) -> tuple[str, tuple[Branch, ...]]:
        """Return the split that comes next and its branches, once it is near; they stay prepared
        when the order changes after that.
        """
        state = self._host.state
        if state.split_cue or state.ended_ms is not None or not state.scenario.runs:
            return "", ()
        steps = [step.cue for step in state.scenario.ahead()]
        for place, cue in enumerate(steps):
            if cue in state.split_plans:
                branches = numbered(state.split_plans[cue], state.splits + 1)
                near = place < _STEPS_AHEAD or any(one.conference in found for one in branches)
                return cue, branches if near else ()
        return "", ()

    def _put(
        self,
        plan: ConferencePlan,
        branch: Branch,
        split_cue: str,
        found: Mapping[ConferenceId, Hosted],
    ) -> None:
        """Let a branch be hosted from when there is somebody for its chair to meet with."""
        state = self._host.state
        here = any(state.is_present(site) for site in branch.sites if site != branch.chair_site)
        if not here and branch.conference not in found:
            return
        barred = tuple(sorted(name for name, bar in state.bars.items() if bar.barred))
        wanted = branch_plan(plan, branch, split_cue)
        # Pages that were loaded from a place of this MCU dial the others.
        origins = tuple(dict.fromkeys((*plan.origins, *self._urls)))[:20]
        self._folder.put(wanted.model_copy(update={"barred": barred, "origins": origins}))

    def _end_others(
        self,
        plan: ConferencePlan,
        found: Mapping[ConferenceId, Hosted],
        wanted: set[ConferenceId],
    ) -> None:
        for one in found.values():
            ours = one.plan.parent == plan.conference and not one.plan.over
            if ours and one.conference not in wanted:
                self._folder.put(one.plan.model_copy(update={"over": True}))

    def _move_all(self) -> None:
        """Tell each endpoint once; it goes when it has arrived, and stays here until then."""
        endpoints = self._desk.endpoints
        told = set()
        for endpoint in list(endpoints.values()) if self._where else ():
            move = self.elsewhere(endpoint.ticket)
            if move is None:
                continue
            mark = (endpoint.id, ConferenceId(str(move["conference"])))
            if mark not in self._told:
                endpoint.outbox.send(move)
            told.add(mark)
        self._told = told
