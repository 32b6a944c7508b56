"""How long an Opus packet lasts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.opus import opus_samples
from nhipcau.rtp.packet import RtpError


@pytest.mark.parametrize(
    ("head", "samples"),
    [
        (b"\x00", 480),  # SILK narrow, 10 ms
        (b"\x58", 2880),  # SILK wide, 60 ms
        (b"\x78", 960),  # hybrid full band, 20 ms
        (b"\xe0", 120),  # CELT full band, 2.5 ms
        (b"\xf8", 960),  # CELT full band, 20 ms
        (b"\xf9", 1920),  # two equal frames
        (b"\xfa", 1920),  # two different frames
        (b"\xfb\x03", 2880),  # three frames
        (b"\xfb\x86", 5760),  # six frames, variable sizes
    ],
)
def test_the_table_of_contents_tells_the_length(head: bytes, samples: int) -> None:
    assert opus_samples(head + b"data") == samples


@pytest.mark.parametrize("packet", [b"", b"\xfb", b"\xfb\x00", b"\xfb\x07", b"\x5b\x03"])
def test_a_packet_that_is_no_opus_is_refused(packet: bytes) -> None:
    with pytest.raises(RtpError):
        opus_samples(packet)


@given(st.binary(max_size=8))
def test_any_bytes_last_up_to_120_ms_or_are_an_rtp_error(packet: bytes) -> None:
    try:
        samples = opus_samples(packet)
    except RtpError:
        return
    assert 120 <= samples <= 5760
    assert samples % 120 == 0
