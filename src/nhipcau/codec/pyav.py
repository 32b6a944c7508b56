"""The real codecs of one machine, over FFmpeg."""

import av

from nhipcau.codec.h264 import H264Decoder, H264Encoder
from nhipcau.codec.opus import OpusDecoder, OpusEncoder
from nhipcau.codec.scale import SwScaler
from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import VideoSpec
from nhipcau.quantities import Bitrate


class PyAvCodecs:
    """Implements `ports.codec.Codecs`. Any thread may make codecs; one thread uses each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # FFmpeg writes a line for every damaged frame; ours are counted by whoever decodes.
        av.logging.set_level(None)

    def video_decoder(self) -> H264Decoder:
        """Return a fresh H.264 decoder."""
        return H264Decoder()

    def video_encoder(self, spec: VideoSpec) -> H264Encoder:
        """Return a fresh H.264 encoder.

        Raises:
            av.error.FFmpegError: libx264 refuses the spec.
        """
        return H264Encoder(spec, self._clock)

    def scaler(self) -> SwScaler:
        """Return a fresh scaler."""
        return SwScaler()

    def sound_decoder(self) -> OpusDecoder:
        """Return a fresh Opus decoder."""
        return OpusDecoder()

    def sound_encoder(self, bitrate: Bitrate) -> OpusEncoder:
        """Return a fresh Opus encoder."""
        return OpusEncoder(bitrate)
