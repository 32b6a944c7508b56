"""Which files of the checkout the guards read: those that git tracks or is about to."""

import subprocess
from pathlib import Path


def tracked_files(root: Path) -> list[Path]:
    """Return the files under `root` that git knows or would add, relative to it, sorted.

    A file that nobody has added yet counts too, so that a guard speaks before the commit and not
    after it. What `.gitignore` names does not count.

    Raises:
        subprocess.CalledProcessError: `root` is no git checkout.
    """
    listed = subprocess.run(
        # A checkout that belongs to another account, as in many CI systems, is read all the same.
        ["git", "-c", "safe.directory=*", "ls-files", "-coz", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = sorted(set(listed.split("\0")) - {""})
    # A file that was deleted and not yet committed is still listed.
    return [Path(name) for name in names if (root / name).is_file()]


def text_of(path: Path) -> str | None:
    """Return the text of a file, None when it is no UTF-8 text."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
