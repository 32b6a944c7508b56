"""Janus as a sender of `bench fanout`: Debian's, its streaming plugin fed with RTP by us.

recording ─▶ UDP ─▶ mountpoint ─▶ every viewer        API: JSON over WebSocket
"""

import asyncio
import contextlib
import itertools
import json
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from nhipcau.bench.fanout_ground import Ground
from nhipcau.bench.fanout_stream import Recording
from nhipcau.bench.fanout_wire import end
from nhipcau.rtp.sender import VideoSender

_RTP_PORT = 47_003
_API_PORT = 47_004
_PAYLOAD_TYPE = 102
_PATIENCE_S = 30.0
_MAX_MESSAGE = 2**20

_GENERAL = """general: {{
    configs_folder = "{folder}"
    session_timeout = 0
    debug_level = 2
}}
nat: {{ ice_ignore_list = "lo" }}
plugins: {{ disable = "{other_plugins}" }}
transports: {{ disable = "{other_transports}" }}
"""
_SOCKET = """general: {{
    json = "compact"
    ws = true
    ws_ip = "{address}"
    ws_port = {port}
}}
"""
_MOUNTPOINT = """program: {{
    type = "rtp"
    id = 1
    media = (
        {{
            type = "video"
            mid = "v"
            port = {port}
            pt = {payload_type}
            codec = "h264"
            fmtp = "profile-level-id=42e01f;packetization-mode=1"
        }}
    )
}}
"""
_OTHER_PLUGINS = ",".join(
    f"libjanus_{name}.so"
    for name in (
        *("audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip"),
        *("textroom", "videocall", "videoroom", "voicemail"),
    )
)
_OTHER_TRANSPORTS = ",".join(
    f"libjanus_{name}.so" for name in ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")
)


def missing() -> str | None:
    """Return what lacks for measuring Janus, None when nothing."""
    return None if shutil.which("janus") else "needs Janus (Debian: apt-get install janus)"


class Janus:
    """The running Janus and its API."""

    def __init__(
        self, pid: int, line: ClientConnection, recording: Recording, address: str
    ) -> None:
        self.pid = pid
        self._line = line
        self._recording = recording
        self._address = address
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._session = 0
        self._handles: list[int] = []
        self._playing: asyncio.Task[None] | None = None
        self._reading = asyncio.create_task(self._read(), name="janus answers")

    async def log_in(self) -> None:
        """Begin the session that all viewers hang on."""
        self._session = (await self._ask(janus="create"))["data"]["id"]

    async def offers(self, count: int) -> list[str]:
        """Return the offers of further viewers."""
        return [await self._watch() for _ in range(count)]

    async def answers(self, sdps: list[str]) -> None:
        """Hand over the answers to the offers of last time."""
        waiting = self._handles[-len(sdps) :]
        for handle, sdp in zip(waiting, sdps, strict=True):
            jsep = {"type": "answer", "sdp": sdp}
            await self._message(handle, {"request": "start"}, jsep=jsep)

    async def play(self) -> None:
        """Begin to feed the mountpoint."""
        self._playing = asyncio.create_task(feed(self._recording, self._address), name="feed")

    async def aclose(self) -> None:
        """Stop feeding and reading."""
        for task in (self._playing, self._reading):
            if task is not None:
                task.cancel()
                # A Janus that has died has hung up.
                with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                    await task

    async def _watch(self) -> str:
        attached = await self._ask(
            janus="attach", session_id=self._session, plugin="janus.plugin.streaming"
        )
        handle = int(attached["data"]["id"])
        self._handles.append(handle)
        return str((await self._message(handle, {"request": "watch", "id": 1}))["jsep"]["sdp"])

    async def _message(self, handle: int, body: dict[str, Any], **more: Any) -> Any:
        return await self._ask(
            janus="message", session_id=self._session, handle_id=handle, body=body, **more
        )

    async def _ask(self, **words: Any) -> Any:
        """Return the answer to a request; of a message that is the plugin's event."""
        name = str(next(self._numbers))
        future = self._waiting[name] = asyncio.get_running_loop().create_future()
        await self._line.send(json.dumps({**words, "transaction": name}))
        async with asyncio.timeout(_PATIENCE_S):
            return await future

    async def _read(self) -> None:
        async for text in self._line:
            said = json.loads(text)
            if said["janus"] == "ack" or "transaction" not in said:
                continue
            future = self._waiting.pop(said["transaction"], None)
            if future is not None and not future.done():
                error = said.get("error") or said.get("plugindata", {}).get("data", {}).get("error")
                if error:
                    future.set_exception(RuntimeError(f"Janus refused: {error}"))
                else:
                    future.set_result(said)


async def feed(recording: Recording, address: str) -> None:
    """Send a recording to the mountpoint until cancelled, whether anybody is there or not."""
    loop = asyncio.get_running_loop()
    sender = VideoSender(1, _PAYLOAD_TYPE)
    began = loop.time()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as feed:
        for number in range(1 << 31):
            await asyncio.sleep(began + number * recording.period_s - loop.time())
            for packet in sender.packetize(recording.frame(number)):
                feed.sendto(packet, (address, _RTP_PORT))


@contextlib.asynccontextmanager
async def janus(ground: Ground, recording: Recording, folder: Path) -> AsyncIterator[Janus]:
    """Run Janus in the ground's namespace while the context is open.

    Raises:
        RuntimeError: it did not come up, or it refused a request.
    """
    process = await begin_janus(ground, folder)
    try:
        async with await connected(process, ground) as line:
            one = Janus(process.pid, line, recording, ground.sender)
            try:
                await one.log_in()
                yield one
            finally:
                await one.aclose()
    finally:
        await end(process)


async def begin_janus(ground: Ground, folder: Path) -> asyncio.subprocess.Process:
    """Start Janus in the ground's namespace, with its settings and its log in `folder`."""
    _write_settings(folder, ground.sender)
    with (folder / "janus.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *(*ground.prefix, "janus", "-F", str(folder), "--disable-colors"),
            stdout=log,
            stderr=log,
            cwd=folder,
        )


def _write_settings(folder: Path, address: str) -> None:
    general = _GENERAL.format(
        folder=folder, other_plugins=_OTHER_PLUGINS, other_transports=_OTHER_TRANSPORTS
    )
    mountpoint = _MOUNTPOINT.format(port=_RTP_PORT, payload_type=_PAYLOAD_TYPE)
    api = _SOCKET.format(address=address, port=_API_PORT)
    (folder / "janus.jcfg").write_text(general)
    (folder / "janus.transport.websockets.jcfg").write_text(api)
    (folder / "janus.plugin.streaming.jcfg").write_text(mountpoint)


async def connected(
    process: asyncio.subprocess.Process, ground: Ground, every_s: float = 0.1
) -> ClientConnection:
    """Return a connection to Janus's API as soon as it takes one; it is tried so often.

    Raises:
        RuntimeError: it ended, or takes none.
    """
    loop = asyncio.get_running_loop()
    end_s = loop.time() + _PATIENCE_S
    protocol = Subprotocol("janus-protocol")
    url = f"ws://{ground.sender}:{_API_PORT}"
    while process.returncode is None and loop.time() < end_s:
        try:
            return await connect(
                url, subprotocols=[protocol], max_size=_MAX_MESSAGE, ping_interval=None, proxy=None
            )
        except OSError:
            await asyncio.sleep(every_s)
    raise RuntimeError("Janus did not start")
