"""H.264 over FFmpeg: its own decoder, and libx264.

EncodedFrame ─▶ H264Decoder ─▶ Picture        damaged: DecodeError, then nothing till an IDR
Picture ─▶ H264Encoder ─▶ EncodedFrame        one in, one out
"""

from fractions import Fraction

import av
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, VideoReformatter

from nhipcau.codec.annexb import tidy
from nhipcau.codec.planes import PIXELS, TIME_BASE, FramePicture, Staging, from_frame
from nhipcau.picture.frame import Picture
from nhipcau.ports.clock import Clock
from nhipcau.ports.codec import DecodeError, VideoSpec
from nhipcau.rtp.frame import EncodedFrame

# 8,192 macroblocks, the largest picture of level 4.0 (ITU-T H.264 table A-1): a hostile source
# must not make us reserve memory for 16,384×16,384.
_MAX_PIXELS = 8_192 * 256
_DECODER = {
    # Every inconsistency is an error. Concealment can't be off altogether: with 0 the decoder no
    # longer counts macroblocks and calls every picture of several slices corrupt. So it conceals
    # as little as it can, flags the picture, and we refuse what is flagged.
    "err_detect": "crccheck+bitstream+buffer+explode",
    "ec": "deblock",
    "flags": "+low_delay",
    "max_pixels": str(_MAX_PIXELS),
}
_X264 = ":".join(
    (
        "threads=1",
        "sliced-threads=0",
        "slices=1",
        "repeat-headers=1",
        "annexb=1",
        "aud=0",
        "scenecut=0",
        # Said plainly, because decoders guess differently: BT.601 matrix, limited range.
        "colormatrix=smpte170m",
        "colorprim=bt709",
        "transfer=bt709",
        "range=tv",
    )
)
# A quarter of a second: an IDR has 23 kB with it, 106 kB without.
_VBV_PER_S = 4


def _vbv_bits(bitrate: int, fps: int) -> int:
    """Return the size of the VBV: a quarter of a second, never less than two frames' worth."""
    return max(bitrate // _VBV_PER_S, 2 * bitrate // fps)


class H264Decoder:
    """Implements `ports.codec.VideoDecoder`."""

    def __init__(self) -> None:
        self._codec: VideoCodecContext | None = _open_decoder()
        self._reformatter = VideoReformatter()
        self._waiting = True

    def decode(self, frame: EncodedFrame) -> Picture | None:
        """Return the picture, a read-only view into FFmpeg's memory; None while an IDR is awaited.

        Frames must follow one another without a gap: a missing one is not noticed here, and what
        is built on it would be wrong. After a gap go on with a key frame.

        Raises:
            DecodeError: the bytes are damaged. Until the next key frame nothing is decoded.
        """
        codec = self._codec
        if codec is None:
            raise DecodeError("the decoder is closed")
        if self._waiting and not frame.keyframe:
            return None
        if not frame.data:
            raise self._damaged("an empty frame")
        try:
            shown = codec.decode(Packet(frame.data))
        except (FFmpegError, ValueError) as error:
            raise self._damaged(str(error)) from error
        self._waiting = False
        if not shown:
            return None
        if any(picture.is_corrupt for picture in shown):
            raise self._damaged("FFmpeg calls the picture corrupt")
        return self._plain(shown[-1])

    def _damaged(self, detail: str) -> DecodeError:
        """Forget all references, so that nothing later is built on damage."""
        if self._codec is not None:
            self._codec.flush_buffers()
        self._waiting = True
        return DecodeError(f"no H.264 frame: {detail}")

    def _plain(self, frame: av.VideoFrame) -> FramePicture:
        """Return the frame as limited-range 4:2:0 of even size, converted only when it is not."""
        width, height = frame.width & ~1, frame.height & ~1
        if width < 2 or height < 2:
            raise DecodeError(f"a picture of {frame.width}×{frame.height}")
        limited = frame.color_range != ColorRange.JPEG and frame.format.name == PIXELS
        if limited and (width, height) == (frame.width, frame.height):
            return from_frame(frame)
        full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        plain = self._reformatter.reformat(
            frame,
            width,
            height,
            PIXELS,
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        return from_frame(plain)

    def close(self) -> None:
        """Free the codec; may be called twice."""
        self._codec = None


def _open_decoder() -> VideoCodecContext:
    codec = CodecContext.create("h264", "r")
    assert isinstance(codec, VideoCodecContext)
    codec.thread_count = 1
    codec.options = dict(_DECODER)
    return codec


class H264Encoder:
    """Implements `ports.codec.VideoEncoder` with libx264: superfast, zero latency, baseline."""

    def __init__(self, spec: VideoSpec, clock: Clock) -> None:
        self._spec = spec
        self._clock = clock
        self._staging = Staging()
        self._codec: VideoCodecContext | None = _open_encoder(spec)

    def encode(self, picture: Picture, timestamp: int, *, keyframe: bool) -> EncodedFrame:
        """Return `picture` encoded.

        Raises:
            ValueError: the picture has another size than the spec, or the encoder is closed.
        """
        codec, spec = self._codec, self._spec
        if codec is None:
            raise ValueError("the encoder is closed")
        if (picture.width, picture.height) != (spec.width, spec.height):
            raise ValueError(
                f"a picture of {picture.width}×{picture.height} for {spec.width}×{spec.height}"
            )
        frame = self._staging.load(picture)
        frame.pts = timestamp
        frame.time_base = TIME_BASE
        frame.pict_type = PictureType.I if keyframe else PictureType.NONE
        packets = codec.encode(frame)
        data, is_idr = tidy(b"".join([bytes(packet) for packet in packets]))
        return EncodedFrame(data, timestamp, is_idr, self._clock.now_s())

    def close(self) -> None:
        """Free the codec; may be called twice."""
        self._codec = None


def _open_encoder(spec: VideoSpec) -> VideoCodecContext:
    codec = CodecContext.create("libx264", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width = spec.width
    codec.height = spec.height
    codec.pix_fmt = PIXELS
    codec.time_base = TIME_BASE
    codec.framerate = Fraction(spec.fps, 1)
    codec.bit_rate = spec.bitrate
    codec.thread_count = 1
    codec.gop_size = max(1, round(spec.keyframe_interval_s * spec.fps))
    codec.max_b_frames = 0
    codec.options = {
        "preset": "superfast",
        "tune": "zerolatency",
        "profile": "baseline",
        "level": spec.level,
        "forced-idr": "1",
        "maxrate": str(spec.bitrate),
        "bufsize": str(_vbv_bits(spec.bitrate, spec.fps)),
        "x264-params": _X264,
    }
    codec.open()
    return codec
