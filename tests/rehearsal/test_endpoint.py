"""How a synthetic site behaves towards its MCU, without a socket."""

import json
import random
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.quantities import SiteId
from nhipcau.rehearsal import messages
from nhipcau.rehearsal.endpoint import Action, AnswerOffer, Endpoint, HangUp, Phase, Say, Send
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.web.messages import parse_message

DOC = Path(__file__).parents[2] / "docs" / "PROTOCOL.md"
NAME = "Xã Ninh Thượng"


def site(**habits: object) -> SiteSpec:
    fields = {"code": "22561", "name": NAME, "url": "ws://127.0.0.1/signal", "token": "t.o.k"}
    return SiteSpec.model_validate(fields | habits)


def seated(spec: SiteSpec | None = None) -> Endpoint:
    endpoint = Endpoint(spec or site(), random.Random(1))
    endpoint.handle_open(0.0)
    hear(endpoint, type="welcome", v=1, beat_ms=100)
    return endpoint


def hear(endpoint: Endpoint, **fields: object) -> list[Action]:
    return endpoint.handle_text(json.dumps(fields), 0.0)


def state(endpoint: Endpoint, **changes: object) -> list[Action]:
    fields: dict[str, object] = {
        "seq": 1,
        "tally": "listen",
        "mic": {"open": False, "locked": False},
        "hand": None,
        "present": 12,
    }
    return hear(endpoint, type="state", **(fields | changes))


def said(actions: list[Action]) -> list[dict[str, object]]:
    return [json.loads(action.text) for action in actions if isinstance(action, Say)]


def test_the_first_word_is_hello_and_says_that_the_site_is_synthetic_and_takes_no_seat() -> None:
    endpoint = Endpoint(site(), random.Random(1))
    [hello] = said(endpoint.handle_open(0.0))
    assert hello["type"] == "hello"
    assert (hello["v"], hello["token"], hello["kind"]) == (1, "t.o.k", "site")
    assert (hello["capture"], hello["synthetic"], hello["takeover"]) == (True, True, False)
    assert endpoint.phase is Phase.CALLING


def test_an_offer_is_answered_with_the_sdp_of_the_connection() -> None:
    endpoint = seated()
    assert hear(endpoint, type="offer", sdp="v=0 offer") == [AnswerOffer("v=0 offer")]
    assert said(endpoint.handle_answer("v=0 answer")) == [{"type": "answer", "sdp": "v=0 answer"}]


def test_media_is_sent_as_upstream_says() -> None:
    endpoint = seated()
    asked = {"type": "upstream", "camera": True, "microphone": False, "content": False}
    assert hear(endpoint, **asked) == [Send(camera=True, microphone=False)]
    assert hear(endpoint, **asked | {"camera": False, "microphone": True}) == [
        Send(camera=False, microphone=True)
    ]


def test_a_camera_that_is_switched_off_sends_nothing_though_it_is_asked_to() -> None:
    endpoint = seated()
    hear(endpoint, type="upstream", camera=True, microphone=True, content=False)
    actions = endpoint.switch_camera(False)
    assert said(actions) == [{"type": "camera", "on": False}]
    assert actions[-1] == Send(camera=False, microphone=True)
    assert endpoint.switch_camera(True)[-1] == Send(camera=True, microphone=True)


def test_a_site_whose_camera_is_off_says_so_after_joining() -> None:
    endpoint = Endpoint(site(camera=False), random.Random(1))
    endpoint.handle_open(0.0)
    assert said(hear(endpoint, type="welcome", beat_ms=100)) == [{"type": "camera", "on": False}]


@pytest.mark.parametrize("kind", ["replaced", "occupied"])
def test_a_synthetic_site_yields_its_seat_at_once_and_stays_away_until_recalled(kind: str) -> None:
    endpoint = seated()
    assert hear(endpoint, type=kind, agent="Chromium") == [HangUp(kind)]
    assert endpoint.handle_lost() is None
    assert endpoint.phase is Phase.YIELDED
    assert endpoint.raise_hand(True) == []
    endpoint.recall()
    assert endpoint.handle_lost() is not None
    assert [message["type"] for message in said(endpoint.handle_open(9.0))] == ["hello"]


def test_a_site_stays_away_when_the_meeting_is_over() -> None:
    endpoint = seated()
    assert hear(endpoint, type="ended") == [HangUp("ended")]
    assert endpoint.handle_lost() is None
    assert endpoint.phase is Phase.OVER


def test_a_lost_site_calls_again_after_a_tenth_of_a_second_then_ever_more_patiently() -> None:
    endpoint = seated()
    waits = [endpoint.handle_lost() for _ in range(12)]
    bounds = [0.1, 0.2, 0.4, 0.8, 1.6, *[2.0] * 7]
    for wait_s, bound_s in zip(waits, bounds, strict=True):
        assert wait_s is not None
        assert bound_s / 2 <= wait_s <= bound_s


def test_two_sites_that_lost_their_mcu_together_do_not_return_together() -> None:
    first, second = (Endpoint(site(), random.Random(seed)) for seed in (1, 2))
    assert first.handle_lost() != second.handle_lost()


def test_a_welcome_makes_the_next_loss_a_first_one_again() -> None:
    endpoint = seated()
    for _ in range(6):
        endpoint.handle_lost()
    endpoint.handle_open(9.0)
    hear(endpoint, type="welcome", beat_ms=100)
    wait_s = endpoint.handle_lost()
    assert wait_s is not None
    assert wait_s <= 0.1


def test_three_seconds_without_a_word_end_the_connection_and_any_word_prevents_it() -> None:
    endpoint = seated()
    endpoint.handle_text('{"type": "beat", "t": 1}', 5.0)
    assert endpoint.poll(7.9) == []
    assert endpoint.poll(8.1) == [HangUp("silence")]


def test_a_hand_goes_up_and_down_only_from_a_seat() -> None:
    endpoint = Endpoint(site(), random.Random(1))
    assert endpoint.raise_hand(True) == []
    endpoint = seated()
    assert said(endpoint.raise_hand(True)) == [{"type": "hand", "up": True}]
    assert said(endpoint.raise_hand(False)) == [{"type": "hand", "up": False}]


def test_a_microphone_wish_is_asked_once_after_joining_and_not_against_the_chair() -> None:
    endpoint = seated(site(mic=True))
    assert said(state(endpoint)) == [{"type": "mic", "open": True}]
    assert said(state(endpoint, mic={"open": True, "locked": False})) == []
    assert said(state(endpoint, mic={"open": False, "locked": False})) == []
    endpoint.handle_lost()
    endpoint.handle_open(9.0)
    hear(endpoint, type="welcome", beat_ms=100)
    assert said(state(endpoint)) == []


def test_a_locked_microphone_is_not_asked_for() -> None:
    assert said(state(seated(site(mic=True)), mic={"open": False, "locked": True})) == []


def test_a_site_that_speaks_on_air_opens_its_microphone_with_the_floor_and_closes_it() -> None:
    endpoint = seated(site(speaks_on_air=True))
    assert said(state(endpoint)) == []
    assert said(state(endpoint, tally="on_air")) == [{"type": "mic", "open": True}]
    is_open = {"open": True, "locked": False}
    assert said(state(endpoint, tally="on_air", mic=is_open)) == []
    assert said(state(endpoint, tally="listen", mic=is_open)) == [{"type": "mic", "open": False}]


def test_a_refusal_is_kept_for_whoever_looks() -> None:
    endpoint = seated()
    assert hear(endpoint, type="error", code="not_allowed", detail="") == []
    assert endpoint.last_error == "not_allowed"


@pytest.mark.parametrize(
    "text", ["", "no", "[]", "null", "{}", '{"type":[]}', '{"type":"offer"}', '{"type":"state"}']
)
def test_what_is_no_message_is_counted_and_changes_nothing(text: str) -> None:
    endpoint = seated()
    assert endpoint.handle_text(text, 1.0) == []
    assert endpoint.malformed == 1
    assert endpoint.phase is Phase.SEATED


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_text_makes_a_site_raise(text: str | bytes) -> None:
    seated().handle_text(text, 1.0)


def test_every_message_of_the_protocol_that_a_site_hears_is_taken_without_complaint() -> None:
    section = DOC.read_text("utf-8").split("## MCU to endpoint")[1].split("\n`state`")[0]
    kinds = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {"welcome", "offer", "state", "upstream", "beat", "replaced", "ended"} <= set(kinds)
    full = {
        "v": 1, "beat_ms": 100, "sdp": "v=0", "camera": True, "microphone": True, "content": True,
        "tally": "next", "mic": {"open": True, "locked": False}, "hand": 3, "code": "rate",
            "nonce": "n", "conference": "c", "mcu": "m", "at_ms": 5,
        "url": "http://mcu", "here": "m", "epoch": 1, "posts": [],
        "drill": 1, "age_ms": 40, "report_in_ms": 8000,
    }  # fmt: skip
    for kind in kinds:
        endpoint = seated()
        for action in hear(endpoint, type=kind, **full):
            assert isinstance(action, get_args(Action))
        assert endpoint.malformed == 0, kind


def test_the_mcus_schema_takes_every_word_that_a_site_says() -> None:
    texts = [
        messages.hello("t.o.k"),
        messages.warm("t.o.k"),
        messages.answer("v=0"),
        messages.camera(False),
        messages.mic(True),
        messages.hand(True),
        messages.leave(),
    ]
    for text in texts:
        assert parse_message(text).type == json.loads(text)["type"]


def test_a_code_may_not_be_empty() -> None:
    with pytest.raises(ValueError, match="code"):
        site(code=SiteId(""))
