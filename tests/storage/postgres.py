"""A PostgreSQL server for the tests, gone after them; it need not survive the loss of power."""

from collections.abc import Iterator
from contextlib import contextmanager

from nhipcau.bench.postgres import postgres_server, why_not

__all__ = ["server", "why_not"]


@contextmanager
def server() -> Iterator[str]:
    """Run a server; yield its URL up to the name of a database."""
    with postgres_server(sync=False) as running:
        yield running.url
