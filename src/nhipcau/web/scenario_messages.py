"""What a chair's page may say about the scenario. `seen` is the revision that the page shows."""

from typing import Annotated, Literal

from pydantic import Field

from nhipcau.web.message_parts import Code, CommandId, Message

Seen = Annotated[int, Field(ge=0, le=2**53)]
CueId = Annotated[str, Field(min_length=1, max_length=80)]


class CueNext(Message):
    """Chair: the step that follows begins."""

    type: Literal["cue_next"]
    seen: Seen
    id: CommandId = None


class CueBack(Message):
    """Chair: the step before begins again."""

    type: Literal["cue_back"]
    seen: Seen
    id: CommandId = None


class CuePutOff(Message):
    """Chair: the running step comes later, the next one begins."""

    type: Literal["cue_put_off"]
    seen: Seen
    id: CommandId = None


class CueSkip(Message):
    """Chair: pass over a cue or one turn of it, or no longer."""

    type: Literal["cue_skip"]
    seen: Seen
    cue: CueId
    turn: Annotated[str, Field(max_length=20)] | None = None
    on: bool = True
    id: CommandId = None


class CueMove(Message):
    """Chair: a cue that has not come comes behind another; without one next of all."""

    type: Literal["cue_move"]
    seen: Seen
    cue: CueId
    after: CueId | None = None
    id: CommandId = None


class CueExtend(Message):
    """Chair: the running step takes so many minutes more, or less."""

    type: Literal["cue_extend"]
    seen: Seen
    minutes: int = Field(ge=-600, le=600)
    id: CommandId = None


class CueInsert(Message):
    """Chair: put in a cue in which a site speaks, or nobody."""

    type: Literal["cue_insert"]
    seen: Seen
    title: str = Field(default="", max_length=200)
    minutes: int = Field(ge=0, le=600)
    site: Code | None = None
    after: CueId | None = None
    id: CommandId = None


class Merge(Message):
    """Chair: end the branches of a split meeting; everybody comes back."""

    type: Literal["merge"]
    id: CommandId = None


ScenarioMessage = CueNext | CueBack | CuePutOff | CueSkip | CueMove | CueExtend | CueInsert | Merge
