"""Rows follow each other, and what a deed says comes back from its row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.audit.canonical import entry_of
from nhipcau.audit.chain import ChainError, extend, read_begin
from nhipcau.audit.entry import AuditEntry, Verdict
from nhipcau.audit.row import MAX_ROW_BYTES, BadRowError, canonical, read_line

from .chains import SIGNER, START_S, chain_of, deed, lines

TEXT = st.text(max_size=400)


def test_the_first_row_names_the_process_its_start_and_its_key() -> None:
    _, rows = chain_of(0)
    begin = read_begin(rows[0])
    assert (begin.process, begin.at_s, begin.key) == ("mcu hall", START_S, SIGNER.public)


def test_a_row_is_read_back_from_its_line() -> None:
    _, rows = chain_of(3)
    assert [read_line(line) for line in lines(rows)] == rows
    assert [row.number() for row in rows] == [0, 1, 2, 3]


def test_a_deed_comes_back_whole() -> None:
    chain, _ = chain_of(0)
    told = AuditEntry(START_S, "site:56", "Hoà", "::1", "live.mute", "", "done", {"was": "mở"})
    assert entry_of(chain.deed(told)) == told


@given(who=TEXT, name=TEXT, more=st.dictionaries(TEXT, TEXT, max_size=40))
def test_whatever_is_told_becomes_a_row_that_can_be_read(
    who: str, name: str, more: dict[str, str]
) -> None:
    chain, _ = chain_of(0)
    row = chain.deed(AuditEntry(START_S, who, name, "", "x", "", "done", more))
    assert len(row.line()) < MAX_ROW_BYTES
    assert read_line(row.line()[:-1]) == row
    assert entry_of(row) is not None


@pytest.mark.parametrize("name", ["password", "new_password", "token", "PIN", "totp-secret"])
def test_a_secret_is_never_written(name: str) -> None:
    chain, _ = chain_of(0)
    row = chain.deed(AuditEntry(0.0, "", "", "", "x", "", "done", {name: "hunter2"}))
    assert b"hunter2" not in row.body


def test_what_sounds_like_a_secret_but_is_none_is_written() -> None:
    chain, _ = chain_of(0)
    row = chain.deed(AuditEntry(0.0, "", "", "", "x", "", "done", {"opinion": "tốt"}))
    assert "tốt".encode() in row.body


def test_equal_objects_have_equal_bytes_however_they_were_made() -> None:
    assert canonical({"b": 1, "a": "Hoà"}) == canonical({"a": "Hoa\u0300", "b": 1})


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        ("done", Verdict.DONE),
        ("not_allowed", Verdict.REFUSED),
        ("failed", Verdict.FAILED),
        ("failed:disk", Verdict.FAILED),
    ],
)
def test_an_outcome_is_done_refused_or_failed(outcome: str, verdict: Verdict) -> None:
    assert deed(outcome=outcome).verdict() is verdict


def test_rows_extend_the_chain_whose_head_they_follow() -> None:
    chain, rows = chain_of(5)
    head = extend("hall-1", None, rows[:3])
    assert extend("hall-1", head, rows[3:]) == chain.head


def test_rows_that_do_not_follow_are_refused() -> None:
    _, rows = chain_of(5)
    head = extend("hall-1", None, rows[:2])
    for wrong in (rows[3:], rows[1:], [rows[3], rows[2]]):
        with pytest.raises(ChainError):
            extend("hall-1", head, wrong)
    with pytest.raises(ChainError):
        extend("hall-2", None, rows)


@given(st.binary(max_size=200))
def test_a_line_that_is_no_row_is_one_typed_error(line: bytes) -> None:
    with pytest.raises(BadRowError):
        read_line(line).number()
