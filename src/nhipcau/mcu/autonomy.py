"""A leaf that has lost its root goes on by itself, and merges again. On the leaf's event loop.

    trunk down 2 s ─▶ plan of its own rooms ─▶ hosting folder ─▶ a place, a process that waits
                   └▶ whoever is here: `move`, or `cut` where it can't go on
    trunk back     ─▶ that plan says "over" ─▶ pages come back here, and so into the meeting
                   └▶ hands that were up there are raised for them

What is hosted stands in the folder and in its log alone: a process that begins anew goes on.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from nhipcau.conference.commands import Role
from nhipcau.conference.state import ConferenceState
from nhipcau.mcu.admission import AdmissionError, Ticket, admit
from nhipcau.mcu.cutoff import Cutoff, Deed, Seen
from nhipcau.mcu.cutoffplan import Cut, cutoff_plan, cutoff_prefix
from nhipcau.mcu.handback import HandBack
from nhipcau.mcu.hosting import Hosted
from nhipcau.mcu.hostingfolder import LOOK_S, HostingFolder
from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafchannel import HangUp, LeafChannel
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId, McuName, SiteId

_log = structlog.get_logger()
_AWAY, _ENDED, _MOVED = 1012, 4010, 4011
_OVER = "over"
# Who has called within this time is still about to come.
_CALLERS_S = 5.0
_MAX_CALLERS = 2000
_MAX_ORIGINS = 20
# The MCU looks for a free place ten times a second.
_PLACED_S = 1.5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a leaf's autonomy leans on.

    Attributes:
        mcu: its name.
        urls: of the places of its MCU.
        plan: returns the meeting's plan as it stands.
        look: returns a conference of this MCU, as its log has it now.
        parts: returns the numbers of the parts that this MCU ever hosted, by the prefix of ids.
    """

    mcu: McuName
    urls: Sequence[str]
    plan: Callable[[], ConferencePlan]
    look: Callable[[ConferenceId], ConferenceState]
    parts: Callable[[str], Sequence[int]]


@dataclass(slots=True)
class _Told:
    """What the pages here were told: which channel was sent where, and which knows of the cut."""

    moved: set[tuple[int, ConferenceId]] = field(default_factory=set)
    cut: dict[int, str] = field(default_factory=dict)


class Autonomy:
    """Looks after the part of a meeting that goes on at a leaf while its root is lost."""

    def __init__(
        self, leaf: LeafNode, folder: HostingFolder, around: Surroundings, clock: Clock
    ) -> None:
        """Begin; the trunk is not up yet."""
        self._leaf = leaf
        self._folder = folder
        self._around = around
        self._clock = clock
        self._cutoff = Cutoff(clock.now_s())
        self._callers: dict[str, float] = {}
        self._told = _Told()
        self._back = HandBack(leaf, clock)
        self._part: Hosted | None = None
        self._open: ConferenceId | None = None
        self._begun_s = float("-inf")
        leaf.greet = self.greet

    @property
    def part(self) -> ConferenceId | None:
        """The conference that goes on here now."""
        return None if self._part is None else self._part.conference

    async def run(self) -> None:
        """Look after it until cancelled."""
        while True:
            try:
                self.tick()
            except OSError as error:
                # What runs goes on; the disk is asked again.
                _log.error("the part that was cut off can't be looked after", error=str(error))
            await asyncio.sleep(LOOK_S)

    def tick(self) -> None:
        """Do what is due.

        Raises:
            OSError: the disk refuses.
        """
        plan, now_s = self._around.plan(), self._clock.now_s()
        part = self._part = self._find(plan)
        seen = Seen(
            up=self._leaf.is_up,
            over=plan.over,
            has_branch=part is not None,
            ended=part is not None and part.ended_s is not None,
            rooms=len(self._rooms(now_s)),
            known=self._leaf.replica.state.seq > 0,
        )
        self._cutoff, deed = self._cutoff.step(seen, now_s)
        match deed:
            case Deed.BEGIN:
                self._begin(plan)
            case Deed.END if part is not None:
                self._end(part)
            case _:
                pass
        self._note_the_end(plan)
        if self._leaf.is_up:
            self._together()
        else:
            self._apart(plan, now_s)

    def greet(self, channel: LeafChannel, said: Mapping[str, Any]) -> None:
        """Answer the first words of a page that comes while the root is away."""
        if said.get("type") not in ("hello", "knock"):
            return
        plan = self._around.plan()
        if plan.over:
            self._say_over(channel)
            return
        entitled = _entitled(plan, said, self._clock.wall_s())
        if entitled is None or entitled.role is Role.SITE:
            self._note_caller(channel, entitled)
        move = self._move() if entitled is None or self._belongs(entitled) else None
        if move is not None:
            channel.box.say(move)
        channel.box.send(HangUp(_AWAY if move is None else _MOVED))

    def _find(self, plan: ConferencePlan) -> Hosted | None:
        """Return the part that is hosted here, as the disk says."""
        ours = (
            one
            for one in self._folder.all()
            if one.plan.parent == plan.conference and one.plan.carried is not None
        )
        return next((one for one in ours if not one.plan.over), None)

    def _begin(self, plan: ConferencePlan) -> None:
        prefix = cutoff_prefix(plan, self._around.mcu)
        number = 1 + max(self._around.parts(prefix), default=0)
        away_s = self._clock.now_s() - self._cutoff.since_s
        lost_ms = round((self._clock.wall_s() - away_s) * 1000)
        here = frozenset(self._seats())
        cut = Cut(self._around.mcu, number, lost_ms, here)
        wanted = cutoff_plan(plan, self._leaf.replica.state, cut)
        if wanted is None:
            return
        _log.warning("cut off from the root, going on", part=wanted.conference, rooms=len(here))
        origins = dict.fromkeys((*plan.origins, *self._around.urls, *_origins(plan)))
        kept = tuple(one for one in origins if one)[:_MAX_ORIGINS]
        self._folder.put(wanted.model_copy(update={"origins": kept}))
        self._part, self._begun_s = self._find(plan), self._clock.now_s()

    def _end(self, part: Hosted) -> None:
        _log.warning("the root is back, merging", part=part.conference)
        if part.ended_s is None:
            state = self._around.look(part.conference)
            self._back.begin((*state.hands, *state.asked))
        self._folder.put(part.plan.model_copy(update={"over": True}))
        self._part = None

    def _note_the_end(self, plan: ConferencePlan) -> None:
        """Let the hosting MCU know when the meeting is over, so that its place is free again."""
        ended_ms = self._leaf.replica.state.ended_ms
        over_s = self._clock.wall_s() if plan.over and not self._leaf.is_up else None
        ended_s = over_s if ended_ms is None else ended_ms / 1000
        found = self._folder.find(plan.conference) if ended_s is not None else None
        if found is not None and ended_s is not None and found.ended_s is None:
            self._folder.end(plan.conference, ended_s)

    def _together(self) -> None:
        self._told.moved.clear()
        for number in list(self._told.cut):
            channel = self._leaf.channels.get(number)
            if channel is not None:
                channel.box.say({"type": "cut", "cut": False, "why": "", "source": ""})
        self._told.cut.clear()
        self._back.tick()

    def _apart(self, plan: ConferencePlan, now_s: float) -> None:
        if not self._cutoff.is_cut(now_s):
            return
        move = self._move()
        for channel in list(self._leaf.channels.values()):
            if channel.seated is None:
                continue
            if plan.over:
                self._say_over(channel)
            elif move is not None and self._belongs(_seated(channel)):
                self._send(channel, move)
            else:
                self._say_cut(plan, channel)

    def _send(self, channel: LeafChannel, move: Mapping[str, Any]) -> None:
        mark = (channel.number, ConferenceId(str(move["conference"])))
        if mark not in self._told.moved:
            self._told.moved.add(mark)
            channel.box.say(move)

    def _say_cut(self, plan: ConferencePlan, channel: LeafChannel) -> None:
        """Tell a page that stays why nothing moves."""
        part = self._part
        unplaced = part is not None and part.ended_s is None and part.place is None
        if part is not None and self._clock.now_s() - self._begun_s < _PLACED_S:
            return
        why = "no_place" if unplaced else "waits"
        if self._told.cut.get(channel.number) != why:
            self._told.cut[channel.number] = why
            source = _source(plan)
            channel.box.say({"type": "cut", "cut": True, "why": why, "source": source})

    def _say_over(self, channel: LeafChannel) -> None:
        if self._told.cut.get(channel.number) == _OVER:
            return
        self._told.cut[channel.number] = _OVER
        channel.box.say({"type": "ended"})
        channel.box.send(HangUp(_ENDED))

    def _move(self) -> Mapping[str, Any] | None:
        """Return where our rooms belong now; None: nowhere else."""
        part = self._part
        if part is None or part.place is None or part.ended_s is not None or not self._opens(part):
            return None
        return {
            "type": "move",
            "conference": part.conference,
            "url": self._around.urls[part.place],
            "name": part.plan.title,
            "why": "cut",
        }

    def _opens(self, part: Hosted) -> bool:
        """Return True from when its process takes rooms in: then it has begun its log."""
        if self._open != part.conference and self._around.look(part.conference).is_open():
            self._open = part.conference
        return self._open == part.conference

    def _belongs(self, ticket: Ticket) -> bool:
        """Return True for a room of the part, and for an operator of it or of some of it."""
        sites = {row.site for row in self._part.plan.sites} if self._part is not None else set()
        if ticket.is_guest:
            return False
        if ticket.role is Role.SITE:
            return ticket.site in sites
        return ticket.role is Role.OPERATOR and ticket.subtree in sites

    def _seats(self) -> Iterator[SiteId]:
        for channel in self._leaf.channels.values():
            seated = channel.seated
            if channel.seat is not None and seated is not None and not seated.seating.is_guest:
                yield channel.seat

    def _rooms(self, now_s: float) -> set[str]:
        """Return who could meet here now: whose room is connected, or was just turned away."""
        self._callers = {who: at for who, at in self._callers.items() if now_s - at < _CALLERS_S}
        return {*self._seats(), *self._callers}

    def _note_caller(self, channel: LeafChannel, entitled: Ticket | None) -> None:
        """Remember a room that called; a device has not said yet which one it is."""
        site = entitled.site if entitled is not None else None
        if entitled is not None and (site is None or entitled.is_guest):
            return
        if len(self._callers) < _MAX_CALLERS:
            self._callers[site or f"at {channel.address}"] = self._clock.now_s()


def _entitled(plan: ConferencePlan, said: Mapping[str, Any], now_s: float) -> Ticket | None:
    """Return what a link entitles to; None for a device, which proves itself where it is sent.

    A link that is worth nothing is nobody's.
    """
    token = said.get("token")
    if said.get("type") == "knock" or said.get("proof") is not None or not isinstance(token, str):
        return None
    try:
        return admit(plan, token, now_s)
    except AdmissionError:
        return Ticket(Role.CONSOLE, None)


def _seated(channel: LeafChannel) -> Ticket:
    assert channel.seated is not None
    seating = channel.seated.seating
    role, site, subtree = Role(seating.role), seating.site, seating.subtree
    return Ticket(role, site, subtree, is_guest=seating.is_guest)


def _source(plan: ConferencePlan) -> str:
    rows = (row.name for row in plan.sites if row.site == plan.chair_site)
    return next(rows, plan.title)


def _origins(plan: ConferencePlan) -> Iterator[str]:
    """Yield where pages of the meeting may have been loaded from, beside our own."""
    yield from (plan.root_url, plan.standby_url, *(leaf.url for leaf in plan.leaves))
