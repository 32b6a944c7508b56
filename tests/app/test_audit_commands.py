"""`nhipcau audit` as a person types it, on chains that real processes wrote."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nhipcau.app.auditing import remembering
from nhipcau.audit.chain import Begin, Chain, read_begin
from nhipcau.audit.row import Row, read_line
from nhipcau.audit.signed import find_signed
from nhipcau.cli import app
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.auditkeys import open_signer
from nhipcau.storage.audittrail import FileAuditTrail, Writing
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.sqlaudit import SqlAuditStore

from ..audit.chains import START_S, deed
from ..org.province import text_of


def run(*words: object) -> tuple[int, list[str]]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output.splitlines()


class Standing:
    """A clock that stands."""

    def __init__(self, at_s: float) -> None:
        self._at_s = at_s

    def now_s(self) -> float:
        return 0.0

    def wall_s(self) -> float:
        return self._at_s


class Installation:
    """An office and an MCU, as they lie on the disk after a meeting; syslog's copy beside."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.database = sqlite_url(data / "office" / "office.db")
        self.mcu = data / "mcu" / "audit"
        self.syslog = data.parent / "syslog"
        (data / "office").mkdir(parents=True)
        engine = open_database(self.database)
        migrate(engine)
        engine.dispose()
        self.chain = self.meeting()

    def meeting(self, deeds: int = 12, name: str = "hall-1", at_s: float = START_S) -> str:
        """Write a chain on the MCU, and bring it to the office."""
        writing = Writing(name, "mcu hall", open_signer(self.mcu))
        trail = FileAuditTrail(self.mcu, writing, Standing(at_s))
        trail.start()
        for number in range(deeds):
            trail.record(replace(deed(number), at_s=at_s + number))
        trail.close()
        folder = ChainFolder(self.mcu)
        signed = folder.checkpoints(trail.chain)
        with self.syslog.open("a") as file:
            file.writelines(f"Jan 25 00:00:00 hall nhipcau[7]: {line}\n" for line in signed)
        self.bring([read_line(line) for line in folder.lines(trail.chain)], signed)
        return trail.chain

    def bring(self, rows: list[Row], signed: list[str]) -> None:
        begin = read_begin(rows[0])
        remembering(self.data / "office" / "audit")(begin)
        with closing(SqlAuditStore(open_database(self.database))) as store:
            store.append(
                begin.chain, rows, [line for text in signed if (line := find_signed(text))]
            )

    def rows(self) -> list[bytes]:
        return list(ChainFolder(self.mcu).lines(self.chain))

    def put(self, rows: list[bytes]) -> None:
        (self.mcu / f"{self.chain}.chain").write_bytes(b"".join(row + b"\n" for row in rows))

    @contextmanager
    def as_owner(self) -> Iterator[sqlite3.Connection]:
        """Yield the database to one who owns it and has thrown the triggers away."""
        with closing(sqlite3.connect(self.data / "office" / "office.db")) as connection:
            for table in ("audit_row", "audit_signed", "audit_chain"):
                connection.execute(f"DROP TRIGGER {table}_no_update")
                connection.execute(f"DROP TRIGGER {table}_no_delete")
            yield connection
            connection.commit()


@pytest.fixture
def office(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data")


def verified(office: Installation, *more: object) -> tuple[int, list[str]]:
    return run("audit", "verify", "--data", office.data, "--checkpoints", office.syslog, *more)


def test_an_audit_that_nobody_touched_stands(office: Installation) -> None:
    status, lines = verified(office)
    assert status == 0
    assert lines[-1].startswith("all stands: 1 chains, 26 rows")


def test_a_changed_row_in_a_file_is_named_with_status_1(office: Installation) -> None:
    rows = office.rows()
    rows[5] = rows[5].replace(b"site:572", b"site:573")
    office.put(rows)
    status, lines = verified(office)
    assert status == 1
    assert lines[0] == f"changed: {office.chain}: row 5 is not as it was written (mcu/audit)"


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda rows: [*rows[:5], *rows[6:]], "dropped"),
        (lambda rows: [*rows[:5], rows[6], rows[5], *rows[7:]], "reordered"),
        (lambda rows: rows[:9], "truncated"),
        (lambda rows: [], "truncated"),
    ],
)
def test_rows_dropped_reordered_or_cut_off_a_file_are_found(
    office: Installation, spoil: object, word: str
) -> None:
    assert callable(spoil)
    office.put(spoil(office.rows()))
    status, lines = verified(office)
    assert status == 1 and lines[0].startswith(f"{word}: {office.chain}: ")


@pytest.mark.parametrize(
    ("tampering", "word"),
    [
        ("UPDATE audit_row SET body = replace(body, '571', '575') WHERE number = 4", "changed"),
        ("UPDATE audit_row SET verdict = 'refused' WHERE number = 4", "changed"),
        ("DELETE FROM audit_row WHERE number = 4", "dropped"),
        ("DELETE FROM audit_row WHERE number > 4", "truncated"),
        ("UPDATE audit_row SET number = 99 - number WHERE number IN (4, 5)", "reordered"),
    ],
)
def test_what_the_owner_of_the_database_does_is_found(
    office: Installation, tampering: str, word: str
) -> None:
    with office.as_owner() as connection:
        connection.execute(tampering)
    status, lines = verified(office)
    assert status == 1 and any(line.startswith(f"{word}: ") for line in lines), lines


def rewrite(office: Installation) -> None:
    """Write the whole history anew, in the file, the database and beside it, with the real key."""
    signer = open_signer(office.mcu)
    begin = read_begin(read_line(office.rows()[0]))
    chain = Chain(Begin(begin.chain, begin.process, begin.at_s, signer.public))
    made = [chain.first, *(chain.deed(deed(number, who="site:1")) for number in range(12))]
    line = signer.checkpoint(chain.head, begin.at_s).text
    office.put([row.line()[:-1] for row in made])
    (office.mcu / f"{office.chain}.checkpoints").write_text(f"{line}\n")
    with office.as_owner() as connection:
        for table in ("audit_row", "audit_signed", "audit_chain"):
            connection.execute(f"DELETE FROM {table}")
    office.bring(made, [line])


def test_a_history_rewritten_as_a_whole_stands_but_for_what_syslog_holds(
    office: Installation,
) -> None:
    rewrite(office)
    assert run("audit", "verify", "--data", office.data)[0] == 0
    status, lines = verified(office)
    assert status == 1 and lines[0].startswith("rewritten: "), lines


def test_a_history_that_is_gone_as_a_whole_is_found_by_what_syslog_holds(
    office: Installation,
) -> None:
    other = office.meeting(3, "hall-0")
    (office.mcu / f"{other}.chain").unlink()
    with office.as_owner() as connection:
        for table in ("audit_row", "audit_signed", "audit_chain"):
            connection.execute(f"DELETE FROM {table} WHERE chain = ?", (other,))
    status, lines = verified(office)
    assert status == 1 and any(line.startswith(f"gone: {other}") for line in lines), lines


def test_a_torn_last_line_is_a_note_and_no_finding(office: Installation) -> None:
    with (office.mcu / f"{office.chain}.chain").open("ab") as file:
        file.write(office.rows()[3][:80])
    status, lines = verified(office)
    assert status == 0 and "torn" in lines[0]


def test_after_a_lawful_prune_the_rest_stands_and_the_export_holds(office: Installation) -> None:
    later = office.meeting(4, "hall-2", time.time())
    exports = office.data / "exports"
    words = ("audit", "prune", "--keep-months", 12, "--database", office.database)
    status, lines = run(*words, "--exports", exports)
    assert (status, lines[-1]) == (0, "13 rows of 1 chains were exported and cut")
    assert later == "hall-2"
    [export] = exports.iterdir()
    status, lines = verified(office, "--export", export)
    assert status == 0, lines
    shown = run("audit", "show", "--database", office.database)[1]
    assert len(shown) == 5 and any("audit.prune" in line for line in shown)
    status, lines = run(*words)
    assert (status, lines[-1]) == (0, "0 rows of 0 chains were exported and cut")
    export.write_bytes(export.read_bytes().replace(b"site:570", b"site:571"))
    status, lines = verified(office, "--export", export)
    assert status == 1 and all(line.startswith("changed: ") for line in lines[:-2]), lines


def test_deeds_are_shown_and_filtered(office: Installation) -> None:
    shown = ("audit", "show", "--database", office.database)
    status, lines = run(*shown)
    assert (status, len(lines)) == (0, 12)
    assert lines[0].startswith("2024-01-25 00:00:11Z  Khánh Hòa (site:56)  10.1.0.7  live.floor")
    assert len(run(*shown, "on=site:572")[1]) == 1
    assert len(run(*shown, "action=live.", "from=2024-01-25T07:00:05+07:00")[1]) == 7
    assert len(run(*shown, "--limit", 5)[1]) == 5
    assert run(*shown, "outcome=refused") == (0, [])


@pytest.mark.parametrize(
    "words", [("from=yesterday",), ("outcome=maybe",), ("whom=x",), ("--database", "x")]
)
def test_what_can_not_be_asked_is_one_line_and_status_2(
    office: Installation, words: tuple[str, ...]
) -> None:
    status, lines = run("audit", "show", "--database", office.database, *words)
    assert (status, len(lines)) == (2, 1)


@pytest.mark.parametrize("where", ["nowhere", "empty"])
def test_where_there_is_no_audit_that_is_said(tmp_path: Path, where: str) -> None:
    (tmp_path / "empty").mkdir()
    status, lines = run("audit", "verify", "--data", tmp_path / where)
    assert (status, len(lines)) == (2, 1)


def test_an_import_of_units_is_told_and_stands(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text(text_of("khanh-hoa-2024.csv"), encoding="utf-8")
    database = sqlite_url(tmp_path / "office.db")
    importing = ("units", "import", units, "--day", "2024-01-01", "--database", database)
    assert run(*importing, "--dry-run")[0] == 0
    assert run("audit", "show", "--database", database) == (0, [])
    assert run(*importing)[0] == 0
    [line] = run("audit", "show", "--database", database)[1]
    assert "process:machine" in line and "units.import  file:units.csv  done" in line
    assert run("audit", "verify", "--database", database)[0] == 0
