"""What every transport keeps: the real one and its twin pass the same tests."""

from typing import NamedTuple

import pytest

from nhipcau.ports.transport import (
    DOWNSTREAM,
    UPSTREAM,
    Connection,
    ConnectionState,
    Mid,
    SdpError,
)
from tests.webrtc.conftest import Ends
from tests.webrtc.packets import (
    MCU_LINES,
    SITE_LINES,
    feedback,
    next_packet,
    rtp,
    sender_report,
    wait_until,
)


class Pair(NamedTuple):
    """Both ends of one connection."""

    mcu: Connection
    site: Connection

    def sender(self, mid: Mid) -> Connection:
        return self.site if mid in UPSTREAM else self.mcu

    def receiver(self, mid: Mid) -> Connection:
        return self.mcu if mid in UPSTREAM else self.site


def sdp_of(connection: Connection) -> str:
    wait_until(lambda: connection.local_sdp() is not None)
    text = connection.local_sdp()
    assert text is not None
    return text


def answered(ends: Ends) -> Pair:
    offered = ends.mcu.offer(MCU_LINES)
    return Pair(offered, ends.site.answer(sdp_of(offered), SITE_LINES))


def connected(ends: Ends) -> Pair:
    pair = answered(ends)
    pair.mcu.accept(sdp_of(pair.site))
    for end in pair:
        wait_until(lambda end=end: end.state() is ConnectionState.CONNECTED)  # type: ignore[misc]
    for mid in Mid:
        # A line opens a moment after its connection.
        wait_until(lambda mid=mid: pair.sender(mid).pipe(mid).send(sender_report(mid)))  # type: ignore[misc]
        assert next_packet(pair.receiver(mid).pipe(mid)) == sender_report(mid)
    return pair


def test_rtp_passes_on_all_six_lines_in_order(ends: Ends) -> None:
    pair = connected(ends)
    for mid in Mid:
        sent = [rtp(mid, number, bytes([number]) * 1_000) for number in range(20)]
        assert all(pair.sender(mid).pipe(mid).send(packet) for packet in sent)
        assert [next_packet(pair.receiver(mid).pipe(mid)) for _ in sent] == sent


def test_feedback_passes_against_the_media_on_all_six_lines(ends: Ends) -> None:
    pair = connected(ends)
    for mid in Mid:
        assert pair.receiver(mid).pipe(mid).send(feedback(mid))
        assert next_packet(pair.sender(mid).pipe(mid)) == feedback(mid)


def test_media_against_the_direction_of_a_line_is_refused(ends: Ends) -> None:
    pair = connected(ends)
    for mid in Mid:
        assert not pair.receiver(mid).pipe(mid).send(rtp(mid))


def test_what_is_no_packet_is_refused(ends: Ends) -> None:
    pair = connected(ends)
    pipe = pair.mcu.pipe(Mid.PROGRAM)
    for junk in (b"", b"\x80", b"\x80f", b"\x80fxx"):
        assert not pipe.send(junk)
    assert pipe.send(rtp(Mid.PROGRAM))


def test_nothing_passes_before_the_answer(ends: Ends) -> None:
    offered = ends.mcu.offer(MCU_LINES)
    assert offered.state() in (ConnectionState.NEW, ConnectionState.CONNECTING)
    for mid in Mid:
        assert not offered.pipe(mid).send(rtp(mid))
        assert offered.pipe(mid).receive() is None


def test_a_closed_connection_is_closed_and_its_pipes_are_dry(ends: Ends) -> None:
    pair = connected(ends)
    pair.mcu.close()
    pair.mcu.close()
    assert pair.mcu.state() is ConnectionState.CLOSED
    wait_until(lambda: not pair.mcu.pipe(Mid.PROGRAM).send(rtp(Mid.PROGRAM)))
    assert pair.mcu.pipe(Mid.CAMERA).receive() is None


def test_a_closed_transport_has_closed_its_connections(ends: Ends) -> None:
    pair = connected(ends)
    ends.site.close()
    ends.site.close()
    assert pair.site.state() is ConnectionState.CLOSED


def test_connections_of_one_transport_do_not_mix(ends: Ends) -> None:
    first, second = connected(ends), connected(ends)
    assert first.site.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA, 1))
    assert second.site.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA, 2))
    assert next_packet(second.mcu.pipe(Mid.CAMERA)) == rtp(Mid.CAMERA, 2)
    assert next_packet(first.mcu.pipe(Mid.CAMERA)) == rtp(Mid.CAMERA, 1)
    assert first.mcu.pipe(Mid.CAMERA).receive() is None


@pytest.mark.parametrize(
    "junk", ["", "hello", "v=0", "v=0\r\nm=video x\r\n", "\0" * 100, "v=0\n" * 90]
)
def test_what_is_no_sdp_is_refused_with_its_code(ends: Ends, junk: str) -> None:
    offered = ends.mcu.offer(MCU_LINES)
    with pytest.raises(SdpError) as answer_refused:
        offered.accept(junk)
    with pytest.raises(SdpError) as offer_refused:
        ends.site.answer(junk, SITE_LINES)
    assert answer_refused.value.code == offer_refused.value.code == "sdp"


@pytest.mark.parametrize(
    ("word", "instead", "code"),
    [("H264/90000", "VP8/90000", "no_h264"), ("opus/48000/2", "PCMU/8000", "no_opus")],
)
def test_an_answer_without_our_format_is_refused_and_a_good_one_still_taken(
    ends: Ends, word: str, instead: str, code: str
) -> None:
    pair = answered(ends)
    good = sdp_of(pair.site)
    with pytest.raises(SdpError) as refused:
        pair.mcu.accept(good.replace(word, instead))
    assert refused.value.code == code
    pair.mcu.accept(good)
    wait_until(lambda: pair.mcu.state() is ConnectionState.CONNECTED)


def test_a_second_answer_is_refused(ends: Ends) -> None:
    pair = connected(ends)
    with pytest.raises(SdpError):
        pair.mcu.accept(sdp_of(pair.site))
    assert pair.mcu.pipe(Mid.SOUND).send(rtp(Mid.SOUND))


def test_the_offer_names_our_streams_and_their_cname(ends: Ends) -> None:
    text = sdp_of(ends.mcu.offer(MCU_LINES))
    for line in MCU_LINES:
        assert f"a=ssrc:{line.ssrc} cname:mcu" in text
    assert [line for line in text.splitlines() if line in ("a=recvonly", "a=sendonly")] == [
        *["a=recvonly"] * len(UPSTREAM),
        *["a=sendonly"] * len(DOWNSTREAM),
    ]
