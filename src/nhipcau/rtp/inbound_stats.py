"""Frozen counters of the receivers: what `stats()` gives to the console and to `/metrics`."""

from dataclasses import dataclass

from nhipcau.rtp.timeline import ClockMapping


@dataclass(frozen=True, slots=True)
class InboundStats:
    """Counters of one incoming stream since it was made; `ssrc` is None before the first packet.

    Attributes:
        received: packets that were new and of the stream; `octets` counts them whole.
        lost: packets given up.
        recovered: packets that came after a NACK for them.
        reordered: packets that others overtook and that nobody had asked for yet.
        duplicates, late: packets that were there already; that came after they were given up.
        malformed, foreign, strays: no RTP or RTCP of ours; another payload type or an older source;
            far from the sequence.
        overflows: times that too much waited behind a gap.
        nacks_sent: packets asked for; `nack_messages` counts the NACKs that carried them.
        restarts: sources that began anew, or other sources that took their place.
        clock_jumps: jumps of the media clock that were bridged.
        rtcp_skipped: RTCP packets of unknown types.
    """

    ssrc: int | None
    received: int
    octets: int
    lost: int
    recovered: int
    reordered: int
    duplicates: int
    late: int
    malformed: int
    foreign: int
    strays: int
    overflows: int
    nacks_sent: int
    nack_messages: int
    restarts: int
    clock_jumps: int
    rtcp_skipped: int
    jitter_s: float
    rtt_s: float
    clock: ClockMapping | None


@dataclass(frozen=True, slots=True)
class VideoStats(InboundStats):
    """Counters of a video receiver.

    Attributes:
        frames: whole frames given out in an unbroken chain; `keyframes` of them begin one.
        frames_dropped: whole frames that no decoder could use, or that nobody fetched in time.
        queue_overflows: times that nobody fetched frames and all of them went.
        plis_sent: key frames asked for.
        waiting_since_s: since when nothing comes out for want of a key frame; None while pictures
            flow and before the first packet.
    """

    frames: int
    keyframes: int
    frames_dropped: int
    queue_overflows: int
    plis_sent: int
    waiting_since_s: float | None


@dataclass(frozen=True, slots=True)
class SoundStats(InboundStats):
    """Counters of a sound receiver.

    Attributes:
        packets: given out by `take`.
        missing: packets that were given up before one that was given out.
        dropped: packets that nobody took in time.
    """

    packets: int
    missing: int
    dropped: int
