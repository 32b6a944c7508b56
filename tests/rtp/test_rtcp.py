"""RTCP: byte-exact messages, whole compounds, one error for damage."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhipcau.rtp.packet import RtpError
from nhipcau.rtp.rtcp import RtcpMessage, parse_compound
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli, Remb
from nhipcau.rtp.rtcp_reports import (
    Bye,
    ReceiverReport,
    ReportBlock,
    SdesChunk,
    SenderReport,
    SourceDescription,
    cname,
)

WORD = st.integers(0, 0xFFFFFFFF)
BLOCKS = st.builds(
    ReportBlock,
    WORD,
    st.integers(0, 255),
    st.integers(-(1 << 23), (1 << 23) - 1),
    WORD,
    WORD,
    WORD,
    WORD,
)
BLOCK_LISTS = st.lists(BLOCKS, max_size=31).map(tuple)
TAIL = st.binary(max_size=12).map(lambda data: data[: len(data) & ~3])
ITEMS = st.lists(st.tuples(st.integers(1, 255), st.binary(max_size=255)), max_size=4).map(tuple)
REPORTS = st.one_of(
    st.builds(
        SenderReport, WORD, st.integers(0, (1 << 64) - 1), WORD, WORD, WORD, BLOCK_LISTS, TAIL
    ),
    st.builds(ReceiverReport, WORD, BLOCK_LISTS, TAIL),
    st.builds(
        SourceDescription,
        st.lists(st.builds(SdesChunk, WORD, ITEMS), max_size=5).map(tuple),
    ),
    st.builds(Bye, st.lists(WORD, max_size=31).map(tuple), st.none() | st.binary(max_size=255)),
)
FEEDBACK = st.one_of(
    st.builds(Pli, WORD, WORD),
    st.builds(
        Nack, WORD, WORD, st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=60).map(tuple)
    ),
    st.builds(
        Fir,
        WORD,
        st.lists(st.tuples(WORD, st.integers(0, 255)), min_size=1, max_size=4).map(tuple),
    ),
    st.builds(
        lambda sender, mantissa, exponent, ssrcs: Remb(sender, mantissa << exponent, ssrcs),
        WORD,
        st.integers(0, (1 << 18) - 1),
        st.integers(0, 45),
        st.lists(WORD, max_size=9).map(tuple),
    ),
)
MESSAGES = REPORTS | FEEDBACK


@given(st.lists(MESSAGES, min_size=1, max_size=6))
def test_a_compound_survives_the_wire(messages: list[RtcpMessage]) -> None:
    data = b"".join(message.to_bytes() for message in messages)
    compound = parse_compound(data)
    assert compound.messages == tuple(messages)
    assert compound.skipped == 0
    assert b"".join(message.to_bytes() for message in compound.messages) == data


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (ReceiverReport(1), "80c90001 00000001"),
        (
            ReceiverReport(1, (ReportBlock(2, 64, -1, 0x10005, 7, 8, 9),)),
            "81c90007 00000001 00000002 40ffffff 00010005 00000007 00000008 00000009",
        ),
        (
            SenderReport(1, 0x0102030405060708, 9, 10, 11),
            "80c80006 00000001 01020304 05060708 00000009 0000000a 0000000b",
        ),
        (cname(5, "abc"), "81ca0003 00000005 01036162 63000000"),
        # An item that ends on a word is followed by a whole word of zeros.
        (cname(5, "ab"), "81ca0003 00000005 01026162 00000000"),
        (Bye((1,), b"end"), "81cb0002 00000001 03656e64"),
        (Bye((1,)), "81cb0001 00000001"),
        (Pli(1, 2), "81ce0002 00000001 00000002"),
        (Fir(1, ((2, 3),)), "84ce0004 00000001 00000000 00000002 03000000"),
        (Nack(1, 2, (10,)), "81cd0003 00000001 00000002 000a0000"),
        (Nack(1, 2, (10, 11, 26)), "81cd0003 00000001 00000002 000a8001"),
        (Nack(1, 2, (10, 27)), "81cd0004 00000001 00000002 000a0000 001b0000"),
        (Nack(1, 2, (65535, 0)), "81cd0003 00000001 00000002 ffff0001"),
        # 1,000,000 = 250,000 << 2.
        (Remb(1, 1_000_000, (2,)), "8fce0005 00000001 00000000 52454d42 010bd090 00000002"),
    ],
)
def test_the_bytes_are_those_of_the_rfc(message: RtcpMessage, wire: str) -> None:
    data = bytes.fromhex(wire)
    assert message.to_bytes() == data
    assert parse_compound(data).messages == (message,)


@given(st.integers(0, 1 << 50))
def test_remb_rounds_down_by_less_than_one_in_a_hundred_thousand(bitrate_bps: int) -> None:
    (parsed,) = parse_compound(Remb(1, bitrate_bps, (2,)).to_bytes()).messages
    assert isinstance(parsed, Remb)
    assert parsed.bitrate_bps <= bitrate_bps <= parsed.bitrate_bps * 1.00001


@given(st.binary(max_size=120))
@example(b"")
@example(b"\x80\xc9\x00")
@example(b"\x80\xc9\x00\x01\x00\x00\x00")
@example(b"\x81\xca\x00\x02\x00\x00\x00\x05\x01\xff\x61\x62")
@example(b"\x81\xcb\x00\x02\x00\x00\x00\x05\xff\x61\x62\x63")
@example(b"\x8f\xce\x00\x04" + bytes(8) + b"REMB\x05\x00\x00\x00")
@example(b"\xa0\xc9\x00\x01\x00\x00\x00\xff")
def test_any_bytes_are_a_compound_or_an_rtp_error(data: bytes) -> None:
    with suppress(RtpError):
        parse_compound(data)


@given(
    st.sampled_from([200, 201, 202, 203, 205, 206]),
    st.integers(0, 31),
    st.binary(max_size=96).map(lambda body: body[: len(body) & ~3]),
)
def test_a_known_type_with_any_body_is_a_message_skipped_or_an_rtp_error(
    kind: int, count: int, body: bytes
) -> None:
    data = bytes((0x80 | count, kind)) + (len(body) // 4).to_bytes(2) + body
    try:
        messages, skipped = parse_compound(data)
    except RtpError:
        return
    assert len(messages) + skipped == 1


@given(MESSAGES, st.data())
def test_a_cut_compound_is_an_rtp_error(message: RtcpMessage, data: st.DataObject) -> None:
    whole = message.to_bytes()
    with pytest.raises(RtpError):
        parse_compound(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_unknown_types_are_skipped_and_counted() -> None:
    extended = bytes.fromhex("80cf0001 00000001")
    transport_cc = bytes.fromhex("8fcd0003 00000001 00000002 00000003")
    other_afb = bytes.fromhex("8fce0003 00000001 00000002 58595a21")
    compound = parse_compound(
        extended + Pli(1, 2).to_bytes() + transport_cc + other_afb + Bye((1,)).to_bytes()
    )
    assert compound.messages == (Pli(1, 2), Bye((1,)))
    assert compound.skipped == 3


def test_padding_ends_the_last_packet_only() -> None:
    padded = bytes.fromhex("a0c90002 00000001 00000004")
    assert parse_compound(padded).messages == (ReceiverReport(1),)
    with pytest.raises(RtpError):
        parse_compound(padded + Pli(1, 2).to_bytes())
