"""The codec port: compressed frames in, pictures and sound out, and back.

Every object here is used by one thread at a time. All of them release the GIL for the costly part.
"""

from dataclasses import dataclass
from typing import Protocol

from nhipcau.picture.frame import Picture
from nhipcau.quantities import Bitrate
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.sound.block import PcmBlock, Samples


class DecodeError(Exception):
    """The bytes are no frame of this codec. The decoder stays usable; feed it a key frame next."""


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """What an encoder makes: even size in pixels, frames per second, bits per second, level."""

    width: int
    height: int
    fps: int
    bitrate: Bitrate
    level: str = "3.1"
    # An IDR at least this often, so that a viewer who is refused a prompt one need not wait longer.
    keyframe_interval_s: float = 4.0


class VideoDecoder(Protocol):
    """H.264 to pictures."""

    def decode(self, frame: EncodedFrame) -> Picture | None:
        """Return the picture of `frame`, or None when the decoder has nothing to show yet.

        The picture's planes belong to the caller.

        Raises:
            DecodeError: the bytes are damaged; no picture of it is shown.
        """
        ...

    def close(self) -> None:
        """Free the codec; may be called twice."""
        ...


class VideoEncoder(Protocol):
    """Pictures to H.264 constrained baseline, one slice, SPS and PPS before every IDR."""

    def encode(self, picture: Picture, timestamp: int, *, keyframe: bool) -> EncodedFrame:
        """Return `picture` encoded; zero latency: one in, one out.

        Args:
            picture: of the size in the encoder's `VideoSpec`.
            timestamp: 90 kHz ticks, unwrapped, later than the last.
            keyframe: make this one an IDR.
        """
        ...

    def close(self) -> None:
        """Free the codec; may be called twice."""
        ...


class PictureScaler(Protocol):
    """Scales whole pictures."""

    def scale(self, picture: Picture, width: int, height: int) -> Picture:
        """Return `picture` scaled to exactly `width`×`height` (even); no aspect is kept here."""
        ...


class SoundDecoder(Protocol):
    """Opus to PCM."""

    def decode(self, packet: bytes) -> Samples:
        """Return int16 mono samples at 48 kHz, shape (n,), n a multiple of 120 up to 5,760.

        Raises:
            DecodeError: the packet is damaged.
        """
        ...

    def close(self) -> None:
        """Free the codec; may be called twice."""
        ...


class SoundEncoder(Protocol):
    """PCM to Opus, 20 ms a packet, no discontinuous transmission."""

    def encode(self, block: PcmBlock) -> bytes:
        """Return the Opus packet of a block of shape (960,)."""
        ...

    def close(self) -> None:
        """Free the codec; may be called twice."""
        ...


class Codecs(Protocol):
    """Makes the codecs of one machine."""

    def video_decoder(self) -> VideoDecoder:
        """Return a fresh H.264 decoder."""
        ...

    def video_encoder(self, spec: VideoSpec) -> VideoEncoder:
        """Return a fresh H.264 encoder."""
        ...

    def scaler(self) -> PictureScaler:
        """Return a fresh scaler (it keeps the tables of the sizes it has seen)."""
        ...

    def sound_decoder(self) -> SoundDecoder:
        """Return a fresh Opus decoder, 48 kHz mono."""
        ...

    def sound_encoder(self, bitrate: Bitrate) -> SoundEncoder:
        """Return a fresh Opus encoder, 48 kHz mono, in-band FEC on, DTX off."""
        ...
