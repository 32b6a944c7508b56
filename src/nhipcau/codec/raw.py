"""The codecs' twins: pictures and sound as tagged bytes, uncompressed and exact.

    start codes "H264" width height checksum planes    a key frame or another, both whole
    "xPCM" count checksum samples                      20 ms

A test of the MCU that uses them waits for no encoder and can compare pictures bit for bit. They
refuse what the real ones refuse: damage, a picture of the wrong size, a difference frame first.
"""

import struct
import zlib

import numpy as np

from nhipcau.picture.frame import Picture, Plane
from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import DecodeError, VideoSpec
from nhipcau.quantities import Bitrate
from nhipcau.rtp.frame import EncodedFrame
from nhipcau.sound.block import BLOCK_SAMPLES, PcmBlock, Samples

# NAL units as an encoder makes them (SPS, PPS and IDR slice, or another slice), so that whoever
# packs the frame into RTP finds what it expects.
_KEY = bytes.fromhex("0000000167 42e01f 0000000168 ce3c80 0000000165")
_DIFFERENCE = b"\x00\x00\x00\x01\x61"
_PICTURE = struct.Struct("!4sHHI")
_SOUND = struct.Struct("!4sHI")
# "x" is how a full-band Opus packet of one frame of 20 ms begins (RFC 6716 §3.1), so that a
# receiver of RTP takes it for one.
_SOUND_TAG = b"xPCM"


def _escape(data: bytes) -> bytes:
    """Return `data` without a zero byte, so that no start code can arise in it."""
    return data.replace(b"\x01", b"\x01\x02").replace(b"\x00", b"\x01\x03")


def _unescape(data: bytes) -> bytes:
    return data.replace(b"\x01\x03", b"\x00").replace(b"\x01\x02", b"\x01")


class RawVideoEncoder:
    """Implements `ports.codec.VideoEncoder`."""

    def __init__(self, spec: VideoSpec, clock: Clock) -> None:
        self._spec = spec
        self._clock = clock
        self._interval = max(1, round(spec.keyframe_interval_s * spec.fps))
        self._since_key = self._interval
        self._closed = False

    def encode(self, picture: Picture, timestamp: int, *, keyframe: bool) -> EncodedFrame:
        """Return `picture` as bytes.

        Raises:
            ValueError: the picture has another size than the spec, or the encoder is closed.
        """
        spec = self._spec
        if self._closed:
            raise ValueError("the encoder is closed")
        if (picture.width, picture.height) != (spec.width, spec.height):
            raise ValueError(
                f"a picture of {picture.width}×{picture.height} for {spec.width}×{spec.height}"
            )
        is_key = keyframe or self._since_key >= self._interval
        self._since_key = 1 if is_key else self._since_key + 1
        planes = b"".join([plane.tobytes() for plane in (picture.y, picture.u, picture.v)])
        head = _PICTURE.pack(b"H264", spec.width, spec.height, zlib.crc32(planes))
        data = (_KEY if is_key else _DIFFERENCE) + _escape(head + planes)
        return EncodedFrame(data, timestamp, is_key, self._clock.now_s())

    def close(self) -> None:
        """Close it; may be called twice."""
        self._closed = True


class RawVideoDecoder:
    """Implements `ports.codec.VideoDecoder`."""

    def __init__(self) -> None:
        self._waiting = True
        self._closed = False

    def decode(self, frame: EncodedFrame) -> Picture | None:
        """Return the picture, None while a key frame is awaited.

        Raises:
            DecodeError: the bytes are damaged. Until the next key frame nothing is decoded.
        """
        if self._closed:
            raise DecodeError("the decoder is closed")
        if self._waiting and not frame.keyframe:
            return None
        try:
            picture = _unpack_picture(frame.data)
        except DecodeError:
            self._waiting = True
            raise
        self._waiting = False
        return picture

    def close(self) -> None:
        """Close it; may be called twice."""
        self._closed = True


def _unpack_picture(data: bytes) -> Picture:
    head = next((head for head in (_KEY, _DIFFERENCE) if data.startswith(head)), None)
    if head is None:
        raise DecodeError("no frame of the twin's")
    plain = _unescape(data[len(head) :])
    if len(plain) < _PICTURE.size:
        raise DecodeError("a frame cut off")
    tag, width, height, checksum = _PICTURE.unpack_from(plain)
    planes = plain[_PICTURE.size :]
    if tag != b"H264" or len(planes) != width * height * 3 // 2 or zlib.crc32(planes) != checksum:
        raise DecodeError("a damaged frame")
    luma, chroma = width * height, width * height // 4
    return Picture(
        _plane(planes, 0, width, height),
        _plane(planes, luma, width // 2, height // 2),
        _plane(planes, luma + chroma, width // 2, height // 2),
    )


def _plane(data: bytes, at: int, width: int, height: int) -> Plane:
    return np.frombuffer(data, np.uint8, width * height, at).reshape(height, width)


class RawScaler:
    """Implements `ports.codec.PictureScaler` by the nearest pixel."""

    def scale(self, picture: Picture, width: int, height: int) -> Picture:
        """Return `picture` scaled; the same object when it has that size already.

        Raises:
            ValueError: a side of the result is odd or not positive.
        """
        if width < 2 or height < 2 or width % 2 or height % 2:
            raise ValueError(f"a picture has even sides, not {width}×{height}")
        if (picture.width, picture.height) == (width, height):
            return picture
        return Picture(
            _nearest(picture.y, width, height),
            _nearest(picture.u, width // 2, height // 2),
            _nearest(picture.v, width // 2, height // 2),
        )


def _nearest(plane: Plane, width: int, height: int) -> Plane:
    rows = np.arange(height) * plane.shape[0] // height
    columns = np.arange(width) * plane.shape[1] // width
    return np.ascontiguousarray(plane.take(rows, 0).take(columns, 1))


class RawSoundEncoder:
    """Implements `ports.codec.SoundEncoder`."""

    def __init__(self) -> None:
        self._closed = False

    def encode(self, block: PcmBlock) -> bytes:
        """Return the block as bytes, about 1.9 kB.

        Raises:
            ValueError: the block has not 960 samples, or the encoder is closed.
        """
        if self._closed:
            raise ValueError("the encoder is closed")
        if block.samples.shape != (BLOCK_SAMPLES,):
            raise ValueError(f"a block has {BLOCK_SAMPLES} samples, not {block.samples.shape}")
        samples = block.samples.tobytes()
        return _SOUND.pack(_SOUND_TAG, BLOCK_SAMPLES, zlib.crc32(samples)) + samples

    def close(self) -> None:
        """Close it; may be called twice."""
        self._closed = True


class RawSoundDecoder:
    """Implements `ports.codec.SoundDecoder`."""

    def __init__(self) -> None:
        self._closed = False

    def decode(self, packet: bytes) -> Samples:
        """Return the samples.

        Raises:
            DecodeError: the packet is damaged.
        """
        if self._closed:
            raise DecodeError("the decoder is closed")
        if len(packet) < _SOUND.size:
            raise DecodeError("a packet cut off")
        tag, count, checksum = _SOUND.unpack_from(packet)
        samples = packet[_SOUND.size :]
        if tag != _SOUND_TAG or len(samples) != 2 * count or zlib.crc32(samples) != checksum:
            raise DecodeError("a damaged packet")
        return np.frombuffer(samples, np.int16)

    def close(self) -> None:
        """Close it; may be called twice."""
        self._closed = True


class RawCodecs:
    """Implements `ports.codec.Codecs`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def video_decoder(self) -> RawVideoDecoder:
        """Return a fresh decoder."""
        return RawVideoDecoder()

    def video_encoder(self, spec: VideoSpec) -> RawVideoEncoder:
        """Return a fresh encoder."""
        return RawVideoEncoder(spec, self._clock)

    def scaler(self) -> RawScaler:
        """Return a scaler."""
        return RawScaler()

    def sound_decoder(self) -> RawSoundDecoder:
        """Return a fresh decoder."""
        return RawSoundDecoder()

    def sound_encoder(self, bitrate: Bitrate) -> RawSoundEncoder:
        """Return a fresh encoder; what it makes has the same size at any bitrate."""
        del bitrate
        return RawSoundEncoder()
