"""Two districts hold their own meetings while the province holds its own, all on one MCU: each
plans, approves, starts and chairs by its own accounts, and sees nothing of the others'.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.e2e.demo import Demo, fetch_json
from tests.e2e.desk import Desk, hello, open_signal
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

_FIRST, _SECOND = "573", "575"


@dataclass(frozen=True, slots=True)
class Office:
    """One person's browser at the office."""

    client: httpx.Client

    def ask(self, method: str, path: str, body: Any = None, seen: int = 0) -> Any:
        headers = {"If-Match": f'"{seen}"'} if seen else {}
        answer = self.client.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def status(self, method: str, path: str, body: Any = None) -> int:
        return self.client.request(method, path, json=body).status_code

    def step(self, plan: str, step: str) -> Any:
        seen = self.ask("GET", f"/meetings/{plan}")["revision"]
        return self.ask("POST", f"/meetings/{plan}/steps", {"step": step}, seen)


@contextmanager
def at_the_office(demo: Demo, login: str) -> Iterator[Office]:
    office = str(demo.says["office"])
    account = next(one for one in demo.says["accounts"] if one["name"] == login)
    base = f"{office}/api/v1"
    with httpx.Client(base_url=base, headers={"Origin": office}, timeout=30) as client:
        token = str(account["url"]).split("#sign-in=")[1]
        client.post("/sign-in/link", json={"token": token}).raise_for_status()
        yield Office(client)


def plan(secretary: Office, district: str) -> str:
    """Plan a meeting of a district with its communes that begins now; return its id."""
    units = secretary.ask("GET", f"/units?search={district}")["units"]
    unit = next(one["id"] for one in units if one["code"] == district)
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).replace(microsecond=0, tzinfo=None)
    founded = {"host": unit, "title": f"Họp huyện {district}", "kind": "district"}
    made = secretary.ask("POST", "/meetings", {**founded, "starts": now.isoformat()})

    def put(part: str, value: object) -> dict[str, object]:
        return {"op": "set", "part": part, "value": value}

    chairing = {"kind": "unit", "unit": unit, "role": "chair"}
    invited = {"kind": "subtree", "unit": unit, "role": "reporting"}
    cue = {"title": "Khai mạc", "minutes": 30, "turns": [{"unit": unit}]}
    changes = [
        put("header/secret", False),
        put("participants/p1", chairing),
        put("participants/p2", invited),
        put("cues/c1", cue),
    ]
    path = f"/meetings/{made['id']}"
    drafted = secretary.ask("PATCH", path, {"changes": changes}, made["revision"])
    problems = drafted["plan"]["problems"]
    assert not [one for one in problems if one["severity"] == "error"], problems
    secretary.step(made["id"], "submit")
    return str(made["id"])


def hosted_at(demo: Demo, meeting: str) -> Any:
    """Return what the media process of a meeting says of itself, None before it does."""
    mcus = fetch_json(f"{demo.says['office']}/api/v1/demo")["mcus"]
    return next((one for one in mcus if one["conference"] == meeting), None)


def close_code(url: str, token: str) -> int:
    """Return how an MCU closes on whoever shows this."""
    with open_signal(url) as socket:
        socket.send(json.dumps(hello(token, kind="viewer", capture=False)))
        try:
            while True:
                socket.recv(30)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 0


@dataclass(frozen=True, slots=True)
class District:
    """A district's people and its meeting, which is live."""

    code: str
    chair: Office
    secretary: Office
    meeting: str
    desk: Desk

    def state(self) -> str:
        return str(self.chair.ask("GET", f"/meetings/{self.meeting}")["state"])


def holds_its_meeting(demo: Demo, stack: ExitStack, code: str) -> District:
    """Plan, approve and start a district's meeting; its chair is in it."""
    chair = stack.enter_context(at_the_office(demo, f"chu-toa-{code}"))
    secretary = stack.enter_context(at_the_office(demo, f"thu-ky-{code}"))
    meeting = plan(secretary, code)
    chair.step(meeting, "approve")
    assert chair.step(meeting, "start")["briefing"] == ""
    door = {"role": "chair"}
    link = chair.ask("POST", f"/meetings/{meeting}/entrances", door)["url"]
    address, token = link.split("/chair#token=")
    desk = Desk(address.replace("http", "ws", 1) + "/signal", token)
    stack.callback(desk.close)
    desk.until(lambda desk: desk.rows, "the roster")
    return District(code, chair, secretary, meeting, desk)


def know_nothing_of_each_other(demo: Demo, one: District, other: District) -> None:
    """See that a district's own people find no way to another one's meeting."""
    assert not set(one.desk.rows) & set(other.desk.rows)
    stranger = one.secretary
    listed = {meeting["id"] for meeting in stranger.ask("GET", "/meetings")["meetings"]}
    assert one.meeting in listed
    assert other.meeting not in listed
    assert other.meeting not in {each["id"] for each in stranger.ask("GET", "/conferences")}
    # What one may not know of looks as if it were not there.
    kinds = ("meetings/{}", "conferences/{}", "meetings/{}/history", "meetings/{}/guests")
    for kind in kinds:
        assert stranger.status("GET", "/" + kind.format(other.meeting)) == 404, kind
    door = {"role": "secretary"}
    assert stranger.status("POST", f"/meetings/{other.meeting}/entrances", door) in (403, 404)
    # A link of one meeting opens no other one, nor does the province's.
    assert close_code(other.desk.url, one.desk.token) == 4404
    assert close_code(demo.signal_url, one.desk.token) == 4404
    assert close_code(one.desk.url, demo.chair_token) == 4404


def test_two_districts_meet_beside_the_province_and_apart_from_each_other(demo: Demo) -> None:
    with ExitStack() as stack:
        province_pid = demo.media_pid()
        first = holds_its_meeting(demo, stack, _FIRST)
        second = holds_its_meeting(demo, stack, _SECOND)
        assert len({demo.signal_url, first.desk.url, second.desk.url}) == 3
        assert {_FIRST, "22633"} <= set(first.desk.rows)
        know_nothing_of_each_other(demo, first, second)
        know_nothing_of_each_other(demo, second, first)

        # One process falls: its meeting is as before, the others have not noticed.
        first.desk.do("layout", layout="3x3")
        os.kill(hosted_at(demo, first.meeting)["pid"], signal.SIGKILL)
        first.desk.until(lambda desk: not desk.is_connected(), "the loss noticed")
        first.desk.until(lambda desk: desk.is_connected(), "back")
        first.desk.until(lambda desk: desk.state["layout"] == "3x3", "its layout")
        assert second.desk.is_connected()
        assert demo.media_pid() == province_pid

        # Ended by the chair in the meeting; by the office as a step of the plan.
        first.desk.tell("end_meeting")
        eventually(lambda: first.state() == "ended", "the office has heard of the end")
        assert close_code(first.desk.url, first.desk.token) == 4010
        # What became of it is at the office moments later, for its own people alone.
        path = f"/reports/{first.meeting}"
        eventually(
            lambda: first.secretary.ask("GET", path)["report"]["over"], "the report is whole"
        )
        assert first.chair.ask("GET", path)["planned"]
        assert second.secretary.status("GET", path) == 404
        second.chair.step(second.meeting, "end")
        second.desk.until(lambda desk: desk.over, "the end by the plan")
        assert demo.media_pid() == province_pid
