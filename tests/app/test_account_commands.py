"""`nhipcau accounts` as a person types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from nhipcau.cli import app

from ..org.province import text_of

PASSWORD = "bốn con voi đi chợ\n"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Return a database with the province in it."""
    url = f"sqlite:///{tmp_path / 'office.db'}"
    units = tmp_path / "units.csv"
    units.write_text(text_of("khanh-hoa-2024.csv"), encoding="utf-8")
    words = ["units", "import", str(units), "--day", "2024-01-01", "--database", url]
    assert CliRunner().invoke(app, words).exit_code == 0
    return url


def run(database: str, *words: str, typed: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["accounts", *words, "--database", database], input=typed)
    return done.exit_code, done.stdout, done.stderr


def test_the_first_administrator_of_a_fresh_installation(database: str) -> None:
    assert run(database, "add", "quan-tri", "--name", "Quản trị", typed=PASSWORD)[0] == 0
    assert run(database, "grant", "quan-tri", "administrator")[0] == 0
    assert run(database, "grant", "quan-tri", "technician", "--unit", "573")[0] == 0
    assert run(database, "reset-second-factor", "quan-tri")[0] == 0
    _, said, _ = run(database, "list")
    assert said == "quan-tri  Quản trị  administrator@*  technician@573\n"


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("add", "x"), PASSWORD, "3 to 64"),
        (("add", "chu-toa"), "short\n", "12 to 256"),
        (("add", "chu-toa", "--unit", "999"), PASSWORD, "'999'"),
        (("add", "quan-tri"), PASSWORD, "taken"),
        (("grant", "nobody", "chair"), "", "'nobody'"),
        (("grant", "quan-tri", "king"), "", "administrator"),
        (("grant", "quan-tri", "chair", "--unit", "999"), "", "'999'"),
        (("grant", "quan-tri", "auditor"), "", "both administrator and auditor"),
        (("reset-second-factor", "nobody"), "", "'nobody'"),
    ],
)
def test_what_can_not_be_done_is_one_line_and_status_2(
    database: str, words: tuple[str, ...], typed: str, says: str
) -> None:
    run(database, "add", "quan-tri", typed=PASSWORD)
    run(database, "grant", "quan-tri", "administrator")
    status, _, error = run(database, *words, typed=typed)
    assert (status, len(error.splitlines()), says in error) == (2, 1, True), error
