"""Whatever pages say in whatever order: an answer or a known close, and the meeting stays whole."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhipcau.conference.replay import replay
from nhipcau.conference.state import MAX_FLOOR, ConferenceState, Presence
from nhipcau.mcu.node import McuNode
from nhipcau.ports.transport import UPSTREAM, SendLine
from nhipcau.quantities import SiteId, Ssrc
from nhipcau.webrtc.memory import MemoryTransport
from tests.mcu.nodes import COAST, HALL, HILLS
from tests.web.fakepage import House, Page, greeting

_PAGE = (Path(__file__).parents[2] / "docs" / "PROTOCOL.md").read_text("utf-8")
_ERRORS = _PAGE.split("## Error codes")[1].split("##")[0]
CODES = {
    code
    for row in re.findall(r"^\| (`.*?) \|", _ERRORS, re.M)
    for code in re.findall("`(.*?)`", row)
}
ANSWERS = {"welcome", "state", "upstream", "roster", "roster_delta", "offer", "ok", "error", "pong"}
ANSWERS |= {"scenario", "votes", "occupied", "replaced", "beat", "ended"}
CLOSES = {1000, 4000, 4009, 4401, 4404, 4408, 4413, 4426, 4429, 4500, 4503}

_SITES = st.sampled_from([HALL, COAST, HILLS, "nowhere", "", "\x00", "x" * 65])
_IDS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {"id": 1}, {"id": None}, {"id": -1}, {"id": 2**60}, {"id": "1"}]
)
_ODD: st.SearchStrategy[Any] = st.sampled_from([None, 0, -1, 1e999, "x", [], {}, True, "ộ" * 300])
_SEEN = st.fixed_dictionaries({"seen": st.integers(0, 4)})
_ANSWERS = st.lists(st.sampled_from(["yes", "no", ""]), max_size=3)
_VOTES = st.sampled_from(["v1", "v2", ""])
_CAST = st.fixed_dictionaries({"vote": _VOTES, "answer": st.integers(-1, 3)})
_FIELDS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "mic": st.fixed_dictionaries({"open": st.booleans()}),
    "camera": st.fixed_dictionaries({"on": st.booleans()}),
    "hand": st.fixed_dictionaries({"up": st.booleans()}),
    "content": st.fixed_dictionaries({"on": st.booleans()}),
    "report": st.fixed_dictionaries({"rtt_ms": st.floats(), "loss_up": st.floats()}),
    "ping": st.fixed_dictionaries({"t": st.floats() | st.integers()}),
    "leave": st.just({}),
    "give_floor": st.fixed_dictionaries({"site": _SITES, "beside": st.booleans()}),
    "take_floor": st.fixed_dictionaries({"site": _SITES | st.none()}),
    "layout": st.fixed_dictionaries({"layout": st.sampled_from(["auto", "2x2", "none", "\x00"])}),
    "mute": st.fixed_dictionaries({"site": _SITES}),
    "mute_all": st.fixed_dictionaries({"locked": st.booleans()}),
    "lower_hand": st.fixed_dictionaries({"site": _SITES}),
    "stop_content": st.just({}),
    "undo": st.just({}),
    "end_meeting": st.just({}),
    "hands_via_parent": st.fixed_dictionaries({"on": st.booleans()}),
    "forward_hand": st.fixed_dictionaries({"site": _SITES}),
    "doors": st.fixed_dictionaries({"ask": st.booleans()}),
    "admit": st.fixed_dictionaries({"site": _SITES}),
    "look": st.fixed_dictionaries(
        {"layout": st.sampled_from(["2x2", "none"]), "sites": st.lists(_SITES, max_size=3)}
    ),
    "test": st.fixed_dictionaries({"site": _SITES, "on": st.booleans()}),
    "watch_stills": st.fixed_dictionaries({"sites": st.lists(_SITES, max_size=3)}),
    "cue_next": _SEEN,
    "cue_back": _SEEN,
    "cue_put_off": _SEEN,
    "cue_skip": st.fixed_dictionaries({"seen": st.just(0), "cue": _SITES}),
    "cue_move": st.fixed_dictionaries({"seen": st.just(0), "cue": _SITES, "after": _SITES}),
    "cue_extend": st.fixed_dictionaries({"seen": st.integers(0, 4), "minutes": st.integers(-3, 3)}),
    "cue_insert": st.fixed_dictionaries(
        {"seen": st.integers(0, 4), "minutes": st.integers(0, 3), "site": _SITES}
    ),
    "vote_open": st.fixed_dictionaries(
        {"question": st.just("?"), "answers": _ANSWERS, "delegations": st.lists(_SITES, max_size=2)}
    ),
    "vote_cast": _CAST,
    "vote_record": st.fixed_dictionaries({"vote": _VOTES, "site": _SITES, "answer": st.just(0)}),
    "vote_close": st.fixed_dictionaries({"vote": _VOTES}),
    "vote_show": st.fixed_dictionaries({"vote": _VOTES | st.none()}),
    "prompt": st.fixed_dictionaries({"text": st.text(max_size=5), "site": _SITES | st.none()}),
    "sing": st.just({}),
}


@st.composite
def _messages(draw: st.DrawFn) -> str:
    """Return a message as text: right, or with a field odd, missing or too many."""
    kind = draw(st.sampled_from(list(_FIELDS)))
    said = {"type": kind, **draw(_FIELDS[kind]), **draw(_IDS)}
    harm = draw(st.sampled_from(["none", "none", "none", "odd", "less", "more"]))
    field = draw(st.sampled_from(list(said)))
    if harm == "odd":
        said[field] = draw(_ODD)
    elif harm == "less":
        del said[field]
    elif harm == "more":
        said["colour"] = draw(_ODD)
    return json.dumps(said)


_FRAMES = _messages() | st.text(max_size=30) | st.binary(max_size=30) | st.just("[" * 70_000)
_GREETINGS = st.fixed_dictionaries(
    {
        "site": st.sampled_from([HALL, COAST, COAST, None]),
        "role": st.sampled_from(["site", "site", "chair", "console", "emperor"]),
        "kind": st.sampled_from(["site", "site", "viewer", "guest"]),
        "v": st.sampled_from([1, 1, 1, 1, 2]),
        "takeover": st.booleans(),
        "synthetic": st.booleans(),
        "director": st.booleans(),
        "capture": st.booleans(),
    }
)
_HELLO, _ANSWER, _HANG_UP = "hello", "answer", "hang up"
_STEPS = st.tuples(
    st.integers(0, 2),
    st.one_of(
        st.tuples(st.just(_HELLO), _GREETINGS),
        st.tuples(st.just(_ANSWER), st.booleans()),
        st.tuples(st.just("frame"), _FRAMES),
        st.tuples(st.just("frame"), _FRAMES),
        st.tuples(st.just("frame"), _FRAMES),
        st.tuples(st.just(_HANG_UP), st.none()),
    ),
)


@pytest.mark.timeout(240)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(greetings=st.lists(_GREETINGS, min_size=3, max_size=3), steps=st.lists(_STEPS, max_size=40))
def test_any_words_in_any_order_leave_the_meeting_whole(
    greetings: list[dict[str, Any]], steps: list[tuple[int, tuple[str, Any]]]
) -> None:
    opening = [(page, (_HELLO, fields)) for page, fields in enumerate(greetings)]
    asyncio.run(_play([*opening, *steps]))


async def _play(steps: list[tuple[int, tuple[str, Any]]]) -> None:
    house = House()
    pages: dict[int, Page] = {}
    said: list[Page] = []
    for number, (place, (kind, what)) in enumerate(steps):
        page = pages.get(place)
        if page is None or page.session.done():
            page = pages[place] = Page(house.door, f"192.0.2.{place}")
            said.append(page)
        _do(house, page, kind, what)
        await page.until_answered(number + 0.5)
        _check_meeting(house.node)
    for page in said:
        page.hang_up()
        await asyncio.wait_for(page.session, 20)
        _check_page(page)
    _check_meeting(house.node)
    assert not house.node.desk.endpoints
    assert house.counters.stats().get("internal", 0) == 0
    assert replay(house.meeting.kept) == house.node.host.state


def _do(house: House, page: Page, kind: str, what: Any) -> None:
    if kind == _HELLO:
        fields = dict(what)
        token = house.meeting.token(fields.pop("site"), fields.pop("role"))
        page.say(greeting(token, **fields))
    elif kind == _ANSWER:
        page.say({"type": "answer", "sdp": _answer(house, page) if what else "v=0\r\n"})
    elif kind == _HANG_UP:
        page.hang_up()
    else:
        page.say(what)


def _answer(house: House, page: Page) -> str:
    offers = [said["sdp"] for said in page.heard if said["type"] == "offer"]
    if not offers or house.network.find(_name(offers[-1])) is None:
        return "too early, or too late"
    lines = [SendLine(mid, Ssrc(number + 1), "a test") for number, mid in enumerate(UPSTREAM)]
    return MemoryTransport(house.network).answer(offers[-1], lines).local_sdp() or ""


def _name(offer: str) -> str:
    found = re.search("a=ice-ufrag:(.*)", offer)
    assert found is not None
    return found[1].strip()


def _check_page(page: Page) -> None:
    assert {said["type"] for said in page.heard} <= ANSWERS
    assert set(page.errors()) <= CODES
    assert page.closed is None or page.closed in CLOSES
    if page.closed in (4009, 4010) or page.closed is None or page.closed == 1000:
        return
    assert page.errors(), f"closed with {page.closed} without a word"


def _check_meeting(node: McuNode) -> None:
    state, desk = node.host.state, node.desk
    assert len(state.floor) <= MAX_FLOOR
    assert set(state.floor) | set(state.hands) <= set(state.sites)
    assert len(set(state.hands)) == len(state.hands)
    assert not set(state.hands) & set(state.floor)
    assert state.content is None or state.content in state.sites
    for site in state.sites:
        _check_seat(node, state, site)
    for endpoint in desk.endpoints.values():
        assert not endpoint.gone
        if endpoint.seat is not None:
            assert state.sites[endpoint.seat].endpoint == endpoint.id


def _check_seat(node: McuNode, state: ConferenceState, site: SiteId) -> None:
    row = state.sites[site]
    assert (row.endpoint is not None) == (row.presence in (Presence.PRESENT, Presence.WAITING))
    if row.endpoint is not None:
        assert row.endpoint in node.desk.endpoints
