"""Whatever is said wrongly is answered with its error; the meeting does not notice."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from nhipcau.office.tokens import Seat, TokenIssuer
from nhipcau.quantities import ConferenceId, SiteId
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk, hello, open_signal
from tests.e2e.site import LINES, greet, own_transport, wait_for
from tests.e2e.waiting import PATIENCE_S, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(120)]

_SITE = "22519"


@pytest.fixture(autouse=True)
def meeting_unharmed(demo: Demo, desk: Desk) -> Iterator[None]:
    """After each wrong thing the same media process composes on, and the desk was never cut off."""
    pid, made = demo.media_pid(), _pictures(demo)
    yield
    assert demo.media_pid() == pid
    eventually(lambda: _pictures(demo) > made, "pictures go on")
    assert desk.is_connected()


def _pictures(demo: Demo) -> float:
    return demo.metrics()['nhipcau_mcu_view_frames_total{view="program"}']


def _refusals(demo: Demo, code: str) -> float:
    return demo.metrics().get(f'nhipcau_mcu_signalling_errors_total{{code="{code}"}}', 0.0)


def _closed_with(socket: ClientConnection) -> int | None:
    """Return the close code, reading whatever still comes before it."""
    try:
        while True:
            socket.recv(PATIENCE_S)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


_DEEP = "[" * 20_000
_PING = json.dumps({"type": "ping", "t": 1})


@pytest.mark.parametrize(
    ("said", "code", "close"),
    [
        ("{not json", "malformed", None),
        (_DEEP, "malformed", None),
        ('"a text"', "malformed", None),
        (json.dumps({"type": "sing"}), "malformed", None),
        (json.dumps({"type": "hello", "v": 1}), "malformed", None),
        (json.dumps(hello("x", colour="red")), "malformed", None),
        (json.dumps(hello("x", v=2)), "version", 4426),
        (json.dumps(hello("not.a.token")), "token_invalid", 4401),
        (_PING, "hello_first", 4408),
        ("x" * 1_000_000, "too_large", 4413),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_wrong_first_message_gets_its_error(
    demo: Demo, said: str, code: str, close: int | None
) -> None:
    before = _refusals(demo, code)
    with open_signal(demo.signal_url) as socket:
        socket.send(said)
        answer = wait_for(socket, "error")
        assert answer["code"] == code
        assert answer["detail"]
        if close is not None:
            assert _closed_with(socket) == close
        else:
            assert greet(socket, demo.token(_SITE)).startswith("v=0")
            socket.send(json.dumps({"type": "leave"}))
    assert _refusals(demo, code) == before + 1


def test_bytes_instead_of_text_are_malformed(demo: Demo) -> None:
    with open_signal(demo.signal_url) as socket:
        socket.send(b"\x00\xff\x00")
        assert wait_for(socket, "error")["code"] == "malformed"


def test_ten_malformed_messages_in_a_row_end_the_connection(demo: Demo) -> None:
    with open_signal(demo.signal_url) as socket:
        for _ in range(10):
            socket.send("?")
        assert _closed_with(socket) == 4000


def _token(demo: Demo, key: Ed25519PrivateKey | None, **fields: Any) -> str:
    """Return a token of the demo's office, or of another key, with some claims changed."""
    if key is None:
        pem = (demo.logs.parent / "office" / "token-key.pem").read_bytes()
        loaded = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(loaded, Ed25519PrivateKey)
        key = loaded
    seat = Seat(
        ConferenceId(fields.get("conference", demo.says["meeting"])),
        fields.get("role", "site"),
        SiteId(fields.get("site", _SITE)),
    )
    now_s = time.time() - fields.get("age_s", 0.0)
    return TokenIssuer(key).issue(seat, token_id="a test", now_s=now_s, lifetime_s=3600)


@pytest.mark.parametrize(
    ("fields", "code", "close"),
    [
        ({"forged": True}, "token_invalid", 4401),
        ({"age_s": 7200.0}, "token_expired", 4401),
        ({"conference": "another-meeting"}, "wrong_conference", 4404),
        ({"site": "99999"}, "unknown_site", 4404),
        ({"role": "emperor"}, "token_invalid", 4401),
    ],
    ids=str,
)
def test_a_token_that_is_not_for_here_gets_its_error(
    demo: Demo, fields: dict[str, Any], code: str, close: int
) -> None:
    key = Ed25519PrivateKey.generate() if fields.pop("forged", False) else None
    with open_signal(demo.signal_url) as socket:
        socket.send(json.dumps(hello(_token(demo, key, **fields))))
        assert wait_for(socket, "error")["code"] == code
        assert _closed_with(socket) == close


def test_a_site_may_not_command_the_meeting(demo: Demo, desk: Desk) -> None:
    floor = desk.state["floor"]
    with open_signal(demo.signal_url) as socket:
        greet(socket, demo.token(_SITE))
        socket.send(json.dumps({"type": "give_floor", "site": _SITE, "id": 7}))
        answer = wait_for(socket, "error")
        assert (answer["code"], answer["id"]) == ("not_allowed", 7)
        socket.send(json.dumps({"type": "leave"}))
    assert desk.state["floor"] == floor


def test_an_answer_that_cannot_be_used_gets_its_error(demo: Demo, tmp_path: Path) -> None:
    with own_transport(tmp_path) as transport, open_signal(demo.signal_url) as socket:
        connection = transport.answer(greet(socket, demo.token(_SITE)), LINES)
        good = str(eventually(connection.local_sdp, "an answer"))
        bad = {
            "no_h264": good.replace("H264/90000", "VP8/90000"),
            "no_opus": good.replace("opus/48000", "PCMU/8000"),
            "sdp": "garbage\r\n" * 50,
        }
        for code, sdp in bad.items():
            before = _refusals(demo, code)
            socket.send(json.dumps({"type": "answer", "sdp": sdp}))
            assert wait_for(socket, "error")["code"] == code
            assert _refusals(demo, code) == before + 1
        socket.send(json.dumps({"type": "answer", "sdp": good.replace("fingerprint", "finger")}))
        assert wait_for(socket, "error")["code"] == "sdp"
        socket.send(json.dumps({"type": "leave"}))
