"""Opus over FFmpeg and libopus: 48 kHz mono, 20 ms a packet."""

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.packet import Packet

from nhipcau.ports.codec import DecodeError
from nhipcau.quantities import Bitrate
from nhipcau.sound.block import BLOCK_SAMPLES, RATE_HZ, PcmBlock, Samples

# 120 ms, the longest that a packet may hold (RFC 6716 §2.1.4).
_MAX_SAMPLES = 5_760
_ENCODER = {
    # Speech: only in this mode do packets carry in-band error correction (RFC 6716 §2.1.7).
    "application": "voip",
    "frame_duration": "20",
    "vbr": "on",
    "fec": "1",
    "packet_loss": "5",
    "dtx": "0",
    # 0.1 ms a packet where the default 10 takes 0.25; at 32 kbit/s hardly to be told apart.
    "compression_level": "1",
}


class OpusDecoder:
    """Implements `ports.codec.SoundDecoder`."""

    def __init__(self) -> None:
        self._codec: AudioCodecContext | None = _create("r")

    def decode(self, packet: bytes) -> Samples:
        """Return the samples of one packet, stereo mixed down.

        Raises:
            DecodeError: the packet is damaged or empty.
        """
        codec = self._codec
        if codec is None:
            raise DecodeError("the decoder is closed")
        if not packet:
            raise DecodeError("an empty Opus packet")
        try:
            frames = codec.decode(Packet(packet))
        except (FFmpegError, ValueError) as error:
            raise DecodeError(f"no Opus packet: {error}") from error
        if not frames:
            raise DecodeError("an Opus packet without sound")
        frame = frames[0]
        return np.frombuffer(frame.planes[0], np.int16, frame.samples)

    def close(self) -> None:
        """Free the codec; may be called twice."""
        self._codec = None


class OpusEncoder:
    """Implements `ports.codec.SoundEncoder`."""

    def __init__(self, bitrate: Bitrate) -> None:
        codec = _create("w")
        codec.bit_rate = bitrate
        codec.options = dict(_ENCODER)
        codec.open()
        self._codec: AudioCodecContext | None = codec
        self._frame = _frame()
        self._samples = np.frombuffer(self._frame.planes[0], np.int16, BLOCK_SAMPLES)
        self._next = 0

    def encode(self, block: PcmBlock) -> bytes:
        """Return the Opus packet of a block.

        Raises:
            ValueError: the block has not 960 samples, or the encoder is closed.
        """
        if self._codec is None:
            raise ValueError("the encoder is closed")
        if block.samples.shape != (BLOCK_SAMPLES,):
            raise ValueError(f"a block has {BLOCK_SAMPLES} samples, not {block.samples.shape}")
        self._samples[:] = block.samples
        # The codec's own clock: the caller's may start anywhere and jump.
        self._frame.pts = self._next
        self._next += BLOCK_SAMPLES
        (packet,) = self._codec.encode(self._frame)
        return bytes(packet)

    def close(self) -> None:
        """Free the codec; may be called twice."""
        self._codec = None


def _create(mode: str) -> AudioCodecContext:
    codec = CodecContext.create("libopus", "w" if mode == "w" else "r")
    assert isinstance(codec, AudioCodecContext)
    codec.sample_rate = RATE_HZ
    codec.layout = "mono"
    codec.format = "s16"
    return codec


def _frame() -> AudioFrame:
    frame = AudioFrame("s16", "mono", BLOCK_SAMPLES)
    frame.sample_rate = RATE_HZ
    return frame
