"""A PostgreSQL server of a bench's own: in a temporary folder, on a Unix socket, gone afterwards.

    initdb ─▶ postgres ─▶ accepts connections: ready ─▶ kill ─▶ begin: from its log ─▶ ready

The programs come from Debian's package `postgresql`. The server refuses to run as root; there it
runs as the package's own user. It dies with the thread that began it, where `setpriv` of
util-linux can see to that.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

_START_S = 50.0
_POLL_S = 0.05
_PACKAGE_USER = "postgres"
_OWNER = "office"


def programs() -> Path | None:
    """Return the folder of the newest server programs on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def why_not() -> str:
    """Return why no server can be started here; empty when one can."""
    if programs() is None:
        return "PostgreSQL is not installed (apt-get install postgresql)"
    if os.geteuid() == 0 and _package_user() is None:
        return f"PostgreSQL refuses to run as root, and there is no user {_PACKAGE_USER}"
    return ""


class Postgres:
    """One server; it may be killed and begun again."""

    def __init__(self, folder: Path, programs: Path, *, sync: bool = True) -> None:
        """Make its files (blocking); nothing runs yet.

        Args:
            folder: empty, and readable by the package's user.
            programs: of the server.
            sync: False leaves the moment of writing to the operating system, as tests may.

        Raises:
            RuntimeError: they can't be made.
        """
        self._folder, self._programs, self._sync = folder, programs, sync
        self._user = _package_user() if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        how = ("-U", _OWNER, "-A", "trust", "-N", "-E", "UTF8")
        made = self._run(programs / "initdb", "-D", self._data, *how)
        if made.wait(_START_S) != 0:
            raise RuntimeError(f"initdb failed with status {made.returncode}")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL up to the name of a database; `postgres` is one that is there."""
        return f"postgresql://{_OWNER}@/{{}}?host={quote(str(self._folder), safe='')}"

    def begin(self) -> None:
        """Run; it dies with this thread. Not to be called while it runs."""
        options = ["-k", str(self._folder), "-c", "listen_addresses="]
        options += [] if self._sync else ["-c", "fsync=off"]
        leash = ("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()
        server = (self._programs / "postgres", "-D", self._data, *options)
        self._process = self._run(*leash, *server)

    def wait_ready(self) -> None:
        """Return when it accepts connections (blocking).

        Raises:
            RuntimeError: it does not within a minute.
        """
        deadline = time.monotonic() + _START_S
        ask = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
        while subprocess.run(ask, check=False, timeout=_START_S).returncode != 0:
            if time.monotonic() > deadline:
                raise RuntimeError("the PostgreSQL server did not start")
            time.sleep(_POLL_S)

    def kill(self) -> None:
        """Kill it with all its processes at once, as a machine that loses its power does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(_START_S)
            self._process = None

    def end(self) -> None:
        """Let it end all sessions at once, cleanly (blocking); may be called twice."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_START_S)
            self._process = None

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, *words: object) -> subprocess.Popen[bytes]:
        """Start a program of the server's as its user, in a process group of its own."""
        user = self._user
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
            start_new_session=True,
        )


@contextlib.contextmanager
def postgres_server(*, sync: bool = True) -> Iterator[Postgres]:
    """Run a server while the context is open (blocking); enter when it accepts connections.

    Raises:
        RuntimeError: it can't be started; `why_not` may say why.
    """
    found = programs()
    if found is None:
        raise RuntimeError(why_not())
    folder = Path(tempfile.mkdtemp(prefix="nhipcau-pg-"))
    try:
        server = Postgres(folder, found, sync=sync)
        server.begin()
        try:
            server.wait_ready()
            yield server
        finally:
            server.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _package_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(_PACKAGE_USER)
    except KeyError:
        return None
