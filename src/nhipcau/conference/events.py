"""What took effect. Each event changes one thing, and a conference is valid after every one of
them, so that a log cut anywhere is still a conference.

Every event carries `at_ms`, milliseconds since 1970-01-01 UTC, for the minutes. The names on disk
and on trunks stand in `wire.py`.
"""

from dataclasses import dataclass

from nhipcau.conference.commands import RosterRow
from nhipcau.quantities import ConferenceId, EndpointId, McuName, SiteId


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class SiteEvent(Event):
    """Base of the events of one site."""

    site: SiteId


@dataclass(frozen=True, slots=True)
class ConferenceOpened(Event):
    """The conference has this plan now; the roster follows in `SitesListed`."""

    conference: ConferenceId
    title: str
    chair_site: SiteId
    layouts: tuple[str, ...]
    layout: str


@dataclass(frozen=True, slots=True)
class SitesListed(Event):
    """These rows are on the roster: new ones at its end, known ones changed in place."""

    rows: tuple[RosterRow, ...]


@dataclass(frozen=True, slots=True)
class SiteUnlisted(SiteEvent):
    """The site is no longer on the roster."""


@dataclass(frozen=True, slots=True)
class SiteArrived(SiteEvent):
    """An endpoint took the empty seat."""

    endpoint: EndpointId
    capture: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class SiteWaited(SiteEvent):
    """An endpoint took the empty seat, but waits to be admitted."""

    endpoint: EndpointId
    capture: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class SiteAdmitted(SiteEvent):
    """The site that waited takes part."""


@dataclass(frozen=True, slots=True)
class EndpointReplaced(SiteEvent):
    """A newer endpoint took the seat from `replaced`."""

    endpoint: EndpointId
    replaced: EndpointId
    capture: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class ConnectionLost(SiteEvent):
    """The site's connection broke; its microphone, hand, floor and content wait for it."""

    endpoint: EndpointId


@dataclass(frozen=True, slots=True)
class SiteDeparted(SiteEvent):
    """The site left on purpose, or was lost while it waited to be admitted."""

    endpoint: EndpointId


@dataclass(frozen=True, slots=True)
class MicrophoneOpened(SiteEvent):
    """The site can be heard."""


@dataclass(frozen=True, slots=True)
class MicrophoneClosed(SiteEvent):
    """The site can't be heard."""


@dataclass(frozen=True, slots=True)
class SiteMuted(SiteEvent):
    """Somebody else closed the site's microphone; `by` is the role of whoever did."""

    by: str


@dataclass(frozen=True, slots=True)
class MicrophonesLocked(Event):
    """From now on only floor and chair may open a microphone, or (False) everyone again."""

    locked: bool


@dataclass(frozen=True, slots=True)
class CameraSwitched(SiteEvent):
    """The room switched its camera."""

    on: bool


@dataclass(frozen=True, slots=True)
class HandRaised(SiteEvent):
    """The site asks the chair for the floor, behind all who asked before."""


@dataclass(frozen=True, slots=True)
class HandAsked(SiteEvent):
    """The site asks for the floor at its parent, behind all who asked before."""


@dataclass(frozen=True, slots=True)
class HandLowered(SiteEvent):
    """The site asks no longer, neither the chair nor its parent."""


@dataclass(frozen=True, slots=True)
class FloorGiven(SiteEvent):
    """The site has the floor, beside whoever has it."""


@dataclass(frozen=True, slots=True)
class FloorTaken(SiteEvent):
    """The site has the floor no longer."""


@dataclass(frozen=True, slots=True)
class NextNamed(Event):
    """The site is next in line, before any raised hand; None: nobody is named any more."""

    site: SiteId | None


@dataclass(frozen=True, slots=True)
class ContentStarted(SiteEvent):
    """The site shares its screen."""


@dataclass(frozen=True, slots=True)
class ContentStopped(SiteEvent):
    """The site shares its screen no longer."""


@dataclass(frozen=True, slots=True)
class LayoutSet(Event):
    """The program has this layout, or `auto`."""

    layout: str


@dataclass(frozen=True, slots=True)
class HandsViaParentSet(Event):
    """Whether a request for the floor passes through the site's parent."""

    on: bool


@dataclass(frozen=True, slots=True)
class DoorsSet(Event):
    """Whether a site that joins waits until it is admitted."""

    ask: bool


@dataclass(frozen=True, slots=True)
class GuestsListed(Event):
    """These sites of the roster, and no others, are guests."""

    sites: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class CredentialShown(SiteEvent):
    """Whoever is in the seat was admitted by this credential."""

    credential: str


@dataclass(frozen=True, slots=True)
class CredentialBarred(SiteEvent):
    """The credential admits nobody to this meeting any more."""

    credential: str


@dataclass(frozen=True, slots=True)
class CredentialRestored(SiteEvent):
    """The credential admits again."""

    credential: str


@dataclass(frozen=True, slots=True)
class SiteRemoved(SiteEvent):
    """Whoever was in the seat was put out, or refused at the door."""


@dataclass(frozen=True, slots=True)
class MeetingLocked(Event):
    """Whether nobody new may come in."""

    locked: bool


@dataclass(frozen=True, slots=True)
class RosterShown(SiteEvent):
    """Whether this guest may see who takes part."""

    shown: bool


@dataclass(frozen=True, slots=True)
class PinRefused(SiteEvent):
    """A wrong PIN was typed with this guest's link."""


@dataclass(frozen=True, slots=True)
class PromptSent(Event):
    """A text is shown in rooms until then; empty: what was shown there no longer is.

    `site` None: in all; `subtree`: also in those below it; `by`: the role of whoever sent it.
    """

    text: str
    site: SiteId | None
    subtree: bool
    by: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class ConferenceEnded(Event):
    """The meeting is over: nobody is in it any more, and nothing follows.

    `by`: the role of whoever ended it, or `plan`.
    """

    by: str


@dataclass(frozen=True, slots=True)
class RootChanged(Event):
    """`mcu` is root from here on, of this epoch; each takeover raises it."""

    mcu: McuName
    epoch: int


@dataclass(frozen=True, slots=True)
class UndoPointSet(Event):
    """What follows is a chair's command that can be taken back; the state before it is kept."""


@dataclass(frozen=True, slots=True)
class UndoOffered(Event):
    """The command is done and can be taken back until `until_ms`."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class UndoSpent(Event):
    """The chair's last command is being taken back, or can't be any more."""
