"""A room that shares no code with ours: aiortc, with its own ICE, DTLS, SRTP, RTP and buffers.

Its signalling is written here once more from docs/PROTOCOL.md.
"""

import asyncio
import contextlib
import fractions
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame
from websockets.asyncio.client import ClientConnection, connect

from nhipcau.picture.colour import Rgb, yuv

_RATE_HZ, _BLOCK = 48_000, 960
_FPS = 10
_WARBLE_HZ, _WARBLE_SHARE = 4, 0.01
# Two seconds of sound, some pictures.
_KEPT_SOUND, _KEPT_PICTURES = 100, 10


class ColourTrack(MediaStreamTrack):
    """A plain camera."""

    kind = "video"

    def __init__(self, colour: Rgb) -> None:
        super().__init__()
        self._frame = VideoFrame(640, 360, "yuv420p")
        for plane, value in zip(self._frame.planes, yuv(colour), strict=True):
            plane.update(bytes((value,)) * plane.buffer_size)
        self._number = 0

    async def recv(self) -> VideoFrame:
        """Return the next picture when it is time."""
        await asyncio.sleep(1 / _FPS)
        self._number += 1
        self._frame.pts = self._number * 90_000 // _FPS
        self._frame.time_base = fractions.Fraction(1, 90_000)
        return self._frame


class ToneTrack(MediaStreamTrack):
    """A microphone that hears a warbling tone."""

    kind = "audio"

    def __init__(self, tone_hz: float) -> None:
        super().__init__()
        self._tone_hz = tone_hz
        self._at = 0
        self._begun_s = 0.0

    async def recv(self) -> AudioFrame:
        """Return the next 20 ms when it is time."""
        now_s = asyncio.get_running_loop().time()
        self._begun_s = self._begun_s or now_s
        await asyncio.sleep(max(0.0, self._begun_s + self._at / _RATE_HZ - now_s))
        t = (self._at + np.arange(_BLOCK)) / _RATE_HZ
        swing = _WARBLE_SHARE * self._tone_hz / _WARBLE_HZ
        phase = 2 * np.pi * self._tone_hz * t + swing * np.sin(2 * np.pi * _WARBLE_HZ * t)
        samples = np.rint(8_000 * np.sin(phase)).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples[np.newaxis], "s16", "mono")
        frame.sample_rate, frame.pts = _RATE_HZ, self._at
        frame.time_base = fractions.Fraction(1, _RATE_HZ)
        self._at += _BLOCK
        return frame


@dataclass(slots=True)
class Peer:
    """One aiortc room: what it was told last, and what it sees and hears."""

    colour: Rgb
    tone_hz: float
    state: dict[str, Any] = field(default_factory=dict)
    pictures: deque[VideoFrame] = field(default_factory=lambda: deque(maxlen=_KEPT_PICTURES))
    sound: deque[npt.NDArray[np.int16]] = field(default_factory=lambda: deque(maxlen=_KEPT_SOUND))
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def run(self, url: str, token: str, done: asyncio.Event) -> None:
        """Join, talk until `done`, leave."""
        # With its default policy aiortc leaves the second audio line on a transport that it closed.
        bundle = RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        connection = RTCPeerConnection(bundle)
        connection.on("track", self._follow)
        async with connect(url, compression=None, proxy=None, max_size=2**22) as socket:
            await socket.send(json.dumps(_hello(token)))
            listening = asyncio.create_task(self._listen(socket, connection), name="listen")
            await done.wait()
            await socket.send(json.dumps({"type": "leave"}))
        await connection.close()
        tasks = (listening, *self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def power(self, tone_hz: float) -> float:
        """Return the power around a frequency in the sound of the last two seconds."""
        samples = np.concatenate(list(self.sound)).astype(np.float64)
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
        hz = np.fft.rfftfreq(len(samples), 1 / _RATE_HZ)
        return float(spectrum[(hz > tone_hz * 0.96) & (hz < tone_hz * 1.04)].sum())

    async def _listen(self, socket: ClientConnection, connection: RTCPeerConnection) -> None:
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "offer":
                answer = await self._answer(connection, message["sdp"])
                await socket.send(json.dumps({"type": "answer", "sdp": answer}))
                await socket.send(json.dumps({"type": "mic", "open": True, "id": 1}))
            elif message["type"] == "state":
                self.state = message

    async def _answer(self, connection: RTCPeerConnection, offer: str) -> str:
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        tracks = {"camera": ColourTrack(self.colour), "microphone": ToneTrack(self.tone_hz)}
        for transceiver in connection.getTransceivers():
            if transceiver.mid in tracks:
                transceiver.sender.replaceTrack(tracks[transceiver.mid])
                transceiver.direction = "sendonly"
        await connection.setLocalDescription(await connection.createAnswer())
        return str(connection.localDescription.sdp)

    def _follow(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._receive(track), name=track.kind))

    async def _receive(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if isinstance(frame, AudioFrame):
                    self.sound.append(_mono(frame))
                elif isinstance(frame, VideoFrame) and frame.width == 1280:
                    self.pictures.append(frame)


def _mono(frame: AudioFrame) -> npt.NDArray[np.int16]:
    """Return the left channel: aiortc decodes Opus to interleaved stereo."""
    samples = frame.to_ndarray().reshape(-1)
    return np.asarray(samples[:: len(frame.layout.channels)], np.int16)


def _hello(token: str) -> dict[str, Any]:
    return {
        "type": "hello",
        "v": 1,
        "token": token,
        "kind": "site",
        "capture": True,
        "agent": "aiortc",
        "takeover": False,
    }
