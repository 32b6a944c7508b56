"""KeyframeGate: many wishes, one key frame."""

from nhipcau.rtp.keyframe import PROMPT_IDR_INTERVAL_S, KeyframeGate, NewcomerGate


def test_a_hundred_wishes_in_two_seconds_make_one_prompt_key_frame() -> None:
    gate = KeyframeGate(PROMPT_IDR_INTERVAL_S)
    passed = [now for now in range(100) if gate.ask(now / 50)]
    assert passed == [0]
    assert (gate.passed, gate.coalesced) == (1, 99)
    assert gate.ask(2.0)


def test_a_wish_just_before_the_end_of_the_interval_waits() -> None:
    gate = KeyframeGate(0.5)
    assert gate.ask(10.0)
    assert not gate.ask(10.499)
    assert gate.ask(10.5)


def test_a_new_stream_is_asked_at_once() -> None:
    gate = KeyframeGate(0.5)
    assert gate.ask(10.0)
    gate.open()
    assert gate.ask(10.01)


def test_a_crowd_of_newcomers_gets_three_key_frames_quickly_and_then_one_in_half_a_second() -> None:
    gate = NewcomerGate()
    passed = [now / 50 for now in range(500) if gate.ask(now / 50)]
    assert passed[:3] == [0.0, 0.2, 0.4]
    assert len(passed) <= 3 + 10 / 0.5
    for first, last in zip(passed, passed[3:], strict=False):
        assert last - first >= 1.5


def test_a_newcomer_after_a_while_gets_a_key_frame_at_once() -> None:
    gate = NewcomerGate()
    assert all(gate.ask(now_s) for now_s in (0.0, 2.0, 4.0, 6.0))
