"""SDPs are checked and rewritten as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.ports.transport import Mid, SdpError
from nhipcau.rtp.sendtime import SEND_TIME_ID, SEND_TIME_URI
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from nhipcau.webrtc.sdp import (
    MAX_SDP_CHARS,
    MAX_SDP_LINES,
    check_answer,
    check_offer,
    finish_sdp,
    parse,
    single_candidates,
    strip_candidates,
)
from tests.webrtc.packets import MCU_LINES, SITE_LINES, WallClock


def make_pair() -> tuple[str, str]:
    transport = MemoryTransport(MemoryNetwork(WallClock()))
    offer = transport.offer(MCU_LINES).local_sdp()
    assert offer is not None
    answer = transport.answer(offer, SITE_LINES).local_sdp()
    assert answer is not None
    return offer, answer


OFFER, ANSWER = make_pair()


def lines_of(text: str, mid: Mid) -> list[str]:
    """Return the lines of one m-section."""
    for section in text.split("\r\nm=")[1:]:
        lines = ("m=" + section).splitlines()
        if f"a=mid:{mid}" in lines:
            return lines
    raise AssertionError(mid)


def edited(mid: Mid, old: str, new: str, text: str = ANSWER) -> str:
    """Return `text` with a change in the section of one line."""
    section = "\r\n".join(lines_of(text, mid))
    assert old in section
    return text.replace(section, section.replace(old, new))


def code_of(answer: str) -> str:
    with pytest.raises(SdpError) as refused:
        check_answer(answer)
    return refused.value.code


def test_a_good_pair_passes() -> None:
    check_offer(OFFER)
    check_answer(ANSWER)


def test_bare_line_feeds_pass() -> None:
    check_answer(ANSWER.replace("\r\n", "\n"))


def test_an_offer_is_no_answer() -> None:
    assert code_of(OFFER) == "sdp"


@pytest.mark.parametrize("mid", [Mid.CAMERA, Mid.PROGRAM, Mid.CONTENT])
def test_a_rejected_picture_line_means_no_h264(mid: Mid) -> None:
    assert code_of(edited(mid, "m=video 9 ", "m=video 0 ")) == "no_h264"


def test_a_rejected_sound_line_means_no_opus() -> None:
    assert code_of(edited(Mid.SOUND, "m=audio 9 ", "m=audio 0 ")) == "no_opus"


def test_h264_without_packetization_mode_1_is_no_h264() -> None:
    assert code_of(edited(Mid.PROGRAM, "packetization-mode=1", "packetization-mode=0")) == "no_h264"
    assert code_of(edited(Mid.PROGRAM, "packetization-mode=1;", "")) == "no_h264"
    assert (
        code_of(edited(Mid.PROGRAM, "packetization-mode=1;", "packetization-mode=11;")) == "no_h264"
    )


def test_another_payload_type_is_refused() -> None:
    moved = "\r\n".join(lines_of(ANSWER, Mid.CAMERA)).replace("102", "96")
    assert code_of(ANSWER.replace("\r\n".join(lines_of(ANSWER, Mid.CAMERA)), moved)) == "no_h264"


def test_more_formats_than_ours_are_no_harm() -> None:
    check_answer(edited(Mid.CAMERA, "SAVPF 102", "SAVPF 102 97\r\na=rtpmap:97 VP8/90000"))


def test_the_case_and_the_spaces_of_a_format_do_not_matter() -> None:
    check_answer(edited(Mid.CAMERA, "H264/90000", "h264/90000"))
    check_answer(edited(Mid.CAMERA, ";packetization-mode=1;", "; packetization-mode=1 ; "))


def test_a_room_without_camera_answers_inactive() -> None:
    check_answer(edited(Mid.CAMERA, "a=sendonly", "a=inactive"))


def test_a_line_that_sends_must_name_its_ssrc() -> None:
    assert code_of(edited(Mid.CAMERA, "a=ssrc:", "a=x-ssrc:")) == "sdp"


def test_a_downstream_line_that_would_send_is_refused() -> None:
    assert code_of(edited(Mid.PROGRAM, "a=recvonly", "a=sendonly")) == "sdp"


@pytest.mark.parametrize("name", ["ice-ufrag", "ice-pwd", "fingerprint", "setup"])
def test_an_answer_without_security_is_refused(name: str) -> None:
    assert code_of(edited(Mid.SOUND, f"a={name}:", f"a=x-{name}:")) == "sdp"


def test_security_may_stand_at_the_session() -> None:
    fingerprint = next(line for line in ANSWER.splitlines() if "fingerprint" in line)
    bare = ANSWER.replace(fingerprint + "\r\n", "")
    check_answer(bare.replace("t=0 0\r\n", f"t=0 0\r\n{fingerprint}\r\n"))


def test_lines_in_another_order_or_number_are_refused() -> None:
    swapped = ANSWER.replace("mid:camera", "mid:x").replace("mid:content-up", "mid:camera")
    assert code_of(swapped.replace("mid:x", "mid:content-up")) == "sdp"
    assert code_of(ANSWER + "\r\n".join(lines_of(ANSWER, Mid.SOUND)) + "\r\n") == "sdp"


def test_a_huge_sdp_is_refused_before_it_is_read() -> None:
    assert code_of("v=0\r\n" + "a=" + "x" * MAX_SDP_CHARS) == "sdp"
    assert code_of("v=0\r\n" + "a=x\n" * MAX_SDP_LINES) == "sdp"


def test_candidates_of_an_answer_are_dropped_and_nothing_else() -> None:
    candidate = "a=candidate:1 1 UDP 2114977791 192.0.2.7 4444 typ host\r\na=end-of-candidates\r\n"
    assert strip_candidates(ANSWER + candidate) == ANSWER


CANDIDATES = (
    "a=candidate:1 1 UDP 2114977791 10.0.0.4 4444 typ host\r\n"
    "a=candidate:2 1 UDP 2114977535 10.0.1.4 4444 typ host\r\n"
)


def candidates_of(text: str, mid: Mid) -> list[list[str]]:
    """Return the words of the candidates under one line."""
    return [line.split() for line in lines_of(text, mid) if line.startswith("a=candidate")]


@pytest.mark.parametrize("mid", list(Mid))
def test_an_mcu_behind_nat_names_the_addresses_by_which_it_is_reached(mid: Mid) -> None:
    text = finish_sdp(OFFER + CANDIDATES, ["203.0.113.5", "2001:db8::5"])
    found = candidates_of(text, mid)
    assert [words[4] for words in found] == ["203.0.113.5", "2001:db8::5"]
    assert {words[5] for words in found} == {"4444"}
    assert int(found[0][3]) > int(found[1][3])


@pytest.mark.parametrize("mid", list(Mid))
def test_every_line_has_the_candidates_of_the_bundle(mid: Mid) -> None:
    found = candidates_of(finish_sdp(OFFER + CANDIDATES, []), mid)
    assert [words[4] for words in found] == ["10.0.0.4", "10.0.1.4"]


def test_whoever_answers_tries_each_candidate_once() -> None:
    single = single_candidates(finish_sdp(OFFER + CANDIDATES, []))
    assert [bool(candidates_of(single, mid)) for mid in Mid] == [True, *[False] * 5]
    assert strip_candidates(single) == strip_candidates(finish_sdp(OFFER, []))


def test_upstream_pictures_are_asked_when_each_packet_left() -> None:
    text = finish_sdp(OFFER, [])
    asked = f"a=extmap:{SEND_TIME_ID} {SEND_TIME_URI}"
    for mid in Mid:
        assert (asked in lines_of(text, mid)) == (mid in (Mid.CAMERA, Mid.CONTENT_UP))


def test_lip_synchronization_is_asked_for_program_and_sound_alone() -> None:
    text = finish_sdp("v=0\r\na=group:LS camera content-up program sound\r\n", [])
    assert text == "v=0\r\na=group:LS program sound\r\n"


@given(st.text(max_size=400))
def test_any_text_gives_an_sdp_or_an_sdp_error(text: str) -> None:
    for candidate in (text, "v=0\r\n" + text, ANSWER + text):
        try:
            parse(candidate)
        except SdpError as error:
            assert error.code == "sdp"


@given(st.data())
def test_any_damage_to_an_answer_gives_at_most_an_sdp_error(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(ANSWER)))
    cut = data.draw(st.integers(0, 200))
    damaged = ANSWER[:at] + data.draw(st.text(max_size=20)) + ANSWER[at + cut :]
    try:
        check_answer(damaged)
    except SdpError as error:
        assert error.code in ("sdp", "no_h264", "no_opus")
