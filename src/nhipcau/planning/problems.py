"""A problem of a plan: where it is, what it is, and a sentence for the person who can repair it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a plan from being submitted; a warning and a note don't."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or worth a look.

    Attributes:
        part: where, as in `parts` ("cues/c7"); a table's name for all of it.
        code: what; for translations and programs.
        text: the sentence, in Vietnamese.
        field: the field of the part, if one is meant.
        severity: what it keeps from happening.
        values: what stands in the sentence, for translations.
    """

    part: str
    code: str
    text: str
    field: str = ""
    severity: Severity = Severity.ERROR
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """True when the plan can't be submitted with it."""
        return self.severity is Severity.ERROR
