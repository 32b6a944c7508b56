"""What pages may say in votes, and the text cues of whoever leads."""

from typing import Annotated, Literal

from pydantic import Field

from nhipcau.web.message_parts import Code, CommandId, Message

VoteId = Annotated[str, Field(min_length=1, max_length=20)]
AnswerNumber = Annotated[int, Field(ge=0, lt=10)]


class VoteOpen(Message):
    """Chair: put a question to delegations."""

    type: Literal["vote_open"]
    question: str = Field(min_length=1, max_length=500)
    answers: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...],
        Field(min_length=2, max_length=10),
    ]
    delegations: Annotated[tuple[Code, ...], Field(min_length=1, max_length=800)]
    id: CommandId = None


class VoteCast(Message):
    """Room: answer the open vote."""

    type: Literal["vote_cast"]
    vote: VoteId
    answer: AnswerNumber
    id: CommandId = None


class VoteRecord(Message):
    """Chair, console, operator: write down what a delegation said by telephone."""

    type: Literal["vote_record"]
    vote: VoteId
    site: Code
    answer: AnswerNumber
    id: CommandId = None


class VoteClose(Message):
    """Chair: nobody can answer any more."""

    type: Literal["vote_close"]
    vote: VoteId
    id: CommandId = None


class VoteShow(Message):
    """Chair: put a vote on the screens; without one take it away."""

    type: Literal["vote_show"]
    vote: VoteId | None = None
    id: CommandId = None


class Prompt(Message):
    """Chair, console, operator: a text for one site, a part of the tree, or (not operator) all."""

    type: Literal["prompt"]
    text: str = Field(max_length=300)
    site: Code | None = None
    subtree: bool = False
    shown_s: int = Field(default=60, ge=1, le=3600)
    id: CommandId = None


VoteMessage = VoteOpen | VoteCast | VoteRecord | VoteClose | VoteShow
