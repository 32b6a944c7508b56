"""Access units are cut and tidied."""

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.codec.annexb import nal_types, nal_units, tidy

SPS, PPS, SEI, IDR, SLICE, AUD = (
    b"\x67\x42",
    b"\x68\xce",
    b"\x06\x05",
    b"\x65\x88",
    b"\x41\x9a",
    b"\x09\x10",
)
LONG, SHORT = b"\x00\x00\x00\x01", b"\x00\x00\x01"


def test_one_slice_is_returned_as_it_is() -> None:
    data = LONG + SLICE
    assert tidy(data) == (data, False)
    assert tidy(data).data is data


def test_sei_and_delimiter_go_and_every_start_code_is_long() -> None:
    data = LONG + AUD + LONG + SPS + LONG + PPS + SHORT + SEI + SHORT + IDR
    assert tidy(data) == (LONG + SPS + LONG + PPS + LONG + IDR, True)


def test_a_lone_idr_is_a_key_frame() -> None:
    assert tidy(LONG + IDR).keyframe
    assert tidy(SHORT + IDR) == (LONG + IDR, True)


def test_types_are_in_order() -> None:
    assert nal_types(LONG + SPS + SHORT + PPS + SHORT + IDR) == [7, 8, 5]


@given(
    st.lists(
        st.binary(min_size=1, max_size=30).map(lambda raw: b"\x41" + raw.replace(b"\0", b"\1"))
    )
)
def test_units_joined_are_cut_again(units: list[bytes]) -> None:
    assert nal_units(b"".join(SHORT + unit for unit in units)) == units


def test_a_start_code_alone_is_no_unit() -> None:
    assert tidy(LONG) == (b"", False)


@given(st.binary(max_size=200))
def test_any_bytes_can_be_cut(data: bytes) -> None:
    tidy(data)
    assert all(nal_units(data))
