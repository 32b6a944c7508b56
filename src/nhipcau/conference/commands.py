"""What may be asked of a conference. One class for each word of the signalling protocol, and a few
that only the MCU itself gives (who came, who was lost, a restart).

A command that a person gives carries an `Actor`. A site's own commands name no site: they act for
the actor's seat, so that nobody can press another site's button.
"""

from dataclasses import dataclass

from nhipcau.conference.actor import Actor, Role
from nhipcau.conference.branch import PlannedSplit
from nhipcau.conference.carry_commands import CarriedRules, CarriedSite, CarriedStep, CarryOn
from nhipcau.conference.drill_commands import BeginDrill, DrillCommand, ReportDrill
from nhipcau.conference.gate_commands import (
    Bar,
    GateCommand,
    Lock,
    NoteBars,
    RefusePin,
    Remove,
    Restore,
    ShowRoster,
)
from nhipcau.conference.rollcall_commands import (
    CallRoll,
    ConfirmHere,
    NoteEvidence,
    PressHere,
    RollCommand,
    StopRoll,
)
from nhipcau.conference.scenario import Cue
from nhipcau.conference.scenario_commands import (
    Advance,
    Extend,
    GoBack,
    InsertCue,
    MoveCue,
    PutOff,
    ScenarioCommand,
    Skip,
)
from nhipcau.conference.vote_commands import (
    CastVote,
    CloseVote,
    OpenVote,
    RecordVote,
    ShowVote,
    VoteCommand,
)
from nhipcau.quantities import ConferenceId, EndpointId, McuName, SiteId

__all__ = [
    "Actor",
    "Admit",
    "Advance",
    "Bar",
    "BeginDrill",
    "CallRoll",
    "CarriedRules",
    "CarriedSite",
    "CarriedStep",
    "CarryOn",
    "CastVote",
    "CloseBranch",
    "CloseVote",
    "Command",
    "ConfirmHere",
    "EndByPlan",
    "EndMeeting",
    "Extend",
    "ForwardHand",
    "GateCommand",
    "GiveFloor",
    "GoBack",
    "InsertCue",
    "Lock",
    "LowerHand",
    "McuCommand",
    "Merge",
    "MoveCue",
    "Mute",
    "MuteAll",
    "NameNext",
    "NoteBars",
    "NoteEvidence",
    "Open",
    "OpenVote",
    "OwnCommand",
    "PersonCommand",
    "PressHere",
    "PutOff",
    "RecordVote",
    "RefusePin",
    "Remove",
    "ReportDrill",
    "Restart",
    "Restore",
    "Role",
    "RollCommand",
    "RosterRow",
    "ScenarioCommand",
    "SendPrompt",
    "SetCamera",
    "SetContent",
    "SetDoors",
    "SetHand",
    "SetHandsViaParent",
    "SetLayout",
    "SetMicrophone",
    "ShowRoster",
    "ShowVote",
    "SiteJoined",
    "SiteLeft",
    "SiteLost",
    "Skip",
    "StopContent",
    "StopRoll",
    "TakeFloor",
    "TakeOver",
    "Undo",
    "UndoableCommand",
    "VoteCommand",
]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A site of the plan."""

    site: SiteId
    name: str
    level: str
    parent: SiteId | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """The MCU: begin with this plan, or take over a changed plan of the same conference."""

    conference: ConferenceId
    title: str
    chair_site: SiteId
    layouts: tuple[str, ...]
    roster: tuple[RosterRow, ...]
    layout: str = "auto"
    guests: tuple[SiteId, ...] = ()
    scenario: tuple[Cue, ...] = ()
    splits: tuple[PlannedSplit, ...] = ()
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Restart:
    """The MCU: its process began again, so that no connection of before exists any more."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """The MCU: `mcu` is root from now on, of this epoch; connections are taken over, not lost."""

    mcu: McuName
    epoch: int


@dataclass(frozen=True, slots=True)
class SiteJoined:
    """The MCU: an endpoint of `site` was admitted.

    With `takeover` it replaces the endpoint in the seat; without, only a synthetic one yields.
    `credential` names what it was admitted by. `resumes`: it showed that it was admitted before.
    """

    site: SiteId
    endpoint: EndpointId
    capture: bool
    synthetic: bool = False
    takeover: bool = True
    credential: str = ""
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class SiteLost:
    """The MCU: the connection of `endpoint` broke; nobody meant it."""

    site: SiteId
    endpoint: EndpointId


@dataclass(frozen=True, slots=True)
class SiteLeft:
    """The MCU: `endpoint` said `leave`."""

    site: SiteId
    endpoint: EndpointId


@dataclass(frozen=True, slots=True)
class SetMicrophone:
    """`mic`: open or close the actor's own microphone."""

    actor: Actor
    open: bool


@dataclass(frozen=True, slots=True)
class SetCamera:
    """`camera`: the actor's room switched its camera on or off."""

    actor: Actor
    on: bool


@dataclass(frozen=True, slots=True)
class SetHand:
    """`hand`: the actor asks for the floor, at its parent where the meeting is set so; or no
    longer.
    """

    actor: Actor
    up: bool


@dataclass(frozen=True, slots=True)
class SetContent:
    """`content`: the actor shares a screen, or stops."""

    actor: Actor
    on: bool


@dataclass(frozen=True, slots=True)
class GiveFloor:
    """`give_floor`: to `site` alone, or `beside` the one who has it."""

    actor: Actor
    site: SiteId
    beside: bool = False


@dataclass(frozen=True, slots=True)
class TakeFloor:
    """`take_floor`: from `site`, or from everyone."""

    actor: Actor
    site: SiteId | None = None


@dataclass(frozen=True, slots=True)
class NameNext:
    """`next`: `site` is next in line, before any raised hand; None: nobody is named any more."""

    actor: Actor
    site: SiteId | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """`mute`: close the microphone of `site`."""

    actor: Actor
    site: SiteId


@dataclass(frozen=True, slots=True)
class MuteAll:
    """`mute_all`: close all microphones but the floor's and the chair's; `locked`: for good.

    With `locked` False an earlier lock ends.
    """

    actor: Actor
    locked: bool = False


@dataclass(frozen=True, slots=True)
class LowerHand:
    """`lower_hand`: take the hand of `site`, or its request at its parent, off the list."""

    actor: Actor
    site: SiteId


@dataclass(frozen=True, slots=True)
class StopContent:
    """`stop_content`: end the shared screen, whoever shares it."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class SetLayout:
    """`layout`: `auto` or a layout's name."""

    actor: Actor
    layout: str


@dataclass(frozen=True, slots=True)
class SetHandsViaParent:
    """`hands_via_parent`: from now on a request for the floor passes through the site's parent.

    Switched off, all requests that wait there go on to the chair.
    """

    actor: Actor
    on: bool


@dataclass(frozen=True, slots=True)
class ForwardHand:
    """`forward_hand`: pass the request of `site` on to the chair."""

    actor: Actor
    site: SiteId


@dataclass(frozen=True, slots=True)
class SetDoors:
    """`doors`: whoever joins from now on waits until admitted.

    Switched off, all who wait come in.
    """

    actor: Actor
    ask: bool


@dataclass(frozen=True, slots=True)
class Admit:
    """`admit`: let the waiting `site` in."""

    actor: Actor
    site: SiteId


@dataclass(frozen=True, slots=True)
class SendPrompt:
    """`prompt`: show a text in the room of `site`, with `subtree` below it, too; None: in all.

    An empty text takes away what was shown there.
    """

    actor: Actor
    text: str
    site: SiteId | None = None
    subtree: bool = False
    shown_s: int = 60


@dataclass(frozen=True, slots=True)
class Merge:
    """`merge`: end the branches of a split meeting; everybody comes back."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class CloseBranch:
    """The MCU: a branch of the meeting has ended by itself."""

    conference: ConferenceId


@dataclass(frozen=True, slots=True)
class EndMeeting:
    """`end_meeting`: the meeting is over, for everyone and for good."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class EndByPlan:
    """The MCU: the plan says that the meeting is over."""


@dataclass(frozen=True, slots=True)
class Undo:
    """`undo`: take back the last command of the chair."""

    actor: Actor


OwnCommand = SetMicrophone | SetCamera | SetHand | SetContent
# What the chair can take back within some seconds.
UndoableCommand = (
    GiveFloor
    | TakeFloor
    | NameNext
    | Mute
    | MuteAll
    | LowerHand
    | StopContent
    | SetLayout
    | SetHandsViaParent
    | SetDoors
    | ScenarioCommand
    | OpenVote
    | CloseVote
    | ShowVote
    | Merge
)
PersonCommand = (
    OwnCommand
    | UndoableCommand
    | GateCommand
    | ForwardHand
    | Admit
    | Undo
    | EndMeeting
    | CastVote
    | RecordVote
    | SendPrompt
    | RollCommand
    | DrillCommand
)
McuCommand = (
    Open
    | Restart
    | TakeOver
    | SiteJoined
    | SiteLost
    | SiteLeft
    | RefusePin
    | NoteBars
    | NoteEvidence
    | EndByPlan
    | CloseBranch
    | CarryOn
)
Command = PersonCommand | McuCommand
