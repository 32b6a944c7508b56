"""The size guard: no module, function or parameter list grows beyond what one can hold in mind.

    python tools/size_guard.py [ROOT]

Red (exit status 1): a Python, TypeScript or Vue file of 500 lines; a function of 60 lines; more
than five parameters, `self` not counted; a name that says nothing (`utils` and its like); a note to
oneself left in the code; an `except` for every error at all, unless the file is on the list below
or the handler raises again. A file of 350 lines is only mentioned: talk about it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from tracked import text_of, tracked_files

MODULE_RED = 500
MODULE_TALK = 350
FUNCTION_RED = 60
MOST_PARAMETERS = 5

SOURCES = {".py", ".ts", ".vue"}
NOTES_IN = SOURCES | {".css", ".html", ".sh", ".toml", ""}

EMPTY_NAMES = re.compile(r"(?:.*_)?(?:utils?|helpers?|managers?)|common|core|misc")
# Put together here, so that this file does not find itself.
NOTE_TO_ONESELF = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")

# Where an unknown error must not end the process. Each with its reason, in one line.
CATCHES_EVERYTHING = {
    "src/nhipcau/mcu/ticker.py": "the top line of a media thread: logs, then ends the process",
    "src/nhipcau/web/front_session.py": "the top line of a session: logs, spares the others",
    "src/nhipcau/web/signalling.py": "the top line of a session: answers, logs, spares the others",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Finding(NamedTuple):
    """One thing that is wrong, or (`red` false) only large."""

    red: bool
    where: str
    what: str


def _functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _parameters(function: Function) -> int:
    """Return how many parameters a caller sees."""
    given = function.args
    named = [*given.posonlyargs, *given.args]
    bound = 1 if named and named[0].arg in {"self", "cls"} else 0
    rest = sum(star is not None for star in (given.vararg, given.kwarg))
    return len(named) - bound + len(given.kwonlyargs) + rest


def _is_command(function: Function) -> bool:
    """Return True for a command of the command line: its parameters are its options."""
    calls = (mark.func for mark in function.decorator_list if isinstance(mark, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr == "command" for call in calls)


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        caught = True
    else:
        names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        caught = any(
            isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"}
            for name in names
        )
    last = handler.body[-1]
    return caught and not (isinstance(last, ast.Raise) and last.exc is None)


def _function_findings(path: PurePath, function: Function) -> Iterator[Finding]:
    where = f"{path}:{function.lineno} {function.name}"
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if lines >= FUNCTION_RED:
        yield Finding(True, where, f"a function of {lines} lines (red at {FUNCTION_RED})")
    # A test's parameters are its fixtures and drawn values.
    if path.parts[0] == "tests" or _is_command(function):
        return
    count = _parameters(function)
    if count > MOST_PARAMETERS:
        what = f"{count} parameters (at most {MOST_PARAMETERS}; more are a frozen dataclass)"
        yield Finding(True, where, what)


def _python_findings(path: PurePath, text: str) -> Iterator[Finding]:
    tree = ast.parse(text, filename=str(path))
    for function in _functions(tree):
        yield from _function_findings(path, function)
    if path.as_posix() in CATCHES_EVERYTHING:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node):
            yield Finding(True, f"{path}:{node.lineno}", "catches every error there is")


def _size_findings(path: PurePath, text: str) -> Iterator[Finding]:
    lines = len(text.splitlines())
    if lines >= MODULE_RED:
        yield Finding(True, str(path), f"{lines} lines (red at {MODULE_RED})")
    elif lines >= MODULE_TALK:
        yield Finding(False, str(path), f"{lines} lines: talk about it")


def findings(path: PurePath, text: str) -> Iterator[Finding]:
    """Yield what there is to say about one file; `path` is relative to the checkout.

    Raises:
        SyntaxError: a `.py` file that is no Python.
    """
    if path.suffix in NOTES_IN:
        for number, line in enumerate(text.splitlines(), start=1):
            if NOTE_TO_ONESELF.search(line):
                yield Finding(True, f"{path}:{number}", "a note to oneself")
    if path.suffix not in SOURCES:
        return
    for name in (*path.parts[:-1], path.stem):
        if EMPTY_NAMES.fullmatch(name):
            yield Finding(True, str(path), f"'{name}' says nothing about what is in it")
    yield from _size_findings(path, text)
    if path.suffix == ".py":
        yield from _python_findings(path, text)


def main(root: Path) -> int:
    """Print what was found under `root`; return the exit status."""
    red = 0
    for path in tracked_files(root):
        text = text_of(root / path)
        for finding in findings(path, text) if text is not None else ():
            red += finding.red
            print(f"{'red ' if finding.red else 'talk'}  {finding.where}: {finding.what}")
    print(f"size guard: {red} red")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
