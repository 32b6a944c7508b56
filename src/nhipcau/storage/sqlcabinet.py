"""The cabinet on SQLite or PostgreSQL."""

import json
from collections.abc import Collection
from dataclasses import replace
from itertools import batched
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from nhipcau.ports.cabinet import Card, StaleCardError
from nhipcau.ports.plans import Signature
from nhipcau.storage.database import storing
from nhipcau.storage.plan_tables import CardRow, table_of

_CARD = table_of(CardRow)
# SQLite takes so many values in one question on every machine.
_MOST_KEYS = 500


class SqlCabinet:
    """A `Cabinet` in a database that `migrate` has brought to the newest shape.

    Args:
        engine: from `open_database`; whoever opened it closes it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cards(self, drawer: str, prefix: str = "") -> tuple[Card, ...]:
        """Return the documents of a drawer whose keys begin so, by their keys."""
        chosen = select(_CARD).where(_CARD.c.drawer == drawer)
        if prefix:
            chosen = chosen.where(_CARD.c.key.startswith(prefix, autoescape=True))
        with storing(), self._engine.connect() as connection:
            rows = connection.execute(chosen)
            # SQLite and PostgreSQL sort letters in different orders, and LIKE of the former takes
            # no notice of case.
            found = [_card(row) for row in rows if row.key.startswith(prefix)]
        return tuple(sorted(found, key=lambda card: card.key))

    def some(self, drawer: str, keys: Collection[str]) -> tuple[Card, ...]:
        """Return those of some documents that are there, by their keys."""
        found: list[Card] = []
        wanted = sorted(set(keys))
        with storing(), self._engine.connect() as connection:
            for part in batched(wanted, _MOST_KEYS):
                chosen = select(_CARD).where(_CARD.c.drawer == drawer, _CARD.c.key.in_(part))
                found += [_card(row) for row in connection.execute(chosen)]
        return tuple(sorted(found, key=lambda card: card.key))

    def card(self, drawer: str, key: str) -> Card | None:
        """Return one document; None where there is none."""
        with storing(), self._engine.connect() as connection:
            return _read(connection, drawer, key)

    def put(self, drawer: str, card: Card, after: int | None) -> Card:
        """Write a document; return it with its new revision.

        Raises:
            StaleCardError: another revision is there; nothing was written.
        """
        # A transaction that writes first waits for its turn; one that reads first would be told on
        # SQLite that what it read is out of date.
        with storing():
            try:
                with self._engine.begin() as connection:
                    revision = _write(connection, drawer, card, after)
            except IntegrityError:
                revision = None
        if revision is None:
            raise StaleCardError(self.card(drawer, card.key))
        return replace(card, revision=revision)

    def remove(self, drawer: str, key: str, after: int | None) -> None:
        """Take a document away.

        Raises:
            StaleCardError: another revision is there; nothing was removed.
        """
        there = _at(drawer, key)
        if after is not None:
            there = (*there, _CARD.c.revision == after)
        with storing(), self._engine.begin() as connection:
            removed = connection.execute(delete(_CARD).where(*there)).rowcount
        if after is not None and not removed:
            raise StaleCardError(self.card(drawer, key))


def _write(connection: Connection, drawer: str, card: Card, after: int | None) -> int | None:
    """Write over what is there, or add; return the new revision, None where another one is there.

    Raises:
        IntegrityError: somebody else added it first.
    """
    cells = {
        "value": json.dumps(card.value, ensure_ascii=False),
        "account": card.signed.account,
        "name": card.signed.name,
        "at_s": card.signed.at_s,
    }
    there = _at(drawer, card.key)
    if after != 0:
        seen = there if after is None else (*there, _CARD.c.revision == after)
        moved = update(_CARD).where(*seen).values(revision=_CARD.c.revision + 1, **cells)
        if connection.execute(moved).rowcount:
            return int(connection.execute(select(_CARD.c.revision).where(*there)).scalar_one())
        if after is not None:
            return None
    connection.execute(insert(_CARD).values(drawer=drawer, key=card.key, revision=1, **cells))
    return 1


def _at(drawer: str, key: str) -> tuple[Any, ...]:
    return _CARD.c.drawer == drawer, _CARD.c.key == key


def _read(connection: Connection, drawer: str, key: str) -> Card | None:
    row = connection.execute(select(_CARD).where(*_at(drawer, key))).first()
    return None if row is None else _card(row)


def _card(row: "Row[Any]") -> Card:
    signed = Signature(row.account, row.name, row.at_s)
    return Card(row.key, row.revision, json.loads(row.value), signed)
