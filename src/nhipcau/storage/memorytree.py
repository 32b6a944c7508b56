"""The in-memory twin of the tree store."""

from collections.abc import Callable
from threading import Lock

from nhipcau.org.record import TreeChange, TreeRecord, change_record
from nhipcau.ports.tree import StaleTreeError


class MemoryTreeStore:
    """A `TreeStore` that forgets."""

    def __init__(self) -> None:
        self._record = TreeRecord()
        self._lock = Lock()

    def revision(self) -> int:
        """Return the revision."""
        return self._record.revision

    def load(self) -> TreeRecord:
        """Return everything."""
        return self._record

    def record(self, change: TreeChange, after: int) -> int:
        """Keep the change.

        Raises:
            StaleTreeError: the store has another revision than `after`.
        """
        return self.replace(lambda record: change_record(record, change), after)

    def replace(self, step: Callable[[TreeRecord], TreeRecord], after: int) -> int:
        """Put in the record's place what `step` makes of it; return the new revision.

        Raises:
            StaleTreeError: the store has another revision than `after`.
        """
        with self._lock:
            if self._record.revision != after:
                raise StaleTreeError(f"the tree has revision {self._record.revision}, not {after}")
            self._record = step(self._record)
            return self._record.revision

    def close(self) -> None:
        """Do nothing."""
