"""What the set-up does again, and what it leaves alone."""

import os
from pathlib import Path

import pytest

from .checkout import ROOT, TOOLS, make_program, run_bash


def in_checkout(root: Path, script: str) -> str:
    """Run `script` with the set-up's functions for the checkout `root`; return what it prints."""
    (root / "tools").mkdir(exist_ok=True)
    for name in ("setup.sh", "find_python.sh"):
        (root / "tools" / name).write_text((TOOLS / name).read_text())
    done = run_bash(f"set -euo pipefail; root='{root}'; . '{root}/tools/setup.sh'; {script}")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """Return a checkout whose set-up has been done."""
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text(name)
    for name in ("nhipcau", "python"):
        make_program(tmp_path / ".venv/bin" / name, "exit 0")
    (tmp_path / "web-client/src").mkdir(parents=True)
    (tmp_path / "web-client/src/main.ts").write_text("start()")
    (tmp_path / "src/nhipcau/web/static").mkdir(parents=True)
    (tmp_path / "src/nhipcau/web/static/index.html").write_text("<title>x</title>")
    in_checkout(
        tmp_path,
        'environment_stamp requirements >"$venv/requirements.stamp";'
        'web_client_stamp >"$static/.stamp"',
    )
    return tmp_path


def asks_for(root: Path) -> str:
    """Return what the set-up finds missing in a checkout."""
    return in_checkout(
        root,
        "environment_is_ready requirements || printf 'environment ';"
        "web_client_is_ready || printf 'client '",
    ).strip()


def test_what_is_ready_is_left_alone(ready: Path) -> None:
    assert asks_for(ready) == ""
    assert in_checkout(ready, "setup_to_run") == ""


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_another_lock_or_project_file_asks_for_the_environment(ready: Path, changed: str) -> None:
    (ready / changed).write_text("another")
    assert asks_for(ready) == "environment"


def test_an_interpreter_that_is_gone_asks_for_the_environment(ready: Path) -> None:
    python = ready / ".venv/bin/python"
    python.unlink()
    python.symlink_to(ready / "gone")
    assert asks_for(ready) == "environment"


def test_a_checkout_that_was_moved_asks_for_the_environment(ready: Path, tmp_path: Path) -> None:
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    ready.rename(moved)
    assert asks_for(moved) == "environment"


def test_what_checks_the_project_is_asked_for_by_itself(ready: Path) -> None:
    said = in_checkout(ready, "environment_is_ready requirements-dev || printf missing")
    assert said == "missing"


@pytest.mark.parametrize("changed", ["src/main.ts", "package-lock.json", "public/new.svg"])
def test_a_changed_source_asks_for_the_web_client(ready: Path, changed: str) -> None:
    path = ready / "web-client" / changed
    path.parent.mkdir(exist_ok=True)
    path.write_text("another")
    assert asks_for(ready) == "client"


def test_installed_packages_are_no_source_of_the_web_client(ready: Path) -> None:
    (ready / "web-client/node_modules/vue").mkdir(parents=True)
    (ready / "web-client/node_modules/vue/index.js").write_text("x")
    assert asks_for(ready) == ""


def test_a_build_that_was_cut_short_asks_for_the_web_client(ready: Path) -> None:
    (ready / "src/nhipcau/web/static/.stamp").unlink()
    assert asks_for(ready) == "client"


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.0", True),
        ("no version", False),
    ],
)
def test_a_node_that_the_build_does_not_know_is_not_taken(
    tmp_path: Path, version: str, fits: bool
) -> None:
    node = make_program(tmp_path / "node", f"echo {version}")
    said = in_checkout(tmp_path, f"if node_fits '{node}'; then echo fits; fi")
    assert (said.strip() == "fits") is fits


def test_two_starts_at_once_take_turns(tmp_path: Path) -> None:
    turn = f"in_turn bash -c 'echo in >>{tmp_path}/log; sleep 0.1; echo out >>{tmp_path}/log'"
    in_checkout(tmp_path, f"({turn}) & ({turn}) & ({turn}) & wait")
    assert (tmp_path / "log").read_text().split() == ["in", "out"] * 3


def test_what_is_started_after_the_set_up_does_not_keep_the_lock(tmp_path: Path) -> None:
    said = in_checkout(tmp_path, "in_turn true; flock --nonblock var/setup.lock echo free")
    assert said.strip() == "free"


def test_a_step_that_fails_shows_its_last_lines_and_its_name(tmp_path: Path) -> None:
    script = f"root='{ROOT}'; . '{TOOLS}/setup.sh'; root='{tmp_path}'; quiet cook sh -c"
    done = run_bash(f"{script} 'echo burnt; exit 3'")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "burnt" in done.stderr
    assert "setting up failed at: cook" in done.stderr


@pytest.mark.parametrize("name", ["run", "check", ".ci/run", "tools/lock"])
def test_the_scripts_can_be_run_and_are_bash(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert run_bash(f"bash -n '{ROOT / name}'").stderr == ""


def test_check_says_how_it_is_used() -> None:
    done = run_bash(f"'{ROOT}/check' slowly")
    assert done.returncode == 2
    assert done.stderr == "usage: ./check [fast]\n"
