"""The reform store port: reforms that were applied to the tree, and taking them back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from nhipcau.org.record import TreeChange


class UnknownReformError(Exception):
    """No reform that is in force has this number."""


@dataclass(frozen=True, slots=True)
class ReformNote:
    """What is kept of a reform beside the tree itself.

    Attributes:
        file: what the table was called.
        table: the table as it was given, UTF-8.
        at: when it was applied, in UTC.
    """

    file: str
    table: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AppliedReform:
    """A reform of the list: `number` is its change of the tree.

    Attributes:
        number: by which it is taken back.
        day: from which day on it holds.
        act: the paper that says so.
        file: what the table was called.
        at: when it was applied, in UTC.
        undone_at: when it was taken back, in UTC; None while it is in force.
    """

    number: int
    day: date
    act: str
    file: str
    at: datetime
    undone_at: datetime | None = None


class ReformStore(Protocol):
    """Keeps reforms beside the tree, in the same database. Calls block, as the tree store's do."""

    def reforms(self) -> tuple[AppliedReform, ...]:
        """Return every reform, the oldest first, those taken back among them.

        Raises:
            StoreError: the store can't be reached, as with every other method.
        """
        ...

    def table_of(self, number: int) -> str:
        """Return the table of a reform, in force or not.

        Raises:
            UnknownReformError: there is none of this number.
        """
        ...

    def record_reform(self, change: TreeChange, after: int, note: ReformNote) -> int:
        """Write the change and the note, both or nothing; return the reform's number.

        Raises:
            StaleTreeError: the tree has another revision than `after`.
        """
        ...

    def change_of(self, number: int) -> TreeChange:
        """Return the change of a reform that is in force, as it was recorded.

        Raises:
            UnknownReformError: there is none of this number, or it was taken back.
        """
        ...

    def take_back(self, number: int, after: int, at: datetime) -> int:
        """Remove the change from the tree, all of it or nothing; return the new revision.

        Whether it may be removed is asked before (`org.undoing`). A room or a unit that came with
        it and that another table of the store names is noticed here only.

        Raises:
            StaleTreeError: the tree has another revision than `after`.
            UnknownReformError: as in `change_of`.
            BuiltUponError: other data of the store names what came with it.
        """
        ...
