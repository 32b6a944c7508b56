"""What each of the six media lines says in an SDP: format, parameters, feedback, stream.

stream "bridge"   program ┐ one CNAME and one msid stream, so that a browser keeps
                  sound   ┘ lips and voice together
stream "share"    content   five frames a second must not hold the sound back
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nhipcau.ports.transport import DOWNSTREAM, PAYLOAD_TYPES, UPSTREAM, Mid

# Constrained baseline, level 3.1: the one H.264 that every browser and room system has
# (RFC 7742 §6.2). Content asks for level 4.0, because text needs up to 1920×1080.
CAMERA_H264 = "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1"
CONTENT_H264 = "profile-level-id=42e028;packetization-mode=1;level-asymmetry-allowed=1"
# RFC 7587 §6.1: packets down to 10 ms are welcome, and in-band error correction is used.
OPUS = "minptime=10;useinbandfec=1"

VIDEO_FEEDBACK = ("nack", "nack pli", "goog-remb")
SOUND_FEEDBACK = ("nack",)


@dataclass(frozen=True, slots=True)
class LineFormat:
    """One media line.

    Attributes:
        kind: `video` or `audio`.
        payload_type: RTP payload type, the same in every connection.
        encoding: what `a=rtpmap` names, with clock rate and channels.
        parameters: what `a=fmtp` says.
        feedback: the `a=rtcp-fb` values.
        stream: the msid stream that the line's track belongs to.
    """

    kind: str
    payload_type: int
    encoding: str
    parameters: str
    feedback: tuple[str, ...]
    stream: str

    @property
    def is_video(self) -> bool:
        """True for H.264, False for Opus."""
        return self.kind == "video"


def _video(mid: Mid, parameters: str, stream: str) -> LineFormat:
    return LineFormat("video", PAYLOAD_TYPES[mid], "H264/90000", parameters, VIDEO_FEEDBACK, stream)


def _sound(mid: Mid) -> LineFormat:
    return LineFormat("audio", PAYLOAD_TYPES[mid], "opus/48000/2", OPUS, SOUND_FEEDBACK, "bridge")


FORMATS: Mapping[Mid, LineFormat] = {
    Mid.CAMERA: _video(Mid.CAMERA, CAMERA_H264, "bridge"),
    Mid.CONTENT_UP: _video(Mid.CONTENT_UP, CONTENT_H264, "share"),
    Mid.MICROPHONE: _sound(Mid.MICROPHONE),
    Mid.PROGRAM: _video(Mid.PROGRAM, CAMERA_H264, "bridge"),
    Mid.CONTENT: _video(Mid.CONTENT, CONTENT_H264, "share"),
    Mid.SOUND: _sound(Mid.SOUND),
}

MIDS = (*UPSTREAM, *DOWNSTREAM)
