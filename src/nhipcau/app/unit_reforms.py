"""Reforms of the units wired to the database, for the office process and for the command line."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nhipcau.app.audit_once import auditing_once, told
from nhipcau.app.clock import SystemClock
from nhipcau.app.unit_tree import TREE_ERRORS, open_office_tree
from nhipcau.office.reforms import EmptyReformError, Reforms
from nhipcau.org.importplan import ImportOrder
from nhipcau.org.reform import ReformReport
from nhipcau.org.undoing import BuiltUponError
from nhipcau.ports.reforms import AppliedReform, UnknownReformError

# What stands between a person and a reform, each with a text for that person.
REFORM_ERRORS = (*TREE_ERRORS, BuiltUponError, EmptyReformError, UnknownReformError)


@dataclass(frozen=True, slots=True)
class ReformResult:
    """What a reform does or did; `number` is None after a dry run."""

    day: date
    report: ReformReport
    number: int | None


def reform_order(day: str, act: str) -> ImportOrder:
    """Return the order for a reform.

    Raises:
        ValueError: the day is none.
    """
    try:
        return ImportOrder(date.fromisoformat(day), act, whole=False)
    except ValueError as error:
        raise ValueError(f"{day!r} is no day: write 2025-07-01") from error


def reform_units(url: str, file: Path, order: ImportOrder, *, dry_run: bool) -> ReformResult:
    """Apply a table of successions to a database, or only look at what it would do.

    Raises:
        OSError: the file can't be read.
        UnitFileError: a line is bad; it lists every one, and nothing is applied.
        EmptyReformError: it would change nothing.
        StaleTreeError: somebody else changed the tree meanwhile.
        StoreError: the database can't be reached.
    """
    data = file.read_bytes()
    with _opened(url) as reforms:
        plan = reforms.plan(data, order)
        if dry_run:
            return ReformResult(order.day, plan.report, None)
        more = {"day": str(order.day), "act": order.act}
        with auditing_once(url) as trail, told(trail, "units.reform", f"file:{file.name}", more):
            return ReformResult(order.day, plan.report, reforms.apply(plan, file.name, data))


def undo_reform(url: str, number: int) -> None:
    """Take a reform back.

    Raises:
        UnknownReformError: no reform in force has this number.
        BuiltUponError: something was built on it; it says what.
        StaleTreeError: somebody else changed the tree meanwhile.
        StoreError: the database can't be reached.
    """
    with (
        _opened(url) as reforms,
        auditing_once(url) as trail,
        told(trail, "units.undo", f"reform:{number}", {}),
    ):
        reforms.take_back(number)


def list_reforms(url: str) -> tuple[AppliedReform, ...]:
    """Return every reform of a database, the oldest first.

    Raises:
        StoreError: the database can't be reached.
    """
    with _opened(url) as reforms:
        return reforms.all()


@contextmanager
def _opened(url: str) -> Iterator[Reforms]:
    units, store = open_office_tree(url)
    with closing(units.store):
        yield Reforms(units, store, SystemClock())
