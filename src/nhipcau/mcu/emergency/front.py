"""An MCU's front: what it does when it is told, asked, or pressed. One event loop.

    directory (office, or disk) ──▶ Front ◀── bells of rooms
    press ─▶ pass, choice ─▶ call ─▶ plan ─▶ hosting ─▶ bells ring, other MCUs are told
    hosting says it is over ─▶ the call is gone, bells and MCUs are told

Nothing here waits for office or bus: what others are told goes out when somebody carries it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from nhipcau.access.actions import Action
from nhipcau.audit.entry import DONE
from nhipcau.mcu.emergency.bells import Bells
from nhipcau.mcu.emergency.callbook import CallBook, Wanted
from nhipcau.mcu.emergency.callplan import Links, call_plan, links
from nhipcau.mcu.emergency.keeping import KeptFile
from nhipcau.mcu.emergency.reaching import Choice, Holder, NotCalledError, chosen_sites, holder_of
from nhipcau.ports.audit import AuditEntry, AuditTrail
from nhipcau.ports.clock import Clock
from nhipcau.ports.directory import Directory, EmergencyCall, EmergencyCalls
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()


class NotHostedError(Exception):
    """This MCU can't run one more conference; the text says why."""


class Hosting(Protocol):
    """Where a plan becomes a conference of this MCU, without anybody else."""

    async def begin(self, plan: ConferencePlan) -> str:
        """Have a media process run this plan from now on; return where pages reach it.

        Raises:
            NotHostedError: there is no place, or the disk refuses.
        """
        ...

    def is_over(self, conference: ConferenceId) -> bool:
        """Return True when a conference that began here has ended."""
        ...


@dataclass(frozen=True, slots=True)
class FrontFiles:
    """What the front keeps on disk."""

    directory: KeptFile[Directory]
    calls: KeptFile[EmergencyCalls]


@dataclass(frozen=True, slots=True)
class Press:
    """What is asked with a pass: a title, and whom to call."""

    title: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class _Told:
    """What the audit is told."""

    action: Action
    who: str = ""
    conference: str = ""
    address: str = ""
    outcome: str = DONE
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Called:
    """What came of a press: the call with its links, and whether it is a new conference."""

    call: EmergencyCall
    links: Links
    fresh: bool


class Front:
    """The front's state and its deeds."""

    def __init__(
        self,
        mcu: McuName,
        hosting: Hosting,
        files: FrontFiles,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self.mcu = mcu
        self.directory: Directory | None = None
        self.bells = Bells()
        self.book = CallBook(mcu)
        # Set by whoever starts the process.
        self.trail: AuditTrail | None = None
        # Called when this MCU's calls have changed, so that somebody tells the others.
        self.on_calls: Callable[[], None] = lambda: None
        self._hosting = hosting
        self._files = files
        self._clock = clock
        self._new_id = new_id
        self._pressing = asyncio.Lock()

    def recall(self) -> None:
        """Take from disk what was known before this start."""
        self.directory = self._files.directory.load()
        kept = self._files.calls.load()
        if kept is not None:
            self.book.restore(kept, self.now_ms)

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return round(self._clock.wall_s() * 1000)

    def take_directory(self, directory: Directory) -> None:
        """Go by what the office says from now on."""
        if directory == self.directory:
            return
        self.directory = directory
        self._files.directory.save(directory)
        self.bells.dismiss(directory)

    def take_calls(self, mcu: McuName, calls: EmergencyCalls) -> None:
        """Ring for what another MCU calls to; tell the rooms what is over there."""
        if mcu == self.mcu:
            return
        before = {(one.conference, one.round): one for one in self._calls_of(mcu)}
        self.book.heard(mcu, calls)
        now = {(one.conference, one.round): one for one in self._calls_of(mcu)}
        alive = {conference for conference, _ in now}
        for (conference, _), call in before.items():
            if conference not in alive:
                self.bells.over(call)
        for key, call in now.items():
            if key not in before:
                self._ring(call)

    def holder(self, text: str) -> Holder:
        """Return who shows a pass; raises as `reaching.holder_of`."""
        return holder_of(text, self.directory, self._clock.wall_s())

    async def press(self, holder: Holder, press: Press, address: str) -> Called:
        """Call rooms together; what came of it is told to the audit.

        Raises:
            NotCalledError: see `reaching.chosen_sites`, and `too_many` or `not_hosted`.
        """
        try:
            # One after another, so that two presses at once are one conference.
            async with self._pressing:
                called = await self._press(holder, press)
        except NotCalledError as error:
            self._note(holder, address, "", error.code, {"title": press.title})
            raise
        call = called.call
        more = {"title": call.title, "sites": str(len(call.sites)), "round": str(call.round)}
        self._note(holder, address, call.conference, DONE, more)
        return called

    def turned_away(self, address: str, code: str) -> None:
        """Tell the audit that somebody showed a pass that is not good; who it is, is not proven."""
        self._tell(_Told(Action.EMERGENCY_PRESS, address=address, outcome=code))

    def links(self, call: EmergencyCall) -> Links:
        """Return the links of whoever called."""
        assert self.directory is not None
        return links(self.directory, call, self._new_id(), self._clock.wall_s())

    def calls_of(self, holder: Holder) -> tuple[EmergencyCall, ...]:
        """Return the calls of a pass's own room that are not over."""
        own = holder.site.site
        return tuple(one for one in self.book.all(self.now_ms) if one.chair_site == own)

    def states(self, holder: Holder) -> Mapping[str, str]:
        """Return how the rooms within a pass's reach stand; those without a page are left out."""
        states = self.bells.states(self.book.all(self.now_ms))
        return {one.site: states[one.site].value for one in holder.reach if one.site in states}

    def look_for_ends(self) -> None:
        """Forget the calls whose conference is over; call it a few times a second."""
        for call in self.book.own().calls:
            if not self._hosting.is_over(call.conference):
                continue
            self.book.over(call.conference)
            self.bells.over(call)
            self._changed()
            self._tell(_Told(Action.EMERGENCY_END, f"process:mcu {self.mcu}", call.conference))

    def stats(self) -> Mapping[str, int]:
        """Return the counters."""
        return {"bells": len(self.bells), **self.book.stats()}

    async def _press(self, holder: Holder, press: Press) -> Called:
        directory = self.directory
        assert directory is not None
        sites = chosen_sites(holder, directory, press.choice)
        wanted = Wanted(press.title, holder.site.site, tuple(one.site for one in sites))
        before = self.book.again(wanted, self.now_ms)
        if before is not None:
            self._changed()
            self._ring(before)
            return Called(before, self.links(before), fresh=False)
        self.book.check_room(self.now_ms)
        call = EmergencyCall(
            conference=ConferenceId(f"khan-{self._new_id()}"),
            mcu=self.mcu,
            url="",
            title=wanted.title,
            caller=holder.site.name,
            chair_site=wanted.chair_site,
            sites=wanted.sites,
            at_ms=self.now_ms,
        )
        try:
            url = await self._hosting.begin(call_plan(directory, call, sites))
        except (NotHostedError, ValueError) as error:
            raise NotCalledError("not_hosted", str(error)) from None
        call = self.book.put(call.model_copy(update={"url": url}), self.now_ms)
        self._changed()
        self._ring(call)
        return Called(call, self.links(call), fresh=True)

    def _ring(self, call: EmergencyCall) -> None:
        if self.directory is not None:
            rung = self.bells.ring(call, self.directory)
            _log.info("rooms ring", conference=call.conference, pages=rung)

    def _changed(self) -> None:
        self._files.calls.save(self.book.own())
        self.on_calls()

    def _calls_of(self, mcu: McuName) -> list[EmergencyCall]:
        return [one for one in self.book.all(self.now_ms) if one.mcu == mcu]

    def _note(
        self, holder: Holder, address: str, on: str, outcome: str, more: Mapping[str, str]
    ) -> None:
        who, detail = f"pass:{holder.given.id}", {**more, "pass": holder.given.name}
        self._tell(_Told(Action.EMERGENCY_PRESS, who, on, address, outcome, detail))

    def _tell(self, told: _Told) -> None:
        if self.trail is None:
            return
        on = f"meeting:{told.conference}" if told.conference else ""
        self.trail.record(
            AuditEntry(
                self._clock.wall_s(),
                told.who,
                told.more.get("pass", ""),
                told.address,
                told.action.value,
                on,
                told.outcome,
                told.more,
            )
        )
