"""A PostgreSQL server of our own: in a temporary folder, on a Unix socket, gone after the tests.

The programs come from Debian's package `postgresql`. The server refuses to run as root; there it
runs as the package's own user.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

_START_S = 50


def programs() -> Path | None:
    """Return the folder of the newest server programs on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def why_not() -> str:
    """Return why no server can be started here; empty when one can."""
    if programs() is None:
        return "PostgreSQL is not installed (apt-get install postgresql)"
    if os.geteuid() == 0 and _user() is None:
        return "PostgreSQL refuses to run as root, and there is no user postgres"
    return ""


def _user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


@contextmanager
def server() -> Iterator[str]:
    """Run a server; yield its URL up to the name of a database."""
    folder = Path(tempfile.mkdtemp(prefix="nhipcau-pg-"))
    user = _user() if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    bin_dir = programs()
    assert bin_dir is not None
    data, sockets = folder / "data", folder
    try:
        how = ("-U", "office", "-A", "trust", "-N", "-E", "UTF8")
        made = _start(user, bin_dir / "initdb", "-D", data, *how).wait(_START_S)
        if made != 0:
            raise RuntimeError(f"initdb failed with status {made}")
        options = ("-k", sockets, "-c", "listen_addresses=", "-c", "fsync=off")
        with _running(_start(user, bin_dir / "postgres", "-D", data, *options)):
            _wait_ready(bin_dir, sockets)
            yield f"postgresql://office@/{{}}?host={quote(str(sockets), safe='')}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(user: pwd.struct_passwd | None, *words: object) -> subprocess.Popen[bytes]:
    """Start a program of the server's as its user."""
    return subprocess.Popen(
        [str(word) for word in words],
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
        extra_groups=None if user is None else [],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def _running(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        # The server ends all sessions at once, and cleanly.
        process.send_signal(signal.SIGINT)
        process.wait(_START_S)


def _wait_ready(bin_dir: Path, sockets: Path) -> None:
    deadline = time.monotonic() + _START_S
    ask = [str(bin_dir / "pg_isready"), "-q", "-h", str(sockets)]
    while subprocess.run(ask, check=False, timeout=_START_S).returncode != 0:
        if time.monotonic() > deadline:
            raise RuntimeError("the PostgreSQL server did not start")
        time.sleep(0.05)
