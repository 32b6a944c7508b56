"""The in-memory twin of the reform store."""

from dataclasses import replace
from datetime import datetime

from nhipcau.org.record import TreeChange
from nhipcau.org.undoing import undone
from nhipcau.ports.reforms import AppliedReform, ReformNote, UnknownReformError
from nhipcau.storage.memorytree import MemoryTreeStore


class MemoryReformStore:
    """A `ReformStore` that forgets; `tree` is the tree that it changes."""

    def __init__(self, tree: MemoryTreeStore) -> None:
        self._tree = tree
        self._reforms: dict[int, tuple[AppliedReform, TreeChange, str]] = {}

    def reforms(self) -> tuple[AppliedReform, ...]:
        """Return every reform."""
        return tuple(reform for reform, _, _ in self._reforms.values())

    def table_of(self, number: int) -> str:
        """Return a table.

        Raises:
            UnknownReformError: there is none.
        """
        if number not in self._reforms:
            raise UnknownReformError(f"no reform has the number {number}")
        return self._reforms[number][2]

    def record_reform(self, change: TreeChange, after: int, note: ReformNote) -> int:
        """Keep the change and the note.

        Raises:
            StaleTreeError: the tree has another revision than `after`.
        """
        number = self._tree.record(change, after)
        reform = AppliedReform(number, change.day, change.act, note.file, note.at)
        self._reforms[number] = reform, change, note.table
        return number

    def change_of(self, number: int) -> TreeChange:
        """Return the change.

        Raises:
            UnknownReformError: there is none in force.
        """
        if number not in self._reforms or self._reforms[number][0].undone_at is not None:
            raise UnknownReformError(f"no reform in force has the number {number}")
        return self._reforms[number][1]

    def take_back(self, number: int, after: int, at: datetime) -> int:
        """Remove the change.

        Raises:
            StaleTreeError: the tree has another revision than `after`.
            UnknownReformError: there is none in force.
            BuiltUponError: something stands on it.
        """
        change = self.change_of(number)
        revision = self._tree.replace(lambda record: undone(record, change), after)
        reform, _, table = self._reforms[number]
        self._reforms[number] = replace(reform, undone_at=at), change, table
        return revision
