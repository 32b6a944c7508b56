"""What is true in one conference now. Frozen: a new state is a new object, an old one stays valid.

`sites` keeps the order of the roster (the hall first, then the levels below it); that order is the
order of the tiles.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nhipcau.conference.branch import Branch
from nhipcau.conference.commands import Bar
from nhipcau.conference.drill import Drill
from nhipcau.conference.rollcall import NO_ROLL, RollCall
from nhipcau.conference.scenario import NO_SCENARIO, CueKind, Scenario, Step
from nhipcau.conference.snapshot import Snapshot, UndoPoint
from nhipcau.conference.speaking import Clocks
from nhipcau.conference.vote import NO_VOTES, Votes
from nhipcau.quantities import ConferenceId, EndpointId, McuName, SiteId

AUTO_LAYOUT = "auto"

# One speaks, or two answer each other; a third would make the picture a grid again.
MAX_FLOOR = 2


# Texts that are kept to be shown; older ones are in the log.
MAX_PROMPTS = 20


class Presence(StrEnum):
    """Where a site stands: never came or left on purpose, waits to be admitted, is here, or its
    connection broke after it was.
    """

    ABSENT = "absent"
    WAITING = "waiting"
    PRESENT = "present"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class SiteState:
    """One site of the roster.

    `endpoint` is None unless the site is present or waiting. `capture` and `synthetic` describe
    the last endpoint; `mic` and `camera` outlive a lost connection. `credential` names what it was
    admitted by, "" where nothing is known of it.
    """

    site: SiteId
    name: str
    level: str
    parent: SiteId | None
    presence: Presence = Presence.ABSENT
    endpoint: EndpointId | None = None
    capture: bool = False
    synthetic: bool = False
    mic: bool = False
    camera: bool = False
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text for rooms; `number` tells it from others, the fields are those of `PromptSent`."""

    number: int
    text: str
    site: SiteId | None
    subtree: bool
    by: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class ConferenceState:
    """The whole conference. `seq` is the number of events folded so far.

    `floor` holds at most `MAX_FLOOR` sites, in the order in which they got it; `hands` are the
    sites that ask for it, in the order in which they asked; `asked` are those whose request waits
    at their parent. `next_named` is whom the chair named to speak next, before any raised hand; it
    has not got the floor. `layout` is `auto` or one of `layouts`. `undo` is the chair's last
    command.
    `guests` are sites of this meeting only; `bars` says, by credential, who was removed and who was
    let back; `roster_shown` are guests that may see who takes part.
    `roll` is the roll call that runs, or the last one.
    `scenario` is the order of the day and how far it has come; `scenario_revision` counts its
    changes. `spoken` says how long each site has had the floor, `prompts` are the newest texts.
    `ended_ms` is when the meeting was ended; nobody is in it from then on.
    `split_plans` are what cues split it into; `split_cue` is the one that did, "" while it is not
    split, `splits` how often it was, `branches` what runs beside it now.
    `rehearsal`: it is one, and `drills` were had in it, the first one first.
    `cut_ms` is when the conference was lost for a part of which this one goes on; None: for none.
    `root` is the MCU that took it over last, in this `epoch`; None: it is with the plan's yet.
    """

    conference: ConferenceId
    title: str
    chair_site: SiteId
    layouts: tuple[str, ...] = ()
    layout: str = AUTO_LAYOUT
    seq: int = 0
    sites: Mapping[SiteId, SiteState] = field(default_factory=dict)
    floor: tuple[SiteId, ...] = ()
    hands: tuple[SiteId, ...] = ()
    content: SiteId | None = None
    mics_locked: bool = False
    asked: tuple[SiteId, ...] = ()
    hands_via_parent: bool = False
    doors_ask: bool = False
    next_named: SiteId | None = None
    undo: UndoPoint | None = None
    guests: frozenset[SiteId] = frozenset()
    bars: Mapping[str, Bar] = field(default_factory=dict)
    locked: bool = False
    roster_shown: frozenset[SiteId] = frozenset()
    scenario: Scenario = NO_SCENARIO
    scenario_revision: int = 0
    votes: Votes = NO_VOTES
    prompts: tuple[Prompt, ...] = ()
    spoken: Clocks = field(default_factory=dict)
    roll: RollCall = NO_ROLL
    wrong_pins: Mapping[SiteId, int] = field(default_factory=dict)
    ended_ms: int | None = None
    split_plans: Mapping[str, tuple[Branch, ...]] = field(default_factory=dict)
    split_cue: str = ""
    splits: int = 0
    branches: tuple[Branch, ...] = ()
    rehearsal: bool = False
    drills: tuple[Drill, ...] = ()
    cut_ms: int | None = None
    root: McuName | None = None
    epoch: int = 1

    def is_barred(self, credential: str) -> bool:
        """Return True when whoever shows `credential` was removed and not let back."""
        bar = self.bars.get(credential)
        return bar is not None and bar.barred

    def removed(self) -> frozenset[SiteId]:
        """Return the sites from which somebody was removed and not let back."""
        return frozenset(bar.site for bar in self.bars.values() if bar.barred)

    def is_open(self) -> bool:
        """Return True once the conference has a plan."""
        return bool(self.conference)

    def is_present(self, site: SiteId) -> bool:
        """Return True when `site` is on the roster and its endpoint is connected."""
        row = self.sites.get(site)
        return row is not None and row.presence is Presence.PRESENT

    def is_admitted(self, site: SiteId) -> bool:
        """Return True when `site` takes part: it is here, or only its connection is lost."""
        row = self.sites.get(site)
        return row is not None and row.presence in (Presence.PRESENT, Presence.LOST)

    def waiting(self) -> Iterator[SiteId]:
        """Yield the sites that wait to be admitted, in roster order."""
        return (site for site, row in self.sites.items() if row.presence is Presence.WAITING)

    def present(self) -> Iterator[SiteId]:
        """Yield the sites that are here, in roster order."""
        return (site for site, row in self.sites.items() if row.presence is Presence.PRESENT)

    def is_privileged(self, site: SiteId) -> bool:
        """Return True when the lock on microphones does not bind `site`: floor and chair."""
        return site == self.chair_site or site in self.floor

    def mic_locked_for(self, site: SiteId) -> bool:
        """Return True when `site` may not open its microphone by itself now."""
        return self.mics_locked and not self.is_privileged(site)

    def hand_place(self, site: SiteId) -> int | None:
        """Return the place of `site` in the queue of raised hands, from 1, or None."""
        return self.hands.index(site) + 1 if site in self.hands else None

    def next_in_line(self) -> SiteId | None:
        """Return who is to speak next: whom the chair named, else whose turn is awaited or follows
        in the scenario, else the first hand; in a discussion the hands come before the scenario.
        Who is not here, or has the floor, is passed over.
        """
        named = (self.next_named,) if self.next_named is not None else ()
        running, planned = self.scenario.running(), self._planned_sites()
        if running is not None and running.kind is CueKind.DISCUSSION:
            line = (*named, *self.hands, *planned)
        else:
            line = (*named, *planned, *self.hands)
        return next((one for one in line if self.is_present(one) and one not in self.floor), None)

    def speaking(self) -> frozenset[SiteId]:
        """Return who has the floor and is here."""
        return frozenset(site for site in self.floor if self.is_present(site))

    def _planned_sites(self) -> tuple[SiteId, ...]:
        """Return whose turn is awaited now, then whose follows, in a scenario that has begun.

        Whoever follows an absent one speaks as soon as that turn is put off.
        """
        scenario = self.scenario
        if scenario.at is None:
            return ()
        step = self.following()
        turn = scenario.turn(step) if step is not None else None
        sites = (scenario.awaited, turn.site if turn is not None else None)
        return tuple(site for site in sites if site is not None)

    def following(self) -> Step | None:
        """Return the step that comes next here: while the meeting is split, what its branches'
        sites would say before they are back is theirs.
        """
        scenario = self.scenario
        for step in scenario.ahead():
            cue, turn = scenario.cue(step.cue), scenario.turn(step)
            if cue is not None and cue.kind is CueKind.MERGE:
                return step
            if turn is None or turn.site is None or self.branch_of(turn.site) is None:
                return step
        return None

    def branch_of(self, site: SiteId | None) -> Branch | None:
        """Return the branch that a site belongs to now."""
        return next((one for one in self.branches if site in one.sites), None)

    def snapshot(self) -> Snapshot:
        """Return what a chair's command can change, as it is now."""
        return Snapshot(
            floor=self.floor,
            hands=self.hands,
            asked=self.asked,
            open_mics=frozenset(site for site, row in self.sites.items() if row.mic),
            content=self.content,
            layout=self.layout,
            mics_locked=self.mics_locked,
            hands_via_parent=self.hands_via_parent,
            doors_ask=self.doors_ask,
            next_named=self.next_named,
            scenario=self.scenario,
            open_vote=self.votes.open.vote if self.votes.open is not None else None,
            shown_vote=self.votes.shown,
            split_cue=self.split_cue,
        )


EMPTY = ConferenceState(conference=ConferenceId(""), title="", chair_site=SiteId(""))
"""The state before the first event."""
