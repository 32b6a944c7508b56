"""RTP packets: bytes to object to the same bytes, and one error for all that is not RTP."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhipcau.rtp.packet import (
    Extension,
    RtpError,
    RtpPacket,
    is_rtcp,
    packet_seq,
    parse_rtp,
    patch_seq,
    rtp_header,
)
from nhipcau.rtp.rtcp_feedback import Pli
from nhipcau.rtp.rtcp_reports import ReceiverReport

WORD = st.integers(0, 0xFFFFFFFF)
SEQ = st.integers(0, 0xFFFF)
EXTENSIONS = st.builds(
    Extension, SEQ, st.binary(max_size=64).map(lambda data: data[: len(data) & ~3])
)
PACKETS = st.builds(
    RtpPacket,
    st.integers(0, 127),
    SEQ,
    WORD,
    WORD,
    st.binary(max_size=200),
    st.booleans(),
    st.lists(WORD, max_size=15).map(tuple),
    st.none() | EXTENSIONS,
    st.integers(0, 255),
)


@given(PACKETS)
def test_a_packet_survives_the_wire(packet: RtpPacket) -> None:
    data = packet.to_bytes()
    assert parse_rtp(data) == packet
    assert parse_rtp(data).to_bytes() == data


def test_the_bytes_are_those_of_rfc_3550() -> None:
    data = bytes.fromhex(
        "b2e5 1234 00010203 deadbeef"  # V=2 P X CC=2, M PT=101
        "00000001 00000002"
        "bede 0001 10aabbcc"
        "68656c6c6f 000003"
    )
    packet = parse_rtp(data)
    assert (packet.payload_type, packet.marker, packet.seq) == (101, True, 0x1234)
    assert (packet.timestamp, packet.ssrc, packet.csrcs) == (0x10203, 0xDEADBEEF, (1, 2))
    assert packet.extension == Extension(0xBEDE, b"\x10\xaa\xbb\xcc")
    assert (packet.payload, packet.padding) == (b"hello", 3)
    assert packet.to_bytes() == data


@given(st.binary(max_size=80))
@example(b"")
@example(b"\x80")
@example(bytes(12))
@example(b"\x8f" + bytes(11))
@example(b"\x90" + bytes(11))
@example(b"\x90" + bytes(13) + b"\xff\xff")
@example(b"\xa0" + bytes(11))
@example(b"\xa0" + bytes(11) + b"\x02")
def test_any_bytes_are_a_packet_or_an_rtp_error(data: bytes) -> None:
    try:
        packet = parse_rtp(data)
    except RtpError:
        return
    assert len(packet.to_bytes()) == len(data)


@given(PACKETS, st.data())
def test_a_cut_packet_never_gives_more_payload(packet: RtpPacket, data: st.DataObject) -> None:
    whole = packet.to_bytes()
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    with suppress(RtpError):
        assert len(parse_rtp(cut).payload) <= len(whole)


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_version_is_refused(version: int) -> None:
    with pytest.raises(RtpError):
        parse_rtp(bytes((version << 6,)) + bytes(20))


@given(PACKETS, SEQ)
def test_patching_changes_the_sequence_number_and_nothing_else(packet: RtpPacket, seq: int) -> None:
    patched = patch_seq(packet.to_bytes(), seq)
    assert packet_seq(patched) == seq
    packet.seq = seq
    assert patched == packet.to_bytes()


def test_a_header_alone_is_that_of_a_plain_packet() -> None:
    header = rtp_header((102, 7), 65535, (1 << 32) + 5, marker=True)
    assert header + b"x" == RtpPacket(102, 65535, 5, 7, b"x", marker=True).to_bytes()


@given(st.integers(0, 127), st.booleans())
def test_rtp_of_dynamic_payload_types_is_not_taken_for_rtcp(kind: int, marker: bool) -> None:
    packet = RtpPacket(kind, 1, 2, 3, b"x", marker).to_bytes()
    # RFC 5761 §4 forbids payload types 64 to 95 on a shared port.
    assert is_rtcp(packet) == (marker and 64 <= kind <= 95)


def test_rtcp_is_known_by_its_type() -> None:
    assert is_rtcp(ReceiverReport(1).to_bytes())
    assert is_rtcp(Pli(1, 2).to_bytes())
    assert not is_rtcp(b"\x80")
