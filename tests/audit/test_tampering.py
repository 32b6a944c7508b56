"""Whatever is done to a chain behind its back is found."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.audit.chain import Begin, Chain, Head
from nhipcau.audit.evidence import Gathering, check_all
from nhipcau.audit.verify import ChainRecord, Problem

from .chains import (
    KEYS,
    OTHER,
    SIGNER,
    START_S,
    chain_of,
    check,
    checkpoint,
    deed,
    lines,
    problems,
)

CHAIN, ROWS = chain_of(12)
LINES = lines(ROWS)
FILE = b"\n".join([*LINES, b""])
LAST = [checkpoint(CHAIN.head)]


def test_a_chain_that_nobody_touched_stands() -> None:
    report, found = check(LINES, LAST)
    assert (report.rows, found, report.notes) == (13, [], ())


@given(place=st.integers(0, len(FILE) - 1), byte=st.integers(0, 255))
def test_any_one_byte_that_is_changed_is_found(place: int, byte: int) -> None:
    changed = FILE[:place] + bytes([byte]) + FILE[place + 1 :]
    if changed != FILE:
        *whole, rest = changed.split(b"\n")
        assert check(whole, LAST, torn=bool(rest))[1]


@given(st.permutations(range(13)))
def test_any_other_order_is_found(order: list[int]) -> None:
    if order != sorted(order):
        assert Problem.REORDERED in problems([LINES[place] for place in order], LAST)


@given(st.sets(st.integers(0, 12), min_size=1))
def test_any_rows_that_are_dropped_are_found(gone: set[int]) -> None:
    left = [line for place, line in enumerate(LINES) if place not in gone]
    expected = Problem.TRUNCATED if 12 in gone else Problem.DROPPED
    assert expected in problems(left, LAST)


@given(place=st.integers(0, 12), again=st.integers(0, 12))
def test_a_row_that_stands_twice_is_found(place: int, again: int) -> None:
    assert problems([*LINES[:place], LINES[again], *LINES[place:]], LAST)


def test_each_finding_is_one_line_that_names_the_row() -> None:
    changed = LINES[5].replace(b"site:572", b"site:575")
    _, found = check([*LINES[:5], changed, *LINES[6:]], LAST)
    assert [str(one) for one in found] == ["changed: hall-1: row 5 is not as it was written"]
    _, found = check([*LINES[:5], *LINES[8:]], LAST)
    assert [str(one) for one in found] == ["dropped: hall-1: 3 rows from 5 to 7 are missing"]
    _, found = check([*LINES[:5], LINES[6], LINES[5], *LINES[7:]], LAST)
    assert [str(one) for one in found] == ["reordered: hall-1: row 5 stands after row 6"]
    _, found = check(LINES[:9], LAST)
    assert [str(one) for one in found] == [
        "truncated: hall-1: it ends at row 8, but the checkpoint of 25/01/2024 00:01:00 in syslog"
        " saw row 12"
    ]


def test_a_changed_hash_blames_its_own_row_only() -> None:
    changed = (b"1" if LINES[5][:1] == b"0" else b"0") + LINES[5][1:]
    _, found = check([*LINES[:5], changed, *LINES[6:]], LAST)
    assert [one.problem for one in found] == [Problem.CHANGED]


def rewritten(signer: object = SIGNER) -> list[bytes]:
    """Return the same chain made anew, with another story in it."""
    assert signer in (SIGNER, OTHER)
    made = Chain(Begin("hall-1", "mcu hall", START_S, getattr(signer, "public", "")))
    deeds = (deed(number, who="site:575") for number in range(12))
    return lines([made.first, *(made.deed(one) for one in deeds)])


def test_a_chain_rewritten_as_a_whole_is_found_by_what_syslog_holds() -> None:
    assert problems(rewritten()) == []
    assert problems(rewritten(), LAST) == [Problem.REWRITTEN]


def test_a_chain_rewritten_with_another_key_is_found_by_its_key() -> None:
    assert problems(rewritten(OTHER)) == [Problem.FORGED]


def test_a_checkpoint_by_another_key_proves_nothing() -> None:
    assert problems(LINES, [checkpoint(CHAIN.head, OTHER)]) == [Problem.FORGED]


def test_a_checkpoint_that_was_changed_is_forged() -> None:
    assert problems(LINES, [LAST[0].replace(" n=12 ", " n=11 ")]) == [Problem.FORGED]


def test_a_chain_that_is_gone_as_a_whole_is_found() -> None:
    other, _ = chain_of(3, "hall-0")
    found = check(LINES, [*LAST, checkpoint(other.head)])[1]
    assert [(one.problem, one.chain) for one in found] == [(Problem.GONE, "hall-0")]


def test_a_torn_last_line_is_a_crash_and_no_tampering() -> None:
    report, found = check(LINES[:12], [checkpoint(_head(8))], torn=True)
    assert found == []
    assert report.notes == ("its last line is torn: the process ended while it wrote",)


def test_a_torn_last_line_that_a_checkpoint_saw_whole_is_truncation() -> None:
    assert [one.problem for one in check(LINES[:12], LAST, torn=True)[1]] == [Problem.TRUNCATED]


def _head(number: int) -> Head:
    return Head("hall-1", number, ROWS[number].hash)


def test_a_later_chain_is_a_witness_of_an_older_one() -> None:
    later = Chain(Begin("hall-2", "mcu hall", START_S + 9, SIGNER.public, (CHAIN.head,)))
    records = [
        ChainRecord("hall-2", lambda: lines([later.first])),
        ChainRecord("hall-1", lambda: LINES[:10]),
    ]
    reports, _ = check_all(records, Gathering(KEYS, frozenset(["hall-1", "hall-2"])))
    assert [str(one) for one in reports[1].findings] == [
        "truncated: hall-1: it ends at row 9, but the first row of hall-2 saw row 12"
    ]


def test_after_a_lawful_cut_the_rest_stands() -> None:
    cut = SIGNER.cut(_head(6), START_S, "0" * 64, SIGNER.public)
    log = [checkpoint(_head(4)), checkpoint(_head(6)), *LAST]
    gathering = Gathering(KEYS, frozenset(["hall-1"]))
    gathering.take_log(log, "syslog")
    reports, found = check_all([ChainRecord("hall-1", lambda: LINES[7:], cut=cut)], gathering)
    assert (reports[0].findings, found) == ((), [])


def test_a_cut_that_nobody_known_signed_is_forged() -> None:
    cut = OTHER.cut(_head(6), START_S, "0" * 64, SIGNER.public)
    gathering = Gathering(KEYS, frozenset(["hall-1"]))
    reports, _ = check_all([ChainRecord("hall-1", lambda: LINES[7:], cut=cut)], gathering)
    assert [one.problem for one in reports[0].findings] == [Problem.FORGED]


def test_rows_before_a_cut_can_not_be_put_elsewhere() -> None:
    cut = SIGNER.cut(_head(6), START_S, "0" * 64, SIGNER.public)
    gathering = Gathering(KEYS, frozenset(["hall-1"]))
    gathering.take_log(LAST, "syslog")
    reports, _ = check_all([ChainRecord("hall-1", lambda: LINES[8:], cut=cut)], gathering)
    assert [one.problem for one in reports[0].findings] == [Problem.DROPPED]
