"""What is older than set is exported and cut at a checkpoint; the rest stands."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from nhipcau.audit.chain import Begin, Chain
from nhipcau.audit.export import check_export, digest_of
from nhipcau.audit.query import AuditQuery
from nhipcau.audit.signed import keys_by_fingerprint
from nhipcau.office.retention import Retention, months_before
from nhipcau.storage.memoryauditstore import MemoryAuditStore

from ..audit.chains import KEYS, OTHER, SIGNER, START_S, chain_of, deed

NOW_S = START_S + 1000


class Exports:
    """Keeps the lines that would go to a file."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def write(self, lines: Iterable[bytes]) -> str:
        self.lines = list(lines)
        digest = digest_of(self.lines)
        self.lines.append(SIGNER.export(digest, NOW_S).text.encode())
        return digest


def filled(deeds: int = 10, marks: tuple[int, ...] = (2, 5, 10)) -> MemoryAuditStore:
    """Return a store with a chain, one deed a second, and checkpoints at some rows."""
    chain = Chain(Begin("hall-1", "mcu hall", START_S, SIGNER.public))
    store = MemoryAuditStore()
    store.append("hall-1", [chain.first])
    for number in range(deeds):
        row = chain.deed(deed(number))
        signed = [SIGNER.checkpoint(chain.head, START_S)] if number + 1 in marks else []
        store.append("hall-1", [row], signed)
    return store


def left(store: MemoryAuditStore) -> int:
    return len(store.search(AuditQuery(limit=1000)))


def test_a_chain_that_goes_on_is_cut_at_a_checkpoint() -> None:
    store, exports = filled(), Exports()
    retention = Retention(store, SIGNER, KEYS, exports.write)
    # Rows up to number 8 are older; the last checkpoint among them is of row 5.
    pruned = retention.prune(START_S + 8, NOW_S)
    assert (pruned.rows, pruned.chains, pruned.findings) == (6, 1, ())
    assert left(store) == 5
    assert check_export(exports.lines, KEYS) == []


def test_a_chain_that_is_older_as_a_whole_is_cut_at_its_end() -> None:
    store = filled(deeds=7, marks=(2,))
    pruned = Retention(store, SIGNER, KEYS, Exports().write).prune(NOW_S, NOW_S)
    assert (pruned.rows, left(store)) == (8, 0)


def test_a_second_cut_goes_on_from_the_first_and_its_export_holds_alone() -> None:
    store, exports = filled(), Exports()
    retention = Retention(store, SIGNER, KEYS, exports.write)
    retention.prune(START_S + 3, NOW_S)
    assert retention.prune(NOW_S, NOW_S).rows == 8
    assert check_export(exports.lines, KEYS) == []


def test_what_is_younger_stays() -> None:
    store, exports = filled(), Exports()
    assert Retention(store, SIGNER, KEYS, exports.write).prune(START_S, NOW_S).rows == 0
    assert (left(store), exports.lines) == (10, [])


def test_a_chain_that_does_not_stand_is_left_as_evidence() -> None:
    _, rows = chain_of(5, signer=OTHER)
    store = MemoryAuditStore()
    store.append("hall-1", rows)
    pruned = Retention(store, SIGNER, KEYS, Exports().write).prune(NOW_S, NOW_S)
    assert pruned.rows == 0 and len(pruned.findings) == 1
    assert left(store) == 5


def test_when_the_file_can_not_be_written_nothing_is_cut() -> None:
    def full(_: Iterable[bytes]) -> str:
        raise OSError("no space left")

    store = filled()
    with pytest.raises(OSError, match="no space"):
        Retention(store, SIGNER, KEYS, full).prune(NOW_S, NOW_S)
    assert left(store) == 10


@pytest.mark.parametrize("place", [0, 1, 3, -2, -1])
def test_an_export_that_was_changed_or_signed_by_others_is_found(place: int) -> None:
    exports = Exports()
    Retention(filled(), SIGNER, KEYS, exports.write).prune(NOW_S, NOW_S)
    assert check_export(exports.lines, keys_by_fingerprint([OTHER.public]))
    exports.lines[place] = exports.lines[place][:-1] + b"?"
    assert check_export(exports.lines, KEYS)


def test_months_are_of_the_calendar() -> None:
    def moment(text: str) -> float:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

    assert months_before(moment("2025-01-25T08:00"), 12) == moment("2024-01-25T08:00")
    assert months_before(moment("2024-03-31T08:00"), 1) == moment("2024-02-29T08:00")
    assert months_before(moment("2024-12-31T00:00"), 10) == moment("2024-02-29T00:00")
