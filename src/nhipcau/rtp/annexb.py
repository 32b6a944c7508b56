"""H.264 byte streams: NAL units between start codes.

Source: ITU-T H.264 §7.3.1, §7.4.1 (NAL unit types) and annex B.
"""

START_CODE = b"\x00\x00\x00\x01"
_SHORT_START = b"\x00\x00\x01"

NAL_SLICE, NAL_IDR, NAL_SEI, NAL_SPS, NAL_PPS, NAL_AUD = 1, 5, 6, 7, 8, 9


def split_nals(data: bytes) -> list[bytes]:
    """Return the NAL units of an Annex B byte stream, without start codes.

    Zeros before a start code belong to it (a NAL unit never ends in a zero byte). Bytes before
    the first start code are no NAL unit and are left out; so are empty units.
    """
    nals = []
    find = data.find
    start = find(_SHORT_START)
    while start >= 0:
        start += 3
        end = find(_SHORT_START, start)
        nal = (data[start:end] if end >= 0 else data[start:]).rstrip(b"\x00")
        if nal:
            nals.append(nal)
        start = end
    return nals


def join_nals(nals: list[bytes]) -> bytes:
    """Return NAL units as an Annex B byte stream with 4-byte start codes."""
    return b"".join([START_CODE + nal for nal in nals])
