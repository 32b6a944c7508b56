"""The cabinet port: small documents by drawer and key, each with a revision.

Templates, contacts, the inventory of MCUs, check-offs and the cards of papers are kept here: things
that are read by their key, written whole, and never asked for in another way.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from nhipcau.ports.plans import Signature


class StaleCardError(Exception):
    """Somebody else wrote the document meanwhile; `now` is as it is (None: it is gone)."""

    def __init__(self, now: "Card | None") -> None:
        self.now = now
        super().__init__("the document was changed meanwhile")


@dataclass(frozen=True, slots=True)
class Card:
    """One document.

    Attributes:
        key: unique in its drawer; keys that belong together begin alike ("MEETING/…").
        revision: 1 when it is new, and one more each time it is written.
        value: JSON.
        signed: who wrote it last.
    """

    key: str
    revision: int
    value: Any
    signed: Signature


class Cabinet(Protocol):
    """Keeps documents. Calls block and may come from any thread, several at once.

    Every method raises StoreError when the store can't be reached.
    """

    def cards(self, drawer: str, prefix: str = "") -> tuple[Card, ...]:
        """Return the documents of a drawer whose keys begin so, by their keys."""
        ...

    def some(self, drawer: str, keys: Collection[str]) -> tuple[Card, ...]:
        """Return those of some documents that are there, by their keys."""
        ...

    def card(self, drawer: str, key: str) -> Card | None:
        """Return one document; None where there is none."""
        ...

    def put(self, drawer: str, card: Card, after: int | None) -> Card:
        """Write a document; return it with its new revision.

        Args:
            drawer: where.
            card: its revision doesn't count.
            after: the revision that its author saw, 0 for none; None: whatever is there.

        Raises:
            StaleCardError: another revision is there; nothing was written.
        """
        ...

    def remove(self, drawer: str, key: str, after: int | None) -> None:
        """Take a document away; nothing happens where there is none and `after` is None.

        Raises:
            StaleCardError: another revision is there; nothing was removed.
        """
        ...
