"""The size guard is green on what is small and red on what has grown or says nothing."""

from pathlib import Path

import pytest

from .checkout import ROOT, make_checkout, run_guard

GUARD = "size_guard.py"

GOOD = '''"""A room."""


def add(left: int, right: int) -> int:
    """Return the sum."""
    try:
        return left + right
    except OverflowError:
        return 0
'''


def function_of(lines: int) -> str:
    return "def long() -> None:\n" + "    print()\n" * (lines - 1)


def test_small_modules_pass(tmp_path: Path) -> None:
    found = run_guard(GUARD, make_checkout(tmp_path, {"src/room/sums.py": GOOD}))
    assert found.returncode == 0, found.stdout


def test_this_checkout_passes() -> None:
    found = run_guard(GUARD, ROOT)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    "name", ["src/room/big.py", "web-client/src/Big.vue", "web-client/src/b.ts"]
)
def test_a_module_is_red_at_five_hundred_lines(tmp_path: Path, name: str) -> None:
    root = make_checkout(tmp_path, {name: "\n" * 499})
    assert run_guard(GUARD, root).returncode == 0
    (root / name).write_text("\n" * 500)
    found = run_guard(GUARD, root)
    assert found.returncode == 1
    assert f"red   {name}: 500 lines" in found.stdout


def test_a_module_of_three_hundred_and_fifty_lines_is_mentioned_but_passes(tmp_path: Path) -> None:
    found = run_guard(GUARD, make_checkout(tmp_path, {"src/room/growing.py": "\n" * 350}))
    assert found.returncode == 0
    assert "talk  src/room/growing.py: 350 lines" in found.stdout


def test_a_function_is_red_at_sixty_lines(tmp_path: Path) -> None:
    root = make_checkout(tmp_path, {"src/a.py": function_of(59), "src/b.py": function_of(60)})
    found = run_guard(GUARD, root)
    assert found.returncode == 1
    assert "src/b.py:1 long: a function of 60 lines" in found.stdout
    assert "src/a.py" not in found.stdout


@pytest.mark.parametrize(
    ("signature", "red"),
    [
        ("def f(a, b, c, d, e): ...", False),
        ("def f(a, b, c, d, e, f): ...", True),
        ("def f(a, b, /, c, *, d, e, f): ...", True),
        ("def f(a, b, c, d, e, **rest): ...", True),
        ("class C:\n    def f(self, a, b, c, d, e): ...", False),
        ("class C:\n    async def f(self, a, b, c, d, e, f): ...", True),
        ("@cli.command()\ndef f(a, b, c, d, e, f): ...", False),
    ],
)
def test_five_parameters_are_enough(tmp_path: Path, signature: str, red: bool) -> None:
    found = run_guard(GUARD, make_checkout(tmp_path, {"src/a.py": signature + "\n"}))
    assert (found.returncode == 1) is red, found.stdout


def test_the_parameters_of_a_test_are_not_counted(tmp_path: Path) -> None:
    files = {"tests/test_a.py": "def test_it(a, b, c, d, e, f): ...\n"}
    assert run_guard(GUARD, make_checkout(tmp_path, files)).returncode == 0


@pytest.mark.parametrize(
    "name",
    ["src/utils.py", "src/helpers/wire.py", "src/site_manager.py", "web-client/src/common/a.ts"],
)
def test_a_name_that_says_nothing_is_red(tmp_path: Path, name: str) -> None:
    found = run_guard(GUARD, make_checkout(tmp_path, {name: "\n"}))
    assert found.returncode == 1
    assert "says nothing" in found.stdout


def test_a_word_of_the_trade_that_contains_an_empty_one_passes(tmp_path: Path) -> None:
    files = {"src/common_mix.py": "\n", "src/score.py": "\n"}
    assert run_guard(GUARD, make_checkout(tmp_path, files)).returncode == 0


@pytest.mark.parametrize("name", ["src/a.py", "web-client/src/a.css", "check"])
def test_a_note_to_oneself_is_red(tmp_path: Path, name: str) -> None:
    note = "# TO" + "DO: later\n"
    found = run_guard(GUARD, make_checkout(tmp_path, {name: note}))
    assert found.returncode == 1
    assert f"{name}:1: a note to oneself" in found.stdout


@pytest.mark.parametrize(
    ("handler", "red"),
    [
        ("except ValueError:\n    pass", False),
        ("except Exception:\n    pass", True),
        ("except (ValueError, Exception):\n    pass", True),
        ("except BaseException:\n    raise RuntimeError from None", True),
        ("except:\n    pass", True),
        ("except BaseException:\n    print()\n    raise", False),
    ],
)
def test_catching_everything_is_red_unless_it_goes_on(
    tmp_path: Path, handler: str, red: bool
) -> None:
    files = {"src/a.py": f"try:\n    print()\n{handler}\n"}
    found = run_guard(GUARD, make_checkout(tmp_path, files))
    assert (found.returncode == 1) is red, found.stdout


def test_what_git_ignores_is_not_read(tmp_path: Path) -> None:
    files = {".gitignore": "/build/\n", "build/utils.py": "\n" * 600}
    assert run_guard(GUARD, make_checkout(tmp_path, files)).returncode == 0
