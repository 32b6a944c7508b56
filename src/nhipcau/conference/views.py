"""What a page is told of the conference: `state` for one seat, and rows of the roster.

The fields are those of docs/PROTOCOL.md, name for name. What no event changes (who is loudest, what
a line loses, who is in which cell) is measured elsewhere and comes in as an argument.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from nhipcau.conference.arrange import Arrangement
from nhipcau.conference.commands import Actor, Role
from nhipcau.conference.lineage import is_within
from nhipcau.conference.prompt import prompt_for
from nhipcau.conference.rollcall_views import RollOfRoom, roll_of_room
from nhipcau.conference.scenario_views import CueNow, cue_now
from nhipcau.conference.speaking import NOT_SPOKEN
from nhipcau.conference.state import ConferenceState, Presence, SiteState
from nhipcau.conference.vote_views import VoteNow, vote_now
from nhipcau.quantities import SiteId


class Tally(StrEnum):
    """What a room must know from afar: others hear or await it; it is next in line; it listens."""

    ON_AIR = "on_air"
    NEXT = "next"
    LISTEN = "listen"


@dataclass(frozen=True, slots=True)
class SiteRef:
    """A site and its name."""

    site: SiteId
    name: str


@dataclass(frozen=True, slots=True)
class MicView:
    """The own microphone; `locked`: it can't be opened here now."""

    open: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class PromptNow:
    """A text that the room shows until then; `by` is the role of whoever sent it."""

    number: int
    text: str
    by: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class Scene:
    """The part of `state` that is the same for every seat; made once for each change.

    `asking` holds, for each parent, the requests that wait there, in order.
    """

    seq: int
    hands: int
    floor: tuple[SiteRef, ...]
    next: SiteRef | None
    speaker: SiteRef | None
    content: SiteRef | None
    layout: str
    shown: str
    cells: tuple[SiteRef | None, ...]
    present: int
    invited: int
    undo_ms: int
    mics_locked: bool
    hands_via_parent: bool
    doors_ask: bool
    locked: bool
    cue: CueNow | None
    asking: Mapping[SiteId, tuple[SiteRef, ...]]


@dataclass(frozen=True, slots=True)
class SiteView:
    """The `state` message for one seat, or for a page without one."""

    seq: int
    tally: Tally
    mic: MicView
    camera: bool
    hand: int | None
    asked: bool
    waiting: bool
    asking: tuple[SiteRef, ...]
    hands: int
    sharing: bool
    floor: tuple[SiteRef, ...]
    next: SiteRef | None
    speaker: SiteRef | None
    content: SiteRef | None
    layout: str
    shown: str
    cells: tuple[SiteRef | None, ...]
    present: int
    invited: int
    undo_ms: int
    mics_locked: bool
    hands_via_parent: bool
    doors_ask: bool
    locked: bool
    guest: bool
    cue: CueNow | None
    vote: VoteNow | None
    prompt: PromptNow | None
    roll: RollOfRoom | None


@dataclass(frozen=True, slots=True)
class Meter:
    """What is measured of a site.

    Attributes:
        level_dbov: sound level, -127 to 0.
        loss: share of packets that don't arrive there, 0 to 1.
        rung: what of the program its line carries; `sound` for no picture.
    """

    level_dbov: int | None = None
    loss: float | None = None
    rung: str | None = None


@dataclass(frozen=True, slots=True)
class RosterView:
    """One row of `roster` and `roster_delta`."""

    site: SiteId
    name: str
    level: str
    parent: SiteId | None
    present: bool
    state: str
    mic: bool
    camera: bool
    hand: int | None
    asked: bool
    floor: bool
    sharing: bool
    synthetic: bool
    level_dbov: int | None
    loss: float | None
    rung: str | None
    capture: bool
    guest: bool
    removed: bool
    roster_shown: bool
    spoken_ms: int
    speaks_since_ms: int | None
    branch: str = ""


NO_METER = Meter()


def tally(state: ConferenceState, site: SiteId | None) -> Tally:
    """Return the tally of `site`: on air with the floor or an open microphone, next when
    named so or with the first hand in the queue.
    """
    row = state.sites.get(site) if site is not None else None
    if row is None:
        return Tally.LISTEN
    if row.mic or row.site in state.floor:
        return Tally.ON_AIR
    return Tally.NEXT if state.next_in_line() == row.site else Tally.LISTEN


def scene(state: ConferenceState, arrangement: Arrangement, speaker: SiteId | None) -> Scene:
    """Return what every seat is told alike.

    Args:
        state: the conference.
        arrangement: the program's picture now, or another view's.
        speaker: who is heard most now, None when nobody is.
    """
    return Scene(
        seq=state.seq,
        hands=len(state.hands),
        floor=tuple(_refs(state, state.floor)),
        next=_ref(state, state.next_in_line()),
        speaker=_ref(state, speaker),
        content=_ref(state, state.content),
        layout=state.layout,
        shown=arrangement.shown,
        cells=tuple(_ref(state, site) for site in arrangement.cells),
        present=sum(1 for _ in state.present()),
        invited=len(state.sites),
        undo_ms=state.undo.until_ms if state.undo is not None else 0,
        mics_locked=state.mics_locked,
        hands_via_parent=state.hands_via_parent,
        doors_ask=state.doors_ask,
        locked=state.locked,
        cue=cue_now(state),
        asking=_asking(state),
    )


def site_view(
    state: ConferenceState,
    site: SiteId | None,
    common: Scene,
    subtree: SiteId | None = None,
) -> SiteView:
    """Return the `state` message of `site`; of a page without a seat when `site` is None.

    `common` is `scene()` of the same state. With `subtree`, an operator's, `asking` are all
    requests in it that wait to be passed on.
    """
    row = state.sites.get(site) if site is not None else None
    waiting = row is not None and row.presence is Presence.WAITING
    if row is not None and row.site in state.guests:
        common = _for_guest(state, row, common)
    asking = () if row is None else common.asking.get(row.site, ())
    return SiteView(
        seq=common.seq,
        tally=tally(state, site),
        mic=MicView(
            open=row is not None and row.mic,
            locked=row is None or waiting or state.mic_locked_for(row.site),
        ),
        camera=row is not None and row.camera,
        hand=None if row is None else state.hand_place(row.site),
        asked=row is not None and row.site in state.asked,
        waiting=waiting,
        asking=_asking_in(state, subtree) if subtree is not None else asking,
        hands=common.hands,
        sharing=row is not None and state.content == row.site,
        floor=common.floor,
        next=common.next,
        speaker=common.speaker,
        content=common.content,
        layout=common.layout,
        shown=common.shown,
        cells=common.cells,
        present=common.present,
        invited=common.invited,
        undo_ms=common.undo_ms,
        mics_locked=common.mics_locked,
        hands_via_parent=common.hands_via_parent,
        doors_ask=common.doors_ask,
        locked=common.locked,
        guest=row is not None and row.site in state.guests,
        cue=common.cue,
        vote=None if waiting else vote_now(state, site),
        prompt=None if row is None else _prompt(state, row.site),
        roll=roll_of_room(state, site),
    )


def _for_guest(state: ConferenceState, row: SiteState, common: Scene) -> Scene:
    """Return what a guest is told: nothing at the door, and who takes part only if let."""
    if row.presence is Presence.WAITING:
        common = replace(
            common,
            floor=(),
            next=None,
            speaker=None,
            content=None,
            hands=0,
            cells=(),
            shown="",
            layout="",
            cue=None,
        )
    if row.site in state.roster_shown:
        return common
    return replace(common, present=0, invited=0, cells=())


def may_see(state: ConferenceState, actor: Actor, site: SiteId) -> bool:
    """Return True when `site` is among the roster's rows that `actor` is shown.

    Chair and console see all of them, an operator its subtree, a room none.
    """
    if site not in state.sites or actor.role is Role.SITE:
        return False
    if actor.role is not Role.OPERATOR:
        return True
    return actor.subtree is not None and is_within(state, site, actor.subtree)


def visible_sites(state: ConferenceState, actor: Actor) -> tuple[SiteId, ...]:
    """Return the sites whose rows `actor` is shown, in roster order; see `may_see`."""
    return tuple(site for site in state.sites if may_see(state, actor, site))


def participants(state: ConferenceState, site: SiteId | None) -> tuple[SiteRef, ...]:
    """Return who takes part, for a guest that may see it; nobody for any other."""
    if site is None or site not in state.roster_shown or not state.is_admitted(site):
        return ()
    return tuple(_refs(state, state.present()))


def roster_row(state: ConferenceState, site: SiteId, meter: Meter = NO_METER) -> RosterView:
    """Return the roster's row of `site`.

    Raises:
        KeyError: the site is not on the roster.
    """
    row = state.sites[site]
    spoken, branch = state.spoken.get(site, NOT_SPOKEN), state.branch_of(site)
    apart = branch is not None and row.presence is Presence.LOST
    return RosterView(
        site=site,
        name=row.name,
        level=row.level,
        parent=row.parent,
        present=row.presence is Presence.PRESENT,
        # Who meets apart is not lost here, though its connection is elsewhere.
        state=(Presence.ABSENT if apart else row.presence).value,
        mic=row.mic,
        camera=row.camera,
        hand=state.hand_place(site),
        asked=site in state.asked,
        floor=site in state.floor,
        sharing=state.content == site,
        synthetic=row.synthetic,
        level_dbov=meter.level_dbov,
        loss=meter.loss,
        rung=meter.rung,
        capture=row.capture,
        guest=site in state.guests,
        removed=any(bar.site == site and bar.barred for bar in state.bars.values()),
        roster_shown=site in state.roster_shown,
        spoken_ms=spoken.spent_ms,
        speaks_since_ms=spoken.since_ms,
        branch=branch.name if branch is not None else "",
    )


def _prompt(state: ConferenceState, site: SiteId) -> PromptNow | None:
    sent = prompt_for(state, site)
    return None if sent is None else PromptNow(sent.number, sent.text, sent.by, sent.until_ms)


def _asking(state: ConferenceState) -> Mapping[SiteId, tuple[SiteRef, ...]]:
    asking: dict[SiteId, tuple[SiteRef, ...]] = {}
    for site in state.asked:
        row = state.sites[site]
        if row.parent is not None:
            asking[row.parent] = (*asking.get(row.parent, ()), SiteRef(site, row.name))
    return asking


def _asking_in(state: ConferenceState, subtree: SiteId) -> tuple[SiteRef, ...]:
    within = (site for site in state.asked if is_within(state, site, subtree))
    return tuple(_refs(state, within))


def _ref(state: ConferenceState, site: SiteId | None) -> SiteRef | None:
    row = state.sites.get(site) if site is not None else None
    return None if row is None else SiteRef(row.site, row.name)


def _refs(state: ConferenceState, sites: Iterable[SiteId]) -> Iterable[SiteRef]:
    return (SiteRef(site, state.sites[site].name) for site in sites)
