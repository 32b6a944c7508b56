"""The H.264 payload: fragments and aggregates of any sizes come back whole or not at all."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhipcau.rtp.annexb import NAL_AUD, NAL_IDR, NAL_PPS, NAL_SLICE, NAL_SPS, join_nals, split_nals
from nhipcau.rtp.h264 import (
    FU_A,
    MAX_PAYLOAD_BYTES,
    STAP_A,
    AccessUnit,
    H264Depacketizer,
    packetize_h264,
    starts_keyframe,
)
from nhipcau.rtp.packet import RtpError, RtpPacket
from tests.rtp.pictures import nal, picture

SIZES = st.one_of(
    st.integers(1, 60), st.integers(1, 4000), st.integers(MAX_PAYLOAD_BYTES - 4, 2400)
)
SPS, PPS = nal(NAL_SPS, 20), nal(NAL_PPS, 6)


def packets(payloads: Sequence[bytes], timestamp: int = 0, first: int = 0) -> list[RtpPacket]:
    last = len(payloads) - 1
    return [
        RtpPacket(102, first + i, timestamp, 1, payload, i == last)
        for i, payload in enumerate(payloads)
    ]


def push_all(depacketizer: H264Depacketizer, arrived: Sequence[RtpPacket]) -> list[AccessUnit]:
    units: list[AccessUnit] = []
    for packet in arrived:
        depacketizer.push(packet, units)
    return units


def begun() -> H264Depacketizer:
    """Return a depacketizer that stands at the beginning of an access unit."""
    depacketizer = H264Depacketizer()
    push_all(depacketizer, packets([nal(NAL_SLICE, 5)], timestamp=999))
    return depacketizer


@given(st.lists(SIZES, min_size=1, max_size=8), st.integers(64, MAX_PAYLOAD_BYTES))
@example([MAX_PAYLOAD_BYTES], MAX_PAYLOAD_BYTES)
@example([MAX_PAYLOAD_BYTES + 1], MAX_PAYLOAD_BYTES)
@example([1 + 2 * (MAX_PAYLOAD_BYTES - 2)], MAX_PAYLOAD_BYTES)
@example([2 + 2 * (MAX_PAYLOAD_BYTES - 2)], MAX_PAYLOAD_BYTES)
@example([1, MAX_PAYLOAD_BYTES - 6], MAX_PAYLOAD_BYTES)
@example([1, MAX_PAYLOAD_BYTES - 5], MAX_PAYLOAD_BYTES)
def test_an_access_unit_of_any_nal_sizes_comes_back(sizes: list[int], max_bytes: int) -> None:
    nals = [SPS, PPS] + [nal(NAL_IDR, size, size) for size in sizes]
    data = join_nals(nals)
    payloads = packetize_h264(data, max_bytes)
    assert max(map(len, payloads)) <= max_bytes
    (unit,) = push_all(H264Depacketizer(), packets(payloads, timestamp=5))
    assert unit == AccessUnit(data, 5, keyframe=True)


def test_parameters_and_a_small_idr_share_one_packet() -> None:
    (payload,) = packetize_h264(join_nals([SPS, PPS, nal(NAL_IDR, 100)]))
    assert payload[0] & 0x1F == STAP_A
    assert starts_keyframe(payload)


def test_a_nal_unit_that_fits_travels_as_it_is() -> None:
    slice_nal = nal(NAL_SLICE, MAX_PAYLOAD_BYTES)
    assert packetize_h264(join_nals([slice_nal])) == [slice_nal]


def test_fragments_carry_start_and_end_once() -> None:
    payloads = packetize_h264(join_nals([nal(NAL_SLICE, 5000)]))
    assert [payload[0] & 0x1F for payload in payloads] == [FU_A] * 5
    assert [payload[1] & 0xC0 for payload in payloads] == [0x80, 0, 0, 0, 0x40]


@given(st.lists(st.binary(max_size=40), max_size=6), st.sampled_from([3, 4]))
def test_any_byte_stream_is_split_at_its_start_codes(chunks: list[bytes], start: int) -> None:
    code = bytes(start - 1) + b"\x01"
    whole = [chunk.replace(b"\x00", b"\x7f") for chunk in chunks]
    stream = b"".join(code + chunk for chunk in whole)
    assert split_nals(stream) == [chunk for chunk in whole if chunk]


def test_bytes_before_the_first_start_code_and_zeros_after_the_last_nal_are_left_out() -> None:
    assert split_nals(b"junk\x00\x00\x01\x65a\x00\x00\x00\x01\x41b\x00\x00") == [b"\x65a", b"\x41b"]
    assert split_nals(b"junk") == []
    assert packetize_h264(b"junk") == []


@given(st.data())
def test_a_unit_with_a_hole_is_never_delivered(data: st.DataObject) -> None:
    frames = [
        picture(n, keyframe=n == 0, size=data.draw(st.integers(1, 6000), label="size"))
        for n in range(6)
    ]
    wire = [packets(packetize_h264(f.data), f.timestamp) for f in frames]
    flat = [(n, packet) for n, frame in enumerate(wire) for packet in frame]
    lost = data.draw(st.sets(st.integers(0, len(flat) - 1), max_size=6), label="lost")
    depacketizer, units = H264Depacketizer(), list[AccessUnit]()
    for i, (_, packet) in enumerate(flat):
        if i in lost:
            depacketizer.hole()
        else:
            depacketizer.push(packet, units)
    touched = {flat[i][0] for i in lost}
    whole = {f.data for n, f in enumerate(frames) if n not in touched}
    assert {unit.data for unit in units} <= whole
    # A frame is given up with its neighbour only when what lies between them is unknown.
    safe = {n for n in range(6) if n not in touched and (n == 0 or n - 1 not in touched)}
    assert {frames[n].data for n in safe} <= {unit.data for unit in units}


def test_the_frame_after_a_lost_middle_is_delivered() -> None:
    one, two = (packets(packetize_h264(picture(n).data), n) for n in (1, 2))
    depacketizer = begun()
    push_all(depacketizer, one[:1])
    depacketizer.hole()
    units = push_all(depacketizer, one[2:] + two)
    assert [unit.timestamp for unit in units] == [2]


def test_after_a_lost_marker_only_a_parameter_set_begins_a_unit() -> None:
    one, two = (packets(packetize_h264(picture(n).data), n) for n in (1, 2))
    key = packets(packetize_h264(picture(3, keyframe=True).data), 3)
    depacketizer = begun()
    push_all(depacketizer, one[:-1])
    depacketizer.hole()
    assert push_all(depacketizer, two) == []
    depacketizer.hole()
    (unit,) = push_all(depacketizer, key)
    assert unit.keyframe


def test_a_sender_without_markers_ends_a_unit_by_its_next_timestamp() -> None:
    arrived = []
    for n in (1, 2):
        arrived += packets(packetize_h264(picture(n, keyframe=True).data), n)
    for packet in arrived:
        packet.marker = False
    units = push_all(H264Depacketizer(), arrived)
    assert [unit.data for unit in units] == [picture(1, keyframe=True).data]


def test_an_idr_without_parameters_gets_those_seen_before() -> None:
    idr = nal(NAL_IDR, 50)
    depacketizer = H264Depacketizer()
    push_all(depacketizer, packets(packetize_h264(join_nals([SPS, PPS, idr])), 1))
    (unit,) = push_all(depacketizer, packets([idr], 2))
    assert unit == AccessUnit(join_nals([SPS, PPS, idr]), 2, keyframe=True)


def test_an_idr_whose_parameters_were_never_seen_is_no_key_frame() -> None:
    (unit,) = push_all(begun(), packets([nal(NAL_IDR, 50)], 2))
    assert not unit.keyframe


def test_parameters_alone_are_no_picture() -> None:
    assert push_all(begun(), packets(packetize_h264(join_nals([SPS, PPS])), 2)) == []


def test_a_delimiter_in_a_packet_of_its_own_does_not_hide_the_key_frame_behind_it() -> None:
    depacketizer = H264Depacketizer()
    depacketizer.hole()
    idr = nal(NAL_IDR, 50)
    payloads = [nal(NAL_AUD, 2), *packetize_h264(join_nals([SPS, PPS, idr]))]
    (unit,) = push_all(depacketizer, packets(payloads, 7))
    assert unit == AccessUnit(join_nals([SPS, PPS, idr]), 7, keyframe=True)


def test_packets_that_only_pad_change_nothing() -> None:
    first, *rest = packets(packetize_h264(picture(1).data), 1)
    padding = RtpPacket(102, 0, 1, 1, b"", padding=200)
    units = push_all(begun(), [first, padding, *rest, padding])
    assert [unit.data for unit in units] == [picture(1).data]


@pytest.mark.parametrize(
    "payload",
    [
        b"\x00",  # type 0
        b"\xe5damaged",  # forbidden bit
        b"\x79MTAP",  # type 25
        b"\x7dFU-B",  # type 29
        b"\x78",  # empty STAP-A
        b"\x78\x00\x00a",  # a NAL unit of no bytes
        b"\x78\x00\x09abc",  # longer than the packet
        b"\x78\x00\x01\x61\x00",  # half a size
        b"\x78\x00\x02\x78a",  # an aggregate in an aggregate
        b"\x7c",  # empty FU-A
        b"\x7c\x85",  # FU-A without data
        b"\x7c\x05middle",  # FU-A without its beginning
    ],
)
def test_a_payload_of_no_known_form_is_an_rtp_error_and_the_next_unit_is_taken(
    payload: bytes,
) -> None:
    depacketizer = begun()
    with pytest.raises(RtpError):
        push_all(depacketizer, packets([payload], 1))
    key = packets(packetize_h264(picture(2, keyframe=True).data), 2)
    assert len(push_all(depacketizer, key)) == 1


@pytest.mark.parametrize("second", [nal(NAL_SLICE, 9), b"\x7c\x81again"])
def test_a_fragment_that_does_not_end_is_an_rtp_error(second: bytes) -> None:
    with pytest.raises(RtpError):
        push_all(begun(), packets([b"\x7c\x81start", second], 1))


def test_a_marker_on_an_unfinished_fragment_is_an_rtp_error() -> None:
    with pytest.raises(RtpError):
        push_all(begun(), packets([b"\x7c\x81start"], 1))


@given(st.lists(st.tuples(st.binary(max_size=30), st.booleans(), st.integers(0, 2)), max_size=12))
def test_any_payloads_give_units_or_rtp_errors(wire: list[tuple[bytes, bool, int]]) -> None:
    depacketizer, units = H264Depacketizer(), list[AccessUnit]()
    for payload, marker, stamp in wire:
        try:
            depacketizer.push(RtpPacket(102, 0, stamp, 1, payload, marker), units)
        except RtpError:
            continue
    assert all(unit.data.startswith(b"\x00\x00\x00\x01") for unit in units)


def test_a_unit_without_end_is_cut_off_at_a_mebibyte() -> None:
    depacketizer, units = begun(), list[AccessUnit]()
    middle = b"\x7c\x01" + bytes(1180)
    with pytest.raises(RtpError, match="access unit of more"):
        for i in range(2000):
            payload = middle if i else b"\x7c\x81" + bytes(1180)
            depacketizer.push(RtpPacket(102, i & 0xFFFF, 1, 1, payload), units)
