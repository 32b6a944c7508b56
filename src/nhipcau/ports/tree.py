"""The tree store port: where the tree of units is kept between runs."""

from typing import Protocol

from nhipcau.org.record import TreeChange, TreeRecord


class StaleTreeError(Exception):
    """Somebody else changed the tree meanwhile: load it again and look again."""


class TreeStore(Protocol):
    """Keeps the tree. Calls block and may come from any thread, several at once."""

    def revision(self) -> int:
        """Return the revision of what is kept; 0 is the empty tree. Quick: asked before each use.

        Raises:
            StoreError: the store can't be reached, as with every other method.
        """
        ...

    def load(self) -> TreeRecord:
        """Return everything, as it was at one moment."""
        ...

    def record(self, change: TreeChange, after: int) -> int:
        """Write the whole change or nothing of it; return the new revision.

        Args:
            change: to be applied to the tree of revision `after`.
            after: the revision for which the change was planned.

        Raises:
            StaleTreeError: the store has another revision.
        """
        ...

    def close(self) -> None:
        """Let go of it; may be called twice."""
        ...


class StoreError(Exception):
    """The store can't be reached, or holds what this version can't read; one line for a person."""


class UnfitValueError(StoreError):
    """A value that no store can keep, such as a text with NUL or a number beyond 64 bits."""
