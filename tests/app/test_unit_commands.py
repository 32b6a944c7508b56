"""`nhipcau units` and `nhipcau db` as a person types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from nhipcau.cli import app

from ..org.province import text_of


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'office.db'}"


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def file(folder: Path, text: str) -> str:
    path = folder / "units.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_dry_run_says_what_would_change_and_an_import_changes_it(
    tmp_path: Path, database: str
) -> None:
    units = file(tmp_path, text_of("khanh-hoa-2024.csv"))
    words = ("units", "import", units, "--day", "2024-01-01", "--database", database)
    for ending, expected in (
        (["--dry-run"], "145 would be new, 0 would be changed"),
        ([], "145 new, 0 changed"),
        ([], "0 new, 0 changed, 0 gone, 145 stay"),
    ):
        status, said, _ = run(*words, *ending)
        assert (status, expected in said.splitlines()[-1]) == (0, True), said


def test_bad_lines_are_named_and_the_status_is_2(tmp_path: Path, database: str) -> None:
    units = file(tmp_path, "code,name,level,parent_code\n1,[/red]x,thôn,\n")
    status, said, error = run("units", "import", units, "--database", database)
    assert (status, said) == (2, "")
    assert [line.split(":")[0] for line in error.splitlines()] == ["line 2"]


@pytest.mark.parametrize(
    ("ending", "word"), [(["--day", "1/2/2024"], "1/2/2024"), (["--database", "x"], "URL")]
)
def test_what_can_not_be_understood_is_one_line(
    tmp_path: Path, database: str, ending: list[str], word: str
) -> None:
    units = file(tmp_path, text_of("khanh-hoa-2024.csv"))
    status, _, error = run("units", "import", units, "--database", database, *ending)
    assert (status, len(error.splitlines()), word in error) == (2, 1, True)


def test_a_database_is_migrated_once(database: str) -> None:
    assert run("db", "migrate", "--database", database)[:2] == (0, "new → 0001\n")
    assert run("db", "migrate", "--database", database)[:2] == (0, "0001 → 0001\n")
