"""The path guard: nothing tracked may name a machine's folder or where a package is downloaded.

    python tools/path_guard.py [ROOT]

A checkout must work anywhere, and a lock file names what is needed, not who serves it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath

from tracked import text_of, tracked_files

# Each pattern is written so that it does not find itself.
_FOLDERS = r"(?:ro(?:ot)|wo(?:rk))\b|ho(?:me)/\w|Us(?:ers)/\w"
_REGISTRIES = r"py(?:pi)\.org|files\.python(?:hosted)|registry\.(?:npmjs|yarnpkg)\."

EVERYWHERE = {
    "a machine's folder": re.compile(rf"(?<![\w.~}}>*-])/(?:{_FOLDERS})"),
    "a package registry": re.compile(_REGISTRIES),
}
IN_LOCK_FILES = {
    "a download address": re.compile(r'"resolved"\s*:\s*"(?:https?|git|file)|@ (?:https?|file):'),
    "where to download from": re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host"),
}


def findings(path: PurePath, text: str) -> Iterator[str]:
    """Yield one line for every line of a file that breaks a rule."""
    rules = dict(EVERYWHERE)
    if path.suffix == ".lock" or path.name == "package-lock.json":
        rules |= IN_LOCK_FILES
    for number, line in enumerate(text.splitlines(), start=1):
        for what, pattern in rules.items():
            if pattern.search(line):
                yield f"{path}:{number}: {what}: {line.strip()[:120]}"


def main(root: Path) -> int:
    """Print what was found under `root`; return the exit status."""
    red = 0
    for path in tracked_files(root):
        text = text_of(root / path)
        for line in findings(path, text) if text is not None else ():
            red += 1
            print(line)
    print(f"path guard: {red} red")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
