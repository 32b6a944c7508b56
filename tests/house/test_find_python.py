"""The Python finder runs what it finds before it trusts it."""

import sys
from pathlib import Path

from .checkout import TOOLS, make_program, run_bash

FIND = f". {TOOLS / 'find_python.sh'}; find_python"

# What a version manager's name for a version that is not active does.
INACTIVE = 'echo "not active" >&2; exit 127'
TOO_OLD = "exit 1"
# A real interpreter that is new enough: the one that runs this test.
REAL = f'exec {sys.executable} "$@"'


def find(path: Path, **env: str) -> tuple[int, str, str]:
    found = run_bash(FIND, env={"PATH": str(path), **env})
    return found.returncode, found.stdout.strip(), found.stderr.strip()


def test_the_newest_name_on_the_path_is_taken(tmp_path: Path) -> None:
    make_program(tmp_path / "python3", REAL)
    best = make_program(tmp_path / "python3.13", REAL)
    assert find(tmp_path) == (0, str(best), "")


def test_a_name_that_only_complains_is_passed_over(tmp_path: Path) -> None:
    make_program(tmp_path / "python3.14", INACTIVE)
    make_program(tmp_path / "python3.13", INACTIVE)
    works = make_program(tmp_path / "python3.12", REAL)
    assert find(tmp_path) == (0, str(works), "")


def test_the_plain_name_is_taken_when_it_is_new_enough(tmp_path: Path) -> None:
    works = make_program(tmp_path / "python3", REAL)
    assert find(tmp_path) == (0, str(works), "")


def test_where_there_is_none_one_line_says_what_to_install(tmp_path: Path) -> None:
    make_program(tmp_path / "python3", TOO_OLD)
    status, out, err = find(tmp_path, HOME=str(tmp_path / "empty"))
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "Python 3.12" in err
    assert "apt-get install python3 python3-venv" in err


def test_versions_of_pyenv_are_found_by_its_root(tmp_path: Path) -> None:
    make_program(tmp_path / "pyenv/versions/3.11.9/bin/python3", REAL)
    works = make_program(tmp_path / "pyenv/versions/3.12.4/bin/python3", REAL)
    found = find(tmp_path / "nothing", PYENV_ROOT=str(tmp_path / "pyenv"))
    assert found == (0, str(works), "")


def test_versions_of_pyenv_are_found_in_the_home_folder(tmp_path: Path) -> None:
    works = make_program(tmp_path / ".pyenv/versions/3.13.0/bin/python3", REAL)
    assert find(tmp_path / "nothing", HOME=str(tmp_path)) == (0, str(works), "")


def test_versions_of_pyenv_are_found_by_its_shims_when_the_home_folder_is_empty(
    tmp_path: Path,
) -> None:
    make_program(tmp_path / "pyenv/shims/python3.13", INACTIVE)
    make_program(tmp_path / "pyenv/shims/python3", TOO_OLD)
    make_program(tmp_path / "pyenv/versions/3.13.1/bin/python3", TOO_OLD)
    works = make_program(tmp_path / "pyenv/versions/3.12.1/bin/python3", REAL)
    found = find(tmp_path / "pyenv/shims", HOME=str(tmp_path / "empty"))
    assert found == (0, str(works), "")


def test_versions_of_pyenv_are_found_where_its_own_program_says(tmp_path: Path) -> None:
    make_program(tmp_path / "elsewhere/pyenv", f"echo {tmp_path}/kept")
    works = make_program(tmp_path / "kept/versions/3.14.0/bin/python3", REAL)
    assert find(tmp_path / "elsewhere") == (0, str(works), "")


def test_a_folder_with_a_space_in_its_name_is_no_obstacle(tmp_path: Path) -> None:
    works = make_program(tmp_path / "my pyenv/versions/3.13.0/bin/python3", REAL)
    found = find(tmp_path / "nothing", PYENV_ROOT=str(tmp_path / "my pyenv"))
    assert found == (0, str(works), "")
