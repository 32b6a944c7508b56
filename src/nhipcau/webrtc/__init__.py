"""WebRTC transports: ICE, DTLS and SRTP on one side, plain RTP and RTCP bytes on the other.

    rtc.py          the real one, over libdatachannel; rtc_setup.py is what it tells the library
    memory.py       its twin, in one process and without a network
    sdp.py          what an SDP must say, pure text
    lines.py        the six media lines as data
    certificate.py  the DTLS identity of a process
    reaper.py       ends connections off the caller's thread

RTP itself (reordering, NACK, frames) is not here but in `rtp/`, the same for every transport.
"""
