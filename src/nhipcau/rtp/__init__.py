"""RTP and RTCP without a socket: bytes and `now_s` in; packets, frames and feedback out.

    upstream    packet ─▶ OrderedStream (NACK, reports, order) ─▶ H.264 or Opus ─▶ frames
    downstream  frame ─▶ H.264 or Opus ─▶ VideoSender, SoundSender ─▶ packets, the same for all
                viewer's RTCP ─▶ ViewerState ─▶ what to resend, whether a key frame is wanted

Nothing here knows a transport, a codec's bits beyond the payload header, or a clock. What happens
to each RTCP type is in docs/RTCP.md.
"""
