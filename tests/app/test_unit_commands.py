"""`nhipcau units` and `nhipcau db` as a person types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from nhipcau.cli import app

from ..org.province import text_of
from ..storage.newest import HEAD


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
    assert run("db", "migrate", "--database", database)[:2] == (0, f"new → {HEAD}\n")
    assert run("db", "migrate", "--database", database)[:2] == (0, f"{HEAD} → {HEAD}\n")


def test_a_reform_is_told_applied_listed_and_taken_back(tmp_path: Path, database: str) -> None:
    units = file(tmp_path, text_of("khanh-hoa-2024.csv"))
    run("units", "import", units, "--day", "2024-01-01", "--database", database)
    for name, day in (("succession-1196.csv", "2024-11-01"), ("succession-1667.csv", "2025-07-01")):
        table = tmp_path / name
        table.write_text(text_of(name), encoding="utf-8")
        words = ("units", "reform", str(table), "--on", day, "--database", database)
        status, said, _ = run(*words, "--dry-run")
        assert (status, said.splitlines()[-1]) == (0, "A dry run: nothing was changed.")
        status, said, _ = run(*words, "--act", name)
    assert "  22435  Xã Cam Tân → Xã Cam Hiệp, Xã Cam Lâm, Xã Suối Dầu" in said.splitlines()
    assert "  570  Trụ sở Huyện Cam Lâm (Huyện Cam Lâm)" in said.splitlines()
    assert said.splitlines()[-1].startswith("Reform 4 is applied")
    status, said, error = run("units", "undo", "3", "--database", database)
    assert (status, said) == (2, "")
    assert "Phường Tân Tiến has changed again on 2025-07-01" in error.splitlines()
    for number in ("4", "3"):
        assert run("units", "undo", number, "--database", database)[0] == 0
    status, said, _ = run("units", "reforms", "--database", database)
    assert [line.split("  ")[:3] for line in said.splitlines()] == [
        ["3", "from 2024-11-01", "succession-1196.csv"],
        ["4", "from 2025-07-01", "succession-1667.csv"],
    ]
    assert said.count("taken back") == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("reform", "{file}", "--on", "1/7/2025"), "1/7/2025"),
        (("reform", "{file}", "--on", "2025-07-01"), "line 2: old_code 22342"),
        (("undo", "7"), "no reform in force has the number 7"),
    ],
)
def test_a_reform_that_can_not_be_is_refused(
    tmp_path: Path, database: str, words: tuple[str, ...], expected: str
) -> None:
    table = file(tmp_path, text_of("succession-1196.csv"))
    filled = [word.format(file=table) for word in words]
    status, said, error = run("units", *filled, "--database", database)
    assert (status, said) == (2, "")
    assert expected in error
