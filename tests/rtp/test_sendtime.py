"""When a packet left is written and read, whatever else its header carries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.packet import Extension, RtpPacket, parse_rtp
from nhipcau.rtp.sendtime import (
    SEND_TIME_HZ,
    SEND_TIME_MOD,
    send_time,
    send_time_extension,
    send_time_step_s,
)


def packet(extension: Extension | None) -> RtpPacket:
    return RtpPacket(96, 7, 9, 11, b"payload", extension=extension)


@given(st.floats(min_value=0, max_value=1e7))
def test_what_was_written_is_read(now_s: float) -> None:
    there = parse_rtp(packet(send_time_extension(now_s)).to_bytes())
    assert send_time(there) == int(now_s * SEND_TIME_HZ) % SEND_TIME_MOD
    assert there.payload == b"payload"


def test_a_packet_without_it_says_nothing() -> None:
    assert send_time(packet(None)) is None
    assert send_time(packet(Extension(0x1000, bytes(4)))) is None
    assert send_time(packet(Extension(0xBEDE, bytes(4)))) is None


def test_other_elements_and_padding_are_passed_over() -> None:
    data = bytes((0x10, 0xAA, 0, 0x51, 1, 2, 0, 0x32, 0x01, 0x02, 0x03, 0))
    assert send_time(packet(Extension(0xBEDE, data))) == 0x010203


@pytest.mark.parametrize(
    "data", [b"\x32\x01\x02\x00"[:3] + b"\x00", b"\x3f\x01\x02\x03", b"\xf0\x32\x01\x02"]
)
def test_an_element_of_another_shape_says_nothing(data: bytes) -> None:
    found = send_time(packet(Extension(0xBEDE, data)))
    assert found is None or data[0] == 0x32


@given(st.binary(max_size=64))
def test_no_bytes_do_harm(data: bytes) -> None:
    found = send_time(packet(Extension(0xBEDE, data)))
    assert found is None or 0 <= found < SEND_TIME_MOD


@pytest.mark.parametrize("step_s", [0.0, 0.04, 1.0, 31.0, -0.5])
def test_a_step_is_right_over_the_wrap(step_s: float) -> None:
    before = SEND_TIME_MOD - 5
    after = (before + round(step_s * SEND_TIME_HZ)) % SEND_TIME_MOD
    assert send_time_step_s(before, after) == pytest.approx(step_s, abs=1e-5)
