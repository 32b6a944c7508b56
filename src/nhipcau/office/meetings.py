"""The meetings that the office has planned, and the plans that it gives to the MCUs."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from nhipcau.office.admitting import Doors
from nhipcau.planning.placing import NOBODY, Serving
from nhipcau.ports.bus import Registry
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan, PlannedCue, PlannedLeaf, PlannedSite
from nhipcau.ports.subjects import plan_key
from nhipcau.quantities import ConferenceId, McuName, SiteId


@dataclass(frozen=True, slots=True)
class Meeting:
    """A planned meeting.

    Attributes:
        meeting: its id, also the id of the conference that it becomes.
        title: as on the invitation.
        mcu: who runs it.
        mcu_url: how pages reach that MCU.
        chair_site: the chairing site (điểm cầu chủ tọa).
        layout: `auto` or a layout's name, at the start.
        sites: the roster, in calling order.
        starts_s, ends_s: seconds since 1970-01-01 UTC; rooms ring at the first, and at the second
            at the latest every ticket ends. 0: at once, and never.
        scenario: the approved cues, in order.
        opens_s: from when on its MCU has it open; 0: at once.
        begun: somebody started it, whatever the hour.
        over: it is ended or cancelled.
        serving: which MCUs are to serve its sites, and who stands in for them.
        rehearsal: it is one of another meeting.
    """

    meeting: ConferenceId
    title: str
    mcu: McuName
    mcu_url: str
    chair_site: SiteId
    layout: str
    sites: Sequence[PlannedSite]
    starts_s: int = 0
    ends_s: int = 0
    scenario: tuple[PlannedCue, ...] = ()
    opens_s: int = 0
    begun: bool = False
    over: bool = False
    rehearsal: bool = False
    serving: Serving = field(default_factory=Serving)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a meeting is: its root, who follows it, its leaves, and how each is reached."""

    mcu: McuName
    root_url: str
    standby: McuName = NOBODY
    standby_url: str = ""
    leaves: tuple[PlannedLeaf, ...] = ()


Placing = Callable[[Meeting, ConferencePlan | None], Places]
"""Says where a meeting is now; the plan is the one that the MCUs have."""


def at_its_mcu(meeting: Meeting, _: ConferencePlan | None) -> Places:
    """Return the places of a meeting that one MCU serves alone."""
    return Places(meeting.mcu, meeting.mcu_url)


class UnknownMeetingError(Exception):
    """No meeting has that id."""


class MeetingBook:
    """Keeps the meetings and hands their plans to the registry, where the MCUs watch for them."""

    def __init__(
        self,
        registry: Registry,
        token_public_key_pem: str,
        doors: Doors | None = None,
        clock: Clock | None = None,
        placing: Placing = at_its_mcu,
    ) -> None:
        self._registry = registry
        self._key = token_public_key_pem
        self._doors = doors
        self._clock = clock
        self._placing = placing
        self._planning = asyncio.Lock()
        self._meetings: dict[ConferenceId, Meeting] = {}
        self._told: dict[ConferenceId, ConferencePlan] = {}

    async def plan(self, meeting: Meeting) -> None:
        """Keep a meeting and publish its plan; one that is over is kept no more.

        Raises:
            BusError: the registry can't be reached; the meeting is not kept.
            StoreError: who may come in can't be read; the meeting is not kept.
        """
        # One after another, so that an older plan never follows a newer one.
        async with self._planning:
            await self._plan(meeting)

    async def _plan(self, meeting: Meeting) -> None:
        places = self._placing(meeting, await self._known(meeting.meeting))
        if places.mcu != meeting.mcu:
            meeting = replace(meeting, mcu=places.mcu, mcu_url=places.root_url)
        await self._publish(meeting, places)
        if meeting.over:
            self._meetings.pop(meeting.meeting, None)
            self._told.pop(meeting.meeting, None)
        else:
            self._meetings[meeting.meeting] = meeting

    async def publish_again(self, *sites: SiteId) -> None:
        """Publish the plans of all meetings that one of `sites` takes part in; of all if none.

        Raises:
            BusError, StoreError: as `plan`; some may be out.
        """
        chosen = set(sites)
        for meeting in self.all():
            if not chosen or not chosen.isdisjoint(one.site for one in meeting.sites):
                await self.plan(meeting)

    async def place_again(self) -> None:
        """Publish the plan of each meeting whose places are others than its MCUs were told.

        Raises:
            BusError, StoreError: as `plan`; some may be out.
        """
        for name in list(self._meetings):
            async with self._planning:
                meeting, known = self._meetings.get(name), self._told.get(name)
                if meeting is None or known is None:
                    continue
                if self._placing(meeting, known) != _places_in(known):
                    await self._plan(meeting)

    async def _known(self, meeting: ConferenceId) -> ConferencePlan | None:
        """Return the plan that the MCUs have, perhaps from an office before this one.

        Raises:
            BusError: the registry can't be reached.
        """
        if meeting not in self._told:
            entry = await self._registry.get(plan_key(meeting))
            if entry is None:
                return None
            try:
                self._told[meeting] = ConferencePlan.model_validate_json(entry.value)
            except ValidationError:
                # Of another version of ours: it is written anew.
                return None
        return self._told[meeting]

    async def _publish(self, meeting: Meeting, places: Places) -> None:
        sites = tuple(_at_home(meeting, places))
        plan = ConferencePlan(
            conference=meeting.meeting,
            title=meeting.title,
            mcu=places.mcu,
            chair_site=meeting.chair_site,
            layout=meeting.layout,
            sites=sites,
            token_public_key_pem=self._key,
            scenario=meeting.scenario,
            opens_s=meeting.opens_s,
            over=meeting.over,
            leaves=places.leaves,
            root_url=places.root_url,
            standby=places.standby,
            standby_url=places.standby_url,
            rehearsal=meeting.rehearsal,
        )
        if self._doors is not None and self._clock is not None:
            now_ms = round(self._clock.wall_s() * 1000)
            given = await asyncio.to_thread(self._doors.of, meeting.meeting, sites, now_ms)
            plan = plan.model_copy(update={**given, "tickets_end_s": meeting.ends_s})
            if places.leaves or places.standby:
                key = self._doors.trunk_key(meeting.meeting)
                plan = plan.model_copy(update={"trunk_key": key})
        await self._registry.put(plan_key(meeting.meeting), plan.model_dump_json().encode())
        self._told[meeting.meeting] = plan

    def all(self) -> list[Meeting]:
        """Return every meeting, in the order in which they were planned."""
        return list(self._meetings.values())

    def get(self, meeting: ConferenceId) -> Meeting:
        """Return one meeting.

        Raises:
            UnknownMeetingError: there is none of that id.
        """
        try:
            return self._meetings[meeting]
        except KeyError:
            raise UnknownMeetingError(meeting) from None

    def told(self, meeting: ConferenceId) -> ConferencePlan | None:
        """Return the plan that the MCUs were told last; None: none that is known."""
        return self._told.get(meeting)


def _places_in(plan: ConferencePlan) -> Places:
    return Places(plan.mcu, plan.root_url, plan.standby, plan.standby_url, plan.leaves)


def _at_home(meeting: Meeting, places: Places) -> Iterator[PlannedSite]:
    """Yield the sites, each with its home; that of one whose MCU has no part is the root."""
    leaves = {leaf.mcu for leaf in places.leaves}
    for one in meeting.sites:
        home = meeting.serving.homes.get(one.site)
        yield one.model_copy(update={"home": home}) if home in leaves else one
