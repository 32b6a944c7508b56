"""Why a verb did nothing. The face makes a status of the kind; the text is for a person."""

from nhipcau.access.policy import Refused


class PeopleError(Exception):
    """Any of these."""


class NotAllowedError(PeopleError):
    """The policy refused."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.detail)
        self.refused = refused


class SeparationError(PeopleError):
    """Nobody may do that: it would break the separation of duties."""


class WrongError(PeopleError):
    """A name, password or code that is not right; says no more than that."""


class TooSoonError(PeopleError):
    """After failures, or a flood: not before `retry_s` seconds."""

    def __init__(self, retry_s: float) -> None:
        super().__init__("too many tries: wait a moment")
        self.retry_s = retry_s


class UnknownError(PeopleError):
    """There is none of that id, or none that the actor may know of: both look alike."""


class ConflictError(PeopleError):
    """It can't be so now: a name is taken, or somebody else changed it meanwhile."""


class InvalidError(PeopleError):
    """A value that is not taken: a weak password, a bad name, a unit that is not there."""
