"""KeyframeGate: many wishes, one key frame."""

from nhipcau.rtp.keyframe import PROMPT_IDR_INTERVAL_S, KeyframeGate


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
