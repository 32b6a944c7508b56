"""The aiortc sender of `bench fanout`, in a process of its own: a track of ready packets a viewer.

recording ─▶ one queue a viewer ─▶ RTCRtpSender ─▶ viewer
"""

import asyncio
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import aiortc
import av

from nhipcau.bench.fanout_stream import Recording, read
from nhipcau.bench.fanout_wire import Said

_MAX_LINE = 2**23
_HZ = Fraction(1, 90_000)


class Track(aiortc.MediaStreamTrack):
    """Gives frames that are encoded already, which aiortc only packs and sends."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.waiting: asyncio.Queue[Any] = asyncio.Queue(50)

    async def recv(self) -> Any:
        """Return the next frame."""
        return await self.waiting.get()


class Peer:
    """The sender."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._connections: list[tuple[aiortc.RTCPeerConnection, Track]] = []
        self._playing: asyncio.Task[None] | None = None

    async def answer(self, question: Said) -> Said:
        """Answer one question of the bench."""
        if "offer" in question:
            return {"offers": [await self._open() for _ in range(question["offer"])]}
        if "answers" in question:
            waiting = self._connections[-len(question["answers"]) :]
            for (connection, _), sdp in zip(waiting, question["answers"], strict=True):
                await connection.setRemoteDescription(aiortc.RTCSessionDescription(sdp, "answer"))
            return {}
        self._playing = asyncio.create_task(self._play(), name="play")
        return {}

    async def _open(self) -> str:
        # Without a configuration aiortc asks a public STUN server.
        connection = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[]))
        track = Track()
        transceiver = connection.addTransceiver(track, direction="sendonly")
        codecs = aiortc.RTCRtpSender.getCapabilities("video").codecs
        transceiver.setCodecPreferences(
            [codec for codec in codecs if codec.mimeType == "video/H264"]
        )
        await connection.setLocalDescription(await connection.createOffer())
        self._connections.append((connection, track))
        return str(connection.localDescription.sdp)

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(1 << 31):
            await asyncio.sleep(began + number * self._recording.period_s - loop.time())
            frame = self._recording.frame(number)
            for _, track in self._connections:
                packet = av.Packet(frame.data)
                packet.pts, packet.time_base = frame.timestamp, _HZ
                if not track.waiting.full():
                    track.waiting.put_nowait(packet)


async def _serve(peer: Peer) -> None:
    reader = asyncio.StreamReader(limit=_MAX_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        print(json.dumps(await peer.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(Peer(read(Path(sys.argv[1])))))
