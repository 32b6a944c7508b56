"""What is data and not logic: kinds of meetings, parties, cases of failure, lead times, duties.

data/rules.toml ──▶ Rules
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    name_en: str


class MeetingKind(_Rule):
    """A kind of meeting.

    Attributes:
        reach: "tree": anyone may take part; "subtree": only the host and units below it.
        host_levels: of which levels the host may be; empty: any.
        urgent: always at short notice, so that the lead times don't count.
    """

    reach: Literal["tree", "subtree"]
    host_levels: tuple[str, ...] = ()
    urgent: bool = False


class Party(_Rule):
    """A column of the responsibility table; `stands_for` is "host", "level:KEY" or nothing."""

    stands_for: str = ""


class FailureCase(_Rule):
    """Something that may go wrong; a required one must be in a plan that is submitted."""

    required: bool = False


class LeadTime(_Rule):
    """What must be done so many working days before the meeting (negative), and who says so."""

    days: int
    source: str


class ModelDuty(_Rule):
    """A task that a responsibility table may begin with; `name` is its text.

    Attributes:
        phase: before, during or after the meeting.
        parties: whose part it is; who: the same in words.
        days: due so many working days from the meeting's day; None: no day is said.
        minutes: due so many minutes before the opening, on the day itself.
        at_latest: any earlier time will do.
        source: who says so.
    """

    phase: Literal["before", "during", "after"]
    parties: tuple[str, ...]
    who: str = ""
    days: int | None = None
    minutes: int | None = None
    at_latest: bool = False
    source: str


class Rules(BaseModel):
    """All of them, by their keys, in the order of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: Mapping[str, MeetingKind]
    parties: Mapping[str, Party]
    cases: Mapping[str, FailureCase]
    leads: Mapping[str, LeadTime]
    duties: Mapping[str, ModelDuty]


def parse_rules(text: str) -> Rules:
    """Return the rules of a TOML file.

    Raises:
        ValueError: it is no TOML, or a rule is not as described here.
    """
    tables = tomllib.loads(text)
    return Rules.model_validate(
        {
            target: {one["key"]: one for one in tables.get(name, ())}
            for name, target in _TABLES.items()
        }
    )


_TABLES = {
    "kind": "kinds",
    "party": "parties",
    "case": "cases",
    "lead": "leads",
    "duty": "duties",
}


@cache
def shipped_rules() -> Rules:
    """Return the rules that a new system starts with."""
    text = files("nhipcau.planning").joinpath("data/rules.toml").read_text(encoding="utf-8")
    return parse_rules(text)
