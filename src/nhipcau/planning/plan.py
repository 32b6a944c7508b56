"""The plan of a meeting: what is written before it begins, frozen and checked in shape.

    Plan = Header + participants, cues, tasks, cases, papers (rows in an order) + stand-ins

Whether the plan makes sense (does the speaker take part, do the times fit) is `checks`'. Rows are
known by an id that never changes; `place` says where a row stands (see `ordering`).
"""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    WithJsonSchema,
)

from nhipcau.planning.zones import known_zone


def _nfc(text: str) -> str:
    """Return text in NFC without control letters but line ends; all that is kept looks alike."""
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if any(unicodedata.category(letter) == "Cc" and letter != "\n" for letter in plain):
        raise ValueError("holds a control character")
    return plain


MAX_TITLE = 500
Line = Annotated[str, StringConstraints(max_length=MAX_TITLE), AfterValidator(_nfc)]
"""One line of text; may be empty."""

Prose = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_nfc)]
"""A few sentences; may be empty."""

RowId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
"""Names a row for ever; whoever adds the row chooses it."""

Key = Annotated[str, StringConstraints(max_length=50)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, "07:45", in the zone of the meeting."""

# The format `date-time` of JSON Schema would ask for a zone.
LocalMoment = Annotated[
    NaiveDatetime,
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$"}),
]
"""Day and time in the zone of the meeting, "2024-01-25T08:00"."""

Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(known_zone)]
Minutes = Annotated[int, Field(ge=0, le=1440)]
UnitRef = Annotated[str, StringConstraints(min_length=1, max_length=36)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(_Part):
    """A row of a table: its id and where it stands."""

    id: RowId
    place: str = Field(default="", max_length=200, pattern=r"^[0-9A-Za-z]*$")


class Header(_Part):
    """What stands above the scenario.

    Attributes:
        title: as on the invitation.
        kind: key of a `MeetingKind`.
        host: the unit that chairs (cơ quan chủ trì); empty until chosen.
        starts: when the meeting opens, local time of `zone`; None until chosen.
        secret: is the content a state secret? None: not answered yet. Never True: such a meeting
            is refused.
        urgent: called at short notice; the lead times don't count.
        site_limit: how many sites may take part.
        layout: of the program at the start.
        venue: where the chairing room is, in words.
        summary: what the meeting is about, for the invitation.
        signer: who signs the invitation: office and name.
        rehearses: this is the general rehearsal of that meeting, by its id; "": it is none. It is
            set when the rehearsal is made, and never changed.
    """

    title: Line = ""
    kind: Key = "provincial"
    host: str = Field(default="", max_length=36)
    starts: LocalMoment | None = None
    zone: Zone = "Asia/Ho_Chi_Minh"
    secret: Literal[False] | None = None
    urgent: bool = False
    site_limit: int = Field(default=160, ge=1, le=2000)
    layout: Key = "auto"
    venue: Line = ""
    summary: Prose = ""
    signer: Line = ""
    rehearses: str = Field(default="", max_length=64)

    def opening(self) -> datetime | None:
        """Return when the meeting opens, in its zone."""
        return None if self.starts is None else self.starts.replace(tzinfo=ZoneInfo(self.zone))


class Role(StrEnum):
    """What a participant does in the meeting."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    REPORTING = "reporting"
    LISTENING = "listening"
    OBSERVING = "observing"


class PickKind(StrEnum):
    """What a line of the list of participants picks."""

    LEVEL = "level"
    SUBTREE = "subtree"
    UNIT = "unit"
    GUEST = "guest"


class Pick(Row):
    """One line of the list of participants.

    Attributes:
        kind: what it picks.
        level: for a level: its key.
        unit: for a subtree or a unit: which; for a guest: in whose room the guest sits, if any.
        name: for a guest: who.
        role: of all that it picks; a unit picked by itself keeps that role within a level.
    """

    kind: PickKind
    level: Key = ""
    unit: str = Field(default="", max_length=36)
    name: Line = ""
    role: Role = Role.LISTENING


class Turn(_Part):
    """Somebody speaks: a unit, or a guest by the id of its line; for so long, if that is set."""

    unit: str = Field(default="", max_length=36)
    guest: str = Field(default="", max_length=40)
    speaker: Line = ""
    minutes: Minutes | None = None


class CueKind(StrEnum):
    """What a cue is; a split begins the meetings of the units below, a merge ends them."""

    ITEM = "item"
    ROLL_CALL = "roll_call"
    DISCUSSION = "discussion"
    VOTE = "vote"
    SPLIT = "split"
    MERGE = "merge"
    BREAK = "break"


class Ballot(_Part):
    """A vote: one answer for each delegation."""

    question: Line
    answers: tuple[Line, ...] = Field(
        default=("Đồng ý", "Không đồng ý", "Ý kiến khác"), min_length=2, max_length=10
    )
    delegations: tuple[UnitRef, ...] = Field(default=(), max_length=2000)


class Cue(Row):
    """One step of the scenario.

    Attributes:
        at: begins at this time and no other; None: when the one before has ended.
        minutes: how long; None: as long as its turns together.
        turns: who speaks, in order.
        who: the same in words, as a run sheet says it.
        open_turns, turn_minutes: a discussion: at most so many speakers, called by the chair, each
            for so long.
        layout: of the program; picture: the same in words.
        papers: ids of the papers that are shown.
        note: to the technicians.
        split_level: a split: units of this level meet with those below them.
        ballot: a vote.
    """

    kind: CueKind = CueKind.ITEM
    title: Line = ""
    at: ClockTime | None = None
    minutes: Minutes | None = None
    turns: tuple[Turn, ...] = Field(default=(), max_length=200)
    who: Line = ""
    open_turns: int = Field(default=0, ge=0, le=200)
    turn_minutes: Minutes | None = None
    layout: Key = "auto"
    picture: Line = ""
    papers: tuple[RowId, ...] = Field(default=(), max_length=50)
    note: Prose = ""
    split_level: Key = ""
    ballot: Ballot | None = None


class Phase(StrEnum):
    """When a task is to be done, seen from the meeting."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Due(_Part):
    """When a task is due, counted from the meeting's day so that a copy moves with its meeting.

    Attributes:
        days: working days after the meeting's day; before it, if negative.
        at: the time of that day, if it is set.
        until: the end, of what takes a while.
        at_latest: True: any earlier day will do ("≤ 19/01").
    """

    days: int = Field(ge=-120, le=120)
    at: ClockTime | None = None
    until: ClockTime | None = None
    at_latest: bool = False


class Task(Row):
    """A row of the responsibility table.

    Attributes:
        parties: keys of `Party`: whose part it is.
        units: whose contacts are shown; empty: those that the parties stand for.
        who: the same in words.
    """

    phase: Phase
    text: Prose
    parties: tuple[Key, ...] = Field(default=(), max_length=20)
    units: tuple[UnitRef, ...] = Field(default=(), max_length=200)
    who: Line = ""
    due: Due | None = None


class Case(Row):
    """A row of the backup plan: what goes wrong, and then who does what.

    Attributes:
        case: key of a `FailureCase`, or empty for a case of one's own.
        within: how soon, in words.
        who: who acts.
        decides: who decides.
        call: parties to be called.
        announce: what is announced.
    """

    case: Key = ""
    trigger: Line
    action: Prose = ""
    within: Line = ""
    who: Line = ""
    decides: Line = ""
    call: tuple[Key, ...] = Field(default=(), max_length=20)
    announce: Prose = ""


class Paper(Row):
    """A paper of the meeting; its file comes later (see `papers`).

    Attributes:
        restricted: holds personal data: not shown on a screen, not recorded.
        by: who writes it.
    """

    title: Line
    restricted: bool = False
    by: Line = ""


class StandIn(Row):
    """Which MCUs stand in for the one that is the row's id, in order of preference."""

    by: tuple[Key, ...] = Field(min_length=1, max_length=10)


class Plan(_Part):
    """All of it; rows in their order."""

    header: Header = Header()
    participants: tuple[Pick, ...] = ()
    cues: tuple[Cue, ...] = ()
    tasks: tuple[Task, ...] = ()
    cases: tuple[Case, ...] = ()
    papers: tuple[Paper, ...] = ()
    standins: tuple[StandIn, ...] = ()
